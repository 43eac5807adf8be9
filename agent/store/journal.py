"""The journal: what happened at this station, in order, for ever, and the outbox to the province.

One writer (this class, one connection, one lock) and any number of read-only connections. Every
write is one BEGIN IMMEDIATE … COMMIT with synchronous=FULL, so that a call that returned is on
the disk. Each row is bound to the one before it by SHA-256. When the disk fails in a way that
leaves the outcome unknown, the process stops on the spot: a commit that raised may still be
there after a restart, so nobody may be told anything. A full disk is different: the transaction
was undone, the reserve is given back, and ``write`` tries once more.
"""

from __future__ import annotations

import json
import os
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from hashlib import sha256
from pathlib import Path
from typing import Any, TypeVar

from agent.store import sqlite
from agent.trouble import Trouble
from domain import events
from sync.log import Entry, Mark

T = TypeVar("T")
GENESIS = bytes(32)
DISK_FULL = sqlite.DISK_FULL
_canonical = json.JSONEncoder(
    sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
).encode
_INSERT = "INSERT INTO journal (seq, epoch, at_ms, event, subject, body, hash) VALUES (?, ?, ?, ?, ?, ?, ?)"


class JournalBroken(Exception):
    """The disk answered so that nobody knows what it holds; the process must stop."""


class DiskFull(Exception):
    """The disk is full. The transaction was undone as a whole; what was told before is safe."""


def stop_now(sentence: str) -> None:
    """End the process without any clean-up: the next start reads what really is on the disk."""
    sys.stderr.write(f"loket: {sentence}\n")
    sys.stderr.flush()
    os._exit(1)


def row_hash(before: bytes, row: tuple[int, int, int, str, str, str]) -> bytes:
    """The hash of a row (seq, epoch, at_ms, event, subject, body as stored), bound to the one before."""
    return sha256(before + _canonical(row).encode()).digest()


class Tx:
    """One transaction. Only valid inside ``with journal.transaction()``."""

    def __init__(self, db: sqlite.Connection, epoch: int, at_ms: int, seq: int, head: bytes) -> None:
        self.at_ms = at_ms
        self.seq = seq
        self.epoch = epoch
        self._head = head
        self._db = db

    def note(self, event: str, subject: str, body: Mapping[str, Any]) -> int:
        """Append one line and return its seq. Raises ValueError for a body that lacks a field."""
        if lacks := events.missing(events.JOURNAL, event, body):
            raise ValueError(f"{event} lacks {', '.join(sorted(lacks))}")
        seq = self.seq + 1
        row = (seq, self.epoch, self.at_ms, event, subject, _canonical(body))
        self._head = row_hash(self._head, row)
        self._db.execute(_INSERT, (*row, self._head))
        self.seq = seq
        return seq

    def execute(self, sql: str, *values: Any) -> int:
        """Run one statement; the number of rows it changed."""
        return self._db.execute(sql, values).rowcount

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows that ``sql`` gives, as this transaction sees them."""
        return self._db.execute(sql, values).fetchall()

    @property
    def head(self) -> bytes:
        """The hash of the last line."""
        return self._head


class Journal:
    """The one writer. ``clock``: Unix milliseconds; ``epoch``: 63 random bits, new at each start.

    ``on_broken`` is called with one sentence when the process must stop; ``make_room`` when the
    disk is full, and says whether it could free anything; ``has_room`` says whether it still could.
    """

    def __init__(
        self,
        path: Path,
        epoch: int,
        clock: Callable[[], int],
        *,
        make_room: Callable[[], bool] = lambda: False,
        has_room: Callable[[], bool] = lambda: True,
        on_broken: Callable[[str], None] = stop_now,
    ) -> None:
        self.path = path
        self.epoch = epoch
        self.has_room = has_room
        self._clock = clock
        self._make_room = make_room
        self._on_broken = on_broken
        self._broken = ""
        self._lock = threading.RLock()
        self._db = sqlite.open_database(path)
        self._seq, self._head = self._read_head()
        self._epoch_noted = False

    def _read_head(self) -> tuple[int, bytes]:
        last = self._db.execute("SELECT seq, hash FROM journal ORDER BY seq DESC LIMIT 1").fetchone()
        (given,) = self._db.execute(
            "SELECT coalesce(max(seq), 0) FROM sqlite_sequence WHERE name = 'journal'"
        ).fetchone()
        return (max(given, last[0]), last[1]) if last else (given, GENESIS)

    @contextmanager
    def transaction(self) -> Iterator[Tx]:
        """All or nothing, on the disk when the block is left without an exception.

        Raises DiskFull (undone, nothing lost) and JournalBroken (after ``on_broken`` was called).
        """
        with self._lock:
            tx = self._begin()
            try:
                yield tx
                self._db.execute("COMMIT")
            except BaseException as error:
                self._undo(error)
                raise
            self._seq, self._head = tx.seq, tx.head
            self._epoch_noted = True

    def _begin(self) -> Tx:
        if self._broken:
            raise JournalBroken(self._broken)
        try:
            self._db.execute("BEGIN IMMEDIATE")
            now = self._clock()
            if not self._epoch_noted:
                self._db.execute("INSERT OR IGNORE INTO epoch VALUES (?, ?)", (self.epoch, now))
        except sqlite.Error as error:
            self._undo(error)
            raise
        return Tx(self._db, self.epoch, now, self._seq, self._head)

    def _undo(self, error: BaseException) -> None:
        """Roll back; turn what SQLite said into DiskFull or JournalBroken where it is one of them."""
        if not sqlite.is_broken(error):
            try:
                if self._db.in_transaction:
                    self._db.execute("ROLLBACK")
            except sqlite.Error as second:
                error = second
        if sqlite.is_broken(error):
            self._broken = f"the journal's disk failed ({error}); the station stops to read it again"
            self._on_broken(self._broken)
            raise JournalBroken(self._broken) from error
        if sqlite.is_full(error):
            raise DiskFull(DISK_FULL) from error

    def write(self, work: Callable[[Tx], T]) -> T:
        """Run ``work`` in one transaction; once more if the disk was full and room could be made."""
        with self._lock:
            try:
                with self.transaction() as tx:
                    return work(tx)
            except DiskFull:
                if not self._make_room():
                    raise
            with self.transaction() as tx:
                return work(tx)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows that ``sql`` gives, committed ones only."""
        with self._lock:
            return self._db.execute(sql, values).fetchall()

    def entries(self, after: int, limit: int) -> list[Entry]:
        """At most ``limit`` lines with a seq above ``after``, in order."""
        return entries(self, after, limit)

    def head(self) -> int:
        """The seq of the last line, 0 before the first."""
        with self._lock:
            return self._seq

    def last(self) -> Mark:
        """The place after the last line: its seq and the epoch it was written in."""
        found = self.rows("SELECT seq, epoch FROM journal ORDER BY seq DESC LIMIT 1")
        return Mark(*found[0]) if found else Mark(0, 0)

    def cursor(self, name: str) -> int:
        """How far ``name`` ('hub_has', 'orders_have') has got."""
        return cursor(self, name)

    def mark(self, name: str) -> Mark:
        """The same with the epoch of the line it stands at."""
        return mark(self, name)

    def close(self, *, clean: bool = False) -> None:
        """Let go of the file; ``clean`` leaves word that the next start need not doubt anything."""
        with self._lock:
            if clean and not self._broken:
                with suppress(DiskFull):  # the next start looks the file over, and that is all
                    self.write(lambda tx: set_meta(tx, "stopped", "clean"))
            self._db.close()


