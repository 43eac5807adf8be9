"""A card on a retransfer printer with the real programs, over both of its wires; and one whose agent died.

The machine knows no reservation and no job, so an agent that dies in the middle leaves a card that nobody may
print on again: it goes to the reject tray, a person settles it, and the order gets its one card after all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.journeys.cups_rig import until
from tests.journeys.station import Station
from tests.journeys.technician import Technician
from tests.journeys.test_spooled_card import job, made, prints

BLANKS = ("04AABBCCDDEE11", "04AABBCCDDEE22")


@contextmanager
def machine(folder: Path, wire: str, model: str) -> Iterator[tuple[Technician, Station]]:
    truth = folder / "truth.jsonl"
    options = ("--make", "matica", "--model", model, f"--{wire}", "127.0.0.1:0", "--cards", "9")
    with Technician(*options, "--speed", "10", "--truth", str(truth)) as bench:
        yield bench, made(folder, bench.ready["addresses"][0])


def truth(folder: Path, event: str) -> list[dict[str, Any]]:
    lines = (folder / "truth.jsonl").read_text("utf-8").splitlines()
    return [line for line in map(json.loads, lines) if line["event"] == event]


def intents(station: Station) -> list[str]:
    lines = map(json.loads, station.loket("journal", "--json").out.splitlines())
    return [line["detail"]["artefact"] for line in lines if line["event"] == "print_intended"]


@pytest.mark.parametrize(
    ("wire", "model"), [("tcp", "xid8600"), pytest.param("usbip", "xid580", marks=pytest.mark.long)]
)
def test_the_card_that_was_meant_comes_out_and_is_believed(tmp_path: Path, wire: str, model: str) -> None:
    with machine(tmp_path, wire, model) as (_, station):
        with station.run() as running:
            prints(station, BLANKS[0])
            until(lambda: job(station)["state"] == "printed")
            assert running.stop() == 0
        (card,) = truth(tmp_path, "ejected")
        assert intents(station) == [card["picture"]]


@pytest.mark.long
def test_an_agent_that_dies_leaves_one_card_to_a_person_and_the_order_gets_one(tmp_path: Path) -> None:
    with machine(tmp_path, "tcp", "xid580") as (_, station):
        with station.run() as running:
            prints(station, BLANKS[0])
            until(lambda: bool(truth(tmp_path, "film")))
            running.process.kill()
        with station.run() as running:
            until(lambda: job(station)["state"] == "unsure")
            until(lambda: bool(truth(tmp_path, "rejected")))
            assert truth(tmp_path, "ejected") == []
            assert station.loket("resolve", job(station)["id"], "--spoiled", BLANKS[0]).code == 0
            until(lambda: station.loket("print", "--order", "O-1", "--blank", BLANKS[1]).code == 0)
            until(lambda: job(station)["state"] == "printed")
            assert running.stop() == 0
        (card,) = truth(tmp_path, "ejected")
        assert intents(station) == [card["picture"]] * 2
