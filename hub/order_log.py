"""A station's order log: who writes it, how a line is put behind its head, and what a link reads of it.

What the lines say is the business of whoever appends them: orders, moves, policies, announced blanks.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from domain.keys import order_bytes
from hub import ingest
from hub.database import Database
from hub.home import Keys
from sync.log import START, Entry, Mark

LOG_COLUMNS = ("station", "seq", "epoch", "at_ms", "event", "subject", "body")


@dataclass(frozen=True, slots=True)
class Writer:
    """Who writes order logs: the keys, this start's epoch, and the moment (unix ms)."""

    keys: Keys
    epoch: int
    now_ms: int

    def signed(self, station: str, subject: str, body: dict[str, Any]) -> dict[str, Any]:
        """``body`` with the province's signature, which holds for this station and subject only."""
        signature = self.keys.sign.sign(order_bytes(station, subject, body))
        return body | {"signature": b64encode(signature).decode()}


def append(
    db: Database,
    name: str,
    head: int,
    event: str,
    told: Sequence[tuple[str, dict[str, Any]]],
    writer: Writer,
) -> Iterator[tuple[str, int]]:
    """Append (subject, body) lines behind ``head`` of a station's log, whose row the caller has locked.

    Gives (subject, seq) of each.
    """
    lines = [
        Entry(head + place, writer.epoch, writer.now_ms, event, subject, body)
        for place, (subject, body) in enumerate(told, start=1)
    ]
    db.copy_rows("order_log", LOG_COLUMNS, [ingest.row_of(name, line) for line in lines])
    db.run("UPDATE station SET order_head = ? WHERE station = ?", head + len(lines), name)
    return iter([(line.subject, line.seq) for line in lines])


class OrderLog:
    """One station's order log, as sync.log.OwnedLog asks for it."""

    def __init__(self, db: Database, name: str) -> None:
        self._db = db
        self._name = name

    def base(self) -> Mark:
        """The whole log is kept."""
        return START

    def head(self) -> Mark:
        """The last line."""
        row = self._db.one(
            "SELECT seq, epoch FROM order_log WHERE station = ? ORDER BY seq DESC LIMIT 1", self._name
        )
        return Mark(*row) if row else START

    def read(self, after: int, limit: int) -> list[Entry]:
        """Lines after a number, in order; none for a forked station."""
        row = self._db.one("SELECT state FROM station WHERE station = ?", self._name)
        if row == (ingest.FORKED,):
            return []
        return log_after(self._db, self._name, after, limit)

    def acknowledged(self, mark: Mark) -> None:
        """The station holds the log as far as ``mark``: only ever shown."""
        order_have(self._db, self._name, mark.seq)


def log_after(db: Database, name: str, after: int, limit: int) -> list[Entry]:
    """Lines of a station's order log after a number, in order."""
    rows = db.rows(
        "SELECT seq, epoch, at_ms, event, subject, body FROM order_log WHERE station = ? AND seq > ? "
        "ORDER BY seq LIMIT ?",
        *(name, after, limit),
    )
    return [ingest.entry_of(row) for row in rows]


def order_have(db: Database, name: str, seq: int) -> None:
    """Remember how far the station holds its order log."""
    db.run("UPDATE station SET order_have = ? WHERE station = ? AND order_have <> ?", seq, name, seq)
