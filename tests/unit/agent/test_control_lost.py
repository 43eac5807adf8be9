"""The agent did the work and its answer was lost: the command still ends with it, and it was done once."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from agent import control
from agent.home import Home
from agent.store.journal import Journal
from tests.unit.agent.stations import Province, events, make_home, open_at, take
from tests.unit.agent.test_control import TOKEN, Agent


@pytest.fixture
def home(tmp_path: Path, province: Province) -> Home:
    return make_home(tmp_path / "home", province, chip="vpcd://127.0.0.1:9")


@pytest.fixture
def journal(home: Home, province: Province) -> Iterator[Journal]:
    made = open_at(home)
    take(made, province, *(province.order(f"O-{n}") for n in (1, 2, 3)))
    yield made
    made.close()


class Swallowing:
    """Stands between a command and its agent; of the first exchange the answer is lost after the work."""

    def __init__(self, agent: Agent, exchanges: int, then: Callable[[], None] = lambda: None) -> None:
        self._exchanges = exchanges
        self._server = socket.create_server(("127.0.0.1", 0))
        self._agent = agent
        self._then = then
        self.asked = 0
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.getsockname()[1]}"

    def close(self) -> None:
        self._thread.join(10)
        self._server.close()

    def _run(self) -> None:
        for _ in range(self._exchanges):
            line, _ = self._server.accept()
            with line, socket.create_connection(("127.0.0.1", self._agent.port), 10) as agent:
                agent.sendall(self._whole(line))
                answer = self._whole(agent)
                self.asked += 1
                if self.asked == 1:
                    self._then()
                else:
                    line.sendall(answer)

    def _whole(self, line: socket.socket) -> bytes:
        data = b""
        while b"\r\n\r\n" not in data or not data.endswith(b"}"):
            data += line.recv(65_536)
        return data


def queued(journal: Journal) -> list[str]:
    return [subject for event, subject in events(journal) if event == "job_queued"]


def test_an_answer_lost_on_its_way_is_asked_for_again_and_the_work_is_done_once(
    home: Home, journal: Journal, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(control, "LOCK_WAIT_MS", 50)
    with home.lock():
        agent = Agent(home, journal)
        between = Swallowing(agent, 2)
        control.announce(home, between.url, TOKEN, 1)
        done = control.perform(home, "print", {"next": 1})
        between.close()
        agent.web.stop()
    assert between.asked == 2
    assert (done["job"], len(done["jobs"])) == ("O-1-1", 1)
    assert queued(journal) == ["O-1-1"]


def test_an_agent_that_dies_after_the_work_and_before_the_answer_leaves_the_work_done_once(
    home: Home, journal: Journal
) -> None:
    with ExitStack() as life:
        life.enter_context(home.lock())
        agent = Agent(home, journal)
        life.callback(agent.web.stop)
        between = Swallowing(agent, 1, then=life.close)
        control.announce(home, between.url, TOKEN, 1)
        done = control.perform(home, "print", {"next": 1})
        between.close()
    assert (done["job"], queued(journal)) == ("O-1-1", ["O-1-1"])
