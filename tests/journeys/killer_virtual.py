"""A station in memory: the real worker, driver and journal, the simulated printer, and time that jumps.

``Killed`` drops every object of the agent at once, as SIGKILL does; what stays is the journal's file and the
printer. The scripted clerk settles what is unsure by looking at the simulated trays, as a person would.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import count
from pathlib import Path
from typing import Any, Protocol, TypeVar

from agent.config import Config
from agent.printing import came_out, jobs
from agent.printing.cycle import Cycle
from agent.printing.jobs import Job
from agent.printing.lane import Lane
from agent.printing.states import Event, State
from agent.printing.worker import Looks, Worker
from agent.stock import blanks
from agent.store.journal import Tx
from agent.store.sqlite import Reads
from domain.words import RefusedByRule
from drivers.address import parse
from drivers.card_printer import HEIGHT, WIDTH, Artefact, Transport
from drivers.chip import Tag, specimen
from drivers.errors import NeedsHands, OutcomeUnknown, Unreachable
from drivers.evolis.printer import EvolisPrinter
from drivers.registry import prepare
from simulators.cards import chips
from simulators.cards.blank import Card
from simulators.evolis.bench import MemoryPrinter
from simulators.specimen import Session
from tests.journeys.killer import PointedJournal, PointedTransport, Points

T = TypeVar("T")
ORDER = "20200512-000001"
CONFIG = Config("64.11", 1)
CARDS = 4
SESSION = 4711
EPOCHS = count(1)
START_MS = 1_589_241_600_000


class Killed(BaseException):
    """The agent's process is gone."""


def kill() -> None:
    raise Killed


