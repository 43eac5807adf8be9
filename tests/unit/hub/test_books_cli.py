"""``loket-hub blanks`` and ``loket-hub ledger`` as a script meets them."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub import ingest
from hub.database import open_database
from hub.home import Home
from tests.unit.hub.ledgers import counted, on, received
from tests.unit.hub.stations import NOW_MS, FakeStation, card, consignment
from tests.unit.hub.test_cli import Shell

TWO = ("--by", "P.01", "--second", "P.02", "--reason", "looked")


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Shell:
    made = Shell(tmp_path / "hub", capsys)
    made("init")
    return made


def told(shell: Shell, name: str, *lines: tuple[str, str, dict[str, object]], fork: bool = False) -> None:
    """A station that joined and told its journal."""
    db = open_database(str(Home(shell.home).database(Home(shell.home).config(None, None))))
    station = FakeStation(name)
    if ingest.station(db, name) is None:
        station.join(db)
    station.write(*lines)
    ingest.take(db, name, station.batch(), NOW_MS)
    if fork:
        ingest.forked(db, name)
    db.close()


def test_the_province_s_store_takes_in_and_sends_out(shell: Shell, tmp_path: Path) -> None:
    told(shell, "64.11-1")
    (tmp_path / "names.csv").write_text("box,blank\n1,04aa\n1,04BB\n")
    done = shell.json("blanks", "receive", "--consignment", "P-1", str(tmp_path / "names.csv"))
    assert done == {"consignment": "P-1", "kind": "ktp", "count": 2, "new": True}
    assert shell.json("blanks", "receive", "--consignment", "P-2", "--count", "9")["new"]
    send = ("blanks", "send", "--to", "64.11", "1", "--consignment", "K-1", "--count", "4")
    assert shell.json(*send)["new"] and not shell.json(*send)["new"]
    store = shell.json("blanks")["ktp"]
    assert (store["received"], store["sent"], store["on_hand"], store["unnamed"]) == (11, 4, 7, 5)
    assert "on_hand" in shell("blanks")
    assert shell.json("ledger", "prove")["in_transit"][0]["count"] == 4
    assert shell.code == 0


def test_a_dispute_is_told_with_3_until_two_people_settle_it(shell: Shell) -> None:
    told(shell, "64.11-1", counted(3, "K-1"))
    shell("blanks", "receive", "--consignment", "P-1", "--count", "9")
    shell("blanks", "send", "--to", "64.11", "1", "--consignment", "K-1", "--count", "4")
    out = shell("ledger", "prove")
    assert (shell.code, "disputed: K-1 to 64.11-1" in out) == (3, True)
    (done,) = shell.json("ledger", "settle", "--consignment", "K-1", *TWO)
    assert done["missing_unnamed"] == 1
    assert shell.json("ledger", "prove")["disputed"] == [] and shell.code == 0
    refused = shell.json("ledger", "settle", "--consignment", "K-1", *TWO)
    assert (shell.code, refused["refused"]) == (4, "NOT_DISPUTED")


def test_a_lost_row_is_told_by_name(shell: Shell) -> None:
    told(shell, "64.11-1", consignment("0401"), *card("o1", "0401"))
    assert shell.json("ledger", "prove")["unaccounted"] == [] and shell.code == 0
    db = open_database(str(Home(shell.home).database(Home(shell.home).config(None, None))))
    db.run("DELETE FROM ledger WHERE debit LIKE '64.11-1/in_job' AND credit = '64.11-1/card'")
    db.close()
    assert shell.json("ledger", "prove")["unaccounted"] == ["0401"] and shell.code == 3
    assert "unaccounted: 0401" in shell("ledger", "prove")


def test_a_forked_station_s_blanks_are_written_off(shell: Shell, tmp_path: Path) -> None:
    lines = (consignment("0401", "0402"), *list(card("o1", "0401"))[:-1], on("unsure", "o1", "0401"))
    told(shell, "64.11-1", *lines, fork=True)
    told(shell, "64.11-2", received("W-1", "0402"))
    (tmp_path / "found.txt").write_text("0402\n")
    off = ("blanks", "write-off", "64.11", "1", *TWO)
    shell(*off, str(tmp_path / "found.txt"))
    assert shell.code == 2
    assert shell.json("ledger", "prove")["unaccounted"] == ["0402"]
    found = ("--consignment", "W-1", "--to", "64.11", "2", str(tmp_path / "found.txt"))
    done = shell.json(*off, *found)
    assert (done[0]["found"], done[0]["lost"]) == (1, 1)
    assert shell.json("ledger", "prove")["unaccounted"] == [] and shell.code == 0


def test_a_manifest_that_is_none_names_its_line(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "bad.txt").write_text("0401\n!!\n")
    shell("blanks", "receive", "--consignment", "P-1", str(tmp_path / "bad.txt"))
    assert (shell.code, "line 2" in shell.told) == (1, True)
    shell("blanks", "receive", "--consignment", "P-1", str(tmp_path / "none.txt"))
    assert (shell.code, "cannot be read" in shell.told) == (1, True)
    shell("blanks", "receive", "--consignment", "P-1")
    assert shell.code == 2
