"""Does the journal hold? Every line bound to the one before, none missing, and every job, every
temporary certificate and every blank where the journal says it is.

Reads with a read-only connection, a piece at a time; changes nothing. Truncation of the very end is
seen by AUTOINCREMENT's own count; a whole older copy put back is for the hub to see, by epoch.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from agent.counter import suket
from agent.printing import states
from agent.stock import blanks
from agent.store import sqlite
from agent.store.journal import GENESIS, body_of, row_hash
from agent.store.sqlite import Reads
from agent.trouble import Trouble

_PIECE = 2000


@dataclass(frozen=True, slots=True)
class Finding:
    """``seq`` is the first line that does not hold, or 0 where it is no single line."""

    seq: int
    text: str


def verify(reads: Reads) -> int | Finding:
    """The number of lines when everything holds, else the first thing that does not."""
    lives, last = (Life(*_JOBS), Life(*_SUKET)), 0
    try:
        for seq, odd in _followed(reads, lives):
            if odd:
                return Finding(seq, odd)
            last = seq
    except sqlite.Error as error:
        if not sqlite.is_damaged(error):
            raise
        return Finding(last + 1, "the line cannot be read: the database is damaged here")
    try:
        return _beside(reads, lives, last)
    except sqlite.Error as error:
        if not sqlite.is_damaged(error):
            raise
        return Finding(0, f"all {last} lines hold, and what stands beside the journal is damaged")


def _followed(reads: Reads, lives: tuple[Life, ...]) -> Iterator[tuple[int, str]]:
    """Each line's seq, and what of it does not hold, empty where it does."""
    before, last = GENESIS, 0
    for seq, epoch, at_ms, event, subject, body, told in _lines(reads):
        if seq != last + 1:
            yield last + 1, "the line is missing"
        try:
            before = row_hash(before, (seq, epoch, at_ms, event, subject, body))
        except (TypeError, ValueError):  # bytes, or no number at all, where a flipped bit says so
            yield seq, "the line is none: the database is damaged here"
            return
        if told != before:
            yield seq, "the line or one before it was changed"
        odd = "" if _is_object(body) else "what the line tells is no JSON object"
        yield seq, odd or next(filter(None, (life.follow(event, subject, body) for life in lives)), "")
        last = seq


def _is_object(body: str) -> bool:
    try:
        body_of(body)
    except Trouble:
        return False
    return True


def _beside(reads: Reads, lives: tuple[Life, ...], last: int) -> int | Finding:
    """The same of the end of the journal, and of the rows beside it."""
    given = reads.rows("SELECT seq FROM sqlite_sequence WHERE name = 'journal'")
    if given and given[0][0] != last:
        return Finding(last + 1, f"lines up to {given[0][0]} were written and are gone")
    for life in lives:
        if odd := life.compare(reads):
            return Finding(0, odd)
    if strays := blanks.astray(reads):
        return Finding(0, f"the row of blank {strays[0]} says otherwise than the journal")
    return last


def _lines(reads: Reads) -> Iterator[tuple[Any, ...]]:
    sql = (
        "SELECT seq, epoch, at_ms, event, subject, body, hash FROM journal WHERE seq > ? ORDER BY seq LIMIT ?"
    )
    after, piece = 0, _PIECE
    while True:
        try:
            found = reads.rows(sql, after, piece)
        except sqlite.Error as error:
            if piece == 1 or not sqlite.is_damaged(error):
                raise
            piece = 1  # up to the very line that cannot be read
            continue
        if not found:
            return
        yield from found
        after = found[-1][0]


Table = Mapping[Any, Mapping[Any, Any]]
_JOBS = ("job", "SELECT id, state FROM job ORDER BY id", "job_queued", states.FIRST, states.TRANSITIONS)
_SUKET = (
    "certificate",
    "SELECT number, state FROM suket ORDER BY number",
    "suket_issued",
    suket.State.ISSUED,
    suket.TRANSITIONS,
)


class Life:
    """The life of many things by one table, told from the journal and compared with their rows."""

    def __init__(self, noun: str, rows: str, begins: str, first: Any, table: Table) -> None:
        self._noun, self._rows, self._begins, self._first, self._table = noun, rows, begins, first, table
        self._words = {str(event) for arrows in table.values() for event in arrows}
        self._now: dict[str, Any] = {}

    def follow(self, event: str, subject: str, body: str) -> str:
        """Move ``subject`` as the journal says; empty, or why it cannot be."""
        if event == self._begins:
            if subject in self._now:
                return f"{self._noun} {subject} is begun a second time"
            self._now[subject] = self._first
        elif event in self._words:
            if subject not in self._now:
                foreign = json.loads(body).get("elsewhere")  # given at another office, taken in here
                return "" if foreign else f"{self._noun} {subject} moves and was never begun"
            now = self._now[subject]
            arrows = {str(arrow): after for arrow, after in self._table[now].items()}
            if event not in arrows:
                return f"a {self._noun} that is {now} cannot become {event}"
            self._now[subject] = arrows[event]
        return ""

    def compare(self, reads: Reads) -> str:
        """Empty, or which row says something else than the journal."""
        for name, state in reads.rows(self._rows):
            if self._now.pop(name, None) != state:
                return f"the row of {self._noun} {name} says {state}, the journal does not"
        return f"the row of {self._noun} {min(self._now)} is gone" if self._now else ""


def as_line(row: tuple[Any, ...]) -> dict[str, Any]:
    """One line as ``loket journal --json`` prints it, of (seq, epoch, at_ms, event, subject, body)."""
    from agent.status import stamp

    seq, epoch, at_ms, event, subject, body = row
    detail = body_of(body)
    return {"seq": seq, "epoch": epoch, "at": stamp(at_ms), "event": event, "job": subject, "detail": detail}
