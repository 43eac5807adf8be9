"""What can be said to a machine of this family, whichever wire it hangs on. Types only, no I/O.

The two wires have the same few questions and motions; ``blocks`` and ``messages`` put them into bytes.
Source: PROTOCOL.md §4-6.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from drivers.matica.job import Plane

PLACES = ("print", "contact", "contactless", "magnetic", "reject", "eject")
"""By the machine's own numbers."""
PRINT, STATION, REJECT = PLACES.index("print"), PLACES.index("contactless"), PLACES.index("reject")


class Garbled(Exception):
    """The bytes are no answer of this protocol to what was asked."""


@dataclass(frozen=True, slots=True)
class Motion:
    """One motion. ``place``: where to, for load and move. ``panels``: which, for print."""

    kind: Literal["load", "move", "print", "flip", "eject", "engage", "release"]
    place: int = 0
    panels: str = ""


@dataclass(frozen=True, slots=True)
class Counters:
    """Numbers the machine keeps; None is "it did not say"."""

    total: int | None = None
    head: int | None = None
    since_cleaning: int | None = None
    errors: int | None = None


@dataclass(frozen=True, slots=True)
class About:
    """Who it is and what it holds. ``ink``: the ribbon's number; ``*_left``: cards, None if not told."""

    model: str = ""
    serial: str = ""
    firmware: str = ""
    ink: int | None = None
    ribbon_left: int | None = None
    film_left: int | None = None


class Machine(Protocol):
    """One machine on one wire. Raises Unreachable while nothing had left, OutcomeUnknown after, no other.

    After any of these the wire is closed; only ``open`` opens it.
    """

    def open(self) -> None:
        """Take the wire; whatever stood open is let go first."""
        ...

    def close(self) -> None:
        """Let go of it; twice is harmless."""
        ...

    def look(self) -> int:
        """How it is: a code of drivers.matica.codes."""
        ...

    def position(self) -> str | None:
        """Where the card inside lies, a word of PLACES; None when none is inside."""
        ...

    def counters(self) -> Counters:
        """What it has counted."""
        ...

    def about(self) -> About:
        """Who it is."""
        ...

    def settings(self) -> tuple[tuple[str, str], ...]:
        """What somebody could change at the machine: name and value, sorted by name."""
        ...

    def upload(self, planes: Sequence[Plane]) -> int:
        """Put panels into its memory; moves nothing. The first code that is not ready, else READY."""
        ...

    def move(self, motion: Motion) -> int:
        """Say one motion, once, and wait for its end. Its code."""
        ...
