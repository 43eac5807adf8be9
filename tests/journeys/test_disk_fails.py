"""The journal's disk fails, or is full, at every single write of a whole card's life.

The real driver, worker, actions and journal in virtual time; the failure is SQLite's own, raised where a
transaction would commit, or the process ends right after a commit that it never heard of. A failing disk
stops the agent on the spot, a full one holds it; then there is a working disk again, and a clerk settles
what is unsure by the trays. The simulated printer's own truth is the judge.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from agent.printing.states import State
from agent.store import sqlite
from agent.store.journal import DiskFull, JournalBroken, Tx
from agent.store.migrations import migrate
from simulators.evolis.bench import MemoryPrinter
from tests.journeys.killer import PointedJournal, Points
from tests.journeys.killer_virtual import CARDS, EPOCHS, ORDER, START_MS, Station, artefact
from tests.journeys.test_killed_agent_virtual import is_good, truth_agrees

RIBBON, JAM = "k", "jam@card=1,panel=k"
IOERR, FULL = 10, 13  # SQLite's own numbers
LIFE = [
    *("job_queued", "printer_state", "feed_intended", "staged", "chip_intended", "chip_written"),
    *("print_intended", "printed", "verified+ready"),
]


class Stopped(BaseException):
    """The agent's process ended itself."""


@dataclass
class Disk:
    """Fails ``writes`` writes from the ``at``-th on, in one ``way``: "failing", "lying" or "full"."""

    at: int = 0
    way: str = ""
    writes: int = 1
    told: list[str] = field(default_factory=list)
    hit: str = ""

    def fails(self, label: str) -> bool:
        """Whether this write is one of them; remembers every write."""
        self.told.append(label)
        now = self.at <= len(self.told) < self.at + self.writes
        if now and self.way and not self.hit:
            self.hit = label
        return now and bool(self.way)


class BadJournal(PointedJournal):
    """The journal on that disk."""

    disk = Disk()

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        with super().transaction() as tx:
            yield tx
            fails = self.disk.fails("+".join(tx.events) or "cursor")  # type: ignore[attr-defined]
            if fails and self.disk.way != "lying":
                raise error_of(self.disk.way)
        if fails:
            self._on_broken("the disk wrote it and said that it had not")


def error_of(way: str) -> sqlite.Error:
    """What SQLite says of a disk that fails, or is full."""
    error = sqlite.Error("disk I/O error" if way == "failing" else "database or disk is full")
    error.sqlite_errorcode = IOERR if way == "failing" else FULL
    return error


def stop(sentence: str) -> None:
    raise Stopped(sentence)


class BadStation(Station):
    """A station whose disk may fail."""

    disk: Disk

    def open_journal(self) -> PointedJournal:
        journal = BadJournal(
            self.path, next(EPOCHS), lambda: START_MS + self.printer.now_ms(), on_broken=stop
        )
        journal.disk = self.disk
        return journal


def a_life(path: Path, template: Path, disk: Disk, *faults: str) -> BadStation:
    """One card's whole life on ``disk``: printed, verified, and settled by the clerk where it is unsure."""
    printer = MemoryPrinter(cards=CARDS, ribbon=RIBBON, faults=faults)
    station = BadStation(path, template, printer, RIBBON)
    station.disk = Disk()
    station.start(Points())
    station.receive()
    station.disk = station.journal.disk = disk  # type: ignore[attr-defined]
    try:
        settled = (station.settle, station.press, station.work) if faults else ()
        for act in (station.press, station.work, *settled, station.verify):
            until_there_is_room(station, act)
    except Stopped:
        station.journal.close()
        believed_is_true(station)
        station.disk = Disk()
        station.start(Points())
    for _ in range(3):
        station.press()
        station.work()
        station.settle()
        station.verify()
    return station


def until_there_is_room(station: BadStation, act: Callable[[], Any]) -> None:
    """A clerk does it again when the disk was full."""
    while True:
        try:
            act()
        except DiskFull:
            station.printer.sleep_ms(1_000)
        else:
            return


