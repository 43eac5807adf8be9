"""What people at the province do with blanks: take in, send out, write off, settle.

Each is an act (hub/books/acts.py), booked once by the consignment's name, or the station's; asked again for
the same it changes nothing. What decides over other holders' blanks takes two people's marks and a reason.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from domain import people
from domain.accounts import ON_HAND, Place
from domain.ledger import Ledger, Row, account_name
from domain.policy import KINDS
from domain.regions import PROVINCE_HOLDER
from domain.words import RefusedByRule
from hub import ingest
from hub.books import acts, balance, disputes, fold, tally
from hub.books.announce import announce
from hub.database import Database
from hub.ingest import FORKED
from hub.order_log import Writer

_PAPER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")


@dataclass(frozen=True, slots=True)
class Load:
    """Blanks of one kind under one consignment: ``names``, or None and a ``count``."""

    consignment: str
    kind: str
    names: tuple[str, ...] | None
    count: int

    def body(self, **more: Any) -> dict[str, Any]:
        """As an act or a journal line has it."""
        names = None if self.names is None else list(self.names)
        return {"kind": self.kind, "names": names, "count": self.count, **more}


@dataclass(frozen=True, slots=True)
class Word:
    """Whose word it is: two different people's, and why."""

    by: str
    second: str
    reason: str

    def check(self) -> None:
        """Raises RefusedByRule SECOND_NEEDED, SECOND_IS_FIRST."""
        if not (people.is_mark(self.by) and people.is_mark(self.second)):
            raise RefusedByRule("SECOND_NEEDED", "A person is told by a staff mark, no NIK.")
        if people.same(self.by, self.second):
            raise RefusedByRule("SECOND_IS_FIRST")

    def body(self) -> dict[str, str]:
        """As an act has it."""
        return {"by": self.by, "second": self.second, "reason": self.reason}


def take_in(db: Database, load: Load, now_ms: int, sender: str | None = None) -> bool:
    """Book a consignment into the store: from the centre, or back from an office; whether it was new.

    ``sender`` None: an office's if the books know of one on its way here, or if a blank of it was sent out
    from here. Raises RefusedByRule CONSIGNMENT_CHANGED (also where it was booked as the centre's before),
    BLANK_USED (a name that lies here already).
    """
    transit = account_name(Place.TRANSIT, PROVINCE_HOLDER, load.consignment)
    with db.transaction():
        acts.lock(db)
        if _known(db, load.consignment, ("blanks_received", "blanks_collected"), load.body(), sender):
            return False
        ledger, _ = acts.store(db)
        places = {name: ledger.place(name) for name in load.names or ()}
        for name, place in places.items():
            if place not in (None, Place.TRANSIT):
                raise RefusedByRule("BLANK_USED", name)
        ours = sender is not None or Place.TRANSIT in places.values()
        came = ours or db.one("SELECT 1 FROM ledger WHERE credit = ?", transit) is not None
        event = "blanks_received" if came else "blanks_collected"
        acts.append(db, now_ms, event, load.consignment, load.body())
    return True


def send_out(db: Database, load: Load, to: str, writer: Writer) -> bool:
    """Book a consignment out of the store to the station ``to``, and announce it; whether it was new.

    Raises RefusedByRule UNKNOWN_STATION, STATION_FORKED, CONSIGNMENT_CHANGED, NOT_IN_STOCK, BLANK_UNKNOWN.
    """
    with db.transaction():
        acts.lock(db)
        if _known(db, load.consignment, ("blanks_sent",), load.body(to=to)):
            return False
        _may_receive(db, to)
        _check_store(acts.store(db)[0], load)
        acts.append(db, writer.now_ms, "blanks_sent", load.consignment, load.body(to=to))
        announce(db, to, load.consignment, load.kind, load.names, load.count, PROVINCE_HOLDER, writer)
    return True


def _known(
    db: Database, consignment: str, events: Collection[str], body: dict[str, Any], sender: str | None = None
) -> bool:
    """Whether this act was done before. Raises RefusedByRule CONSIGNMENT_CHANGED if it was another."""
    if not _PAPER.fullmatch(consignment):
        raise RefusedByRule("BAD_ORDER", "A consignment's name is letters, digits, dots, slashes and dashes.")
    for act in acts.after(db, 0):
        if act.subject == consignment and act.event in events:
            if _sorted(act.body) != _sorted(body):
                raise RefusedByRule("CONSIGNMENT_CHANGED", consignment)
            if sender is not None and act.event == "blanks_collected":
                raise RefusedByRule("CONSIGNMENT_CHANGED", f"{consignment} is booked as the centre's.")
            return True
    return False


