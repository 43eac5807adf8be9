"""Pieces of sealed packets that come in on the stations' lines, and what each is answered.

Runs in the link's thread, so it does no more than append, sync and, at the end, hash: opening a packet is
the clerk's (hub/recordings/receipts.py). Only what the station's own journal told of is taken; the journal
is read on as far as it is held when a packet is asked for that is not known yet, so no line of ingest
knows of recordings. Rules: sync/PROTOCOL.md, Pieces.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from hub import ingest
from hub.database import Database
from hub.ingest import FORKED
from hub.moves import stand
from hub.recordings.parts import NoRoom, Parts
from sync import pieces
from sync.pieces import Held, Piece
from sync.wire import Dropped

READER = "recordings"
FOLDER = Path("recordings") / "incoming"  # of the hub's home
_SHA256 = re.compile(r"[0-9a-f]{64}")

log = logging.getLogger("loket.hub.recordings")


@dataclass(frozen=True, slots=True)
class Told:
    """A packet that a station's journal told of. ``answered``: its answer stands in the order log."""

    id: str
    size: int
    answered: bool


class Incoming:
    """``parts``: where the pieces are kept; ``whole``: called when a packet is, and must be quick."""

    def __init__(self, parts: Parts, whole: Callable[[], None] = lambda: None) -> None:
        self.parts = parts
        self._whole = whole
        self.spoiled = 0  # whole packets whose SHA-256 was another

    def hear(self, db: Database, station: str, piece: Piece) -> Held:
        """Keep a piece and say how much is held. Raises Dropped with a word, DatabaseLost."""
        whole = self.parts.is_whole(station, piece.sha256)  # asked first: answering it removes the file
        told = announced(db, station, piece.sha256)
        if word := pieces.refusal(piece, None if told is None else told.size):
            raise Dropped(word)
        if told is None or told.answered or whole:
            return Held(piece.sha256, piece.size, gap=True)
        try:
            return self._keep(station, piece)
        except (NoRoom, OSError) as error:
            log.warning("a piece of %s cannot be kept: %s", station, error.__cause__ or error)
            raise Dropped("no_room") from error

    def _keep(self, station: str, piece: Piece) -> Held:
        have = self.parts.have(station, piece.sha256)
        if pieces.fits(piece, have):
            have = self.parts.append(station, piece.sha256, piece.data)
        if have == piece.size:
            if self.parts.finish(station, piece.sha256):
                self._whole()
            else:
                self.spoiled += 1
                log.warning("a packet of %s did not arrive as it was; it is asked for again", station)
                have = 0
        return pieces.answer(piece, have)


def announced(db: Database, station: str, sha: str) -> Told | None:
    """What the station's journal told of a packet. Raises Dropped ``forked`` where nothing more is taken."""
    held = ingest.known(db, station)
    if held.state == FORKED:
        raise Dropped("forked")
    found = _found(db, station, sha)
    if found is None and _read_on(db, station, held.have.seq):
        found = _found(db, station, sha)
    return found


def _found(db: Database, station: str, sha: str) -> Told | None:
    row = db.one(
        "SELECT id, size, log_seq FROM recording_told WHERE station = ? AND sha256 = ?", station, sha
    )
    return Told(row[0], row[1], row[2] is not None) if row else None


def _read_on(db: Database, station: str, held: int) -> bool:
    """Know what the journal tells of packets, as far as it is ``held``; whether there was more to read."""
    row = db.one("SELECT seq FROM reader WHERE name = ? AND station = ?", READER, station)
    if row and row[0] >= held:
        return False
    with db.transaction():
        after = stand(db, READER, station)
        rows = db.rows(
            "SELECT subject, body FROM event WHERE station = ? AND seq > ? AND seq <= ? "
            "AND event = 'recording_sealed' ORDER BY seq",
            *(station, after, held),
        )
        for subject, body in rows:
            _know(db, station, subject, json.loads(body))
        db.run("UPDATE reader SET seq = ? WHERE name = ? AND station = ?", max(after, held), READER, station)
    return True


def _know(db: Database, station: str, id: str, body: dict[str, object]) -> None:
    sha, size = body.get("sha256"), body.get("size")
    if not isinstance(sha, str) or not _SHA256.fullmatch(sha) or type(size) is not int:
        return  # its line stands aside, or comes from a station that tells it otherwise
    if not 0 < size <= ingest.NUMBER_MAX:
        return
    db.run(
        "INSERT INTO recording_told (station, sha256, id, size) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
        *(station, sha, id, size),
    )