def believed_is_true(station: BadStation) -> None:
    """What the disk says of the job now is nothing that the trays deny."""
    reader = sqlite.Reader(station.path)
    states = [row[0] for row in reader.rows("SELECT state FROM job")]
    reader.close()
    good = [line for line in station.printer.truth if is_good(line, artefact(RIBBON).sha256)]
    if states and states[0] in (State.PRINTED, State.READY):
        assert len(good) == 1, "printed on the disk, and no card in the tray"
    if not states or (len(states) == 1 and states[0] in (State.QUEUED, State.STAGED)):
        assert not good and not any(line["event"] == "panel" for line in station.printer.truth)


@pytest.fixture(scope="module")
def template(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("journal") / "template.db"
    migrate(path)
    return path


def test_a_card_s_life_is_these_writes(tmp_path: Path, template: Path) -> None:
    disk = Disk()
    station = a_life(tmp_path / "dry.db", template, disk)
    assert disk.told[: len(LIFE)] == LIFE
    truth_agrees(station)


@pytest.mark.parametrize("way", ["failing", "lying"])
def test_a_disk_that_fails_at_any_write_stops_the_agent_and_no_card_is_told_falsely(
    tmp_path: Path, template: Path, way: str
) -> None:
    for number, label in enumerate(LIFE, 1):
        disk = Disk(number, way)
        station = a_life(tmp_path / f"{number}.db", template, disk)
        assert disk.hit == label and len(disk.told) == number, "nothing was written after it"
        truth_agrees(station)
        unsure = [line.event for line in station.journal.entries(0, 999)].count("unsure")
        assert unsure == (way == "lying" and label == "print_intended"), "bytes could have left after it"
        station.journal.close()


@pytest.mark.parametrize(("way", "writes"), [("failing", 1), ("lying", 1), ("full", 8)])
def test_the_same_of_a_card_that_jams_and_is_settled_and_printed_again(
    tmp_path: Path, template: Path, way: str, writes: int
) -> None:
    dry = Disk()
    a_life(tmp_path / "dry.db", template, dry, JAM)
    life = dry.told[: dry.told.index("verified+ready") + 1]
    assert {"unsure", "card_rejected", "spoiled"} < set(life) and life.count("print_intended") == 2
    for number, label in enumerate(life, 1):
        disk = Disk(number, way, writes)
        station = a_life(tmp_path / f"{number}.db", template, disk, JAM)
        assert disk.hit == label
        truth_agrees(station)
        station.journal.close()


@pytest.mark.parametrize("writes", [1, 20])
def test_a_full_disk_holds_the_agent_and_no_card_is_told_falsely(
    tmp_path: Path, template: Path, writes: int
) -> None:
    for number, label in enumerate(LIFE, 1):
        disk = Disk(number, "full", writes)
        station = a_life(tmp_path / f"{number}.db", template, disk)
        assert disk.hit == label
        truth_agrees(station)
        station.journal.close()


def test_a_full_disk_is_what_the_screen_shows(tmp_path: Path, template: Path) -> None:
    station = BadStation(tmp_path / "full.db", template, MemoryPrinter(cards=CARDS, ribbon=RIBBON), RIBBON)
    station.disk = Disk()
    station.start(Points())
    station.receive()
    station.press()
    station.disk = station.journal.disk = Disk(1, "full", 1_000)  # type: ignore[attr-defined]
    for _ in range(5):
        station.printer.sleep_ms(station.worker.turn())
    assert (station.lane.seen.state, station.lane.seen.cause) == ("needs_hands", "disk_full")
    assert not [line for line in station.printer.truth if line["event"] == "fed"]


def test_a_broken_journal_writes_nothing_any_more(tmp_path: Path, template: Path) -> None:
    station = BadStation(tmp_path / "eio.db", template, MemoryPrinter(cards=CARDS, ribbon=RIBBON), RIBBON)
    station.disk = Disk()
    station.start(Points())
    station.disk = station.journal.disk = Disk(1, "failing")  # type: ignore[attr-defined]
    with pytest.raises(Stopped):
        station.press()
    with pytest.raises(JournalBroken):
        station.press(ORDER)
