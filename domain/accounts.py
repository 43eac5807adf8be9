"""The accounts a blank card can stand in, and what each event moves between them: one table, pure.

A blank goes from the centre (the ministry) through transit to an office, there through a job to a card,
and ends with a citizen or in the fire. Every event that tells of a blank moves it from one account to
another, if only from an account to itself: what was said of a blank leaves a posting. ``postings`` is the
one source for the station's table of blanks and for the province's books. What arrived by count has no
name until it is first read; until then it is a number in the account *unnamed*, beside the names.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from domain.policy import KINDS


class Place(StrEnum):
    """An account. The first eight are a holder's own (a station's, the province's), the others all share."""

    STOCK = "stock"
    IN_JOB = "in_job"
    UNSURE = "unsure"
    UNNAMED = "unnamed"  # a number, no names
    CARD = "card"  # printed good, and still here
    SPOILED = "spoiled"
    LOST = "lost"
    VOID = "void"  # an old or bad card that came back to be destroyed
    CENTRE = "centre"
    TRANSIT = "transit"  # one for each consignment and its receiver
    CITIZEN = "citizen"
    RETURNED = "returned"  # a card that nobody could be given, back up the chain
    FIRE = "fire"
    UNKNOWN = "unknown"  # where a blank comes from that the books do not explain


ON_HAND = (Place.STOCK, Place.IN_JOB, Place.UNSURE)
HELD = frozenset({*ON_HAND, Place.UNNAMED, Place.CARD, Place.SPOILED, Place.LOST, Place.VOID})


@dataclass(frozen=True, slots=True)
class Move:
    """Where an event brings a blank, and from which accounts it may. ``first``: where a name never seen
    comes from; UNNAMED is one of the counted ones if any is left, else UNKNOWN."""

    to: Place
    after: frozenset[Place]
    first: Place = Place.UNNAMED


def _move(to: Place, *after: Place, first: Place = Place.UNNAMED) -> Move:
    return Move(to, frozenset(after), first)


_FEEDS = _move(Place.IN_JOB, Place.STOCK, Place.IN_JOB)
_SHOWS = _move(Place.CARD, Place.CARD, first=Place.UNKNOWN)
_ENDS_BADLY = (*ON_HAND, Place.CARD)  # a card may be found bad or missing after it was printed

MOVES: dict[str, Move] = {
    "blanks_collected": _move(Place.STOCK, first=Place.CENTRE),  # by the province, from the ministry
    "blanks_received": _move(Place.STOCK, Place.TRANSIT, first=Place.TRANSIT),
    "blanks_sent": _move(Place.TRANSIT, Place.STOCK),
    "staged": _FEEDS,
    "chip_intended": _FEEDS,
    "chip_written": _FEEDS,
    "print_intended": _FEEDS,
    "unsure": _move(Place.UNSURE, *ON_HAND),
    "untouched": _move(Place.STOCK, *ON_HAND),
    "printed": _move(Place.CARD, *ON_HAND),  # never from CARD: that would be two cards of one blank
    "verified": _SHOWS,
    "ready": _SHOWS,
    "withheld": _SHOWS,
    "sent": _SHOWS,  # with a courier, and still ours
    "handed_over": _move(Place.CITIZEN, Place.CARD, first=Place.UNKNOWN),
    "returned": _move(Place.RETURNED, Place.CARD, first=Place.UNKNOWN),
    "spoiled": _move(Place.SPOILED, *_ENDS_BADLY),
    "lost": _move(Place.LOST, *_ENDS_BADLY),
    "blank_rejected": _move(Place.SPOILED, Place.STOCK, Place.LOST),  # a lost one found is not printed on
    "blank_lost": _move(Place.LOST, Place.STOCK, Place.SPOILED, Place.VOID),
    # TRANSIT: it was sent on from here as a blank, and became a card somewhere else
    "card_voided": _move(Place.VOID, Place.CITIZEN, Place.CARD, Place.TRANSIT, first=Place.CITIZEN),
    "blanks_destroyed": _move(Place.FIRE, Place.SPOILED, Place.VOID, first=Place.UNKNOWN),
}
_BY_LIST = frozenset({"blanks_collected", "blanks_received", "blanks_sent", "blanks_destroyed"})
_BY_SUBJECT = frozenset({"blank_rejected", "blank_lost", "card_voided"})
ARRIVALS = frozenset({Place.CENTRE, Place.TRANSIT})  # a blank that comes from there was received


@dataclass(frozen=True, slots=True)
class Posting:
    """One movement of the blank ``name``, or of ``count`` unnamed ones. ``kind`` None: as it is known.

    ``subject`` is the event's: the consignment, the job, the minutes. ``to``: who is to receive what is sent.
    """

    kind: str | None
    name: str | None
    count: int
    move: Move
    subject: str
    to: str | None = None


def postings(event: str, subject: str, body: Mapping[str, Any]) -> list[Posting]:
    """What ``event`` does to blanks; empty when it says nothing of any. Raises TypeError, KeyError for a
    body that is none."""
    move = MOVES.get(event)
    if move is None:
        return []
    kind = body.get("kind")
    if event in _BY_LIST:
        to = body["to"] if event == "blanks_sent" else None
        if body["names"] is None and event != "blanks_destroyed":
            return [Posting(kind, None, body["count"], move, subject, to)]
        return [Posting(kind, name, 1, move, subject, to) for name in body["names"]]
    if event == "blank_lost" and body.get("count") is not None:
        return [Posting(kind, None, body["count"], move, subject)]
    name = subject if event in _BY_SUBJECT else body.get("blank")
    return [Posting(kind, name, 1, move, subject)] if name else []


@dataclass(frozen=True, slots=True)
class Blank:
    """A named blank. ``received``: by a manifest, or as one of a counted consignment. ``outside``: a card
    made before or beyond these books, known only since it came back. ``contradicted``: what was told of it
    cannot all be true."""

    kind: str
    place: Place
    received: bool
    outside: bool = False
    contradicted: bool = False

    @property
    def odd(self) -> bool:
        """Whether somebody has to look for where it came from, or went."""
        return self.contradicted or not (self.received or self.outside)


def follow(known: Blank | None, posting: Posting, unnamed: int) -> tuple[Blank, Place, Place]:
    """A named ``posting`` followed: the blank after it, the account it left and the one it came to.

    ``known``: the blank as the holder's books have it; ``unnamed``: how many of its kind have no name yet.
    What cannot be leaves the blank where it was, marks it, and comes from UNKNOWN.
    """
    move = posting.move
    if known is None:
        source = Place.UNKNOWN if move.first is Place.UNNAMED and unnamed <= 0 else move.first
        received = source in ARRIVALS or source is Place.UNNAMED
        kind = posting.kind or KINDS[0]
        return Blank(kind, move.to, received, source is Place.CITIZEN), source, move.to
    same_kind = posting.kind in (None, known.kind)
    if move.first in ARRIVALS and same_kind and not known.received and not known.outside:
        return replace(known, received=True), move.first, Place.UNKNOWN  # its manifest came after its reading
    if (
        same_kind
        and known.place in move.after
        and (known.received or Place.TRANSIT not in (known.place, move.to))
    ):
        if known.place is Place.TRANSIT and move.first is Place.CITIZEN:
            return Blank(known.kind, move.to, received=False, outside=True), Place.CITIZEN, move.to
        return replace(known, place=move.to), known.place, move.to
    return replace(known, contradicted=True), Place.UNKNOWN, move.to
