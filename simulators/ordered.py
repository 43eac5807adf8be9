"""Accidents that a technician orders before they happen: each strikes once, also across a restart. Pure.

What an accident is, and when it is due, is of each kind of device.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, Protocol, TypeVar


class Accident(Protocol):
    """One of them."""

    @property
    def text(self) -> str:
        """As it was ordered: by this a state file remembers that it struck."""


A = TypeVar("A", bound=Accident)


COUNTED = frozenset({"card", "exchange", "job", "capture", "stream", "bytes", "times"})
"""What is counted, from 1; a clock begins at 0."""


def whole(name: str, key: str, text: str) -> int:
    """The number that stands behind ``key=`` in an accident called ``name``.

    ValueError with one sentence for what is no whole number, or is one that never comes.
    """
    if not (text.isascii() and text.isdecimal()):
        raise ValueError(f"{name}: {key} must be a whole number, not {text!r}")
    if key in COUNTED and int(text) == 0:
        raise ValueError(f"{name}: {key} counts from 1, so {key}={text} never comes")
    return int(text)


@dataclass(slots=True)
class Ordered(Generic[A]):
    """The accidents still to come, and those that struck."""

    ahead: list[A] = field(default_factory=list)
    struck: list[str] = field(default_factory=list)

    def add(self, accident: A) -> None:
        """One more; a text that has struck before may be ordered again by hand."""
        self.ahead.append(accident)

    def strike(self, due: list[A]) -> list[A]:
        """They happen now, and are spent by it."""
        for accident in due:
            self.ahead.remove(accident)
            self.struck.append(accident.text)
        return due


def still_ahead(ordered: Iterable[A], struck: Iterable[str]) -> list[A]:
    """What was ordered, without what struck before the restart."""
    ahead, past = [], [*struck]
    for accident in ordered:
        if accident.text in past:
            past.remove(accident.text)
        else:
            ahead.append(accident)
    return ahead
