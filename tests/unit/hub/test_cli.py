"""Every command as a script meets it: words, exit codes, one JSON document."""

from __future__ import annotations

import json
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest

from domain import join
from hub import cli, ingest
from hub.database import open_database
from hub.home import Home
from sync.wire import Keys, proof
from tests.unit.hub.lists import record, write
from tests.unit.hub.stations import NOW_MS, FakeStation, card, consignment


class Shell:
    """Runs commands on one home."""

    def __init__(self, home: Path, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys
        self.code = 0
        self.told = ""

    def __call__(self, *words: str) -> str:
        with pytest.raises(SystemExit) as left:
            cli.main([*words, "--home", str(self.home)])
        self.code = int(left.value.code or 0)
        said = self._capsys.readouterr()
        self.told = said.err
        return said.out

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    made = Shell(tmp_path / "hub", capsys)
    made("init")
    yield made


def commands(group: click.Group, path: str = "") -> Iterator[tuple[str, click.Command]]:
    yield path or "loket-hub", group
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from commands(command, f"{path} {name}".strip())
        else:
            yield f"{path} {name}".strip(), command


@pytest.mark.parametrize(("name", "command"), list(commands(cli.main)))
def test_every_command_shows_an_example(name: str, command: click.Command) -> None:
    assert "Example:" in (command.help or ""), name
    assert "loket-hub" in (command.help or ""), name


def test_the_contract_s_commands_are_all_there() -> None:
    assert {name for name, _ in commands(cli.main)} >= {
        "init", "run", "join-code", "orders import", "orders move", "offices", "reconcile",
        "report daily", "rebuild",
    }  # fmt: skip


def test_init_makes_a_home_only_its_owner_can_read_and_keeps_its_keys(shell: Shell) -> None:
    home = Home(shell.home)
    keys = home.keys().sign.text
    for place in (
        home.root,
        home.keys_path,
        home.keys_path / "sign",
        home.keys_path / "open",
        home.config_path,
    ):
        assert stat.S_IMODE(place.stat().st_mode) & 0o077 == 0, place
    shell("init", "--broker", "mqtt://10.0.0.1")
    shell("init")
    assert home.keys().sign.text == keys
    assert home.config().broker == "mqtt://10.0.0.1"


def test_a_join_code_is_a_file_a_station_can_join_with(shell: Shell) -> None:
    told = shell.json("join-code", "64.11", "1")
    place = Path(told["file"])
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    file = join.read(place.read_text())
    assert (file.office, file.station) == ("64.11", 1)
    station = FakeStation()
    good = station.keys(file.token)
    assert good.proof == proof(file.token, "64.11-1", good.sign, good.seal)
    db = open_database(str(shell.home / "hub.db"))
    assert ingest.admit(db, "64.11-1", Keys(good.sign, good.seal, good.proof)).state == "joined"
    db.close()
    assert shell.json("join-code", "64.11", "1") == {"refused": "ALREADY_JOINED", "detail": "64.11-1"}
    assert (shell.code, shell.told.startswith("A station joins once")) == (4, True)


def test_a_join_code_for_no_office_is_refused(shell: Shell) -> None:
    assert shell.json("join-code", "64.04", "1") == {"refused": "UNKNOWN_OFFICE"}
    assert shell.code == 4
    shell("join-code", "64.11", "0")
    assert shell.code == 2


def test_importing_tells_new_known_and_refused_and_leaves_by_them(shell: Shell, tmp_path: Path) -> None:
    shell("join-code", "64.11", "1")
    good = write(tmp_path / "a", record("o1"), record("o2"))
    assert shell.json("orders", "import", str(good)) == {"new": 2, "known": 0, "refused": []}
    assert shell.code == 0
    assert shell.json("orders", "import", str(good)) == {"new": 0, "known": 2, "refused": []}
    mixed = write(tmp_path / "b", record("o3"), record("o4", status="SFE"))
    told = shell.json("orders", "import", str(mixed))
    assert (told["new"], [(each["order"], each["word"]) for each in told["refused"]]) == (
        1,
        [("o4", "NOT_PRR")],
    )
    assert shell.code == 4
    broken = write(tmp_path / "c", record("o5"))
    broken.write_text("no list\n")
    assert shell("orders", "import", str(broken), "--json") == ""
    assert (shell.code, shell.told.count("\n")) == (1, 1)
    assert "line 1" in shell.told


def test_a_policy_is_published_from_a_file_and_shown_whole(shell: Shell, tmp_path: Path) -> None:
    place = tmp_path / "p.json"
    place.write_text('{"name": "no-suket", "from": "2020-03-02", "rules": {"suket": {"allowed": "never"}}}')
    new = {"policy": "no-suket", "from": "2020-03-02", "new": True}
    assert shell.json("policy", "publish", str(place)) == new
    told = shell.json("policy", "show", "--date", "2020-03-02")
    assert (told["name"], told["rules"]["suket"]["allowed"]) == ("no-suket", "never")
    assert told["rules"]["first_card_print_age"] == 17
    before = shell.json("policy", "show", "--date", "2020-03-01")
    assert (before["name"], before["published"]) == (
        "rules-of-2020",
        [{"name": "no-suket", "from": "2020-03-02"}],
    )
    assert '"allowed": "never"' in shell("policy", "show", "--date", "2020-05-12")
    place.write_text('{"name": "no-suket", "from": "2020-03-02", "rules": {}}')
    assert shell.json("policy", "publish", str(place))["refused"] == "POLICY_CHANGED"
    place.write_text('{"name": "x", "from": "2020-03-02", "rules": {"duty": {"cards_a_day": -1}}}')
    refused = shell.json("policy", "publish", str(place))
    assert (refused["refused"], "duty.cards_a_day" in refused["detail"].lower()) == ("BAD_POLICY", True)
    assert shell.code == 4
    twice = '{"name": "x", "from": "2020-03-02", "rules": {"duty": {}, "duty": {"rest_minutes": 9}}}'
    for bad in ("{", "[" * 30_000, twice):
        place.write_text(bad)
        shell("policy", "publish", str(place))
        assert (shell.code, shell.told.count("\n")) == (1, 1)
    assert "tells something twice: duty" in shell.told
    shell("policy", "show", "--date", "soon")
    assert shell.code == 2


def test_moving_an_order_says_what_happens_next(shell: Shell, tmp_path: Path) -> None:
    for office in ("64.11", "64.02"):
        shell("join-code", office, "1")
    shell("orders", "import", str(write(tmp_path / "a", record("o1"))))
    told = shell.json("orders", "move", "o1", "--to", "64.02", "1")
    assert told == {"order": "o1", "from": "64.11-1", "to": "64.02-1", "state": "moved"}
    assert shell.json("orders", "move", "o9", "--to", "64.02", "1")["refused"] == "UNKNOWN_ORDER"
    assert shell.json("orders", "move", "o1", "--to", "64.99", "1")["refused"] == "UNKNOWN_STATION"
    assert shell.code == 4


def test_reports_read_what_came_in_a_moment_ago(shell: Shell) -> None:
    db = open_database(str(shell.home / "hub.db"))
    station = FakeStation().join(db).write(consignment("A"), *card("o1", "A"))
    station.send(db)
    assert shell.json("offices")[0]["seq"] == 6
    assert shell.json("reconcile")["cards_per_order_max"] == 1
    assert shell.code == 0
    report = shell.json("report", "daily", "--date", "2020-05-12")
    assert (report["printed"], report["regencies"]["64.11"]["printed"]) == (1, 1)
    station.write(*card("o1", "Z", attempt=2)).send(db)
    found = shell.json("reconcile")
    assert (found["cards_per_order_max"], found["blanks_unaccounted"], shell.code) == (2, ["Z"], 3)
    before = shell.json("report", "daily", "--date", "2020-05-12")
    assert shell.json("rebuild")["events"] == 11
    assert shell.json("report", "daily", "--date", "2020-05-12") == before
    assert ingest.known(db, station.name).last_seen_ms == NOW_MS
    db.close()


def test_a_journal_is_told_as_its_station_tells_it(shell: Shell) -> None:
    db = open_database(str(shell.home / "hub.db"))
    station = FakeStation().join(db).write(consignment("A"), *card("o1", "A"))
    station.send(db)
    db.close()
    lines = [json.loads(line) for line in shell("journal", "--json").splitlines()]
    assert [line["event"] for line in lines] == [line.event for line in station.journal]
    assert lines[-1] == {
        "station": "64.11-1", "seq": 6, "epoch": 11, "at": "2020-05-12T00:00:00.005+08:00",
        "event": "printed", "job": "o1-1", "detail": station.journal[-1].body,
    }  # fmt: skip
    assert len(shell("journal", "64.11-1").splitlines()) == 6
    assert shell("journal", "64.02-1", "--json") == '{"refused": "UNKNOWN_STATION"}\n'


@pytest.mark.attack
def test_text_that_nobody_can_show_ends_no_command(shell: Shell) -> None:
    db = open_database(str(shell.home / "hub.db"))
    odd = "04\ud800"
    FakeStation().join(db).write(consignment(odd), *card("o1", odd), *card("o2", "Z")).send(db)
    db.close()
    assert shell.json("reconcile")["blanks_unaccounted"] == ["Z"]
    assert len(shell("journal", "--json").splitlines()) == 11
    assert shell.json("report", "daily", "--date", "2020-05-12")["printed"] == 2


def test_what_is_wrong_with_the_set_up_has_its_own_exit_code(shell: Shell, tmp_path: Path) -> None:
    db = open_database(str(shell.home / "hub.db"))
    db.run("INSERT INTO schema_step (number, done_ms) VALUES (?, ?)", 99, 0)
    db.close()
    shell("offices")
    assert shell.code == 5
    shell.home = tmp_path / "nowhere"
    shell("offices")
    assert (shell.code, "loket-hub init" in shell.told) == (1, True)
    shell("report", "daily", "--date", "12 May")
    assert shell.code in (1, 2)


def test_a_database_server_that_is_away_is_one_clear_sentence(shell: Shell) -> None:
    shell("offices", "--database", "postgresql:///x?host=/nowhere")
    assert (shell.code, shell.told) == (1, "the database server does not answer\n")
