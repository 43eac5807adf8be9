"""One office, several PCs, one cupboard: a blank received at one of them may be read at another.

The rule: a name that a PC read without having received it is *shared* if a sibling PC of the same office
received it and still has it in stock, or, where no sibling knows the name, if a sibling still has blanks of
that kind without a name; each such name takes one. Nothing else is explained: a blank that two PCs used is
nobody's share. The office's figures then count the blank once, where it was read.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from domain.accounts import ON_HAND, Place
from domain.ledger import Ledger
from domain.policy import KINDS
from domain.regions import split_station


@dataclass(frozen=True, slots=True)
class Share:
    """The blank ``name`` that ``giver`` had in ``place`` and ``taker`` read."""

    name: str
    kind: str
    giver: str
    place: Place
    taker: str


def by_office(names: Iterable[str]) -> dict[str, list[str]]:
    """The stations of each office, by name."""
    found: dict[str, list[str]] = defaultdict(list)
    for name in sorted(names):
        found[split_station(name)[0]].append(name)
    return dict(found)


def shares(ledgers: Mapping[str, Ledger]) -> list[Share]:
    """What the stations of one office, by name, explain of one another."""
    found = []
    for kind in KINDS:
        left = Counter({name: ledger.unnamed(kind) for name, ledger in ledgers.items()})
        taken: set[str] = set()
        for taker, ledger in sorted(ledgers.items()):
            for name in ledger.unexplained(kind):
                share = None if name in taken else _share(name, kind, taker, ledgers, left)
                if share is not None:
                    found.append(share)
                    taken.add(name)
    return found


def _share(
    name: str, kind: str, taker: str, ledgers: Mapping[str, Ledger], left: Counter[str]
) -> Share | None:
    """Who of the siblings explains ``name``; ``left``: their blanks without a name, one fewer if one goes."""
    siblings = [each for each in sorted(ledgers) if each != taker]
    knows = [each for each in siblings if ledgers[each].place(name) is not None]
    if knows:
        giver = knows[0]
        fits = len(knows) == 1 and ledgers[giver].expects(name, kind)
        return Share(name, kind, giver, Place.STOCK, taker) if fits else None
    for giver in siblings:
        if left[giver] > 0:
            left[giver] -= 1
            return Share(name, kind, giver, Place.UNNAMED, taker)
    return None


def on_hand(ledgers: Mapping[str, Ledger], kind: str) -> int:
    """How many blanks of ``kind`` one office has: a shared one that its taker used is there no more."""
    gone = sum(share.kind == kind for share in _spent(ledgers))
    return sum(int(ledger.account(kind)["on_hand"]) for ledger in ledgers.values()) - gone


def _spent(ledgers: Mapping[str, Ledger]) -> Iterator[Share]:
    return (share for share in shares(ledgers) if ledgers[share.taker].place(share.name) not in ON_HAND)
