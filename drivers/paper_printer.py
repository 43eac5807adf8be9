"""What a printer of paper sheets is to the rest of Loket. Types only, no I/O.

    printer = drivers.registry.open_paper("ipp://127.0.0.1:631/ipp/print", clock=MonotonicClock())
    printer.status()                                        # a drivers.card_printer.PrinterStatus
    job = printer.print_document(pdf, "application/pdf", "suket-6411-1-00001-1")
    state = printer.watch(job, 60_000)                      # ends early when the job does
    if state.end is End.REPORTED: ...                       # its word only: the clerk confirms the sheet
    printer.find("suket-6411-1-00001-1")                    # after a restart: the job, or None

A job's ``name`` is the caller's word for it: unique (one name a document and attempt), at most 255 bytes, and
without anything of a person. It is what makes a document go out once: a name that the printer already
tells of is never sent again, ``print_document`` then only hands that job back.
"""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from drivers.address import Address
from drivers.card_printer import PrinterStatus
from drivers.errors import Cause


class End(StrEnum):
    """How a job ended, by the printer's word. None of them proves that a sheet did or did not come out.

    ``unknown``: the printer knows nothing of the job any more.
    """

    REPORTED = "reported"
    CANCELLED = "cancelled"
    ABORTED = "aborted"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class PaperJob:
    """One document at one printer: the number it was given there, and our name for it."""

    number: int
    name: str


@dataclass(frozen=True, slots=True)
class PaperState:
    """Where a job stands. ``end`` is None while it may still go on; ``causes``: what it complains of.

    A printer that did not answer is told as a cause (``no_answer``), with the job still open.
    """

    end: End | None
    causes: tuple[Cause, ...] = ()


@dataclass(frozen=True, slots=True)
class PaperIdentity:
    """Who the printer says it is; empty where it does not tell. ``formats``: MIME types it takes."""

    model: str
    serial: str
    formats: frozenset[str]


class PaperPrinter(Protocol):
    """The verbs; any but ``status`` and ``watch`` may raise the errors of drivers.errors."""

    @property
    def address(self) -> Address:
        """Where it is."""
        ...

    def identify(self) -> PaperIdentity:
        """Who it is. Changes nothing."""
        ...

    def status(self) -> PrinterStatus:
        """How it is, in one word and a cause; ``offline`` instead of Unreachable. Changes nothing."""
        ...

    def print_document(self, data: bytes, mime: str, name: str) -> PaperJob:
        """Hand over one document, once.

        Unreachable, NeedsHands, Refused: nothing of it was sent. OutcomeUnknown: bytes have left and the
        printer could not be asked what became of them; ``find(name)`` tells later. Never sent again here.
        """
        ...

    def find(self, name: str) -> PaperJob | None:
        """Our job of that name; None if the printer tells of none: never had, or forgotten."""
        ...

    def watch(self, job: PaperJob, wait_ms: int, stop: Callable[[], bool] | None = None) -> PaperState:
        """Look until the job has ended, ``wait_ms`` has passed (0: one look) or ``stop`` says so."""
        ...

    def cancel(self, job: PaperJob) -> None:
        """Have the printer drop it; harmless once it has ended. A sheet may come out all the same."""
        ...

    def close(self) -> None:
        """Let go of the printer."""
        ...
