"""Do the rows of the books add up? Pure: rows in; what is on its way, in dispute and unexplained out.

Every blank has to stand in exactly one account once what its consignment and its office explain is added:

    a consignment   what its sender and its receiver told is set against each other by its name. By name on
                    one side and by count on the other, names settle numbers. Only sent: it is in transit.
                    Only received, and nowhere else: it came from the centre. One box booked in twice, or
                    taken for the centre's and then told as sent, and every rest is in dispute.
    an office       hub/books/office.py

A blank may come from the centre, from a counted consignment, or from a citizen (an old card of other books).
What is told by number alone carries no names: a name counted in at one holder and read at another may have
gone there among any number that was sent.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from typing import Any

from domain.accounts import Place
from domain.regions import PROVINCE_HOLDER, split_station
from hub.books.office import Share
from hub.books.tally import CENTRE, LOST, TRANSIT, UNNAMED, Books, Transit, books, holder_of

__all__ = ["Books", "Found", "Transit", "books"]

_ORIGINS = (CENTRE, str(Place.CITIZEN))


@dataclass(frozen=True, slots=True)
class Found:
    """What the books tell of the ways between holders, as ``ledger prove`` prints it."""

    in_transit: list[dict[str, Any]]
    disputed: list[dict[str, Any]]
    unannounced: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Way:
    """One consignment to one receiver, and who booked it in. ``elsewhere``: by kind, where else a box of that
    name was booked in or sent to."""

    transit: Transit
    booked_by: str
    elsewhere: dict[str, list[str]]


def settle(made: Books, agreed: Collection[str] = ()) -> Found:
    """Set the ends of every consignment against each other; names that settle numbers are shifted.

    ``agreed``: consignments that people settled, wherever they were booked in.
    """
    found, ways = Found([], [], []), _ways(made)
    for way in ways:
        transit = way.transit
        for kind in sorted(transit.kinds):
            if not transit.received:
                found.in_transit.append(_told(transit, kind, names=transit.side(kind, 1)))
            elif transit.sent:
                if told := _disputed(made, way, kind, transit.consignment in agreed):
                    found.disputed.append(told)
            elif way.elsewhere.get(kind):
                found.disputed.append(_twice(way, kind))
            else:
                _from_centre(made, transit, kind)
                found.unannounced.append(_told(transit, kind, count=-transit.balance(kind)))
    _regret(made)
    for way in ways:
        if way.transit.undone:
            found.disputed.extend(filter(None, (_opened(made, way, kind) for kind in sorted(way.elsewhere))))
    found.disputed.sort(key=lambda each: (each["consignment"], each["to"], each["kind"]))
    return found


def _ways(made: Books) -> list[Way]:
    """Each consignment, its two ends put together where they were booked under different receivers."""
    by_name: dict[str, list[Transit]] = defaultdict(list)
    for _, transit in sorted(made.transit.items()):
        by_name[transit.consignment].append(transit)
    ways = []
    for name, ends in by_name.items():
        collected = made.collected.get(name)
        if collected is not None and not any(map(collected.balance, collected.kinds)):
            collected = None  # people said that it was none of the centre's
        ways += _joined(made, ends, collected)
    return sorted(ways, key=lambda way: way.transit.account)


def _joined(made: Books, ends: list[Transit], collected: Transit | None) -> list[Way]:
    """The ways of one consignment's name.

    What the province collected may be what an office sent back. What was booked in where nothing was sent to
    is what did not arrive elsewhere, if both are of one office, or if there is no other.
    """
    ways = []
    come = [each for each in ends if each.received and not each.sent]
    short = [each for each in ends if each.sent and any(each.balance(kind) > 0 for kind in each.kinds)]
    back = next((each for each in short if each.receiver == PROVINCE_HOLDER and not each.received), None)
    if collected is not None and back is not None:
        made.shift_all(collected.given.items(), back.account)
        back.join(collected)
        ways.append(Way(back, PROVINCE_HOLDER, {kind: [CENTRE] for kind in back.kinds}))
        short.remove(back)
        collected = None
    for gone, receipt in _pairs(short, come):
        made.shift_all(receipt.told(receipt.account), gone.account)
        gone.join(receipt)
        ways.append(Way(gone, receipt.receiver, {}))
        come.remove(receipt)
    paired = {way.transit.account for way in ways} | {each.account for each in come}
    claims = [each for each in (*ends, *([collected] if collected else ())) if not each.undone]
    for each in ends:
        if each in come or each.undone:
            ways.append(Way(each, each.receiver, _elsewhere(each, claims)))
        elif each.sent and each.account not in paired:
            ways.append(Way(each, each.receiver, {}))
    return ways


def _pairs(short: list[Transit], come: list[Transit]) -> list[tuple[Transit, Transit]]:
    """What did not arrive, and where it did: in the same office, or the only one that is left."""
    short, come, found = [*short], [*come], []
    for gone in [*short]:
        its = [each for each in come if one_office(gone.receiver, each.receiver)]
        rivals = [each for each in short if one_office(gone.receiver, each.receiver)]
        if len(its) == len(rivals) == 1:
            found.append((gone, its[0]))
            short.remove(gone)
            come.remove(its[0])
    if len(short) == len(come) == 1:
        found.append((short[0], come[0]))
    return found


def _elsewhere(receipt: Transit, claims: list[Transit]) -> dict[str, list[str]]:
    others = [each for each in claims if each is not receipt]
    return {kind: sorted({each.receiver for each in others if kind in each.kinds}) for kind in receipt.kinds}


def _disputed(made: Books, way: Way, kind: str, agreed: bool) -> dict[str, Any] | None:
    """The difference between the two ends of a consignment; None where there is none."""
    transit, elsewhere = way.transit, [] if way.transit.gave_up(kind) else way.elsewhere.get(kind, [])
    missing, extra, more = transit.side(kind, 1), transit.side(kind, -1), transit.unnamed[kind]
    pool = f"{way.booked_by}{UNNAMED}"
    named = extra[: max(0, more)]  # sent without a name, received with one
    counted = missing[: max(0, -more)]  # sent with a name, received without one
    for name in named:
        made.names[name][transit.account] += 1
        made.names[name][f"{transit.account}{UNNAMED}"] -= 1
    for name in counted:
        made.names[name][transit.account] -= 1
        made.names[name][pool] += 1
    missing, extra = missing[len(counted) :], extra[len(named) :]
    more += len(counted) - len(named)
    if counted:  # nobody knows which of the names are not among the counted
        missing, more = [], more + len(missing)
    known = agreed or one_office(transit.receiver, way.booked_by)
    if known and not (missing or extra or more or elsewhere):
        return None
    return {
        **_told(transit, kind, count=abs(transit.balance(kind)), booked_by=way.booked_by),
        "elsewhere": elsewhere,
        "missing": missing,
        "extra": extra,
        "missing_unnamed": max(0, more),
        "extra_unnamed": max(0, -more),
    }


def _twice(way: Way, kind: str) -> dict[str, Any]:
    """A receipt of what was sent to another, or booked in by another: it stands against nothing."""
    transit = way.transit
    return {
        **_told(transit, kind, count=-transit.balance(kind), booked_by=way.booked_by),
        "elsewhere": way.elsewhere[kind],
        "missing": [],
        "extra": transit.side(kind, -1),
        "missing_unnamed": 0,
        "extra_unnamed": -transit.unnamed[kind],
    }


def _opened(made: Books, way: Way, kind: str) -> dict[str, Any] | None:
    """What a receiver used of a consignment that it had nothing of, by people's word; None if nothing."""
    pool = f"{way.booked_by}{UNNAMED}"
    mine = [key for key in way.transit.given if key[0] == kind and way.transit.given[key] > 0]
    used = any(name is not None and made.names[name][account] < 0 for _, name, account in mine)
    short = max(0, -made.totals[pool, kind]) if (kind, None, pool) in mine else 0
    if not used and not short:
        return None
    names = sorted(name for _, name, _ in mine if name is not None) if used else []
    return {
        **_told(way.transit, kind, count=len(names) + short, booked_by=way.booked_by),
        "elsewhere": way.elsewhere[kind],
        "missing": [],
        "extra": names,
        "missing_unnamed": 0,
        "extra_unnamed": short,
    }


