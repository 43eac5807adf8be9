"""Telling a station what is on its way to it: lines ``blanks_announced`` in its order log, signed.

What the province sends is announced when it is booked; what another station sent is announced as soon as
its journal told it (``forward``), so that the receiver can compare without asking the sender.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from hub import ingest, order_log
from hub.books import fold
from hub.database import Database
from hub.ingest import FORKED
from hub.moves import stand
from hub.order_log import Writer

NAMES_A_LINE_MAX = 2000
READER = "announcer"
LINES_A_LOOK = 2000  # without anything sent, the reader moves on only so often


def announce(
    db: Database,
    to: str,
    consignment: str,
    kind: str,
    names: Sequence[str] | None,
    count: int,
    sender: str,
    writer: Writer,
) -> None:
    """Append the lines to the order log of ``to``, in the caller's transaction; nothing to a forked one."""
    row = db.locked("SELECT order_head, state FROM station WHERE station = ?", to)
    if row is None or row[1] == FORKED:
        return
    pieces: list[Sequence[str] | None] = [None]
    if names is not None:
        pieces = [names[at : at + NAMES_A_LINE_MAX] for at in range(0, len(names), NAMES_A_LINE_MAX)]
    bodies = []
    for piece, part in enumerate(pieces):
        told = None if part is None else list(part)
        body: dict[str, Any] = {"kind": kind, "names": told, "count": count, "sender": sender, "piece": piece}
        bodies.append((consignment, writer.signed(to, consignment, body)))
    list(order_log.append(db, to, row[0], "blanks_announced", bodies, writer))


def forward(db: Database, writer: Writer) -> int:
    """Announce to their receivers what the stations told they sent since the last time; how many lines."""
    told = 0
    stood: dict[str, int] = dict(db.rows("SELECT station, seq FROM reader WHERE name = ?", READER))
    for station in ingest.stations(db):
        after, held = stood.get(station.name, 0), station.have.seq
        if held - after >= LINES_A_LOOK or (after < held and _any(db, station.name, after, held)):
            told += _turn(db, station.name, writer)
    return told


def _any(db: Database, name: str, after: int, held: int) -> bool:
    """Whether anything was sent. Most journals tell of it seldom: no write for nothing."""
    sql = "SELECT 1 FROM event WHERE station = ? AND seq > ? AND seq <= ? AND event = ? LIMIT 1"
    return db.one(sql, name, after, held, "blanks_sent") is not None


def _turn(db: Database, name: str, writer: Writer) -> int:
    with db.transaction():
        after = stand(db, READER, name)
        held = ingest.known(db, name).have.seq
        rows = db.rows(
            "SELECT subject, body FROM event WHERE station = ? AND seq > ? AND seq <= ? AND event = ? "
            "ORDER BY seq",
            *(name, after, held, "blanks_sent"),
        )
        for consignment in dict.fromkeys(subject for subject, _ in rows):
            _pass_on(db, name, consignment, held, writer)
        db.run("UPDATE reader SET seq = ? WHERE name = ? AND station = ?", held, READER, name)
    return len(rows)


def _pass_on(db: Database, name: str, consignment: str, upto: int, writer: Writer) -> None:
    """Announce one consignment as far as its sender has told it, from its first line on."""
    rows = db.rows(
        "SELECT body FROM event WHERE station = ? AND seq <= ? AND event = ? AND subject = ? ORDER BY seq",
        *(name, upto, "blanks_sent", consignment),
    )
    bodies = [json.loads(body) for (body,) in rows]
    bodies = [body for body in bodies if fold.can_be_posted("blanks_sent", consignment, body)]
    if not bodies:
        return
    names = None if bodies[0]["names"] is None else [each for body in bodies for each in body["names"] or ()]
    count = len(names) if names is not None else bodies[0]["count"]
    if count:
        announce(db, bodies[0]["to"], consignment, bodies[0]["kind"], names, count, name, writer)
