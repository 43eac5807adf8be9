"""One card's whole life with the real programs: loket run, loket print, and a simulated printer on the wire.

The order was signed and its payload sealed as the province does it; the inbox takes it as the link would
hand it over. The printer's truth and the station's story must agree, also when something goes wrong.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from agent import inbox, keys
from agent.home import open_journal
from sync.log import Entry
from tests.journeys.killer_rig import STATION, Life, Prepared, fields, prepare
from tests.journeys.sync_rig import until

LOKET = [sys.executable, "-m", "agent.cli"]


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(tmp_path_factory.mktemp("prepared"))


class Counter:
    """A clerk's counter: the running station, the commands, and the printer beside it."""

    def __init__(self, life: Life) -> None:
        self.life, self.printer, self.order = life, life.printer, life.order
        home = life.home
        with home.lock():
            journal = open_journal(home, lambda: 1_589_241_600_000)
            entry, hub = Entry(**json.loads(life.order_path.read_text())), keys.load(home.keys_path).hub_sign
            journal.write(lambda tx: inbox.apply(tx, entry, station=STATION, hub=hub))
            journal.close()
        self.environment = {**os.environ, "LOKET_HOME": str(home.root)}
        self.log = (life.folder / "loket.log").open("w+")
        self.start()

    def dies(self, how: int) -> None:
        """The agent is ended by a signal that it does not survive."""
        self.process.send_signal(how)
        assert self.process.wait(30) == -how
        if self.process.stdout is not None:
            self.process.stdout.close()

    def start(self) -> None:
        """The station works, until it is stopped or dies."""
        self.process = subprocess.Popen(
            [*LOKET, "run"], stdout=subprocess.PIPE, stderr=self.log, text=True, env=self.environment
        )
        assert self.process.stdout is not None
        self.ready = json.loads(self.process.stdout.readline())

    def loket(self, *arguments: str) -> Any:
        """What a command says: JSON where it was asked for."""
        argv = [*LOKET, *arguments]
        done = subprocess.run(argv, capture_output=True, text=True, check=False, env=self.environment)
        assert done.returncode in (0, 3), done.stderr
        if "--json" not in arguments:
            return done.stdout
        lines = [json.loads(line) for line in done.stdout.splitlines()]
        return lines if arguments[0] == "journal" else lines[0]

    def print(self) -> dict[str, Any]:
        told: dict[str, Any] = self.loket("print", "--order", self.order, "--json")
        return told

    def job(self) -> dict[str, Any]:
        told: dict[str, Any] = self.loket("jobs", "--json")[-1]
        return told

    def comes_to(self, *states: str) -> dict[str, Any]:
        until(lambda: self.job()["state"] in states, f"never {states}: {self.job()}", 60)
        return self.job()

    def stop(self) -> str:
        """An orderly end; what was logged."""
        self.process.terminate()
        assert self.process.wait(30) == 0
        self.log.seek(0)
        return self.log.read()

    def close(self) -> None:
        self.process.kill()
        self.process.wait()
        if self.process.stdout is not None:
            self.process.stdout.close()
        self.log.close()
        self.life.close()


Open = Callable[..., Counter]


@pytest.fixture
def counter(prepared: Prepared, tmp_path: Path) -> Iterator[Open]:
    with opened(prepared, tmp_path) as opens:
        yield opens


@contextmanager
def opened(prepared: Prepared, folder: Path) -> Iterator[Open]:
    made: list[Counter] = []

    def opens(*faults: str) -> Counter:
        life = Life(prepared, folder, "ymcko")
        for fault in faults:
            life.printer.ask(fault=fault)
        made.append(Counter(life))
        return made[-1]

    try:
        yield opens
    finally:
        for each in made:
            each.close()


def test_one_press_makes_one_card_and_every_story_agrees(counter: Open) -> None:
    station = counter()
    assert station.ready["ready"] and station.ready["web"].startswith("http://127.0.0.1:")
    first = station.print()
    assert station.print()["job"] == first["job"], "pressing twice gives the same job"
    job = station.comes_to("printed")
    station.life.truth_agrees()
    events = [line["event"] for line in station.loket("journal", "--json")]
    wanted = ["job_queued", "feed_intended", "staged", "print_intended", "printed"]
    assert [event for event in events if event in wanted] == wanted
    assert station.loket("blanks", "--json")["ktp"]["used"] == 1
    device = station.loket("devices", "--json")[0]
    assert (device["state"], device["simulated"]) == ("ready", True)
    assert job["blank"].startswith("04")
    assert station.print()["job"] == first["job"], "an order that is printed stays printed"
    log = station.stop()
    story = json.dumps(station.loket("journal", "--json"))
    told = fields()
    for secret in (told["nik"], told["name"], told["address"]):
        assert secret not in log and secret not in story


def test_a_jammed_card_is_settled_by_the_clerk_and_the_order_gets_another_blank(counter: Open) -> None:
    station = counter("jam@card=1,panel=k")
    station.print()
    job = station.comes_to("unsure")
    assert station.loket("status", "--json")["attention"][0]["word"] == "UNSURE"
    until(lambda: bool(station.printer.look()["reject"]), "the card stays inside")
    blank = station.printer.look()["reject"][0]["blank"]
    assert blank == job["blank"]
    station.loket("resolve", job["id"], "--spoiled", blank, "--reason", "jam")
    assert station.print()["job"] == f"{station.order}-2"
    station.comes_to("printed")
    station.life.truth_agrees()


def test_a_power_cut_under_the_card_is_never_taken_for_a_printed_one(counter: Open) -> None:
    station = counter("power_cut@card=1,panel=m")
    station.print()
    job = station.comes_to("unsure")
    until(lambda: bool(station.printer.look()["reject"]), "the card stays inside", 60)
    station.loket("resolve", job["id"], "--spoiled", job["blank"], "--reason", "power")
    station.print()
    station.comes_to("printed")
    station.life.truth_agrees()


def test_an_empty_feeder_is_waited_for_and_the_station_goes_on_by_itself(counter: Open) -> None:
    station = counter("feeder_empty@card=1")
    station.print()
    until(lambda: station.loket("status", "--json")["printer"]["cause"] == "feeder_empty", "not told")
    station.printer.ask(load=0)
    station.comes_to("printed")
    station.life.truth_agrees()


def test_a_ribbon_of_another_kind_is_drawn_for_from_the_next_card_on(counter: Open) -> None:
    station = counter()
    until(lambda: station.loket("devices", "--json")[0]["state"] == "ready", "the printer never got ready")
    station.printer.ask(ribbon="ko")
    station.print()
    job = station.comes_to("printed", "unsure")
    assert job["state"] == "printed", job["cause"]
    (card,) = station.printer.look()["output"]
    assert {panel.split()[1] for panel in card["panels"]} <= {"k", "o"}
