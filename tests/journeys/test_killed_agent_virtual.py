"""The agent killed at every point of one card's life: the real driver and worker, in virtual time.

Killed before and after every commit, every exchange with the printer and every piece of the job; alone,
or with the printer's power at the same instant. The simulated printer's own truth is the judge.
"""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from agent.printing import jobs, tagging
from agent.printing.states import State
from agent.stock import blanks
from agent.store.migrations import migrate
from domain.ledger import Place
from simulators.evolis.bench import MemoryPrinter
from tests.journeys.killer import Points
from tests.journeys.killer_virtual import CARDS, ORDER, Killed, Station, artefact, kill


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("journal") / "template.db"
    migrate(path)
    return path


def a_life(path: Path, template: Path, at: str, ribbon: str, power: bool) -> tuple[Points, Station]:
    """One card's life, killed at ``at``, taken up again, and settled by the clerk where it is unsure."""
    printer = MemoryPrinter(cards=CARDS, ribbon=ribbon)
    station = Station(path, template, printer, ribbon)
    station.start(Points())
    station.receive()
    station.press()
    station.journal.close()
    points = Points(at, kill)
    station.start(points)
    try:
        station.work()
        station.verify()
    except Killed:
        station.journal.close()
        if power:
            printer.hand(power="cut")
        station.start(Points())
        station.work()
    points.counting = False
    for _ in range(3):
        station.settle()
        station.press()
        station.work()
        station.verify()
    return points, station


def truth_agrees(station: Station) -> None:
    """One good card for the order, and every blank in the one account where it physically is."""
    seen, picture = station.look(), artefact(station.ribbon).sha256
    good = [line["blank"] for line in station.printer.truth if is_good(line, picture)]
    assert len(good) == 1, f"{len(good)} good cards"
    (held,) = jobs.in_state(station.journal, State.READY)
    tags = [line["file"] for line in station.printer.truth if line["blank"] == good[0] and line.get("file")]
    assert held.artefact is not None and tagging.told(tagging.tag_of(held.id, held.artefact)) in flat(
        tags[-1]
    )
    ledger = blanks.fold(station.journal)
    account = ledger.account("ktp")
    assert not account["unaccounted"]
    assert ledger.names("ktp", Place.CARD) == good
    trays: list[dict[str, Any]] = [*seen["output"], *seen["reject"], *seen["inside"], *seen["hands"]]
    touched = sorted(c["blank"] for c in trays if (c["panels"] or c.get("half")) and c["blank"] not in good)
    assert ledger.names("ktp", Place.SPOILED) == touched
    clean = sum(1 for c in trays if not c["panels"] and not c.get("half")) + seen["feeder"]
    assert account["on_hand"] == clean
    assert account["received"] == CARDS == clean + len(touched) + 1


def flat(file: str) -> str:
    """A chip's file without the heads of its fields: the attempt, then the artefact, in hex."""
    return file[14:46] + file[50:114]


def is_good(line: dict[str, Any], picture: str) -> bool:
    return (line["event"], line["tray"], line["picture"]) == ("ejected", "output", picture)


@pytest.mark.parametrize("power", [False, True], ids=["agent dies", "power fails for both"])
@pytest.mark.parametrize("ribbon", ["k", "ymcko"])
def test_killed_at_every_point_one_order_is_one_good_card(
    tmp_path: Path, template: Path, ribbon: str, power: bool
) -> None:
    dry, _ = a_life(tmp_path / "dry.db", template, "", ribbon, power)
    points = dry.order
    assert len(points) == len(set(points)) and len(points) > 80
    for line in ("chip_intended", "chip_written", "print_intended", "printed", "verified+ready"):
        assert {f"before commit:{line}:1", f"after commit:{line}:1"} <= set(points)
    assert {"before chip:update:1", "after chip:update:1", "before chip:tag:1"} <= set(points)
    wrong: Counter[str] = Counter()
    for number, point in enumerate(points):
        told, station = a_life(tmp_path / f"{number}.db", template, point, ribbon, power)
        assert told.order[-1] == point, f"{point} was not hit"
        try:
            truth_agrees(station)
            assert station.job(f"{ORDER}-1").state in (State.READY, State.SPOILED)
        except AssertionError as error:
            wrong[f"killed {point}: {error}"] += 1
        station.journal.close()
    assert not wrong, "\n".join(wrong)
