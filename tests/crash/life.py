"""Plays one life: a card is printed, something dies, everything is taken up again, a clerk settles the rest.

Nothing is mocked: the journal is a file, the driver and the worker are the station's own, the printer is
the simulated one with time that jumps. A death drops every object at once and opens the file again.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from agent.printing import jobs, tally
from agent.printing.cycle import Cycle
from agent.printing.lane import Lane
from agent.printing.states import Event, State
from agent.printing.worker import Worker
from agent.stock import blanks
from agent.store.journal import JournalBroken
from domain.words import RefusedByRule
from tests.crash.case import Case, Variant
from tests.crash.families import FAMILIES
from tests.journeys.killer import PointedJournal, PointedTransport, Points
from tests.journeys.killer_virtual import (
    EPOCHS,
    SESSION,
    START_MS,
    Chip,
    Killed,
    kill,
    moving,
    queue_order,
    settled_by_sight,
)

CARDS = 12
ORDERS = ("20200512-000001", "20200512-000002")
ROUNDS_MAX, PATIENCE_ROUNDS = 6, 3
TURNS_MAX = 3_000
CLERK_MS = 60_000  # to walk over, look into the trays, and scan a card
LIVES = count(1)  # each has a file of its own: what one leaves in its log is not the next one's


class Nth(Points):
    """Strikes at its ``number``-th moment, whatever that is; 0 never."""

    def __init__(self, number: int, strike: Callable[[], None]) -> None:
        super().__init__()
        self._left = number
        self._blow = strike
        self.struck = False

    def __call__(self, moment: str, label: str) -> None:
        super().__call__(moment, label)
        if self.counting:
            self._left -= 1
            if self._left == 0:
                self.struck = True
                self._blow()


@dataclass(slots=True)
class Played:
    """A life that was played. ``passed``: its moments up to the cut; ``settled``: how often by a person."""

    station: Station
    passed: list[str]
    hit: bool
    second_hit: bool = False
    settled: int = 0

    def close(self) -> None:
        """Let go of the journal and its files."""
        self.station.end()
        self.station.path.unlink()


class Station:
    """A station in memory at a printer of ``variant``."""

    def __init__(self, path: Path, template: Path, variant: Variant, faults: tuple[str, ...] = ()) -> None:
        shutil.copyfile(template, path)
        self.path, self.variant = path, variant
        self.family = FAMILIES[variant.family]
        self.printer = self.family.machine(CARDS, variant.ribbon, faults)
        self.artefact = self.family.artefact(variant.ribbon)
        self.hands = 0  # how often a person had to touch the printer

    def start(self, points: Points) -> None:
        """A new process of the agent."""
        self.journal = PointedJournal(
            self.path,
            next(EPOCHS),
            lambda: START_MS + self.printer.now_ms(),
            on_broken=lambda _sentence: None,  # JournalBroken goes up from here, and ends this process's life
        )
        self.journal.points = points
        wire = self.wire = PointedTransport(self.family.wire(self.printer), points, self.family.name)
        driver = self.family.driver(wire, self.printer)
        chip = Chip(self.printer, points) if self.variant.reader != "clerk" else None
        self.lane = Lane(driver, chip, self.journal, self.printer.now_ms)
        self.worker = Worker(
            self.lane,
            Cycle(self.lane, self.journal, SESSION),
            self.journal,
            lambda job: self.artefact,
            self.printer.now_ms,
            self.printer.sleep_ms,
        )

    def end(self) -> None:
        """The process is gone: its files and its wire are closed by the system."""
        self.journal.close()
        self.wire.close()

    def press(self, order: str) -> None:
        """The order, as the inbox leaves it, and a press; without a chip the clerk names the blank."""
        asked = self.family.next_blank(self.printer) if self.variant.reader == "clerk" else None
        self.journal.write(queue_order(order, asked))

    def work(self) -> None:
        """Turns until nothing is queued or moving, and nothing lies inside."""
        for _ in range(TURNS_MAX):
            pause = self.worker.turn()
            if not self._is_busy() and self._path_is_clear():
                return
            self._lend_a_hand()
            self.printer.sleep_ms(pause)
        raise AssertionError("the station never came to rest")

    def _is_busy(self) -> bool:
        """A card is on its way, or one will be taken; while a job is unsure, none is."""
        waits = [] if jobs.in_state(self.journal, State.UNSURE) else [State.QUEUED]
        return bool(jobs.in_state(self.journal, State.STAGED, State.PRINTING, *waits))

    def _path_is_clear(self) -> bool:
        """Nothing lies inside; a blank that power left between the feeder's rollers is still to be fed."""
        look = self.printer.hand(look=True)
        return not look["inside"] or look["at"] == "feeder"

    def _lend_a_hand(self) -> None:
        """Do what the screen asks for: switch a printer off and on that never ends, look into the trays."""
        asked = self.lane.seen.cause
        if asked == "claim_stuck":
            self.printer.hand(power="cut")
        elif asked == "cards_unknown":
            self.journal.write(lambda tx: tally.looked(tx, []))
        self.hands += asked in ("claim_stuck", "cards_unknown")

    def settle(self) -> int:
        """The clerk settles what is unsure by the card in hand; how many jobs that were."""
        unsure = jobs.in_state(self.journal, State.UNSURE)
        for job in unsure:
            self._walk_over()
            blank, event = self._seen(job)
            self.journal.write(moving(job.id, event, {"blank": blank, "by": "clerk", "reason": "seen"}))
        return len(unsure)

    def _walk_over(self) -> None:
        """The clerk comes, and waits until nothing moves; a queue is looked after meanwhile."""
        if self.variant.family != "spool":
            self.printer.sleep_ms(CLERK_MS)
            return
        until_ms = self.printer.now_ms() + CLERK_MS
        while self.printer.now_ms() < until_ms or not self._path_is_clear():
            self.printer.sleep_ms(max(self.worker.turn(), 1))

    def _seen(self, job: jobs.Job) -> tuple[str, Event]:
        look = self.printer.hand(look=True)
        trays = [card["blank"] for name in ("output", "reject", "inside", "hands") for card in look[name]]
        owned = job.blank in trays if job.blank else any(self._expected(blank, job.kind) for blank in trays)
        if not owned:  # nothing came out: its blank, or the one that would have been it, is in the feeder
            return job.blank or self.family.next_blank(self.printer), Event.UNTOUCHED
        return settled_by_sight(job, look, self._expected, self.artefact.panels)

    def _expected(self, blank: str, kind: str) -> bool:
        try:
            blanks.check(self.journal, blank, kind)
        except RefusedByRule:
            return False
        return True

    def open_orders(self) -> list[str]:
        """Orders without a good card."""
        return [
            row[0] for row in self.journal.rows("SELECT id FROM order_ WHERE state <> 'printed' ORDER BY id")
        ]


