"""How a dispute over a consignment ends: the body of the act ``consignment_settled``. Pure.

what is missing     went back where an earlier word of two people took it from, else it is lost
what is too much    an earlier word said it was lost, and it came after all; or a sender forgot to list it:
                    it came from whoever still has it in stock, else from the centre
booked in twice     what an earlier word said was lost has come; of the rest: where the box was opened it is,
                    and whoever else booked it in has it no more; where nobody opened it, with whom it was
                    sent to, else with the province, else the first
given up, opened    it is where it was opened: the earlier word of two people is taken back
taken for the       it came from the office that sent it: what the centre gave is less by it
centre's
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any

from domain.accounts import Place
from domain.ledger import account_name
from domain.regions import PROVINCE_HOLDER
from hub.books.balance import one_office
from hub.books.tally import CENTRE, LOST, Books

STORE = account_name(Place.STOCK, PROVINCE_HOLDER, "")


def first(made: Books, disputes: Iterable[dict[str, Any]]) -> dict[str, Any]:
    """Which of a consignment's disputes ends first: of an unclaimed box where it was opened, else last."""
    return min(disputes, key=lambda each: (_claimed(made, each) == _opened(made, each), each["to"]))


def body(made: Books, dispute: dict[str, Any]) -> dict[str, Any]:
    """As the act has it; ``extra_from`` and ``back_to``: accounts and numbers of blanks without a name."""
    told = {
        "kind": dispute["kind"],
        "receiver": dispute["to"],
        "missing": dispute["missing"],
        "missing_unnamed": dispute["missing_unnamed"],
    }
    undone = made.transit[_account(dispute)].gave_up(dispute["kind"])
    if undone and not dispute["missing"] and not dispute["missing_unnamed"]:
        return {**told, **_had_after_all(made, dispute)}
    came, rest = _came_after_all(made, dispute)
    if not _is_twice(dispute):
        extra = {name: _source(made, name, dispute["booked_by"]) for name in rest["extra"]}
        return {**told, **_with(came, extra, {CENTRE: rest["extra_unnamed"]}), **_back(made, dispute)}
    if not _claimed(made, dispute) or _shared(made, dispute):
        shares = (dict.fromkeys(rest["extra"], CENTRE), {CENTRE: rest["extra_unnamed"]})
    else:
        shares = _taken_over(made, rest) if _opened(made, dispute) else _undone(rest)
    return {**told, **_with(came, *shares), "back": {}, "back_to": {}}


Shares = tuple[dict[str, str], dict[str, int]]
"""The accounts of blanks by name, and the numbers of those without one by account."""


def _with(came: Shares, extra: dict[str, str], extra_from: dict[str, int]) -> dict[str, Any]:
    """What came after all and what else is too much, as the act has it."""
    numbers = {account: count for each in (came[1], extra_from) for account, count in each.items() if count}
    return {"extra": came[0] | extra, "extra_unnamed": sum(numbers.values()), "extra_from": numbers}


def _came_after_all(made: Books, dispute: dict[str, Any]) -> tuple[Shares, dict[str, Any]]:
    """What of a dispute's too much people had said was lost, or the store still has by name; and the rest.

    Lost by number and booked in by name, or the other way about, the same number settles it.
    """
    lost = _lost(made, dispute["consignment"], dispute["kind"])
    extra = {name: LOST for name in dispute["extra"] if made.names[name][LOST] > 0}
    if PROVINCE_HOLDER not in (dispute["booked_by"], *dispute["elsewhere"]):
        at = {name: _source(made, name, dispute["booked_by"]) for name in dispute["extra"]}
        extra = {name: STORE for name in at if at[name] == STORE} | extra
    left = [name for name in dispute["extra"] if name not in extra]
    free = [name for name in left if _source(made, name, dispute["booked_by"]) == CENTRE]
    named = set(free[: lost[None]])
    count = min(dispute["extra_unnamed"], lost[None] - len(named))
    spare = sorted(name for name in lost if name and name not in extra and made.names[name][LOST] > 0)
    counted = spare[: dispute["extra_unnamed"] - count]
    rest = {
        **dispute,
        "extra": [name for name in left if name not in named],
        "extra_unnamed": dispute["extra_unnamed"] - count - len(counted),
    }
    return (extra | dict.fromkeys(counted, LOST), {LOST: count + len(named)}), rest


def _lost(made: Books, consignment: str, kind: str) -> Counter[str | None]:
    """What earlier words of people wrote off of a consignment, whoever it was for, and has not come since."""
    lost: Counter[str | None] = Counter()
    for each in made.transit.values():
        if each.consignment == consignment:
            for (its, name, account), count in each.given.items():
                lost[name] -= count if its == kind and account == LOST else 0
    return +lost


def _is_twice(dispute: dict[str, Any]) -> bool:
    return dispute["elsewhere"] not in ([], [CENTRE])


def _shared(made: Books, dispute: dict[str, Any]) -> bool:
    """Whether it is one office's box from the centre, as far as anybody told: each PC has its part."""
    name, holders = dispute["consignment"], dispute["elsewhere"]
    ends = [each for each in made.transit.values() if each.consignment == name]
    return all(one_office(holder, dispute["booked_by"]) for holder in holders) and not any(
        each.senders - {CENTRE} for each in ends
    )


def _claimed(made: Books, dispute: dict[str, Any]) -> bool:
    """Whether the box was sent to somebody, or the province booked it in."""
    name, kind = dispute["consignment"], dispute["kind"]
    ends = [each for each in made.transit.values() if each.consignment == name and kind in each.kinds]
    collected = made.collected.get(name)
    return any(each.sent and not each.undone for each in ends) or (
        collected is not None and collected.balance(kind) != 0
    )


