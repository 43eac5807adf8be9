"""A province of real blanks: each lies in one place, people move them, and every office writes what it sees.

The world knows where each blank is; the journals only know names and numbers. Whatever happens here is
legal, so the province's books, made of the journals alone, must end where the blanks lie.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from itertools import count

from hub.books import store
from hub.books.store import Load
from hub.database import Database
from tests.unit.hub.ledgers import WRITER, destroyed, on, sent
from tests.unit.hub.stations import NOW_MS, FakeStation, Line

WAY = ("staged", "print_intended", "printed", "verified", "ready", "sent", "handed_over")
ENDS = {
    "staged": ("untouched", "unsure", "spoiled"),
    "print_intended": ("unsure",),
    "printed": ("spoiled", "lost"),
    "verified": ("lost",),
    "ready": ("withheld", "spoiled"),
    "sent": ("lost",),
}
PLACES = {
    "staged": "in_job",
    "print_intended": "in_job",
    "untouched": "stock",
    "spoiled": "spoiled",
    "lost": "lost",
    "handed_over": "citizen",
    "returned": "returned",
}
SHARED = ("citizen", "returned")
OFFICES = ("64.11-1", "64.02-1", "64.72-1", "64.72-2")


@dataclass
class Box:
    """A consignment on its way."""

    ident: str
    to: str
    kind: str
    blanks: list[str]
    named: bool


@dataclass
class World:
    """``lies``: each blank's account. ``unread``: what a holder's books know by number only."""

    db: Database
    dice: random.Random
    stations: dict[str, FakeStation] = field(default_factory=dict)
    lies: dict[str, tuple[str, str]] = field(default_factory=dict)  # name -> (kind, account)
    unread: dict[str, set[str]] = field(default_factory=dict)
    boxes: list[Box] = field(default_factory=list)
    made: Counter[str] = field(default_factory=Counter)
    numbers: count[int] = field(default_factory=lambda: count(1))

    def __post_init__(self) -> None:
        self.stations = {
            name: FakeStation(name, epoch=50 + n).join(self.db) for n, name in enumerate(OFFICES)
        }
        self.unread = {name: set() for name in (*OFFICES, "province")}

    def turn(self) -> None:
        """One thing happens, if it can."""
        acts = (self.supply, self.supply, self.send, self.receive, self.receive, *[self.print_card] * 4)
        self.dice.choice((*acts, self.write_off, self.lose_some, self.come_back, self.burn))()

    def accounts(self) -> dict[str, dict[str, int]]:
        """What stands in each account, as the proof must tell it."""
        told: dict[str, dict[str, int]] = {"centre": {kind: -n for kind, n in self.made.items()}}
        for name, (kind, account) in self.lies.items():
            holder, _, place = account.partition("/")
            seen = f"{holder}/unnamed" if place == "stock" and name in self.unread[holder] else account
            told.setdefault(seen, {}).setdefault(kind, 0)
            told[seen][kind] += 1
        return {account: told[account] for account in sorted(told) if told[account]}

    def supply(self) -> None:
        """The centre makes blanks: for the province, or straight for an office, which books them alone."""
        kind, holder = self.dice.choice(("ktp", "ktp", "kia")), self.dice.choice((*OFFICES, "province"))
        names = [f"B{next(self.numbers):04}" for _ in range(self.dice.randrange(1, 6))]
        self.made[kind] += len(names)
        self._arrive(Box(f"D-{next(self.numbers)}", holder, kind, names, self.dice.random() < 0.5))

    def send(self) -> None:
        """Some blanks leave a stock for another holder, by name or by number."""
        holder = self.dice.choice((*OFFICES, "province"))
        to = self.dice.choice([each for each in (*OFFICES, "province") if each != holder])
        kind, named = self.dice.choice(("ktp", "kia")), self.dice.random() < 0.5
        stock = self._at(f"{holder}/stock", kind)
        if not named:
            stock = [each for each in stock if each in self.unread[holder]]
        if not stock:
            return
        box = Box(f"T-{next(self.numbers)}", to, kind, self._some(stock, 4), named)
        self._go(box.blanks, f"transit/{box.ident}/{to}")
        self.unread[holder] -= set(box.blanks)
        self.boxes.append(box)
        if holder == "province":
            store.send_out(self.db, self._load(box), to, WRITER)
        else:
            names = box.blanks if named else []
            self._write(holder, sent(box.ident, to, *names, count=len(box.blanks), kind=kind))

    def receive(self) -> None:
        """A box is opened, and booked by name or by number, however it was sent."""
        if self.boxes:
            box = self.boxes.pop(self.dice.randrange(len(self.boxes)))
            self._arrive(Box(box.ident, box.to, box.kind, box.blanks, self.dice.random() < 0.5))

    def print_card(self) -> None:
        """A blank goes into a job and some way on."""
        holder = self.dice.choice(OFFICES)
        stock = self._at(f"{holder}/stock", "ktp")
        if not stock:
            return
        name, order = self.dice.choice(stock), f"o{next(self.numbers)}"
        self.unread[holder].discard(name)
        steps = self._steps()
        told = {"witness": "chip", "printer": "S", "session": 1, "before": {}, "panels": 5, "artefact": "00"}
        self._write(holder, *(on(event, order, name, **told) for event in steps))
        place = PLACES.get(steps[-1], "card")
        self._go([name], place if place in SHARED else f"{holder}/{place}")

    def _steps(self) -> list[str]:
        """A card's way, as far as it gets."""
        steps = [*WAY[: self.dice.randrange(1, 8)]]
        end = self.dice.choice((*ENDS.get(steps[-1], ()), ""))
        steps += [end] if end else []
        if end == "withheld" and self.dice.random() < 0.5:
            steps.append("returned")
        if end == "unsure":
            steps.append(self.dice.choice(("printed", "lost", "untouched")))
        return steps

    def write_off(self) -> None:
        """One blank of the stock is bent or gone."""
        holder = self.dice.choice(OFFICES)
        kind = self.dice.choice(("ktp", "kia"))
        if stock := self._at(f"{holder}/stock", kind):
            name, spoiled = self.dice.choice(stock), self.dice.random() < 0.5
            told = {"kind": kind, "reason": "x", "by": "P.1", "second": "P.2"}
            self._write(holder, ("blank_rejected" if spoiled else "blank_lost", name, told))
            self.unread[holder].discard(name)
            self._go([name], f"{holder}/{'spoiled' if spoiled else 'lost'}")

    def lose_some(self) -> None:
        """Some of those without a name are missing."""
        holder, kind = self.dice.choice(OFFICES), self.dice.choice(("ktp", "kia"))
        unread = [each for each in self._at(f"{holder}/stock", kind) if each in self.unread[holder]]
        if unread:
            gone = self._some(unread, 2)
            told = {"kind": kind, "reason": "x", "by": "P.1", "second": "P.2", "count": len(gone)}
            self._write(holder, ("blank_lost", f"L-{next(self.numbers)}", told))
            self.unread[holder] -= set(gone)
            self._go(gone, f"{holder}/lost")

    def come_back(self) -> None:
        """A citizen brings a card to some office, if it was told that it was given out before."""
        if cards := self._at("citizen", "ktp"):
            name, holder = self.dice.choice(cards), self.dice.choice(OFFICES)
            self._write(holder, ("card_voided", name, {"kind": "ktp", "why": "worn", "job": None}))
            self._go([name], f"{holder}/void")

    def burn(self) -> None:
        """A batch goes into the fire."""
        holder = self.dice.choice(OFFICES)
        if heap := [*self._at(f"{holder}/void", "ktp"), *self._at(f"{holder}/spoiled", "ktp")]:
            names = self._some(heap, 9)
            self._write(holder, destroyed(f"BA-{next(self.numbers)}", *names))
            self._go(names, "fire")

    def _arrive(self, box: Box) -> None:
        for name in box.blanks:
            self.lies[name] = (box.kind, f"{box.to}/stock")
        self.unread[box.to] |= set() if box.named else set(box.blanks)
        if box.to == "province":
            sender = "64.11-1" if box.ident.startswith("T") else None
            store.take_in(self.db, self._load(box), NOW_MS, sender)
            return
        names = box.blanks if box.named else None
        body = {"kind": box.kind, "names": names, "count": len(box.blanks)}
        self._write(box.to, ("blanks_received", box.ident, body))

    def _load(self, box: Box) -> Load:
        return Load(box.ident, box.kind, tuple(box.blanks) if box.named else None, len(box.blanks))

    def _at(self, account: str, kind: str) -> list[str]:
        return sorted(name for name, where in self.lies.items() if where == (kind, account))

    def _some(self, names: list[str], most: int) -> list[str]:
        return sorted(self.dice.sample(names, self.dice.randrange(1, min(len(names), most) + 1)))

    def _go(self, names: list[str], account: str) -> None:
        for name in names:
            self.lies[name] = (self.lies[name][0], account)

    def _write(self, holder: str, *lines: Line) -> None:
        self.stations[holder].write(*lines)
