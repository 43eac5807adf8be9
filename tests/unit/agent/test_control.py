"""Commands into the running agent, and what its web server refuses to anybody else."""

from __future__ import annotations

import json
import socket
import stat
import sys
from collections.abc import Iterator, Mapping
from http.client import HTTPConnection, HTTPResponse
from pathlib import Path
from typing import Any

import pytest

from agent import control
from agent.actions import ACTIONS
from agent.home import Busy, Home
from agent.store.journal import Journal
from agent.trouble import Trouble
from agent.web import app
from agent.web.server import WebThread
from domain.words import RefusedByRule
from tests.left_open import nothing_left_open
from tests.unit.agent.stations import START_MS, Province, events, make_home, open_at, take

TOKEN = "a token of this run"
LIVE = {"link": {"state": "up"}}


class Agent:
    """The agent's web end over a real journal, in its thread, as agent.service puts it together."""

    def __init__(self, home: Home, journal: Journal) -> None:
        def perform(action: str, args: Mapping[str, Any]) -> dict[str, Any]:
            return ACTIONS[action](journal, home.config(), args)

        routes = control.routes(perform, lambda: LIVE, TOKEN)
        self.web = WebThread(app(home, home.config(), clock=lambda: START_MS, routes=routes), 0)
        self.port = int(self.web.start().rpartition(":")[2])
        control.announce(home, self.web.url, TOKEN, 1)

    def ask(
        self, method: str, path: str, body: bytes | str | None = None, **headers: str
    ) -> tuple[HTTPResponse, bytes]:
        line = HTTPConnection("127.0.0.1", self.port, timeout=10)
        try:
            line.request(
                method, path, body, {name.replace("_", "-"): value for name, value in headers.items()}
            )
            answer = line.getresponse()
            return answer, answer.read()
        finally:
            line.close()


@pytest.fixture
def home(tmp_path: Path, province: Province) -> Home:
    return make_home(tmp_path / "home", province, chip="vpcd://127.0.0.1:9")


@pytest.fixture
def journal(home: Home, province: Province) -> Iterator[Journal]:
    made = open_at(home)
    take(made, province, province.order("O-1"))
    yield made
    made.close()


@pytest.fixture
def agent(home: Home, journal: Journal) -> Iterator[Agent]:
    with home.lock():
        made = Agent(home, journal)
        yield made
        made.web.stop()


def test_a_command_goes_through_the_agent_that_holds_the_lock(
    home: Home, journal: Journal, agent: Agent
) -> None:
    assert control.perform(home, "print", {"order": "O-1"})["job"] == "O-1-1"
    assert ("job_queued", "O-1-1") in events(journal)
    assert {line.epoch for line in journal.entries(0, 9)} == {7}
    assert control.live(home) == LIVE


def test_a_refusal_and_a_trouble_come_back_as_what_they_are(home: Home, agent: Agent) -> None:
    with pytest.raises(RefusedByRule) as refused:
        control.perform(home, "print", {"order": "O-9"})
    assert (refused.value.word, refused.value.detail) == ("UNKNOWN_ORDER", "O-9")
    with pytest.raises(Trouble, match="at least one blank"):
        control.perform(home, "blanks-receive", {"consignment": "C-1", "kind": "ktp", "count": 0})
    with pytest.raises(Trouble, match="does not know the command"):
        control.perform(home, "dance", {})


def test_without_an_agent_the_command_works_itself_in_an_epoch_of_its_own(
    home: Home, journal: Journal
) -> None:
    journal.close()
    assert control.perform(home, "print", {"order": "O-1"})["state"] == "queued"
    assert control.live(home) is None
    again = open_at(home)
    first, second = again.entries(0, 9)
    assert first.epoch != second.epoch
    again.close()


def test_a_stale_address_of_a_dead_agent_is_not_trusted(home: Home, journal: Journal) -> None:
    """The lock died with the agent; whoever has its port now is never asked."""
    journal.close()
    with socket.create_server(("127.0.0.1", 0)) as stranger:
        control.announce(home, f"http://127.0.0.1:{stranger.getsockname()[1]}", TOKEN, 1)
        assert control.perform(home, "print", {"order": "O-1"})["state"] == "queued"
        stranger.setblocking(False)
        with pytest.raises(BlockingIOError):
            stranger.accept()


def test_a_lock_held_by_something_that_does_not_answer_is_one_clear_sentence(
    home: Home, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "LOCK_WAIT_MS", 50)
    with home.lock(), pytest.raises(Busy, match="only one may write"):
        control.perform(home, "print", {"order": "O-1"})


@pytest.mark.skipif(sys.platform == "win32", reason="modes are not Windows's")
def test_the_token_is_for_the_owner_alone_and_goes_when_the_agent_goes(home: Home, agent: Agent) -> None:
    assert stat.S_IMODE(home.control_path.stat().st_mode) == 0o600
    assert stat.S_IMODE(home.run_path.stat().st_mode) == 0o700
    for name in ("sign", "open", "hub", "join"):
        assert stat.S_IMODE((home.keys_path / name).stat().st_mode) == 0o600
    control.withdraw(home)
    assert not home.control_path.exists()


