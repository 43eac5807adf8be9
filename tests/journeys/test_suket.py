"""Temporary certificates as real processes: the station, its command, and a printer of paper over IPP.

The printer's own truth file says which sheets came out; the journal may say less, never more.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from agent import keys
from agent.counter import suket
from agent.counter.suket import State
from domain.keys import order_info
from tests.journeys.station import LOKET, Station
from tests.journeys.sync_rig import free_port
from tests.unit.agent.stations import NAME, open_at, take
from tests.unit.agent.test_card import person, photo

SECRETS = (b"LARASTI", b"6411034502909007", b"JL. CONTOH NO. 7")
ISSUE = ("suket", "issue", "--order", "O-1", "--reason", "marriage", "--by", "rina", "--json")
_START = "import sys; from simulators.cli import main; main(sys.argv[1:])"


class Tray:
    """``loket-sim paper``: its address, and what really came out of it."""

    def __init__(self, truth: Path, *options: str, port: int = 0) -> None:
        self.truth = truth
        self.process = subprocess.Popen(
            [
                *(sys.executable, "-c", _START, "paper", "--ipp", f"127.0.0.1:{port}"),
                *("--truth", str(truth), "--speed", "50", *options),
            ],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout
        self.address: str = json.loads(self.process.stdout.readline())["addresses"][0]

    def sheets(self) -> list[str]:
        """The SHA-256 of the document of each sheet in the tray."""
        lines = [json.loads(line) for line in self.truth.read_text().splitlines()]
        return [line["picture"] for line in lines if line["event"] == "sheet"]

    def hand(self, **told: Any) -> None:
        assert self.process.stdin and self.process.stdout
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        self.process.stdout.readline()


@contextmanager
def tray(folder: Path, *options: str, port: int = 0) -> Iterator[Tray]:
    one = Tray(folder / "sheets.jsonl", *options, port=port)
    try:
        yield one
    finally:
        one.process.terminate()
        one.process.communicate(timeout=30)


def made(folder: Path, paper: str = "") -> Station:
    station = Station(folder / "home")
    more = ("--paper", paper) if paper else ()
    assert station.init("--chip", "vpcd://127.0.0.1:0", *more).code == 0
    told = json.dumps(person(photo=photo("JPEG"))).encode()
    sealed = keys.load(station.home.keys_path).open.public().seal(told, order_info(NAME, "O-1"))
    journal = open_at(station.home, epoch=5)
    take(journal, station.province, station.province.order("O-1", reason="data_change", sealed=sealed))
    journal.close()
    return station


def listed(station: Station) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = station.loket("suket", "list", "--json").json
    return found


@pytest.mark.attack
def test_a_sheet_is_issued_printed_once_and_confirmed_and_nobody_s_data_stays(tmp_path: Path) -> None:
    with tray(tmp_path) as paper:
        station = made(tmp_path, paper.address)
        with station.run():
            done = station.loket(*ISSUE)
            assert (done.code, done.json["state"]) == (0, "reported")
            number = done.json["number"]
            assert paper.sheets() == [done.json["sha256"]]
            again = station.loket(*ISSUE)
            assert (again.code, again.json) == (4, {"refused": "SUKET_EXISTS", "detail": number})
            (row,) = listed(station)
            assert (row["state"], row["next_step"]) == ("reported", "confirm_or_void")
            confirmed = station.loket("suket", "confirm", number, "--by", "rina", "--json")
            assert (confirmed.code, confirmed.json["state"]) == (0, "confirmed")
            refused = station.loket("suket", "void", number, "--reason", "torn", "--json")
            assert (refused.code, refused.json["refused"]) == (4, "SECOND_NEEDED")
            said = "".join(each.out + each.err for each in (done, again, confirmed, refused))
        assert len(paper.sheets()) == 1
    assert station.loket("audit", "verify").code == 0
    told = said.encode() + b"".join(
        path.read_bytes() for path in [*station.root.rglob("*"), tmp_path / "sheets.jsonl"] if path.is_file()
    )
    assert not [secret for secret in SECRETS if secret in told]


def test_a_lost_answer_is_not_answered_by_a_second_sheet(tmp_path: Path) -> None:
    with tray(tmp_path, "--fault", "answer_lost@job=1", "--fault", "forgotten@job=1") as paper:
        station = made(tmp_path, paper.address)
        done = station.loket(*ISSUE)
        number = done.json["number"]
        assert done.json["state"] in ("reported", "unsure")
        assert station.loket("suket", "print", number).code == 4
        assert station.loket(*ISSUE).json["refused"] == "SUKET_EXISTS"
        assert len(paper.sheets()) <= 1
        assert station.loket("suket", "void", number, "--reason", "misprint", "--by", "rina").code == 0
        second = station.loket(*ISSUE)
        assert (second.code, second.json["number"] > number) == (0, True)
        assert paper.sheets()[-1] == second.json["sha256"]


def test_a_jam_leaves_it_sent_until_somebody_looks(tmp_path: Path) -> None:
    with tray(tmp_path, "--fault", "jam@job=1") as paper:
        station = made(tmp_path, paper.address)
        done = station.loket(*ISSUE, "--wait", "2")
        told = done.json
        assert (told["state"], told["cause"], told["next_step"]) == ("sent", "paper_jam", "look")
        assert paper.sheets() == []
        paper.hand(clear=True)
        looked = station.loket("suket", "look", told["number"], "--json")
        assert (looked.code, looked.json["state"]) == (0, "reported")
        assert paper.sheets() == [told["sha256"]]


def test_a_command_killed_while_it_prints_sends_nothing_twice(tmp_path: Path) -> None:
    with tray(tmp_path, "--fault", "slow@job=1,for=100000") as paper:
        station = made(tmp_path, paper.address)
        process = subprocess.Popen(
            [*LOKET, *ISSUE],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env={**os.environ, "LOKET_HOME": str(station.root)},
        )
        reads = station.home.reader()
        while not [each for each in suket.listed(reads) if each.state is State.SENT]:
            assert process.poll() is None
        process.send_signal(signal.SIGKILL)
        process.wait(30)
        (row,) = listed(station)
        assert (row["state"], row["next_step"]) == ("sent", "look")
        assert station.loket("suket", "print", row["number"]).code == 4
        looked = station.loket("suket", "look", row["number"], "--json").json
        assert looked["state"] in ("reported", "unsure")
        assert len(paper.sheets()) == (1 if looked["state"] == "reported" else 0)


def test_a_printer_that_is_not_there_yet_prints_the_same_sheet_later(tmp_path: Path) -> None:
    port = free_port()
    station = made(tmp_path, f"ipp://127.0.0.1:{port}/ipp/print")
    done = station.loket(*ISSUE)
    assert (done.code, done.json["state"]) == (3, "issued")
    with tray(tmp_path, port=port) as paper:
        printed = station.loket("suket", "print", done.json["number"], "--json")
        assert (printed.code, printed.json["state"]) == (0, "reported")
        assert paper.sheets() == [done.json["sha256"]]


def test_without_a_printer_of_paper_the_clerk_gets_a_file(tmp_path: Path) -> None:
    station = made(tmp_path)
    none = station.loket(*ISSUE)
    assert (none.code, none.out) == (1, "") and "--out FILE" in none.err
    assert listed(station) == []
    out = tmp_path / "suket.pdf"
    done = station.loket(*ISSUE, "--out", str(out))
    assert (done.code, done.json["printer"]) == (0, "file")
    assert sha256(out.read_bytes()).hexdigest() == done.json["sha256"]
    assert station.loket(*ISSUE[:5], "bank").code == 4
    assert station.loket("policy", "--date", "2020-05-12", "--json").json["rules"]["suket"] == {
        "allowed": "urgent", "urgent_reasons": ["marriage"], "valid_months": 6,
        "void_needs_second": True,
    }  # fmt: skip
