"""The disk fails, or is full, at every single write of one card's life: never a false "printed".

EIO: the process stops on the spot, the next one reads what is there and looks at the printer. ENOSPC: the
lane holds until there is room. Judge is the simulated printer's own truth, as in tests/crash.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pytest

from agent.stock import blanks
from agent.store import sqlite
from agent.store.migrations import migrate
from tests.crash.case import Variant
from tests.crash.judge import Verdicts
from tests.crash.life import CARDS, ORDERS, Played, Station, cut, finish
from tests.disk.disk import Disk, mounted
from tests.journeys.killer import Points

VARIANT = Variant("evolis", "k", "chip")
HELD_TURNS = 30  # with the disk full: more than a whole card's life takes


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path) as one:
        yield one


def at_the_counter(disk: Disk, template: Path, number: int) -> Station:
    """A station with one order pressed, its journal on the disk."""
    station = Station(disk.root / f"{number}.db", template, VARIANT)
    station.start(Points())
    station.journal.write(lambda tx: blanks.receive(tx, "K-1", "ktp", None, CARDS))
    station.press(ORDERS[0])
    station.journal.close()
    return station


def writes_of_a_life(disk: Disk, template: Path) -> int:
    """How many operations that write one card's life takes, from the agent's start on."""
    station = at_the_counter(disk, template, 0)
    before = disk.operations()
    assert not cut(station, Points(), station.work)
    station.journal.close()
    return disk.operations() - before


def hold(station: Station) -> None:
    """Turns for as long as a card would take, though nothing may come of them."""
    for _ in range(HELD_TURNS):
        station.printer.sleep_ms(station.worker.turn())


def ended(station: Station, work: Callable[[], None]) -> bool:
    """Whether the process ended before its work; one that cannot even open its journal does not start."""
    try:
        return cut(station, Points(), work)
    except sqlite.Error:
        return True


@pytest.mark.parametrize("fault", ["EIO", "ENOSPC"])
def test_a_fault_at_every_write_ends_in_one_good_card_and_no_false_word(
    disk: Disk, tmp_path: Path, fault: str
) -> None:
    template = tmp_path / "template.db"
    migrate(template)
    writes = writes_of_a_life(disk, template)
    assert writes > 30
    verdicts, wrong, stopped = Verdicts(), [], 0
    for number in range(1, writes + 1):
        station = at_the_counter(disk, template, number)
        disk.fail(number, fault)
        if ended(station, station.work if fault == "EIO" else partial(hold, station)):
            stopped += 1
            disk.heal()
            assert not cut(station, Points(), station.work)
        disk.heal()
        played = Played(station, [], hit=True)
        finish(station, played)
        wrong += [f"write {number}: {sentence}" for sentence in verdicts.add(played)]
        station.journal.close()
    assert not wrong, "\n".join(wrong)
    assert verdicts.cycles == writes
    if fault == "EIO":
        assert stopped > writes // 3