def play(case: Case, folder: Path, template: Path) -> Played:
    """The whole of one life, until both orders have their card."""
    plain = [f"chip_plain@card={n}" for n in range(1, CARDS + 1)] if case.variant.reader == "plain" else []
    station = Station(folder / f"{next(LIVES)}.db", template, case.variant, (*case.faults, *plain))
    station.start(Points())
    station.journal.write(lambda tx: blanks.receive(tx, "K-1", "ktp", None, CARDS))
    station.press(ORDERS[0])
    station.end()
    points = Points(case.point, _strike(station, case.who, case.late_ms))
    played = Played(station, points.order, hit=False)
    if cut(station, points, station.work):
        station.printer.sleep_ms(case.pause_ms)
        second = Nth(case.second, _strike(station, case.second_who))
        died = cut(station, second, station.work)
        played.second_hit, second.counting = second.struck, False
        if died:
            cut(station, Points(), station.work)
    played.hit = case.point in points.order
    points.counting = False
    finish(station, played)
    return played


def _strike(station: Station, who: str, late_ms: int = 0) -> Callable[[], None]:
    def strike() -> None:
        station.printer.sleep_ms(late_ms)
        if who != "agent":
            station.printer.hand(power="cut")
        if who != "printer":
            kill()

    return strike


def cut(station: Station, points: Points, work: Callable[[], None]) -> bool:
    """A process of the agent works until it rests or dies; whether it died."""
    station.start(points)
    try:
        work()
    except (Killed, JournalBroken):
        station.end()
        return True
    return False


def finish(station: Station, played: Played) -> None:
    """The clerk's part: settle, press again, and one more order to see that the lane is well."""
    for turn in range(ROUNDS_MAX):
        if turn == PATIENCE_ROUNDS:  # card after card is unsure: anybody would switch it off and on by now
            station.printer.hand(power="cut")
        played.settled += station.settle()
        for order in (*station.open_orders(), ORDERS[1]):
            station.press(order)
            station.work()
            played.settled += station.settle()
        if not station.open_orders():
            return
    raise AssertionError(f"orders without a card: {station.open_orders()}")