def entries(reads: sqlite.Reads, after: int, limit: int) -> list[Entry]:
    """At most ``limit`` journal lines with a seq above ``after``, in order."""
    found = reads.rows(
        "SELECT seq, epoch, at_ms, event, subject, body FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
        after,
        limit,
    )
    return [Entry(row[0], row[1], row[2], row[3], row[4], body_of(row[5])) for row in found]


def body_of(text: str) -> dict[str, Any]:
    """What a line tells, of its text. Raises Trouble for a text that no Loket wrote."""
    with suppress(ValueError, TypeError):
        if isinstance(body := json.loads(text), dict):
            return body
    raise Trouble("A line of the journal is damaged; `loket audit verify` tells which. Print nothing here.")


def cursor(reads: sqlite.Reads, name: str) -> int:
    """How far ``name`` has got. Raises KeyError for a cursor that does not exist."""
    return mark(reads, name).seq


def mark(reads: sqlite.Reads, name: str) -> Mark:
    """The place ``name`` has got to, with the epoch that line was written in."""
    found = reads.rows("SELECT seq, epoch FROM cursor WHERE name = ?", name)
    if not found:
        raise KeyError(name)
    return Mark(*found[0])


def set_cursor(tx: Tx, name: str, seq: int, epoch: int = 0) -> None:
    """Put ``name`` at ``seq``, which may lie further back: a hub restored from a backup has less."""
    tx.execute("UPDATE cursor SET seq = ?, epoch = ?, at_ms = ? WHERE name = ?", seq, epoch, tx.at_ms, name)


def meta(reads: sqlite.Reads, name: str, default: str = "") -> str:
    """A single remembered word."""
    found = reads.rows("SELECT value FROM meta WHERE name = ?", name)
    return str(found[0][0]) if found else default


def set_meta(tx: Tx, name: str, value: str) -> None:
    """Remember a single word."""
    tx.execute(
        "INSERT INTO meta VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET value = excluded.value", name, value
    )


def note_start(tx: Tx, version: str) -> str:
    """Write ``station_started`` and return how the last run ended: first, clean or unclean."""
    after = meta(tx, "stopped", "first")
    set_meta(tx, "stopped", "unclean")
    tx.note("station_started", "", {"version": version, "sqlite": sqlite.VERSION, "after": after})
    return after
