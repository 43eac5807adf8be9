"""Do the rows of the books add up? Pure: rows in; what is on its way, in dispute and unexplained out.

Every blank has to stand in exactly one account once what its consignment and its office explain is added:

    a consignment   what its sender and its receiver told is set against each other by its name. By name on
                    one side and by count on the other, names settle numbers. Only sent: it is in transit.
                    Only received: it came from the centre. Else the rest is in dispute.
    an office       hub/books/office.py

A blank may come from the centre, from a counted consignment, or from a citizen (an old card of other books).
What is told by number alone carries no names: a name counted in at one holder and read at another may have
gone there among any number that was sent.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from typing import Any

from domain.accounts import Place
from domain.ledger import Row
from domain.regions import split_station
from hub.books.office import Share

_TRANSIT = f"{Place.TRANSIT}/"
_UNNAMED = f"/{Place.UNNAMED}"
_ORIGINS = (str(Place.CENTRE), str(Place.CITIZEN))


@dataclass(slots=True)
class Books:
    """Balances: ``names`` of each blank by account, ``totals`` of all blanks by (account, kind)."""

    names: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    kinds: dict[str, str] = field(default_factory=dict)
    totals: Counter[tuple[str, str]] = field(default_factory=Counter)
    transit: dict[str, Transit] = field(default_factory=dict)  # by account

    def add(self, row: Row) -> None:
        """Take in one row."""
        for account, sign in ((row.debit, -1), (row.credit, 1)):
            self.totals[account, row.kind] += sign * row.count
            if row.name is not None:
                self.names[row.name][account] += sign
                self.kinds.setdefault(row.name, row.kind)
            if account.startswith(_TRANSIT):
                self.transit.setdefault(account, Transit.of(account)).add(row, sign)

    def shift(self, name: str, source: str, target: str) -> None:
        """An explanation: the blank went from one account to another, though no row tells it."""
        self.names[name][source] -= 1
        self.names[name][target] += 1
        kind = self.kinds[name]
        self.totals[source, kind] -= 1
        self.totals[target, kind] += 1


@dataclass(slots=True)
class Transit:
    """What is known of one consignment to one receiver: balances, and which of its ends have told."""

    consignment: str
    receiver: str
    sent: bool = False
    received: bool = False
    names: Counter[tuple[str, str]] = field(default_factory=Counter)  # (kind, name)
    unnamed: Counter[str] = field(default_factory=Counter)
    kinds: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, account: str) -> Transit:
        """The consignment an account is named after."""
        consignment, _, receiver = account.removeprefix(_TRANSIT).rpartition("/")
        return cls(consignment, receiver)

    @property
    def account(self) -> str:
        """Its account."""
        return f"{_TRANSIT}{self.consignment}/{self.receiver}"

    def add(self, row: Row, sign: int) -> None:
        """Take in one row."""
        self.sent, self.received = self.sent or sign > 0, self.received or sign < 0
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

    def side(self, kind: str, sign: int) -> list[str]:
        """The names that only the sender (1) or only the receiver (-1) told."""
        return sorted(
            name for (its, name), balance in self.names.items() if its == kind and balance * sign > 0
        )


@dataclass(frozen=True, slots=True)
class Found:
    """What the books tell of the ways between holders, as ``ledger prove`` prints it."""

    in_transit: list[dict[str, Any]]
    disputed: list[dict[str, Any]]
    unannounced: list[dict[str, Any]]


def books(rows: Iterable[Row]) -> Books:
    """The balances of rows."""
    made = Books()
    for row in rows:
        made.add(row)
    return made


def settle(made: Books, agreed: Collection[str] = ()) -> Found:
    """Set the ends of every consignment against each other; names that settle numbers are shifted.

    ``agreed``: consignments that people settled, wherever they were booked in.
    """
    found = Found([], [], [])
    for transit, booked_by in _joined(made):
        for kind in sorted(transit.kinds):
            if not transit.received:
                found.in_transit.append(_told(transit, kind, names=transit.side(kind, 1)))
            elif not transit.sent:
                _from_centre(made, transit, kind)
                found.unannounced.append(_told(transit, kind, count=-_balance(transit, kind)))
            elif told := _disputed(made, transit, kind, booked_by, transit.consignment in agreed):
                found.disputed.append(told)
    return found


def _joined(made: Books) -> list[tuple[Transit, str]]:
    """Each consignment and who booked it in. One that a PC of the receiving office, or the only other
    receiver of that name, booked in is one consignment."""
    loose: dict[str, list[Transit]] = defaultdict(list)
    done = []
    for transit in made.transit.values():
        if transit.sent and transit.received:
            done.append((transit, transit.receiver))
        else:
            loose[transit.consignment].append(transit)
    for ends in loose.values():
        gone, come = [each for each in ends if each.sent], [each for each in ends if each.received]
        if len(gone) == len(come) == 1:
            for (_, name), balance in come[0].names.items():
                for _ in range(-balance):
                    made.shift(name, gone[0].account, come[0].account)
            for kind, balance in come[0].unnamed.items():
                made.totals[gone[0].account, kind] += balance
                made.totals[come[0].account, kind] -= balance
            gone[0].join(come[0])
            done.append((gone[0], come[0].receiver))
        else:
            done += [(each, each.receiver) for each in ends]
    return sorted(done, key=lambda each: each[0].account)


def _disputed(
    made: Books, transit: Transit, kind: str, booked_by: str, agreed: bool
) -> dict[str, Any] | None:
    """The difference between the two ends of a consignment; None where there is none."""
    missing, extra, more = transit.side(kind, 1), transit.side(kind, -1), transit.unnamed[kind]
    pool = f"{booked_by}{_UNNAMED}"
    named = extra[: max(0, more)]  # sent without a name, received with one
    counted = missing[: max(0, -more)]  # sent with a name, received without one
    for name in named:
        made.names[name][transit.account] += 1
        made.names[name][f"{transit.account}{_UNNAMED}"] -= 1
    for name in counted:
        made.names[name][transit.account] -= 1
        made.names[name][pool] += 1
    missing, extra = missing[len(counted) :], extra[len(named) :]
    more += len(counted) - len(named)
    if not (missing or extra or more) and (agreed or _one_office(transit.receiver, booked_by)):
        return None
    told = _told(transit, kind, count=abs(_balance(transit, kind)), booked_by=booked_by)
    return {
        **told,
        "missing": missing,
        "extra": extra,
        "missing_unnamed": max(0, more),
        "extra_unnamed": max(0, -more),
    }


def _one_office(receiver: str, booked_by: str) -> bool:
    if receiver == booked_by:
        return True
    try:
        return split_station(receiver)[0] == split_station(booked_by)[0]
    except ValueError:
        return False


def _from_centre(made: Books, transit: Transit, kind: str) -> None:
    """A consignment that only its receiver told of came from the centre."""
    for name in transit.side(kind, -1):
        made.shift(name, str(Place.CENTRE), transit.account)
    made.totals[str(Place.CENTRE), kind] += transit.unnamed[kind]
    made.totals[transit.account, kind] -= transit.unnamed[kind]


def _balance(transit: Transit, kind: str) -> int:
    return transit.unnamed[kind] + sum(n for (its, _), n in transit.names.items() if its == kind)


def _told(transit: Transit, kind: str, count: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "consignment": transit.consignment,
        "to": transit.receiver,
        "kind": kind,
        "count": _balance(transit, kind) if count is None else count,
        **more,
    }


def share(made: Books, found: Iterable[Share]) -> list[str]:
    """Add what siblings explain; the names of it."""
    names = []
    for each in found:
        made.shift(each.name, f"{each.giver}/{each.place}", str(Place.UNKNOWN))
        names.append(each.name)
    return sorted(names)


def astray(made: Books) -> list[str]:
    """The blanks that do not stand in exactly one account, with a beginning that may be."""
    return sorted(name for name, balances in made.names.items() if not _stands(balances))


def holders(made: Books, name: str) -> set[str]:
    """In whose accounts a blank stands, or is owed; all who had it where it stands nowhere."""
    balances = made.names[name]
    accounts = [account for account, balance in balances.items() if balance] or list(balances)
    return {account.partition("/")[0] for account in accounts if "/" in account} - {str(Place.TRANSIT)}


def _stands(balances: Counter[str]) -> bool:
    counted = sum(balance for account, balance in balances.items() if account.endswith(_UNNAMED))
    named = {account: balance for account, balance in balances.items() if not account.endswith(_UNNAMED)}
    here = [balance for balance in (counted, *named.values()) if balance > 0]
    gone = [account for account, balance in named.items() if balance < 0]
    among = not (here or gone or counted) and len(named) < len(balances)  # back among the numbers
    return among or (here == [1] and all(each in _ORIGINS or each.startswith(_TRANSIT) for each in gone))


def below(made: Books) -> list[str]:
    """The accounts of which more was taken than there ever was."""
    return sorted(
        {
            account
            for (account, _), balance in made.totals.items()
            if balance < 0 and account not in _ORIGINS and not account.startswith(_TRANSIT)
        }
    )


def accounts(made: Books) -> dict[str, dict[str, int]]:
    """What stands in each account, by kind; empty ones are left out."""
    told: dict[str, dict[str, int]] = defaultdict(dict)
    for (account, kind), balance in sorted(made.totals.items()):
        if balance:
            told[account][kind] = balance
    return dict(told)