def _sorted(body: Any) -> dict[str, Any]:
    return {**body, "names": None if body["names"] is None else sorted(body["names"])}


def _may_receive(db: Database, to: str) -> None:
    station = ingest.station(db, to)
    if station is None:
        raise RefusedByRule("UNKNOWN_STATION", to)
    if station.state == FORKED:
        raise RefusedByRule("STATION_FORKED", to)


def _check_store(ledger: Ledger, load: Load) -> None:
    left = ledger.unnamed(load.kind)
    if load.names is None and load.count > left:
        raise RefusedByRule("NOT_IN_STOCK", f"{left} {load.kind} blanks have no name.")
    for name in load.names or ():
        fresh = ledger.place(name) is None
        left -= fresh
        if left < 0 or not (fresh or ledger.expects(name, load.kind)):
            raise RefusedByRule("BLANK_UNKNOWN", name)


def write_off(
    db: Database, station: str, found: Sequence[Load], to: str | None, word: Word, writer: Writer
) -> list[dict[str, Any]]:
    """A forked station's blanks on hand, by people's word: ``found`` goes ``to`` a station, the rest is lost.

    Gives for each kind {station, kind, found, lost, new}. Raises RefusedByRule UNKNOWN_STATION, NOT_FORKED,
    STATION_FORKED, NOT_IN_STOCK, BLANK_UNKNOWN, SECOND_NEEDED, SECOND_IS_FIRST.
    """
    word.check()
    done = []
    with db.transaction():
        acts.lock(db)
        held = ingest.station(db, station)
        if held is None:
            raise RefusedByRule("UNKNOWN_STATION", station)
        if held.state != FORKED:
            raise RefusedByRule("NOT_FORKED", station)
        if to is not None:
            _may_receive(db, to)
        ledger = fold.ledger_of(db, station, held.have.seq)
        before = {act.body["kind"]: act.body for act in acts.after(db, 0) if _is_of(act, station)}
        for kind in KINDS:
            load = next((each for each in found if each.kind == kind), None)
            body = before.get(kind) or {**_shares(ledger, kind, load, to), **word.body()}
            if kind not in before and _count(body, "found") + _count(body, "lost"):
                acts.append(db, writer.now_ms, acts.WRITTEN_OFF, station, body)
                _announce_found(db, body, to, station, writer)
            told = {"found": _count(body, "found"), "lost": _count(body, "lost")}
            done.append({"station": station, "kind": kind, **told, "new": kind not in before})
    return done


def _is_of(act: acts.Act, station: str) -> bool:
    return act.event == acts.WRITTEN_OFF and act.subject == station


def _count(body: Any, share: str) -> int:
    return sum(map(len, body[share].values())) + int(body[f"{share}_unnamed"])


def _shares(ledger: Ledger, kind: str, load: Load | None, to: str | None) -> dict[str, Any]:
    """What of a station's blanks on hand was found and what is lost, as acts tell it."""
    names = set(load.names or ()) if load else set()
    places = {place: ledger.names(kind, place) for place in ON_HAND}
    here = {name for its in places.values() for name in its}
    fresh = sorted(names - here)
    count = load.count if load and load.names is None else 0
    left = ledger.unnamed(kind) - len(fresh)
    if left < count or any(ledger.place(name) is not None for name in fresh):
        raise RefusedByRule(
            "NOT_IN_STOCK", f"{ledger.holder} has {ledger.unnamed(kind)} {kind} without a name."
        )
    found = {str(place): [name for name in its if name in names] for place, its in places.items()}
    return {
        "station": ledger.holder,
        "kind": kind,
        "found": {**found, str(Place.UNNAMED): fresh},
        "lost": {str(place): [name for name in its if name not in names] for place, its in places.items()},
        "found_unnamed": count,
        "lost_unnamed": left - count,
        "consignment": load.consignment if load else "",
        "to": to,
    }


