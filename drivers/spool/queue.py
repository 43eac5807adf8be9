"""What a print spooler's queue is to the driver, whichever system's. Types; `opening` knows the systems.

A queue can be looked at, given one job in two steps, and told to drop a job. Nothing it says is proof.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, Protocol

from drivers.card_printer import Artefact
from drivers.errors import Cause

PREFIX = "loket-card-"
"""How the names of our jobs begin."""

JobWord = Literal["waiting", "held", "printing", "ended"]


@dataclass(frozen=True, slots=True)
class QueueTold:
    """What a queue says of itself. ``cause``: why it could not print now, None if it could.

    ``again``: it would print a job again by itself after a failure, in its words; empty if not or untold.
    """

    model: str
    serial: str
    firmware: str
    both_sides: bool
    cause: Cause | None
    again: str
    raw: str


@dataclass(frozen=True, slots=True)
class QueueJob:
    """One job. ``ours``: its name is one of ours. ``began``: when it was begun last, if that is told."""

    number: int
    ours: bool
    state: JobWord
    began: int | None = None


class Queue(Protocol):
    """One queue. Every verb raises Unreachable or Refused, and nothing has happened; only ``send`` more."""

    def look(self) -> QueueTold:
        """How it is. Changes nothing."""
        ...

    def active(self) -> tuple[QueueJob, ...]:
        """Every job in it that has not ended, whoever's."""
        ...

    def job(self, number: int) -> QueueJob | None:
        """One job; None if the queue does not know it (any more)."""
        ...

    def create(self, name: str, artefact: Artefact) -> int:
        """An empty job for that card; its number. Nothing is printed of an empty job."""
        ...

    def send(self, number: int, name: str, artefact: Artefact) -> None:
        """The card into the job. OutcomeUnknown from the first byte on, and the job is then only watched."""
        ...

    def cancel(self, number: int) -> None:
        """Have the job dropped; harmless when it has ended or is not known."""
        ...

    def close(self) -> None:
        """Let go of it."""
        ...
