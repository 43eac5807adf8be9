"""How a dispute over a consignment ends: the body of the act ``consignment_settled``. Pure.

what is missing     went back where an earlier word of two people took it from, else it is lost
what is too much    a sender forgot to list it: it came from whoever still has it in stock, else from the
                    centre
booked in twice     where the box was opened it is, and whoever else booked it in has it no more; where
                    nobody opened it, with whom it was sent to, else with the province, else the first
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
from hub.books.tally import CENTRE, Books, Transit


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
        "extra": {name: _source(made, name, dispute["booked_by"]) for name in dispute["extra"]},
        "extra_unnamed": dispute["extra_unnamed"],
        "extra_from": {CENTRE: dispute["extra_unnamed"]} if dispute["extra_unnamed"] else {},
    }
    if made.transit[_account(dispute)].undone and not dispute["missing"] and not dispute["missing_unnamed"]:
        return {**told, **_had_after_all(made, dispute)}
    if _is_twice(dispute) and _claimed(made, dispute):
        taken = _taken_over(made, dispute) if _opened(made, dispute) else _undone(dispute)
        return {**told, **taken, "back": {}, "back_to": {}}
    if _is_twice(dispute):
        told["extra"] = dict.fromkeys(dispute["extra"], CENTRE)
        return {**told, "back": {}, "back_to": {}}
    return {**told, **_back(made, dispute)}


def _is_twice(dispute: dict[str, Any]) -> bool:
    return dispute["elsewhere"] not in ([], [CENTRE])


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


def _undone(dispute: dict[str, Any]) -> dict[str, Any]:
    """Its receiver has nothing of it."""
    stock, pool = _places(dispute["booked_by"])
    count = dispute["extra_unnamed"]
    return {"extra": dict.fromkeys(dispute["extra"], stock), "extra_from": {pool: count} if count else {}}


def _taken_over(made: Books, dispute: dict[str, Any]) -> dict[str, Any]:
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
    return {"extra": extra, "extra_from": {pool: share for pool, share in extra_from.items() if share}}


def _had_after_all(made: Books, dispute: dict[str, Any]) -> dict[str, Any]:
    """Its receiver was said to have nothing of it, and opened it since: so it is there."""
    kind, (stock, pool) = dispute["kind"], _places(dispute["booked_by"])
    whole = made.transit[_account(dispute)].given[kind, None, pool]
    taken = _taken_over(made, {**dispute, "extra_unnamed": whole})
    if CENTRE in taken["extra_from"]:
        whole = dispute["extra_unnamed"]
        taken = _taken_over(made, dispute)
    back_to = {pool: whole} if whole else {}
    return {
        **taken,
        "extra_unnamed": whole,
        "back": dict.fromkeys(dispute["extra"], stock),
        "back_to": back_to,
    }


def _back(made: Books, dispute: dict[str, Any]) -> dict[str, Any]:
    """What goes back where it was taken from: what was never the centre's, what people took too soon."""
    kind, transit = dispute["kind"], made.transit[_account(dispute)]
    collected = made.collected.get(dispute["consignment"])
    shares = _given(transit, kind)
    back, back_to, more = dict[str, str](), Counter[str](), dispute["missing_unnamed"]
    for name, account in shares:
        if name is not None and name in dispute["missing"]:
            back[name] = account
    for (name, account), count in sorted(shares.items(), key=repr):
        share = min(more, count) if name is None else 0
        back_to[account] += share
        more -= share
    missing = [name for name in dispute["missing"] if name not in back]
    if collected is not None and dispute["elsewhere"] == [CENTRE]:
        for (its, name, account), count in collected.given.items():
            if its == kind and name is not None and count > 0:
                back[name] = account
            elif its == kind and name is None:
                back_to[account] += count
    told = {"missing": missing, "missing_unnamed": more, "back": back}
    return {**told, "back_to": {account: count for account, count in back_to.items() if count}}


def _given(transit: Transit, kind: str) -> Counter[tuple[str | None, str]]:
    """What an earlier word brought into a consignment: from the centre, or from its own receiver."""
    own = (CENTRE, *_places(transit.receiver))
    return Counter(
        {
            (name, account): count
            for (its, name, account), count in transit.given.items()
            if its == kind and account in own and count > 0
        }
    )


def _account(dispute: dict[str, Any]) -> str:
    return account_name(Place.TRANSIT, "", dispute["consignment"], dispute["to"])


def _source(made: Books, name: str, receiver: str) -> str:
    """Where a blank that nobody sent must have come from: another holder's stock, or the centre."""
    stocks = [
        account
        for account, count in sorted(made.names[name].items())
        if count > 0 and account.endswith(f"/{Place.STOCK}") and not account.startswith(f"{receiver}/")
    ]
    return stocks[0] if stocks else CENTRE