def one_office(receiver: str, booked_by: str) -> bool:
    """Whether two holders are one, or PCs of one office."""
    if receiver == booked_by:
        return True
    try:
        return split_station(receiver)[0] == split_station(booked_by)[0]
    except ValueError:
        return False


def _from_centre(made: Books, transit: Transit, kind: str) -> None:
    """A consignment that only its receiver told of came from the centre."""
    for name in transit.side(kind, -1):
        made.shift(name, CENTRE, transit.account)
    made.shift_number(kind, -transit.unnamed[kind], CENTRE, transit.account)


def _regret(made: Books) -> None:
    """What people took out of a holder's stock, and the holder itself wrote off later, was no loss."""
    for transit in made.transit.values():
        for (kind, name, account), count in transit.given.items():
            lost = f"{holder_of(account)}/{Place.LOST}"
            if lost == LOST:
                continue  # the word of two people, and no holder's
            if name is None:
                gone = min(count, -made.totals[account, kind], made.totals[lost, kind])
                made.shift_number(kind, max(0, gone), lost, account)
            elif count > 0 and made.names[name][account] < 0 < made.names[name][lost]:
                made.shift(name, lost, account)
            elif holder_of(account) == transit.receiver and not any(made.names[name].values()):
                made.names[name][f"{transit.account}{UNNAMED}"] += 0  # it is among the numbers, if anywhere


def _told(transit: Transit, kind: str, count: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "consignment": transit.consignment,
        "to": transit.receiver,
        "kind": kind,
        "count": transit.balance(kind) if count is None else count,
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
    counted = sum(balance for account, balance in balances.items() if account.endswith(UNNAMED))
    named = {account: balance for account, balance in balances.items() if not account.endswith(UNNAMED)}
    here = [balance for balance in (counted, *named.values()) if balance > 0]
    gone = [account for account, balance in named.items() if balance < 0]
    among = not (here or gone or counted) and len(named) < len(balances)  # back among the numbers
    return among or (here == [1] and all(each in _ORIGINS or each.startswith(TRANSIT) for each in gone))


def below(made: Books) -> list[str]:
    """The accounts of which more was taken than there ever was."""
    return sorted(
        {
            account
            for (account, _), balance in made.totals.items()
            if balance < 0 and account not in _ORIGINS and not account.startswith(TRANSIT)
        }
    )


def accounts(made: Books) -> dict[str, dict[str, int]]:
    """What stands in each account, by kind; empty ones are left out."""
    told: dict[str, dict[str, int]] = defaultdict(dict)
    for (account, kind), balance in sorted(made.totals.items()):
        if balance:
            told[account][kind] = balance
    return dict(told)