def _announce_found(
    db: Database, body: Mapping[str, Any], to: str | None, sender: str, writer: Writer
) -> None:
    names = [name for its in body["found"].values() for name in its]
    count = len(names) or body["found_unnamed"]
    if to is not None and count:
        announce(db, to, body["consignment"], body["kind"], names or None, count, sender, writer)


def settle(db: Database, consignment: str, word: Word, writer: Writer) -> list[dict[str, Any]]:
    """End the dispute over a consignment, by people's word; what was done, {kind, missing, extra, …} each.

    How: hub/books/disputes.py. Its receiver is told again what it booked, if it has it. Bring the projections
    up to date before. Raises RefusedByRule NOT_DISPUTED, SECOND_NEEDED, SECOND_IS_FIRST.
    """
    word.check()
    done: list[dict[str, Any]] | None = None
    while done is None:  # adding up takes long at a great hub: nobody waits for it
        with db.snapshot():
            head, plan = acts.head(db), list(_plan(db, consignment, word, writer.now_ms))
        if not plan:
            raise RefusedByRule("NOT_DISPUTED", consignment)
        with db.transaction():
            acts.lock(db)
            if acts.head(db) == head:
                done = [_settle(db, *each, writer) for each in plan]
    return done


Ending = tuple[acts.Act, dict[str, Any], list[Row]]
"""The act that ends a dispute, the dispute, and what its receiver booked in."""


def _plan(db: Database, consignment: str, word: Word, now_ms: int) -> Iterator[Ending]:
    """How each dispute over a consignment ends: the end of one moves what the next stands on."""
    rows = [Row(*each) for each in db.rows("SELECT kind, blank, count, debit, credit, subject FROM ledger")]
    made, (ledger, _), agreed, number = balance.books(rows), acts.store(db), acts.settled(db), acts.head(db)
    ended: set[tuple[str, str]] = set()
    while True:
        explained = made.copy()
        open_ = [
            each
            for each in balance.settle(explained, agreed).disputed
            if each["consignment"] == consignment and (each["to"], each["kind"]) not in ended
        ]
        if not open_:
            return
        dispute, number = disputes.first(explained, open_), number + 1
        body = {**disputes.body(explained, dispute), **word.body()}
        act = acts.Act(number, now_ms, acts.SETTLED, consignment, body)
        yield act, dispute, [row for row in rows if _is_booked(row, dispute)]
        for row in acts.rows_of(ledger, act):
            made.add(row)
        ended.add((dispute["to"], dispute["kind"]))
        agreed = {*agreed, consignment}


def _is_booked(row: Row, dispute: dict[str, Any]) -> bool:
    """Whether its receiver took it out of the box: what people wrote off went out of it too."""
    account = account_name(Place.TRANSIT, dispute["booked_by"], dispute["consignment"])
    theirs = tally.holder_of(row.credit) == dispute["booked_by"]
    return row.debit == account and row.kind == dispute["kind"] and theirs


def _settle(
    db: Database, act: acts.Act, dispute: dict[str, Any], booked: list[Row], writer: Writer
) -> dict[str, Any]:
    acts.append(db, act.at_ms, act.event, act.subject, act.body)
    if not _gave_up(dispute, act.body):
        _announce_booked(db, booked, dispute, writer)
    told = {name: each for name, each in act.body.items() if name not in ("by", "second", "reason")}
    return {"consignment": act.subject, **told}


def _gave_up(dispute: dict[str, Any], body: Mapping[str, Any]) -> bool:
    """Whether its receiver was found to have nothing of it: nothing to tell it, its screen may complain."""
    accounts = {*body["extra"].values(), *body["extra_from"]}
    return any(tally.holder_of(account) == dispute["booked_by"] for account in accounts)


def _announce_booked(db: Database, mine: list[Row], dispute: dict[str, Any], writer: Writer) -> None:
    """Tell the receiver what it booked, so that the two agree from now on."""
    names = list(dict.fromkeys(row.name for row in mine if row.name is not None))
    count = len(names) or sum(row.count for row in mine)
    if count and dispute["booked_by"] != PROVINCE_HOLDER:
        told = (dispute["consignment"], dispute["kind"], names or None, count, PROVINCE_HOLDER)
        announce(db, dispute["booked_by"], *told, writer)
