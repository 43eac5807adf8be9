"""``loket blanks`` as a script meets it: words, exit codes, one JSON document, the minutes' file."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent import cli
from agent.home import Home
from agent.stock import announced, blanks, consignments
from domain.keys import OpenKey, SigningKey
from hub import ingest, order_log, schema
from hub.books import store
from hub.books.store import Load
from hub.database import Database, open_database
from hub.home import Keys
from hub.order_log import Writer
from tests.unit.agent.stations import NAME, START_MS, Province, make_home, open_at


class Shell:
    """Runs commands on one home."""

    def __init__(self, home: Home, capsys: pytest.CaptureFixture[str]) -> None:
        self.home = home
        self._capsys = capsys
        self.code = 0
        self.told = ""

    def __call__(self, *words: str) -> str:
        with pytest.raises(SystemExit) as left:
            cli.main(["blanks", *words, "--home", str(self.home.root)])
        self.code = int(left.value.code or 0)
        said = self._capsys.readouterr()
        self.told = said.err
        return said.out

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    made = Shell(make_home(tmp_path / "home"), capsys)
    made("receive", "--consignment", "C-1", "--count", "9")
    return made


def test_a_blank_s_whole_way_by_hand(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("0401\n0402\n")
    assert shell.json("receive", "--consignment", "C-2", str(tmp_path / "names.txt"))["differs"] is None
    assert shell.json("send", "--to", "64.02-1", "--consignment", "T-1", "--count", "2")["new"]
    assert shell.json("spoil", "0401", "--reason", "bent")["place"] == "spoiled"
    assert shell.json("lose", "0402", "--reason", "gone", "--by", "P.1", "--second", "P.2")["new"]
    assert shell.json("void", "0999", "--why", "worn")["place"] == "void"
    told = shell.json("count", "--count", "7", "--by", "P.1", "--second", "P.2")
    assert (shell.code, told["expected"]) == (0, 7)
    account = shell.json()["ktp"]
    assert (account["received"], account["sent"], account["on_hand"], account["unaccounted"]) == (
        11,
        2,
        7,
        [],
    )
    assert "0401" not in shell() and "destroyed" in shell()


def test_minutes_are_one_file_for_ever(shell: Shell, tmp_path: Path) -> None:
    shell("spoil", "0401", "--reason", "bent")
    burn = ("destroy", "--all", "--minutes", "BA-1", "--witness", "S.1", "--witness", "S.2")
    first, second = tmp_path / "a.pdf", tmp_path / "b.pdf"
    assert "1 destroyed by BA-1" in shell(*burn, "--out", str(first))
    assert shell.json(*burn, "--out", str(second))["new"] is False
    assert first.read_bytes() == second.read_bytes()
    assert first.read_bytes().startswith(b"%PDF-")


def test_a_count_that_does_not_fit_ends_with_3_and_its_names(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "names.txt").write_text("0401\n")
    shell("receive", "--consignment", "C-2", str(tmp_path / "names.txt"))
    (tmp_path / "held.txt").write_text("0501\n0502\n")
    shell("count", str(tmp_path / "held.txt"), "--by", "P.1", "--second", "P.2")
    assert (shell.code, "missing: 0401" in shell.told) == (3, True)
    shell("count", "--count", "8", "--by", "P.1", "--second", "P.2")
    assert (shell.code, "missing: 2" in shell.told) == (3, True)


@pytest.mark.parametrize(
    "words",
    [
        ("send", "--to", "64.02-1", "--consignment", "T-1"),
        ("count", "--by", "P.1", "--second", "P.2"),
        ("lose", "--reason", "gone"),
        ("lose", "--count", "2", "--reason", "gone"),
        ("destroy", "--minutes", "BA-1", "--witness", "S.1"),
        ("destroy", "0401", "--all", "--minutes", "BA-1"),
        ("void", "0401", "--why", "ugly"),
    ],
)
def test_half_a_command_is_wrong_usage(shell: Shell, words: tuple[str, ...]) -> None:
    shell(*words)
    assert shell.code == 2


def test_a_rule_that_says_no_is_a_word_and_4(shell: Shell) -> None:
    told = json.loads(shell("send", "--to", "64.02-1", "--consignment", "T-1", "--count", "10", "--json"))
    assert (shell.code, told["refused"]) == (4, "NOT_IN_STOCK")


@pytest.fixture
def hub(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(str(tmp_path / "hub.db"))
    schema.create(opened, now_ms=0)
    yield opened
    opened.close()


@pytest.mark.parametrize("count", [None, 4500])
def test_what_the_province_sends_is_compared_with_what_came(
    hub: Database, tmp_path: Path, capsys: pytest.CaptureFixture[str], count: int | None
) -> None:
    """The hub's own lines, read by the station's own inbox."""
    province, key = Province(), SigningKey.generate()
    ingest.invite(hub, NAME, "64.11", bytes(32))
    writer = Writer(Keys(key, OpenKey.generate()), epoch=5, now_ms=START_MS)
    names = None if count is None else tuple(f"04{n:06}" for n in range(count))
    load = Load("K-1", "ktp", names, count or 40)
    store.take_in(hub, load, START_MS)
    store.send_out(hub, load, NAME, writer)
    shell = Shell(make_home(tmp_path / "home", province), capsys)
    journal = open_at(shell.home)
    for line in order_log.log_after(hub, NAME, 0, 99):
        journal.write(lambda tx, e=line: announced.receive(tx, e.subject, e.body, NAME, key.public()))  # type: ignore[misc]
    journal.close()
    (tmp_path / "names.txt").write_text("\n".join(names[1:]) if names else "")
    which = ("--count", "39") if names is None else (str(tmp_path / "names.txt"),)
    told = shell.json("receive", "--consignment", "K-1", *which)
    assert shell.code == 3 and "CONSIGNMENT_DIFFERS" in shell.told
    assert told["differs"]["missing"] == ([names[0]] if names else [])
    assert (told["differs"]["announced"], told["differs"]["received"]) == (load.count, load.count - 1)
    assert shell.json("receive", "--consignment", "K-1", *which)["new"] is False
    assert shell.code == 3
    reader = shell.home.reader()
    assert consignments.differing(reader) == ["K-1"]
    assert blanks.account(reader)["ktp"]["on_hand"] == load.count - 1


def test_people_s_numbers_are_booked_nowhere_and_said_nowhere(shell: Shell, tmp_path: Path) -> None:
    nik, lists = "6411046507549639", tmp_path / "w.txt"
    for text in (f"0401\n{nik},SITI AMINAH\n", f"{nik}\n"):
        lists.write_text(text)
        out = shell("receive", "--consignment", "Z-1", str(lists))
        assert (shell.code, out) == (1, "") and "looks like a NIK" in shell.told
        assert not any(word in shell.told for word in (nik, "SITI", "0401"))
    for words in (("spoil", nik, "--reason", "bent"), ("void", f"{nik},SITI AMINAH", "--why", "worn")):
        assert (shell(*words), shell.code) == ("", 1)
        assert shell.told == "That looks like a NIK; a blank has a name of its own.\n"
    assert shell.json()["ktp"]["received"] == 9
