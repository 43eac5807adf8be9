"""From journals to ledgers and their rows: what of a line may be posted, and what a holder's blanks are.

A line that cannot be read posts nothing; it stays in ``event``. The rows of table ``ledger`` are these
postings kept: (holder, line, place in the line) names each, so that a row lost can be told.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from domain import events
from domain.accounts import MOVES, Posting, postings
from domain.ledger import Ledger, Row
from domain.policy import KINDS
from hub import ingest
from hub.database import Database, Value

COLUMNS = ("station", "seq", "number", "kind", "blank", "count", "debit", "credit", "subject")
COUNT_MAX = 10_000_000
BLANK_EVENTS = tuple(MOVES)

Kept = tuple[Value, ...]
"""A row as table ``ledger`` holds it, in the order of COLUMNS."""


def readable(event: str, body: Mapping[str, Any]) -> bool:
    """Whether a line says all that its event has to."""
    return not events.missing(events.JOURNAL, event, body)


def post(ledger: Ledger, event: str, subject: str, body: Mapping[str, Any]) -> list[Row]:
    """Post one line to a ledger, unless it cannot be read; its rows."""
    return ledger.post(event, subject, body) if can_be_posted(event, subject, body) else []


def can_be_posted(event: str, subject: str, body: Mapping[str, Any]) -> bool:
    """Whether a line tells of blanks, and nothing of them that cannot be."""
    if event not in MOVES or not readable(event, body):
        return False
    try:
        return all(map(_possible, postings(event, subject, body)))
    except TypeError:
        return False  # a number where a list of names has to be


def _possible(posting: Posting) -> bool:
    """Whether a posting holds what a column holds, and a kind that is one."""
    name, count, to = posting.name, posting.count, posting.to
    return (
        (name is None or (isinstance(name, str) and ingest.plain(name) == name))
        and (posting.kind is None or (isinstance(posting.kind, str) and posting.kind in KINDS))
        and type(count) is int
        and 0 <= count <= COUNT_MAX
        and (to is None or (isinstance(to, str) and ingest.plain(to) == to))
    )


def kept(holder: str, seq: int, rows: Sequence[Row]) -> list[Kept]:
    """The rows of one line as they are kept."""
    return [
        (holder, seq, number, row.kind, row.name, row.count, row.debit, row.credit, row.subject)
        for number, row in enumerate(rows)
    ]


def ledger_of(db: Database, station: str, upto: int) -> Ledger:
    """A station's blanks after its line ``upto``."""
    return rows_of(db, station, upto)[0]


def rows_of(
    db: Database, station: str, upto: int, before_ms: int = ingest.NUMBER_MAX
) -> tuple[Ledger, list[Kept]]:
    """A station's blanks after its line ``upto``, and every row that its journal makes up to there.

    ``before_ms``: only what was told before an instant of its clock.
    """
    marks = ", ".join("?" * len(BLANK_EVENTS))
    lines = db.rows(
        f"SELECT seq, event, subject, body FROM event WHERE station = ? AND seq <= ? AND event IN ({marks}) "  # noqa: S608
        "AND at_ms < ? ORDER BY seq",
        station,
        upto,
        *BLANK_EVENTS,
        before_ms,
    )
    ledger, rows = Ledger(station), list[Kept]()
    for seq, event, subject, body in lines:
        rows += kept(station, seq, post(ledger, event, subject, json.loads(body)))
    return ledger, rows
