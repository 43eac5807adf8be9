"""A queue of the Windows spooler: the rules; ``windows_api`` is what calls Windows. Source: PROTOCOL.md §5.

Untried on a real Windows: the tables below are Microsoft's, and the order of calls is held by tests against
a stand-in for the system.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from drivers.card_printer import HEIGHT, WIDTH, Artefact
from drivers.errors import Cause, OutcomeUnknown, Refused, Unreachable
from drivers.spool.artefact import pictures
from drivers.spool.queue import PREFIX, JobWord, QueueJob, QueueTold

ACCESS_DENIED, INVALID_PRINTER_NAME = 5, 1801
WORK_OFFLINE, KEEP_PRINTED = 0x0400, 0x0100

PRINTER_BITS: tuple[tuple[int, Cause], ...] = (
    (0x0000_0080, "no_answer"),
    (0x0000_1000, "no_answer"),
    (0x0000_0001, "queue_stopped"),
    (0x0040_0000, "cover_open"),
    (0x0000_0008, "jam"),
    (0x0000_0010, "feeder_empty"),
    (0x0000_0040, "feeder_empty"),
    (0x0000_0800, "hopper_full"),
    (0x0004_0000, "ribbon_ended"),
    (0x0000_0002, "hardware"),
    (0x0010_0000, "hardware"),
)
JOB_BITS: tuple[tuple[int, JobWord], ...] = (
    (0x0080 | 0x1000, "ended"),
    (0x0001, "held"),
    (0x0010, "printing"),
)


@dataclass(frozen=True, slots=True)
class PrinterFacts:
    """PRINTER_INFO_2, as far as it is read."""

    status: int
    attributes: int
    driver: str
    port: str


@dataclass(frozen=True, slots=True)
class JobFacts:
    """JOB_INFO_1, as far as it is read."""

    number: int
    document: str
    status: int


class Spooler(Protocol):
    """What is asked of Windows; every call may raise OSError."""

    def printer(self, queue: str) -> PrinterFacts:
        """OpenPrinter and GetPrinter."""
        ...

    def jobs(self, queue: str) -> tuple[JobFacts, ...]:
        """EnumJobs."""
        ...

    def delete(self, queue: str, number: int) -> None:
        """SetJob with JOB_CONTROL_DELETE."""
        ...

    def start(self, queue: str, name: str) -> int:
        """CreateDC and StartDoc; the job's number."""
        ...

    def page(self, bgr: bytes, width: int, height: int) -> None:
        """StartPage, the picture over the whole page, EndPage. ``bgr``: rows from the bottom."""
        ...

    def end(self) -> None:
        """EndDoc; the document is the spooler's now."""
        ...

    def abort(self) -> None:
        """AbortDoc; harmless without a document."""
        ...


class WindowsQueue:
    """drivers.spool.queue.Queue over the Windows spooler."""

    def __init__(self, queue: str, spooler: Spooler) -> None:
        self._queue = queue
        self._spooler = spooler

    def close(self) -> None:
        """Throw a document away that was begun and not ended."""
        self._spooler.abort()

    def look(self) -> QueueTold:
        """How it is."""
        try:
            told = self._spooler.printer(self._queue)
        except OSError as error:
            raise _trouble(error) from error
        return QueueTold(
            model=told.driver or self._queue,
            serial=self._queue,
            firmware=told.port or "-",
            both_sides=False,
            cause=printer_cause(told),
            again="printed jobs are kept" if told.attributes & KEEP_PRINTED else "",
            raw=f"{told.status & 0xFFFFFFFF:08x}{told.attributes & 0xFFFFFFFF:08x}",
        )

    def active(self) -> tuple[QueueJob, ...]:
        """Every job in the list that has not ended."""
        return tuple(job for job in self._jobs() if job.state != "ended")

    def job(self, number: int) -> QueueJob | None:
        """One job; None once it is gone from the list."""
        return next((job for job in self._jobs() if job.number == number), None)

    def create(self, name: str, artefact: Artefact) -> int:
        """Begin a document; Refused for a card of two sides."""
        if artefact.panels != 1:
            raise Refused("unsupported", "one side only")
        try:
            return self._spooler.start(self._queue, name)
        except OSError as error:
            raise _trouble(error) from error

    def send(self, number: int, name: str, artefact: Artefact) -> None:
        """The one page, and the end of the document."""
        (rgb,) = pictures(artefact.job)
        try:
            self._spooler.page(from_the_bottom(rgb), WIDTH, HEIGHT)
            self._spooler.end()
        except OSError as error:
            self._spooler.abort()
            raise OutcomeUnknown("link_lost", f"error {_number(error)}") from error

    def cancel(self, number: int) -> None:
        """Delete the job; what is not there any more is no trouble."""
        self._spooler.abort()
        try:
            if any(job.number == number for job in self._spooler.jobs(self._queue)):
                self._spooler.delete(self._queue, number)
        except OSError as error:
            raise _trouble(error) from error

    def _jobs(self) -> tuple[QueueJob, ...]:
        try:
            told = self._spooler.jobs(self._queue)
        except OSError as error:
            raise _trouble(error) from error
        return tuple(QueueJob(job.number, job.document.startswith(PREFIX), job_state(job)) for job in told)


def printer_cause(told: PrinterFacts) -> Cause | None:
    """What the queue complains of, None if of nothing."""
    if told.attributes & WORK_OFFLINE:
        return "no_answer"
    return next((cause for bit, cause in PRINTER_BITS if told.status & bit), None)


def job_state(told: JobFacts) -> JobWord:
    """Where a job stands; one without a known bit waits."""
    return next((word for bits, word in JOB_BITS if told.status & bits), "waiting")


def from_the_bottom(rgb: bytes) -> bytes:
    """RGB rows from the top to BGR rows from the bottom, a Windows bitmap's (a row is 762 x 4 bytes)."""
    bgr = bytearray(len(rgb))
    bgr[0::3], bgr[1::3], bgr[2::3] = rgb[2::3], rgb[1::3], rgb[0::3]
    row = WIDTH * 3
    return b"".join(bytes(bgr[at : at + row]) for at in range(len(bgr) - row, -1, -row))


def _trouble(error: OSError) -> Unreachable | Refused:
    number = _number(error)
    if number in (ACCESS_DENIED, INVALID_PRINTER_NAME):
        return Refused("unsupported", f"error {number}")
    return Unreachable("no_answer", f"error {number}")


def _number(error: OSError) -> int | None:
    """Windows' own number; ``errno`` counts otherwise, and is never taken for it."""
    told: int | None = getattr(error, "winerror", None)
    return told
