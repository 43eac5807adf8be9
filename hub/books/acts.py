"""What the province itself did with blanks, as a journal of its own: the table ``act``, never changed.

    blanks_collected    from the centre into the province's store
    blanks_received     what an office sent back, into the store
    blanks_sent         out of the store, on its way to a station
    written_off         a forked station's blanks: what was found goes on as a consignment, the rest is lost
    consignment_settled the difference of a consignment, as hub/books/disputes.py ends it

The last two name the accounts they move themselves, so that an act is read the same for ever.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from domain.accounts import Place
from domain.ledger import Ledger, Row, account_name
from domain.regions import PROVINCE_HOLDER
from hub import ingest
from hub.books import fold
from hub.books.tally import LOST
from hub.database import Database
from hub.moves import stand

WRITTEN_OFF, SETTLED = "written_off", "consignment_settled"


@dataclass(frozen=True, slots=True)
class Act:
    """One act; ``number`` counts from 1, ``at_ms`` is Unix time."""

    number: int
    at_ms: int
    event: str
    subject: str
    body: Mapping[str, Any]


def append(db: Database, at_ms: int, event: str, subject: str, body: Mapping[str, Any]) -> int:
    """Write an act in the caller's transaction, which holds the ``lock``; its number."""
    number = head(db) + 1
    db.run(
        "INSERT INTO act (number, at_ms, event, subject, body) VALUES (?, ?, ?, ?, ?)",
        *(number, at_ms, event, subject, json.dumps(body, sort_keys=True)),
    )
    return number


def lock(db: Database) -> None:
    """One at a time: whoever looks into the store to decide keeps it until the transaction ends."""
    stand(db, "acts", PROVINCE_HOLDER)


def head(db: Database) -> int:
    """The last act's number; 0 before the first."""
    row = db.one("SELECT max(number) FROM act")
    return int(row[0] or 0) if row else 0


def after(db: Database, number: int) -> list[Act]:
    """The acts behind ``number``, in order."""
    rows = db.rows(
        "SELECT number, at_ms, event, subject, body FROM act WHERE number > ? ORDER BY number", number
    )
    return [
        Act(number, at_ms, event, subject, json.loads(body)) for number, at_ms, event, subject, body in rows
    ]


def settled(db: Database) -> set[str]:
    """The consignments that people have settled."""
    return {subject for (subject,) in db.rows("SELECT subject FROM act WHERE event = ?", SETTLED)}


def written_off(db: Database, kind: str, before_ms: int) -> Counter[str]:
    """How many of each station's blanks on hand were written off before an instant."""
    gone: Counter[str] = Counter()
    for act in after(db, 0):
        if act.event == WRITTEN_OFF and act.at_ms < before_ms and act.body["kind"] == kind:
            for share in ("found", "lost"):
                gone[act.subject] += sum(map(len, act.body[share].values())) + act.body[f"{share}_unnamed"]
    return gone


def store(
    db: Database, upto: int = ingest.NUMBER_MAX, before_ms: int = ingest.NUMBER_MAX
) -> tuple[Ledger, list[fold.Kept]]:
    """The province's own store after its acts up to a number or an instant, and every row they make."""
    ledger, kept = Ledger(PROVINCE_HOLDER), list[fold.Kept]()
    for act in after(db, 0):
        if act.number <= upto and act.at_ms < before_ms:
            kept += fold.kept(PROVINCE_HOLDER, act.number, rows_of(ledger, act))
    return ledger, kept


def rows_of(ledger: Ledger, act: Act) -> list[Row]:
    """The rows of one act; those of the store are posted to ``ledger``."""
    if act.event == WRITTEN_OFF:
        return list(_written_off(act))
    if act.event == SETTLED:
        rows = list(_settled(act))
        for row in rows:
            _follow(ledger, row, act)
        return rows
    return ledger.post(act.event, act.subject, act.body)


def _written_off(act: Act) -> Iterator[Row]:
    """Body: {station, kind, found and lost: {place: [name]}, …_unnamed, consignment, to}."""
    body, station = act.body, str(act.body["station"])
    lost = account_name(Place.LOST, station, "")
    found = account_name(Place.TRANSIT, station, str(body["consignment"]), body["to"])
    for target, told in ((found, "found"), (lost, "lost")):
        for place, names in sorted(body[told].items()):
            source = account_name(Place(place), station, "")
            for name in names:
                yield Row(body["kind"], name, 1, source, target, act.subject)
        if body[f"{told}_unnamed"]:
            source = account_name(Place.UNNAMED, station, "")
            yield Row(body["kind"], None, body[f"{told}_unnamed"], source, target, act.subject)


def _settled(act: Act) -> Iterator[Row]:
    """Body: {kind, receiver, missing: [name], extra: {name: account}, missing_unnamed, extra_unnamed,
    extra_from: {account: count}, back: {name: account}, back_to: {account: count}, …}; older ones have no
    last three."""
    body = act.body
    transit = account_name(Place.TRANSIT, "", act.subject, body["receiver"])
    for name in body["missing"]:
        yield Row(body["kind"], name, 1, transit, LOST, act.subject)
    for name, account in sorted(body["extra"].items()):
        yield Row(body["kind"], name, 1, account, transit, act.subject)
    for name, account in sorted(body.get("back", {}).items()):
        yield Row(body["kind"], name, 1, transit, account, act.subject)
    extra_from = body.get("extra_from", {str(Place.CENTRE): body["extra_unnamed"]})
    for count, source, target in (
        (body["missing_unnamed"], transit, LOST),
        *((count, account, transit) for account, count in sorted(extra_from.items())),
        *((count, transit, account) for account, count in sorted(body.get("back_to", {}).items())),
    ):
        if count:
            yield Row(body["kind"], None, count, source, target, act.subject)


def _follow(ledger: Ledger, row: Row, act: Act) -> None:
    """Let the store's own blanks know what two people's word took out of it or put back."""
    told = {"kind": row.kind, "names": None if row.name is None else [row.name], "count": row.count}
    stores = [account_name(place, PROVINCE_HOLDER, "") for place in (Place.STOCK, Place.UNNAMED)]
    if row.debit in stores:
        ledger.post("blanks_sent", act.subject, {**told, "to": act.body["receiver"]})
    elif row.credit in (*stores, Place.UNKNOWN):
        ledger.post("blanks_received", act.subject, told)
