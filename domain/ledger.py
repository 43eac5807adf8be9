"""Every blank by name: where each one is, told from the journal's events alone.

Each event posts blanks from where they were to another place. What arrived by count has no name
until it is first read; until then it is a number beside the names. Always

    opening + received - used - spoiled - lost - sent - returned - destroyed == on_hand

with the blanks inside a job and the unsure ones counted as on hand, and what does not fit is a list
of names, never a difference of two sums: a blank read that nobody received, or one used twice.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from domain.policy import KINDS


class Place(StrEnum):
    """Where a blank is. The first three are on hand."""

    STOCK = "stock"
    IN_JOB = "in_job"
    UNSURE = "unsure"
    USED = "used"
    SPOILED = "spoiled"
    LOST = "lost"


ON_HAND = (Place.STOCK, Place.IN_JOB, Place.UNSURE)
_FINAL = (Place.USED, Place.SPOILED, Place.LOST)

_GOES_TO: dict[str, Place] = {
    "staged": Place.IN_JOB,
    "print_intended": Place.IN_JOB,
    "unsure": Place.UNSURE,
    "untouched": Place.STOCK,
    "printed": Place.USED,
    "spoiled": Place.SPOILED,
    "lost": Place.LOST,
}


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement: the blank ``name`` goes ``to`` a place, or ``count`` unnamed ones arrive."""

    kind: str | None
    to: Place
    name: str | None
    count: int = 1
    arrives: bool = False


def postings(event: str, subject: str, body: Mapping[str, Any]) -> list[Posting]:
    """What ``event`` does to blanks; empty when it says nothing of any. ``kind`` None: as known."""
    if event == "blanks_received":
        kind = body["kind"]
        if body["names"] is None:
            return [Posting(kind, Place.STOCK, None, body["count"], arrives=True)]
        return [Posting(kind, Place.STOCK, name, arrives=True) for name in body["names"]]
    if event == "blank_rejected":
        return [Posting(body["kind"], Place.SPOILED, subject)]
    if event in _GOES_TO and body.get("blank"):
        return [Posting(body.get("kind"), _GOES_TO[event], body["blank"])]
    return []


@dataclass(slots=True)
class _Blank:
    kind: str
    place: Place
    received: bool
    contradicted: bool = False


@dataclass(slots=True)
class Ledger:
    """The blanks of one station, or of many, folded from their events."""

    _blanks: dict[str, _Blank] = field(default_factory=dict)
    _unnamed: Counter[str] = field(default_factory=Counter)
    _received: Counter[str] = field(default_factory=Counter)

    def post(self, event: str, subject: str, body: Mapping[str, Any]) -> None:
        """Fold one event in."""
        for posting in postings(event, subject, body):
            self._apply(posting)

    def post_all(self, events: Iterable[tuple[str, str, Mapping[str, Any]]]) -> Ledger:
        """Fold many in, in order; returns itself."""
        for event, subject, body in events:
            self.post(event, subject, body)
        return self

    def place(self, name: str) -> Place | None:
        """Where a blank is; None for one never seen."""
        blank = self._blanks.get(name)
        return blank.place if blank else None

    def kind(self, name: str) -> str | None:
        """A blank's kind; None for one never seen."""
        blank = self._blanks.get(name)
        return blank.kind if blank else None

    def unnamed(self, kind: str) -> int:
        """How many of the blanks on hand have no name yet."""
        return self._unnamed[kind]

    def expects(self, name: str, kind: str) -> bool:
        """Whether a blank of this name may be used: in stock, or one of the unnamed."""
        blank = self._blanks.get(name)
        if blank is None:
            return self._unnamed[kind] > 0
        return blank.kind == kind and blank.received and blank.place is Place.STOCK

    def account(self, kind: str) -> dict[str, Any]:
        """The figures of one kind, as ``loket blanks --json`` prints them."""
        counted = Counter(b.place for b in self._blanks.values() if b.kind == kind and b.received)
        on_hand = sum(counted[place] for place in ON_HAND) + self._unnamed[kind]
        return {
            "opening": 0,
            "received": self._received[kind],
            "used": counted[Place.USED],
            "spoiled": counted[Place.SPOILED],
            "lost": counted[Place.LOST],
            "sent": 0,
            "returned": 0,
            "destroyed": 0,
            "on_hand": on_hand,
            "unsure": counted[Place.UNSURE],
            "unnamed": self._unnamed[kind],
            "unaccounted": self.unaccounted(kind),
        }

    def accounts(self) -> dict[str, dict[str, Any]]:
        """The figures of every kind."""
        return {kind: self.account(kind) for kind in KINDS}

    def unaccounted(self, kind: str) -> list[str]:
        """Names that do not fit: read but never received, or used after their end."""
        return sorted(
            name
            for name, blank in self._blanks.items()
            if blank.kind == kind and (not blank.received or blank.contradicted)
        )

    def names(self, kind: str, *places: Place) -> list[str]:
        """The received blanks that are in one of ``places``."""
        return sorted(
            n for n, b in self._blanks.items() if b.kind == kind and b.received and b.place in places
        )

    def _apply(self, posting: Posting) -> None:
        if posting.arrives:
            self._receive(posting)
            return
        name = posting.name
        if name is None:
            return
        blank = self._blanks.get(name)
        if blank is None:
            self._name(name, posting)
        elif blank.place in _FINAL:
            blank.contradicted = True  # even the same end twice: that is two cards from one blank
        else:
            blank.place = posting.to

    def _receive(self, posting: Posting) -> None:
        kind = posting.kind or KINDS[0]
        if posting.name is None:
            self._unnamed[kind] += posting.count
            self._received[kind] += posting.count
            return
        known = self._blanks.get(posting.name)
        if known is None:
            self._blanks[posting.name] = _Blank(kind, Place.STOCK, received=True)
            self._received[kind] += 1
        elif not known.received:
            known.received = True  # the manifest came after the blank was first read
            self._received[kind] += 1
        else:
            known.contradicted = True

    def _name(self, name: str, posting: Posting) -> None:
        """A name read for the first time: one of the unnamed, or one that nobody received."""
        kind = posting.kind or KINDS[0]
        covered = self._unnamed[kind] > 0
        if covered:
            self._unnamed[kind] -= 1
        self._blanks[name] = _Blank(kind, posting.to, received=covered)
