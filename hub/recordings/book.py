"""The kept recordings as rows: what is listed, the centre's answers, and what each station is told of them.

An answer of the centre is kept once, whatever it says; one that does not follow the answer before it
(domain/recording.py) is flagged for somebody to look at, never lost. Each new one becomes a line of its
station's order log, signed for that station, in the same commit.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from domain import people
from domain.recording import Status, odd
from hub import ingest, order_log
from hub.database import Database
from hub.order_log import Writer
from hub.recordings.keep import ODD_ANSWER
from hub.reports import stamp

_COLUMNS = "id, station, sha256, size, received_ms, status, flags"


@dataclass(frozen=True, slots=True)
class Kept:
    """One recording's row; nothing of it names a person."""

    id: str
    station: str
    sha256: str
    size: int
    received_ms: int
    status: str
    flags: tuple[str, ...]

    def to_json(self) -> dict[str, Any]:
        """As ``recordings list --json`` prints it."""
        return {
            "recording": self.id,
            "station": self.station,
            "status": self.status,
            "received_at": stamp(self.received_ms),
            "size": self.size,
            "sha256": self.sha256,
            "flags": list(self.flags),
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """One line of the centre's list. ``told``: when, in the centre's words; ``line``: where it stands."""

    recording: str
    status: str
    told: str = ""
    line: int = 0


@dataclass(slots=True)
class Taken:
    """What became of a list of answers."""

    new: int = 0
    known: int = 0
    odd: list[dict[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)

    def to_json(self) -> dict[str, Any]:
        """As ``recordings import --json`` prints it."""
        return {"new": self.new, "known": self.known, "odd": self.odd, "refused": self.refused}


def every(db: Database) -> list[Kept]:
    """All of them, by station and the time they came."""
    rows = db.rows(f"SELECT {_COLUMNS} FROM recording ORDER BY station, received_ms, id")  # noqa: S608
    return [_kept(row) for row in rows]


def get(db: Database, recording: str) -> Kept | None:
    """One of them."""
    row = db.one(f"SELECT {_COLUMNS} FROM recording WHERE id = ?", recording)  # noqa: S608
    return _kept(row) if row else None


def _kept(row: tuple[Any, ...]) -> Kept:
    id, station, sha, size, received_ms, status, flags = row
    return Kept(id, station, sha, size, received_ms, status, tuple(json.loads(flags)))


def answers(db: Database, recording: str) -> list[dict[str, Any]]:
    """What the centre said of a recording, as it came in: {status, at, odd}."""
    rows = db.rows(
        "SELECT status, told, odd FROM recording_answer WHERE id = ? ORDER BY imported_ms, told, status",
        recording,
    )
    return [{"status": status, "at": told or None, "odd": bool(strange)} for status, told, strange in rows]


def take(db: Database, told: Iterable[Answer], writer: Writer) -> Taken:
    """Take the centre's answers in; a refused one does not stop the others."""
    done = Taken()
    for answer in told:
        word = _refusal(answer)
        kept = None if word else get(db, answer.recording)
        if kept is None:
            name = "*" * 16 if people.holds_nik(answer.recording) else answer.recording[:64]
            done.refused.append({"recording": name, "word": word or "UNKNOWN_RECORDING", "line": answer.line})
            continue
        state = apply(db, kept.id, answer, writer)
        done.new += state != "known"
        done.known += state == "known"
        if state == "odd":
            done.odd.append({"recording": kept.id, "status": answer.status, "line": answer.line})
    return done


def _refusal(answer: Answer) -> str | None:
    return None if answer.status in set(Status) else "UNKNOWN_STATUS"


def apply(db: Database, recording: str, answer: Answer, writer: Writer) -> str:
    """One answer: ``new``, ``odd`` (new, but does not follow) or ``known``; row and line in one commit."""
    with db.transaction():
        row = db.one("SELECT station FROM recording WHERE id = ?", recording)
        name = str(row[0]) if row else ""
        held = db.locked("SELECT order_head, state FROM station WHERE station = ?", name)
        now = db.one("SELECT status, flags FROM recording WHERE id = ?", recording)
        key = (recording, answer.status, answer.told)
        asked = "SELECT 1 FROM recording_answer WHERE id = ? AND status = ? AND told = ?"
        if held is None or now is None or now[0] == answer.status or db.one(asked, *key):
            return "known"
        strange = odd(now[0], answer.status)
        db.run(
            "INSERT INTO recording_answer (id, status, told, odd, imported_ms) VALUES (?, ?, ?, ?, ?)",
            *(*key, int(strange), writer.now_ms),
        )
        flags = list(dict.fromkeys([*json.loads(now[1]), *([ODD_ANSWER] if strange else [])]))
        db.run(
            "UPDATE recording SET status = ?, flags = ? WHERE id = ?",
            *(answer.status, json.dumps(flags), recording),
        )
        if held[1] != ingest.FORKED:
            _tell(db, name, held[0], recording, answer.status, writer)
    return "odd" if strange else "new"


def _tell(db: Database, name: str, head: int, recording: str, status: str, writer: Writer) -> None:
    signed = writer.signed(name, recording, {"status": status})
    order_log.append(db, name, head, "recording_status", [(recording, signed)], writer)
