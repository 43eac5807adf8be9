"""Packets that a station's journal told of and that are not whole here, with the reason in a word.

Most are on their way. A refusal is the word the station was answered. What was kept and is gone, and what the
station has purged on the word of a province that was then put back from a copy, nobody will send again: it
has to be carried in from a copy of the disk that had it (``loket-hub recordings take``).
"""

from __future__ import annotations

import json
from typing import Any

from hub.database import Database
from hub.home import Home
from hub.recordings import keep

COMING, PURGED, FILE_LOST = "COMING", "PURGED", "FILE_LOST"


def owed(db: Database, home: Home) -> list[dict[str, Any]]:
    """{recording, station, sha256, size, word} of each, by station and name. Errors: OSError of the disk."""
    kept = {
        (station, id): (sha, size)
        for id, station, sha, size in db.rows("SELECT id, station, sha256, size FROM recording")
    }
    files = keep.files(home)
    missing = [
        _row(id, station, sha, size, FILE_LOST)
        for (station, id), (sha, size) in kept.items()
        if files.size(sha) != size
    ]
    refused, purged = _refused(db), _told(db, "recording_purged")
    for (station, id), body in _told(db, "recording_sealed").items():
        if kept.get((station, id), ("",))[0] != body["sha256"]:
            word = PURGED if (station, id) in purged else refused.get((station, body["sha256"]), COMING)
            missing.append(_row(id, station, body["sha256"], body["size"], word))
    return sorted(missing, key=lambda row: (row["station"], row["recording"]))


def _told(db: Database, event: str) -> dict[tuple[str, str], dict[str, Any]]:
    rows = db.rows(
        "SELECT e.station, e.subject, e.body FROM event e LEFT JOIN aside a ON a.station = e.station "
        "AND a.seq = e.seq WHERE e.event = ? AND a.seq IS NULL",
        event,
    )
    return {(station, id): json.loads(body) for station, id, body in rows}


def _refused(db: Database) -> dict[tuple[str, str], str]:
    """The word each packet was answered with last, where it was a refusal."""
    rows = db.rows(
        "SELECT t.station, t.sha256, l.body FROM recording_told t "
        "JOIN order_log l ON l.station = t.station AND l.seq = t.log_seq WHERE l.event = 'recording_rejected'"
    )
    return {(station, sha): str(json.loads(body)["word"]) for station, sha, body in rows}


def _row(id: str, station: str, sha: str, size: int, word: str) -> dict[str, Any]:
    return {"recording": id, "station": station, "sha256": sha, "size": size, "word": word}
