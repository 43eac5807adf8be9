"""A card through a print spooler with the real programs: settled by who holds it, and none comes twice.

The spooler's truth file tells which cards came out; what the station believes of them is a person's word.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from agent import keys
from domain.keys import order_info
from tests.conformance.ipp_process import IppProcess
from tests.journeys.cups_rig import until
from tests.journeys.station import Station
from tests.unit.agent.stations import NAME, open_at, take
from tests.unit.agent.test_card import person, photo

BLANK, OTHER = "04AABBCCDDEE11", "04AABBCCDDEE22"
CANCELLED = 7


@contextmanager
def spooler(*faults: str) -> Iterator[IppProcess]:
    options = [word for fault in faults for word in ("--fault", fault)]
    process = IppProcess("spooler", "--cards", "10", *options)
    try:
        yield process
    finally:
        process.close()


def made(folder: Path, printer: str) -> Station:
    """A station with one order and five blanks."""
    station = Station(folder / "home")
    assert station.init("--printer", printer).code == 0
    told = json.dumps(person(photo=photo("JPEG"))).encode()
    sealed = keys.load(station.home.keys_path).open.public().seal(told, order_info(NAME, "O-1"))
    journal = open_at(station.home, epoch=5)
    take(journal, station.province, station.province.order("O-1", reason="data_change", sealed=sealed))
    journal.close()
    assert station.loket("blanks", "receive", "--consignment", "K-1", "--count", "5").code == 0
    return station


def job(station: Station) -> dict[str, Any]:
    """The last job as the clerk sees it."""
    told: dict[str, Any] = station.loket("jobs", "--json").json[-1]
    return told


def prints(station: Station, blank: str = BLANK) -> None:
    assert station.loket("print", "--order", "O-1", "--blank", blank, "--json").code == 0


def test_a_card_that_came_out_waits_for_the_scan_of_who_holds_it(tmp_path: Path) -> None:
    with spooler() as queue:
        station = made(tmp_path, queue.address)
        with station.run() as running:
            assert station.loket("print", "--next", "1", "--json").json == {"refused": "BLANK_NEEDED"}
            prints(station)
            until(lambda: job(station)["state"] == "unsure")
            assert (job(station)["cause"], job(station)["blank"]) == ("spooled", BLANK)
            wrong = station.loket("resolve", job(station)["id"], "--came-out", OTHER, "--json")
            assert (wrong.code, wrong.json["refused"]) == (4, "WRONG_BLANK")
            assert station.loket("resolve", job(station)["id"], "--came-out", BLANK).code == 0
            assert job(station)["state"] == "printed"
            assert running.stop() == 0
        (card,) = queue.truth("ejected")
        lines = station.loket("journal", "--json").out.splitlines()
        (intent,) = [line for line in map(json.loads, lines) if line["event"] == "print_intended"]
        assert intent["detail"]["artefact"] == card["picture"]


def test_an_agent_that_dies_leaves_no_job_that_prints_by_surprise(tmp_path: Path) -> None:
    with spooler("slow@job=1,for=150000") as queue:
        station = made(tmp_path, queue.address)
        with station.run() as running:
            prints(station)
            until(lambda: bool(queue.hand({"look": True})["jobs"]))
            running.process.kill()
        with station.run():
            until(lambda: job(station)["state"] == "unsure")
            until(lambda: queue.hand({"look": True})["jobs"][0]["state"] == CANCELLED)
            assert station.loket("resolve", job(station)["id"], "--untouched", BLANK).code == 0
            prints(station)
            until(lambda: len(queue.truth("ejected")) == 1)
            until(lambda: job(station)["state"] == "unsure")
        assert len(queue.hand({"look": True})["jobs"]) == 2, "one job for each time a person asked"
