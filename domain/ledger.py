"""The ledger of one holder of blanks: double entry, by name, folded from events alone.

Each posting is a row: out of one account, into another. Per kind always

    opening + received - used - spoiled - lost - sent == on_hand

with the blanks inside a job, the unsure ones and the unnamed ones counted as on hand. What does not fit is
a list of names, never a difference of two sums: a blank read that nobody received, one used twice, one
destroyed that was never spoiled. Accounts and legal movements: domain/accounts.py.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from domain.accounts import ARRIVALS, HELD, ON_HAND, Blank, Place, Posting, follow, postings
from domain.policy import KINDS

__all__ = ["ON_HAND", "Ledger", "Place", "Posting", "Row", "postings"]

# What a blank that is no longer on hand counts as. A card handed over stays *used*, a spoiled one *spoiled*
# in the fire too; what first comes into the books there is taken for what it must have been.
_COUNTS_AS = {Place.CARD: "used", Place.SPOILED: "spoiled", Place.LOST: "lost"}
_ELSE_AS = {Place.CITIZEN: "used", Place.RETURNED: "used", Place.VOID: "used", Place.FIRE: "spoiled"}


@dataclass(frozen=True, slots=True)
class Row:
    """One line of the books: ``count`` blanks (``name`` None) or the one named, from ``debit`` to ``credit``.

    Accounts are written ``HOLDER/PLACE``, ``transit/CONSIGNMENT/RECEIVER``, or the bare word of a shared one.
    """

    kind: str
    name: str | None
    count: int
    debit: str
    credit: str
    subject: str


def account_name(place: Place, holder: str, subject: str, receiver: str | None = None) -> str:
    """An account as rows write it. ``receiver``: of what is in transit, the holder itself if left out."""
    if place in HELD:
        return f"{holder}/{place}"
    return f"{place}/{subject}/{receiver or holder}" if place is Place.TRANSIT else str(place)


@dataclass(slots=True)
class Ledger:
    """The blanks of one holder: a station, or the province's own store."""

    holder: str = ""
    _blanks: dict[str, Blank] = field(default_factory=dict)
    _spent: dict[str, str] = field(default_factory=dict)
    _unnamed: Counter[str] = field(default_factory=Counter)
    _flows: Counter[tuple[str, str]] = field(default_factory=Counter)
    _beyond: dict[str, str] = field(default_factory=dict)  # subject -> kind: more left than there was

    def post(self, event: str, subject: str, body: Mapping[str, Any]) -> list[Row]:
        """Fold one event in; the rows it makes. Raises as ``postings`` does."""
        rows: list[Row] = []
        for posting in postings(event, subject, body):
            rows += self._count(posting) if posting.name is None else [self._name(posting.name, posting)]
        return rows

    def post_all(self, events: Iterable[tuple[str, str, Mapping[str, Any]]]) -> Ledger:
        """Fold many in, in order; returns itself."""
        for event, subject, body in events:
            self.post(event, subject, body)
        return self

    def blanks(self) -> dict[str, Blank]:
        """Every blank that was ever named, as the books have it."""
        return dict(self._blanks)

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
        """The figures of one kind, as ``loket blanks --json`` prints them.

        ``received`` and ``sent`` are flows: a blank that was sent and came back counts twice in one and once
        in the other. ``used``, ``spoiled`` and ``lost`` share out the received blanks that left the stock,
        each by the worst that was told of it: a card found spoiled is no longer *used*, and stays *spoiled*
        when it is burnt. ``returned`` (cards gone back up the chain) are among the used ones; ``destroyed``
        counts all that was burnt, old cards of other books too. ``on_hand`` holds ``unsure`` and ``unnamed``.
        """
        mine = {name: blank for name, blank in self._blanks.items() if blank.kind == kind}
        spent = Counter(self._spent.get(name) for name, blank in mine.items() if blank.received)
        places = Counter(blank.place for blank in mine.values() if blank.received)
        return {
            "opening": 0,
            "received": self._flows[kind, "received"],
            "used": spent["used"],
            "spoiled": spent["spoiled"],
            "lost": spent["lost"] + self._flows[kind, "lost"],
            "sent": self._flows[kind, "sent"],
            "returned": places[Place.RETURNED],
            "destroyed": sum(blank.place is Place.FIRE for blank in mine.values()),
            "on_hand": sum(places[place] for place in ON_HAND) + self._unnamed[kind],
            "unsure": places[Place.UNSURE],
            "unnamed": self._unnamed[kind],
            "unaccounted": self.unaccounted(kind),
        }

    def accounts(self) -> dict[str, dict[str, Any]]:
        """The figures of every kind."""
        return {kind: self.account(kind) for kind in KINDS}

    def unaccounted(self, kind: str) -> list[str]:
        """What does not fit: names read but never received, or told of twice; and the consignment by which
        more unnamed ones left than there were."""
        odd = {name for name, blank in self._blanks.items() if blank.kind == kind and blank.odd}
        return sorted(odd | {subject for subject, its in self._beyond.items() if its == kind})

    def names(self, kind: str, *places: Place) -> list[str]:
        """The received blanks that are in one of ``places``."""
        return sorted(
            n for n, b in self._blanks.items() if b.kind == kind and b.received and b.place in places
        )

    def unexplained(self, kind: str) -> list[str]:
        """Names read here that no manifest told of, and of which nothing else is odd."""
        return sorted(n for n, b in self._blanks.items() if b.kind == kind and b.odd and not b.contradicted)

    def _name(self, name: str, posting: Posting) -> Row:
        """Follow a named posting; its row."""
        known = self._blanks.get(name)
        kind = known.kind if known else posting.kind or KINDS[0]
        blank, source, target = follow(known, posting, self._unnamed[kind])
        self._blanks[name] = blank
        if source is Place.UNNAMED:
            self._unnamed[kind] -= 1
        if source in ARRIVALS:
            self._flows[kind, "received"] += 1
        late = target is Place.UNKNOWN and blank.place is Place.TRANSIT  # received now, and gone long since
        if late or (target is Place.TRANSIT and source is not Place.UNKNOWN):
            self._flows[kind, "sent"] += 1
        if blank.place in _COUNTS_AS:
            self._spent[name] = _COUNTS_AS[blank.place]
        elif blank.place in _ELSE_AS:
            self._spent.setdefault(name, _ELSE_AS[blank.place])
        return self._row(posting, name, 1, source, target, kind)

    def _count(self, posting: Posting) -> list[Row]:
        """Follow a posting of unnamed ones; its rows, two where more left than there was."""
        kind, move, count = posting.kind or KINDS[0], posting.move, posting.count
        if move.to is Place.STOCK:
            self._unnamed[kind] += count
            self._flows[kind, "received"] += count
            return [self._row(posting, None, count, move.first, Place.UNNAMED, kind)]
        there = min(count, self._unnamed[kind])
        self._unnamed[kind] -= there
        self._flows[kind, "sent" if move.to is Place.TRANSIT else "lost"] += there
        if there < count:
            self._beyond[posting.subject] = kind
        shares = ((Place.UNNAMED, there), (Place.UNKNOWN, count - there))
        return [self._row(posting, None, share, source, move.to, kind) for source, share in shares if share]

    def _row(
        self, posting: Posting, name: str | None, count: int, source: Place, target: Place, kind: str
    ) -> Row:
        told = (self.holder, posting.subject, posting.to)
        debit, credit = (account_name(each, *told) for each in (source, target))
        return Row(kind, name, count, debit, credit, posting.subject)