@pytest.mark.parametrize(
    "headers",
    [{}, {"Authorization": "Bearer wrong"}, {"Authorization": TOKEN}, {"Authorization": "Bearer \u00e9"}],
)
@pytest.mark.parametrize(("method", "path"), [("POST", "/control"), ("GET", "/control/live")])
def test_without_the_token_nothing_is_done_or_told(
    journal: Journal, agent: Agent, method: str, path: str, headers: dict[str, str]
) -> None:
    body = json.dumps({"action": "print", "args": {"order": "O-1"}})
    before = journal.head()
    answer, told = agent.ask(method, path, body, **headers)
    assert (answer.status, json.loads(told)) == (403, {"trouble": "not allowed"})
    assert journal.head() == before


@pytest.mark.parametrize(
    "body", [b"", b"[]", b"{", b'{"action": 1, "args": {}}', b'{"action": "print"}', b"\xff"]
)
def test_what_is_no_command_is_refused_without_a_fault(agent: Agent, body: bytes) -> None:
    answer, _ = agent.ask("POST", "/control", body, Authorization=f"Bearer {TOKEN}")
    assert answer.status == 400


def test_a_flood_is_cut_off(agent: Agent) -> None:
    told = {"action": "print", "args": {"order": "O-1"}, "more": "x" * control.BODY_BYTES_MAX}
    flood = json.dumps(told).encode()
    answer, _ = agent.ask("POST", "/control", flood, Authorization=f"Bearer {TOKEN}")
    assert answer.status == 400


@pytest.mark.parametrize(
    "host", ["evil.example", "evil.example:80", "127.0.0.1.evil.example", "", "[::2]:80"]
)
def test_a_foreign_name_for_this_machine_gets_nothing(agent: Agent, host: str) -> None:
    answer, told = agent.ask("GET", "/", None, Host=host)
    assert (answer.status, b"Mahakam" in told) == (421, False)


@pytest.mark.parametrize("host", ["127.0.0.1:80", "localhost", "LOCALHOST:1", "[::1]:80"])
def test_this_machines_own_names_are_answered(agent: Agent, host: str) -> None:
    answer, told = agent.ask("GET", "/", None, Host=host)
    assert (answer.status, b"Mahakam Ulu" in told) == (200, True)


@pytest.mark.parametrize("path", ["/", "/parts", "/health", "/static/screen.css", "/nowhere"])
def test_every_answer_is_guarded_and_invites_no_other_origin(agent: Agent, path: str) -> None:
    answer, _ = agent.ask("GET", path, None, Origin="http://evil.example")
    policy = answer.getheader("Content-Security-Policy") or ""
    assert "default-src 'none'" in policy
    assert "unsafe" not in policy
    assert answer.getheader("Access-Control-Allow-Origin") is None
    assert answer.getheader("X-Content-Type-Options") == "nosniff"


@pytest.mark.parametrize("path", ["/", "/parts", "/control/live", "/control"])
@pytest.mark.parametrize("method", ["PUT", "DELETE", "OPTIONS"])
def test_the_screen_can_only_be_looked_at(agent: Agent, method: str, path: str) -> None:
    assert agent.ask(method, path)[0].status == 405


def test_a_commit_is_told_to_whoever_watches(home: Home, journal: Journal, agent: Agent) -> None:
    line = HTTPConnection("127.0.0.1", agent.port, timeout=10)
    line.request("GET", "/changes")
    answer = line.getresponse()
    assert answer.getheader("content-type", "").startswith("text/event-stream")
    assert answer.readline() == b"event: changed\n"
    control.perform(home, "print", {"order": "O-1"})
    told = [answer.readline() for _ in range(3)]
    assert b"event: changed\n" in told
    answer.close()
    line.close()


def test_the_server_ends_at_once_even_while_somebody_watches(home: Home, journal: Journal) -> None:
    agent = Agent(home, journal)
    line = HTTPConnection("127.0.0.1", agent.port, timeout=10)
    line.request("GET", "/changes")
    answer = line.getresponse()
    assert answer.readline() == b"event: changed\n"
    agent.web.stop()
    assert not agent.web._thread.is_alive()
    assert answer.read() == b"data: -\n\n"  # an orderly end: a torn one raises IncompleteRead
    answer.close()
    line.close()


def test_whoever_comes_in_at_the_last_moment_is_closed_too(home: Home) -> None:
    with nothing_left_open():
        web = WebThread(app(home, home.config(), clock=lambda: START_MS), 0)
        port = int(web.start().rpartition(":")[2])
        late = [socket.create_connection(("127.0.0.1", port)) for _ in range(5)]
        web.stop()
        for each in late:
            each.close()


def test_a_taken_port_is_one_clear_sentence(home: Home, journal: Journal) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, pytest.raises(Trouble, match="is taken"):
        WebThread(app(home, home.config(), clock=lambda: START_MS), taken.getsockname()[1])