@cache
def artefact(ribbon: str = "k") -> Artefact:
    """A plain card with a black bar on white, and colour where the ribbon has it: every panel is printed."""
    bar, white = bytes(30 * 3), b"\xff" * (WIDTH - 30) * 3
    colour = b"\x20\x90\xd0" * (WIDTH // 2)
    line = bar + (white if ribbon in ("k", "ko") else colour + white[len(colour) :])
    return prepare("evolis", "primacy2", ribbon, line * HEIGHT, None, 1_589_241_600)


class Wire:
    """The wire to the printer in memory; an agent killed between two pieces leaves the rest unsent."""

    def __init__(self, printer: MemoryPrinter) -> None:
        self._printer = printer

    def exchange(self, data: Iterable[bytes | memoryview], timeout_s: float) -> bytes:
        said = False

        def pieces() -> Iterator[bytes | memoryview]:
            nonlocal said
            for piece in data:
                said = True
                yield piece

        try:
            return self._printer.exchange(pieces(), int(timeout_s * 1000))
        except Killed:
            for each in self._printer._live:
                each.drop()
            self._printer._live = []
            raise
        except ConnectionRefusedError as error:
            raise Unreachable("refused_connection") from error
        except OSError as error:
            raise (OutcomeUnknown if said else Unreachable)("link_lost") from error

    def close(self) -> None:
        return


class Machine(Protocol):
    """A simulated printer in this process, of any make."""

    @property
    def printer(self) -> chips.Machine: ...

    def sleep_ms(self, ms: int) -> None: ...


class Chip:
    """The reader at the station. ``apdu_ms``: how long one exchange with the chip takes, in simulated ms."""

    def __init__(self, printer: Machine, points: Points | None = None, apdu_ms: int = 0) -> None:
        self._printer = printer
        self._points = points or Points()
        self._apdu_ms = apdu_ms

    def uid(self, timeout_s: float) -> str:
        return self._asked("uid", specimen.uid)

    def read_tag(self, uid: str, timeout_s: float) -> Tag | None:
        return self._asked("tag", lambda card: specimen.read(card, uid))

    def write_tag(self, uid: str, tag: Tag, timeout_s: float) -> bool:
        return self._asked("write", lambda card: specimen.write(card, uid, tag))

    def _asked(self, label: str, question: Callable[[Field], T]) -> T:
        self._points.step(label)
        self._points("before chip", label)
        card = chips.at_station(self._printer.printer)
        if card is None:
            raise NeedsHands("no_chip")
        try:
            told = question(Field(self._printer, Session(card), card, self._points, self._apdu_ms))
        except OSError as error:
            raise NeedsHands("chip_dead") from error
        self._points("after chip", label)
        return told

    def close(self) -> None:
        return


@dataclass
class Field:
    """One chip in the reader's field."""

    printer: Machine
    session: Session
    card: Card
    points: Points
    apdu_ms: int

    def transmit(self, apdu: bytes) -> bytes:
        writes = apdu.startswith(specimen.UPDATE)
        if writes:
            self.points("before chip", "update")
        self.printer.sleep_ms(self.apdu_ms)
        answer = chips.say(self.printer.printer, self.session, self.card, apdu)
        if answer is None:
            raise ConnectionError("the card has left the field")
        if writes:
            self.points("after chip", "update")
        return answer


class Station:
    """One station at one printer. ``start`` is a new process; ``points`` hears of its every moment."""

    apdu_ms = 0  # of one exchange with the chip

    def __init__(self, path: Path, template: Path, printer: MemoryPrinter, ribbon: str = "k") -> None:
        shutil.copy(template, path)
        self.path, self.printer, self.ribbon = path, printer, ribbon

    def wire(self) -> Transport:
        """The line to the printer, as a new process opens it."""
        return Wire(self.printer)

    def open_journal(self) -> PointedJournal:
        """The journal, as a new process opens it."""
        return PointedJournal(self.path, next(EPOCHS), lambda: START_MS + self.printer.now_ms())

    def start(self, points: Points) -> None:
        self.journal = self.open_journal()
        self.journal.points = points
        wire = PointedTransport(self.wire(), points, "evolis")
        driver = EvolisPrinter(wire, parse("evolis+memory://station"), self.printer)
        chip = Chip(self.printer, points, self.apdu_ms)
        self.lane = lane = Lane(driver, chip, self.journal, self.printer.now_ms)
        self.worker = Worker(
            lane,
            Cycle(lane, self.journal, SESSION),
            self.journal,
            lambda job: artefact(self.ribbon),
            self.printer.now_ms,
            self.printer.sleep_ms,
            keeper=self.keeper(),
        )

    def keeper(self) -> Looks | None:
        """Who looks after the printer; nobody where a life is cut."""
        return None

    def receive(self, number: int = CARDS) -> None:
        self.journal.write(lambda tx: blanks.receive(tx, "K-1", "ktp", None, number))

    def press(self, order: str = ORDER) -> str:
        """The order and a press of print; twice gives the same job."""

        return self.journal.write(queue_order(order))

    def work(self, limit: int = 2_000) -> None:
        """Turns until nothing is queued or moving, and nothing lies inside."""
        for _ in range(limit):
            pause = self.worker.turn()
            busy = jobs.in_state(self.journal, State.QUEUED, State.STAGED, State.PRINTING)
            if not busy and not self.look()["inside"]:
                return
            self.printer.sleep_ms(pause)
        raise AssertionError("the station never came to rest")

    def verify(self) -> None:
        """The clerk takes each printed card out of the tray and puts it on the shelf."""
        for job in jobs.in_state(self.journal, State.PRINTED):
            args = {"job": job.id, "card": job.blank, "shelf": "A-1", "by": "ani"}
            came_out.verify(self.journal, CONFIG, args)

    def look(self) -> dict[str, Any]:
        return self.printer.hand(look=True)

    def job(self, job_id: str) -> Job:
        found = jobs.get(self.journal, job_id)
        assert found is not None
        return found

    def settle(self) -> None:
        """The clerk settles what is unsure by the card in hand, and puts clean blanks aside."""
        for job in jobs.in_state(self.journal, State.UNSURE):
            blank, event = settled_by_sight(job, self.look(), self.expected, artefact(self.ribbon).panels)
            body = {"blank": blank, "by": "clerk", "reason": "seen"}
            self.journal.write(moving(job.id, event, body))

    def expected(self, blank: str, kind: str) -> bool:
        return is_free(self.journal, blank, kind)


def is_free(reads: Reads, blank: str, kind: str) -> bool:
    """Whether the blank may still be this station's next card."""
    try:
        blanks.check(reads, blank, kind)
    except RefusedByRule:
        return False
    return True


def queue_order(order: str, asked: str | None = None) -> Callable[[Tx], str]:
    """The order, as the inbox leaves it, and its job; ``asked``: the blank that the clerk names."""

    def work(tx: Tx) -> str:
        tx.execute(
            "INSERT OR IGNORE INTO order_ "
            "(id, kind, reason, rank, requested, state, payload_sha256, received_ms) "
            "VALUES (?, 'ktp', 'first_card', 1, '2020-05-12', 'waiting', '', 0)",
            order,
        )
        return jobs.queue(tx, order, asked)

    return work


def moving(job: str, event: Event, body: dict[str, Any]) -> Callable[[Tx], State]:
    return lambda tx: jobs.move(tx, job, event, body)


def settled_by_sight(
    job: Job, seen: dict[str, Any], expected: Callable[[str, str], bool], panels: int, next_blank: str = ""
) -> tuple[str, Event]:
    """What a person says of an unsure job with the trays before them.

    ``next_blank``: the one in the feeder; it would have been the job's where no card came out at all.
    """
    for card in seen["output"]:
        if job.blank in (None, card["blank"]) and (job.blank or expected(card["blank"], job.kind)):
            return card["blank"], Event.PRINTED if len(card["panels"]) == panels else Event.SPOILED
    for card in (*seen["reject"], *seen["inside"]):
        if job.blank == card["blank"] or (job.blank is None and expected(card["blank"], job.kind)):
            clean = not card["panels"] and not card.get("half")
            return card["blank"], Event.UNTOUCHED if clean else Event.SPOILED
    if next_blank:
        return job.blank or next_blank, Event.UNTOUCHED
    raise AssertionError(f"no card to be found for {job.id} ({job.cause}, {job.blank})")