def _opened(made: Books, dispute: dict[str, Any]) -> bool:
    """Whether any blank of it went on from where this receiver put it."""
    stock, pool = _places(dispute["booked_by"])
    return (
        any(made.names[name][stock] <= 0 for name in dispute["extra"])
        or made.totals[pool, dispute["kind"]] < dispute["extra_unnamed"]
    )


def _places(holder: str) -> tuple[str, str]:
    return account_name(Place.STOCK, holder, ""), account_name(Place.UNNAMED, holder, "")


def _booked(made: Books, holder: str, consignment: str) -> bool:
    transit = made.transit.get(account_name(Place.TRANSIT, holder, consignment))
    return (transit is not None and transit.received) or (
        holder == PROVINCE_HOLDER and consignment in made.collected
    )


def _undone(dispute: dict[str, Any]) -> Shares:
    """Its receiver has nothing of it."""
    stock, pool = _places(dispute["booked_by"])
    return dict.fromkeys(dispute["extra"], stock), {pool: dispute["extra_unnamed"]}


def _taken_over(made: Books, dispute: dict[str, Any]) -> Shares:
    """Its receiver has it, who else booked it in has it no more; the centre gave what they lack."""
    kind = dispute["kind"]
    others = [_places(each) for each in dispute["elsewhere"] if _booked(made, each, dispute["consignment"])]
    left = Counter({pool: made.totals[pool, kind] for _, pool in others})
    extra = {}
    for name in dispute["extra"]:
        stocks = [stock for stock, _ in others if made.names[name][stock] > 0]
        pools = [pool for _, pool in others if left[pool] > 0]
        extra[name] = (*stocks, *pools, CENTRE)[0]
        left[extra[name]] -= 1
    count, mine = dispute["extra_unnamed"], _places(dispute["booked_by"])[1]
    for name, balances in sorted(made.names.items()):  # read here, and booked in by name there
        stocks = [stock for stock, _ in others if balances[stock] > 0] if balances[mine] < 0 else []
        if stocks and count:
            extra[name] = stocks[0]
            count -= 1
    extra_from: Counter[str] = Counter()
    for pool in (*(pool for _, pool in others), CENTRE):
        share = count if pool == CENTRE else max(0, min(count, left[pool]))
        extra_from[pool] += share
        count -= share
    return extra, dict(extra_from)


def _had_after_all(made: Books, dispute: dict[str, Any]) -> dict[str, Any]:
    """Its receiver was said to have nothing of it, and opened it since: so it is there."""
    kind, (stock, pool) = dispute["kind"], _places(dispute["booked_by"])
    whole = made.transit[_account(dispute)].given[kind, None, pool]
    came, rest = _came_after_all(made, {**dispute, "extra_unnamed": whole})
    taken = _taken_over(made, rest)
    if taken[1][CENTRE]:
        whole = dispute["extra_unnamed"]
        came, rest = _came_after_all(made, dispute)
        taken = _taken_over(made, rest)
    back_to = {pool: whole} if whole else {}
    return {**_with(came, *taken), "back": dict.fromkeys(dispute["extra"], stock), "back_to": back_to}


def _back(made: Books, dispute: dict[str, Any]) -> dict[str, Any]:
    """What goes back where it was taken from: what was never the centre's, what people took too soon."""
    kind, collected = dispute["kind"], made.collected.get(dispute["consignment"])
    shares, more = _given(made, dispute), dispute["missing_unnamed"]
    back = {name: account for name, account in shares if name is not None and name in dispute["missing"]}
    missing, back_to = [name for name in dispute["missing"] if name not in back], Counter[str]()
    for (name, account), count in sorted(shares.items(), key=repr):
        if name is None:  # what is missing by name may have been brought in by number
            back_to[account] = min(count, more + len(missing))
            named = max(0, back_to[account] - more)
            more -= back_to[account] - named
            missing = missing[: len(missing) - named]
        elif more and name not in back:  # and the other way about
            back[name] = account
            more -= 1
    if collected is not None and dispute["elsewhere"] == [CENTRE]:
        for (its, name, account), count in collected.given.items():
            if its == kind and name is not None and count > 0:
                back[name] = account
            elif its == kind and name is None:
                back_to[account] += count
    told = {"missing": missing, "missing_unnamed": more, "back": back}
    return {**told, "back_to": {account: count for account, count in back_to.items() if count}}


def _given(made: Books, dispute: dict[str, Any]) -> Counter[tuple[str | None, str]]:
    """What earlier words brought into a consignment: what the centre gave to any end of it, what its own
    receiver gave up, and a name taken from a stock that it was taken from twice."""
    shares: Counter[tuple[str | None, str]] = Counter()
    own = _places(dispute["to"])
    for each in made.transit.values():
        if each.consignment != dispute["consignment"]:
            continue
        for (its, name, account), count in each.given.items():
            mine = account in own and each.receiver == dispute["to"]
            twice = name is not None and made.names[name][account] < 0 and account.endswith(f"/{Place.STOCK}")
            if its == dispute["kind"] and (account == CENTRE or mine or twice):
                shares[name, account] += count
    return +shares


def _account(dispute: dict[str, Any]) -> str:
    return account_name(Place.TRANSIT, "", dispute["consignment"], dispute["to"])


def _source(made: Books, name: str, receiver: str) -> str:
    """Where a blank that nobody sent must have come from: another holder's stock, or the centre.

    Where it stands in one place only it has gone on to there since.
    """
    here = {account: count for account, count in made.names[name].items() if count > 0}
    stocks = [
        account
        for account in sorted(here)
        if account.endswith(f"/{Place.STOCK}") and not account.startswith(f"{receiver}/")
    ]
    return stocks[0] if stocks and sum(here.values()) > 1 else CENTRE
