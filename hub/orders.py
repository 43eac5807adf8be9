"""Orders: taken in once, owed to exactly one station, put into that station's log by priority.

A record's personal part rests sealed to the hub itself. It is opened in memory only to be sealed to a
station, when the order is appended to that station's log; an order for a station that has not joined yet
waits until its key is known. ``dispatch`` is the only writer of order logs besides a withdrawal, and
does again what was left undone: import, joining, moving and every start of the hub end in it.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Sequence
from dataclasses import dataclass, field
from hashlib import sha256
from itertools import islice
from pathlib import Path
from typing import Any

from domain.keys import SealKey, order_info
from domain.policy import Policy, rank
from domain.wita import day
from domain.words import RefusedByRule
from hub import ingest, order_file, persons, policies, sukets
from hub.database import Database
from hub.order_form import Order, order_of, shown
from hub.order_log import Writer, append

ROWS_A_COMMIT = 200


@dataclass(slots=True)
class Imported:
    """What became of a list: ``refused`` holds ``{order, word}`` per refused row, with its line."""

    new: int = 0
    known: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As ``orders import --json`` prints it."""
        return {"new": self.new, "known": self.known, "refused": self.refused}


def bring_in(db: Database, path: Path, writer: Writer) -> Imported:
    """Import a list. A file that is no list changes nothing; a refused row does not stop the others.

    Errors: Trouble naming the line of a broken file.
    """
    order_file.check(path)
    done = Imported()
    names = {station.name for station in ingest.stations(db)}
    persons.know_all(db, writer.keys)
    rows = order_file.read(path)
    rules, today = policies.current(db, writer.now_ms), day(writer.now_ms)
    while chunk := list(islice(rows, ROWS_A_COMMIT)):
        orders: list[tuple[int, Order]] = []
        for row in chunk:
            try:
                content = writer.keys.content
                order = order_of(row.fields, path.parent, content, names.__contains__, rules, today)
                orders.append((row.line, order))
            except RefusedByRule as refused:
                done.refused.append({"order": shown(row.fields), "word": refused.word, "line": row.line})
        _keep(db, orders, rules, writer, done)
    dispatch_all(db, writer)
    return done


def _keep(
    db: Database, orders: list[tuple[int, Order]], rules: Policy, writer: Writer, done: Imported
) -> None:
    """One commit: what is new is kept, what is known is compared."""
    own = writer.keys.open.public()
    with db.transaction():
        for line, order in orders:
            row = db.one("SELECT content FROM order_ WHERE id = ?", order.name)
            if row is None and (other := persons.open_order(db, order.person)):
                told = {"order": order.name, "word": "PERSON_ON_ORDER", "line": line, "other": other}
                done.refused.append(told)
            elif row is None:
                sealed = own.seal(order.personal, persons.own_info(order.name))
                _insert(db, order, rank(rules, order.reason), sealed, writer.now_ms)
                done.new += 1
            elif bytes(row[0]) == order.content:
                done.known += 1
            else:
                done.refused.append({"order": order.name, "word": "ORDER_CHANGED", "line": line})


def _insert(db: Database, order: Order, place: int, sealed: bytes, now_ms: int) -> None:
    db.run(
        "INSERT INTO order_ (id, station, kind, reason, rank, requested, content, sealed, imported_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(order.name, order.station, order.kind, order.reason, place, order.requested),
        *(order.content, sealed, now_ms),
    )
    persons.know(db, order.name, order.person)


def dispatch_all(db: Database, writer: Writer) -> int:
    """Append every order and policy that waits for a station that has joined; how many orders were."""
    waiting = db.rows(
        "SELECT DISTINCT o.station FROM order_ o JOIN station s ON s.station = o.station "
        "WHERE o.log_seq IS NULL AND s.seal_key IS NOT NULL AND s.state <> ?",
        ingest.FORKED,
    )
    names = {name for (name,) in waiting} | set(policies.unsent_to(db))
    return sum(dispatch(db, name, writer) for name in sorted(names))


def dispatch(db: Database, name: str, writer: Writer) -> int:
    """Append the waiting orders of a station that has joined, by priority; how many were.

    The policies that its log lacks come before them. A forked station gets none."""
    done = 0
    while True:
        with db.transaction():
            row = db.locked("SELECT seal_key, order_head, state FROM station WHERE station = ?", name)
            if row is None or row[0] is None or row[2] == ingest.FORKED:
                return done
            head = _send_policies(db, name, row[1], writer)
            if not done:
                policies.rerank(db, name, writer.now_ms)
            waiting = db.rows_locked(  # an order that is just being moved away must not be owed here too
                "SELECT id, kind, reason, requested, sealed FROM order_ "
                "WHERE station = ? AND log_seq IS NULL ORDER BY rank, requested, id LIMIT ?",
                name,
                ROWS_A_COMMIT,
            )
            seal_to = SealKey(row[0])
            bodies = [
                (order[0], _body(name, seal_to, order, writer, sukets.carried(db, order[0])))
                for order in waiting
            ]
            for order, seq in append(db, name, head, "order", bodies, writer):
                db.run("UPDATE order_ SET log_seq = ? WHERE id = ?", seq, order)
        done += len(waiting)
        if len(waiting) < ROWS_A_COMMIT:
            return done


def _send_policies(db: Database, name: str, head: int, writer: Writer) -> int:
    """What the station's log lacks of the rules goes before its orders; the log's head then."""
    rules = policies.owed(db, name, writer)
    for policy, seq in append(db, name, head, "policy", rules, writer):
        policies.sent(db, name, policy, seq)
    return head + len(rules)


def _body(
    name: str, seal_to: SealKey, order: Sequence[Any], writer: Writer, suket: dict[str, Any] | None
) -> dict[str, Any]:
    """An order as its station will check it: sealed to the station, signed by the province.

    ``suket``: the certificate that another station gave its holder.
    """
    ident, kind, reason, requested, sealed = order
    personal = writer.keys.open.open(bytes(sealed), persons.own_info(ident))
    payload = seal_to.seal(personal, order_info(name, ident))
    body: dict[str, Any] = {
        "kind": kind,
        "reason": reason,
        "requested": requested,
        "payload_sha256": sha256(payload).hexdigest(),
        "payload": b64encode(payload).decode(),
        **({} if suket is None else {"suket": suket}),
    }
    return writer.signed(name, ident, body)
