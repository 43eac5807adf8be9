"""What the rows of the books add up to: balances of blanks by name, by number and by consignment. Pure."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field, replace

from domain.accounts import Place
from domain.ledger import Row, account_name
from domain.regions import PROVINCE_HOLDER

TRANSIT = f"{Place.TRANSIT}/"
UNNAMED = f"/{Place.UNNAMED}"
CENTRE = str(Place.CENTRE)
LOST = account_name(Place.LOST, PROVINCE_HOLDER, "")
_STORE = (f"{PROVINCE_HOLDER}/{Place.STOCK}", f"{PROVINCE_HOLDER}/{Place.UNNAMED}")
_BROUGHT = (CENTRE, str(Place.UNKNOWN))  # UNKNOWN: a name that the store itself had sent out before


def holder_of(account: str) -> str:
    """Whose account it is, or the bare word of a shared one."""
    return account.partition("/")[0]


@dataclass(slots=True)
class Books:
    """Balances: ``names`` of each blank by account, ``totals`` of all blanks by (account, kind).

    ``transit``: each consignment to each receiver, by account. ``collected``: what the province booked as
    come from the centre, by consignment; ``given`` there tells the account it was taken from.
    """

    names: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    kinds: dict[str, str] = field(default_factory=dict)
    totals: Counter[tuple[str, str]] = field(default_factory=Counter)
    transit: dict[str, Transit] = field(default_factory=dict)
    collected: dict[str, Transit] = field(default_factory=dict)

    def add(self, row: Row) -> None:
        """Take in one row."""
        for account, sign in ((row.debit, -1), (row.credit, 1)):
            self.totals[account, row.kind] += sign * row.count
            if row.name is not None:
                self.names[row.name][account] += sign
                self.kinds.setdefault(row.name, row.kind)
            if account.startswith(TRANSIT):
                self.transit.setdefault(account, Transit.of(account)).add(row, sign)
        self._collect(row)

    def _collect(self, row: Row) -> None:
        """Whether it came from the centre to the province, or people say that it came in this consignment."""
        here = account_name(Place.TRANSIT, PROVINCE_HOLDER, row.subject)
        if row.debit in _BROUGHT and row.credit in _STORE:
            source, sign = row.debit, -1
        elif row.debit == here and row.credit in _BROUGHT:
            source, sign = row.credit, 1
        else:
            return
        mine = self.collected.setdefault(row.subject, Transit.of(here))
        mine.count(row, sign)
        mine.given[row.kind, row.name, source] -= sign * row.count

    def copy(self) -> Books:
        """The same, to be explained while these stay as the rows are."""
        names: dict[str, Counter[str]] = defaultdict(Counter)
        names.update({name: balances.copy() for name, balances in self.names.items()})
        transit = {account: each.copy() for account, each in self.transit.items()}
        collected = {name: each.copy() for name, each in self.collected.items()}
        return Books(names, dict(self.kinds), self.totals.copy(), transit, collected)

    def shift(self, name: str, source: str, target: str) -> None:
        """An explanation: the blank went from one account to another, though no row tells it."""
        self.names[name][source] -= 1
        self.names[name][target] += 1
        self.shift_number(self.kinds[name], 1, source, target)

    def shift_number(self, kind: str, count: int, source: str, target: str) -> None:
        """The same of ``count`` blanks without a name."""
        self.totals[source, kind] -= count
        self.totals[target, kind] += count

    def shift_all(self, shares: Iterable[tuple[tuple[str, str | None, str], int]], source: str) -> None:
        """The same of many, out of ``source``: ((kind, name or None, target), count)."""
        for (kind, name, target), count in shares:
            if name is None:
                self.shift_number(kind, count, source, target)
            elif count > 0:
                self.shift(name, source, target)


@dataclass(slots=True)
class Transit:
    """What is known of one consignment to one receiver: balances, and which of its ends have told.

    ``given``: what came into it, less what went back there, as (kind, name or None, account).
    """

    consignment: str
    receiver: str
    senders: set[str] = field(default_factory=set)
    received: bool = False
    names: Counter[tuple[str, str]] = field(default_factory=Counter)  # (kind, name)
    unnamed: Counter[str] = field(default_factory=Counter)
    kinds: set[str] = field(default_factory=set)
    given: Counter[tuple[str, str | None, str]] = field(default_factory=Counter)

    @classmethod
    def of(cls, account: str) -> Transit:
        """The consignment an account is named after."""
        consignment, _, receiver = account.removeprefix(TRANSIT).rpartition("/")
        return cls(consignment, receiver)

    def copy(self) -> Transit:
        """The same, to be changed."""
        made = replace(self, senders=set(self.senders), kinds=set(self.kinds))
        made.names, made.unnamed, made.given = self.names.copy(), self.unnamed.copy(), self.given.copy()
        return made

    @property
    def account(self) -> str:
        """Its account."""
        return f"{TRANSIT}{self.consignment}/{self.receiver}"

    @property
    def sent(self) -> bool:
        """Whether anybody told that it went off."""
        return bool(self.senders)

    @property
    def undone(self) -> bool:
        """Whether its receiver gave it up again: people found that it had booked in what it did not have."""
        return self.senders - {LOST} == {self.receiver}

    def gave_up(self, kind: str) -> bool:
        """Whether that is so of the blanks of one kind."""
        its = [account for (each, _, account), count in self.given.items() if each == kind and count > 0]
        return self.undone and self.receiver in map(holder_of, its)

    def add(self, row: Row, sign: int) -> None:
        """Take in one row."""
        if sign > 0:
            self.senders.add(LOST if row.debit == LOST else holder_of(row.debit))
            self.given[row.kind, row.name, row.debit] += row.count
        else:
            self.received = True
            if row.credit == LOST or holder_of(row.credit) != self.receiver:
                self.given[row.kind, row.name, row.credit] -= row.count
        self.count(row, sign)

    def count(self, row: Row, sign: int) -> None:
        """Take in its number alone."""
        self.kinds.add(row.kind)
        if row.name is None:
            self.unnamed[row.kind] += sign * row.count
        else:
            self.names[row.kind, row.name] += sign

    def join(self, other: Transit) -> None:
        """The other end of it was booked by another receiver."""
        self.received = True
        self.names.update(other.names)
        self.unnamed.update(other.unnamed)
        self.kinds |= other.kinds

    def told(self, target: str) -> list[tuple[tuple[str, str | None, str], int]]:
        """What a receiver's end tells, as ``shift_all`` takes it."""
        named = [((kind, name, target), -balance) for (kind, name), balance in self.names.items()]
        return [*named, *(((kind, None, target), -balance) for kind, balance in self.unnamed.items())]

    def side(self, kind: str, sign: int) -> list[str]:
        """The names that only the sender (1) or only the receiver (-1) told."""
        return sorted(
            name for (its, name), balance in self.names.items() if its == kind and balance * sign > 0
        )

    def balance(self, kind: str) -> int:
        """How many more were sent than received."""
        return self.unnamed[kind] + sum(n for (its, _), n in self.names.items() if its == kind)


def books(rows: Iterable[Row]) -> Books:
    """The balances of rows."""
    made = Books()
    for row in rows:
        made.add(row)
    return made
