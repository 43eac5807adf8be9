"""The answer to a packet: opened, checked and stored, or why not; a signed line of the station's order log.

Runs in the clerk's thread. A crash between any two steps repeats harmlessly: the packet stays in its file
until its answer is committed, ``keep`` keeps the same packet once, and a packet is answered once.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from hashlib import sha256
from typing import Any

from hub import order_log
from hub.database import Database
from hub.order_log import Writer
from hub.recordings.parts import Parts
from sync.pieces import PACKET_BYTES_MAX

Keep = Callable[[Database, str, str, bytes], str | None]
"""(database, station, recording, sealed bytes) -> None once it is stored for good, or the word why it never
will be. Not in a transaction; told the same twice it changes nothing. Errors: OSError, DatabaseLost."""

TOO_LARGE = "PACKET_LARGE"
AGAIN_MS = 30_000  # after a disk that took nothing

log = logging.getLogger("loket.hub.recordings")


class Receipts:
    """``settle`` is called whenever something came in, and now and then."""

    def __init__(self, parts: Parts, keep: Keep) -> None:
        self._parts = parts
        self._keep = keep
        self._not_before_ms = 0

    def settle(self, db: Database, writer: Writer) -> int:
        """Answer every packet that is whole; how many were answered now. Errors: DatabaseLost."""
        if writer.now_ms < self._not_before_ms <= writer.now_ms + AGAIN_MS:
            return 0
        done = 0
        for station, sha in self._parts.whole():
            try:
                done += self._settled(db, station, sha, writer)
            except OSError as error:  # of one file, maybe: those behind it are not held up
                log.error("a recording of %s cannot be stored: %s", station, error.strerror)
                self._not_before_ms = writer.now_ms + AGAIN_MS
        return done + _refuse_the_too_large(db, writer)

    def _settled(self, db: Database, station: str, sha: str, writer: Writer) -> bool:
        told = db.one("SELECT id, log_seq FROM recording_told WHERE station = ? AND sha256 = ?", station, sha)
        new = False
        if told is not None and told[1] is None:
            sealed = self._parts.read(station, sha)
            if (
                sha256(sealed).hexdigest() != sha
            ):  # this disk, not the station: it will ask, and send it again
                self._parts.remove(station, sha)
                return False
            word = self._keep(db, station, told[0], sealed)
            new = answer(db, station, sha, word, writer)
        self._parts.remove(station, sha)
        return new


def answer(
    db: Database, station: str, sha: str, word: str | None, writer: Writer, *, again: bool = False
) -> bool:
    """Put the receipt in the station's order log, or ``word`` why there is none.

    False if the station never told of it, or if it was answered. ``again``: whatever was answered before.
    """
    with db.transaction():
        row = db.locked("SELECT order_head FROM station WHERE station = ?", station)
        told = db.locked(
            "SELECT id, size, log_seq FROM recording_told WHERE station = ? AND sha256 = ?", station, sha
        )
        if row is None or told is None or (told[2] is not None and not again):
            return False
        id, size, _ = told
        event = "recording_received" if word is None else "recording_rejected"
        body: dict[str, Any] = {"sha256": sha} | ({"size": size} if word is None else {"word": word})
        lines = [(id, writer.signed(station, id, body))]
        ((_, seq),) = order_log.append(db, station, row[0], event, lines, writer)
        db.run("UPDATE recording_told SET log_seq = ? WHERE station = ? AND sha256 = ?", seq, station, sha)
    return True


def _refuse_the_too_large(db: Database, writer: Writer) -> int:
    """Packets whose pieces are never taken: their stations are told, and show it."""
    rows = db.rows(
        "SELECT station, sha256 FROM recording_told WHERE log_seq IS NULL AND size > ?", PACKET_BYTES_MAX
    )
    return sum(answer(db, station, sha, TOO_LARGE, writer) for station, sha in rows)
