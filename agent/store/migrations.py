"""The schema of the station's database, in numbered steps that sqlite-utils applies.

Each step is one transaction together with its record and ``PRAGMA user_version``. sqlite-utils is
loaded only here, and only in ``loket init`` or in a child process (``python -m agent.store.migrations
FILE``), so that it never rests in the agent's memory. A released step is never edited; every
released schema leaves its dump in ``tests/databases/``.
"""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from agent.store.sqlite import APPLICATION_ID, SCHEMA_VERSION, Connection, OtherSchema, connect, make_durable

if TYPE_CHECKING:
    from sqlite_utils import Database

V1 = """
-- The journal is what happened, in order, for ever. It is also the outbox: rows above the
-- cursor 'hub_has' are still to send.
CREATE TABLE journal (
    seq     INTEGER PRIMARY KEY AUTOINCREMENT,   -- never reused, even after pruning
    epoch   INTEGER NOT NULL REFERENCES epoch (epoch),
    at_ms   INTEGER NOT NULL,                    -- Unix milliseconds, the station's clock
    event   TEXT NOT NULL,
    subject TEXT NOT NULL,
    body    TEXT NOT NULL CHECK (json_valid(body)),
    hash    BLOB NOT NULL CHECK (length(hash) = 32)
) STRICT;
-- One row for each time a writer opened the journal.
CREATE TABLE epoch (epoch INTEGER PRIMARY KEY, started_ms INTEGER NOT NULL) STRICT;
-- How far each log has got: a line's seq and the epoch it was written in, and when that was said.
CREATE TABLE cursor (
    name  TEXT PRIMARY KEY,
    seq   INTEGER NOT NULL CHECK (seq >= 0),
    epoch INTEGER NOT NULL,
    at_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO cursor VALUES ('hub_has', 0, 0, 0), ('orders_have', 0, 0, 0);
CREATE TABLE meta (name TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT, WITHOUT ROWID;
-- An order's personal part, sealed to this station; kept apart from everything else.
CREATE TABLE payload (sha256 TEXT PRIMARY KEY, sealed BLOB NOT NULL) STRICT;
CREATE TABLE order_ (
    id             TEXT PRIMARY KEY,
    kind           TEXT NOT NULL CHECK (kind IN ('ktp', 'kia')),
    reason         TEXT NOT NULL,
    rank           INTEGER NOT NULL,             -- the reason's place in the queue
    requested      TEXT NOT NULL,                -- YYYY-MM-DD
    state          TEXT NOT NULL CHECK (state IN ('waiting', 'taken', 'printed', 'returned', 'lost')),
    payload_sha256 TEXT NOT NULL,
    received_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX order_waiting ON order_ (rank, requested, id) WHERE state = 'waiting';
CREATE TABLE job (
    id        TEXT PRIMARY KEY,
    order_id  TEXT NOT NULL REFERENCES order_ (id),
    kind      TEXT NOT NULL,
    attempt   INTEGER NOT NULL CHECK (attempt > 0),
    state     TEXT NOT NULL,
    asked     TEXT,                              -- the blank the clerk named where no chip reader is
    blank     TEXT,
    cause     TEXT,
    issued_on TEXT NOT NULL,                     -- the day on the card; the same for every attempt
    printer   TEXT,
    session   INTEGER,
    before    TEXT CHECK (json_valid(before)),   -- the printer's counters before any card moved
    panels    INTEGER,
    artefact  TEXT,
    queued_ms INTEGER NOT NULL,
    at_ms     INTEGER NOT NULL,                  -- of its last move
    UNIQUE (order_id, attempt)
) STRICT, WITHOUT ROWID;
CREATE INDEX job_state ON job (state, queued_ms);
CREATE TABLE consignment (
    id           TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    count        INTEGER NOT NULL CHECK (count > 0),
    names_sha256 TEXT,                           -- null: received by count
    at_ms        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
-- Each blank that has a name here. The journal folded by domain.ledger tells the same; this is for look-up.
CREATE TABLE blank (
    name         TEXT PRIMARY KEY,
    kind         TEXT NOT NULL,
    place        TEXT NOT NULL CHECK (place IN ('stock', 'in_job', 'unsure', 'used', 'spoiled', 'lost')),
    received     INTEGER NOT NULL CHECK (received IN (0, 1)),  -- 0: read, but in no consignment
    by_count     INTEGER NOT NULL CHECK (by_count IN (0, 1)),  -- 1: one of a counted consignment
    contradicted INTEGER NOT NULL DEFAULT 0 CHECK (contradicted IN (0, 1))
) STRICT, WITHOUT ROWID;
"""

V2 = """
-- An order may be refused for good after it was received; and what is over keeps no personal part.
CREATE TABLE order_2 (
    id             TEXT PRIMARY KEY,
    kind           TEXT NOT NULL CHECK (kind IN ('ktp', 'kia')),
    reason         TEXT NOT NULL,
    rank           INTEGER NOT NULL,
    requested      TEXT NOT NULL,
    state          TEXT NOT NULL
        CHECK (state IN ('waiting', 'taken', 'printed', 'returned', 'lost', 'refused')),
    payload_sha256 TEXT NOT NULL,
    received_ms    INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO order_2 SELECT * FROM order_;
DROP TABLE order_;
ALTER TABLE order_2 RENAME TO order_;
CREATE INDEX order_waiting ON order_ (rank, requested, id) WHERE state = 'waiting';
DELETE FROM payload WHERE sha256 IN (
    SELECT payload_sha256 FROM order_ WHERE state = 'returned' OR id IN (
        SELECT json_extract(body, '$.order') FROM journal JOIN cursor ON cursor.name = 'hub_has'
        WHERE event IN ('printed', 'lost') AND journal.seq <= cursor.seq
    )
);
"""

STEPS: dict[int, str] = {1: V1, 2: V2}


def migrate(path: Path) -> int:
    """Bring the database at ``path`` to the newest schema, making it if there is none.

    Loads sqlite-utils. Returns the schema's number. Raises OtherSchema for a file that is newer
    than this program or not a journal, and leaves it untouched.
    """
    from sqlite_utils import Database
    from sqlite_utils.migrations import Migrations

    db = connect(path)
    try:
        _claim(db, path)
        make_durable(db)
        steps = Migrations("loket-station")
        for number, script in STEPS.items():
            steps(name=f"{number:03}")(_step(number, script))
        steps.apply(Database(db))
    finally:
        db.close()
    return SCHEMA_VERSION


def migrate_in_child(path: Path, timeout_s: float = 600.0) -> None:
    """The same in a process of its own. Raises RuntimeError with its last sentence if it failed."""
    command = [sys.executable, "-m", "agent.store.migrations", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=timeout_s, check=False)
    if done.returncode != 0:
        raise RuntimeError(
            done.stderr.strip().splitlines()[-1] if done.stderr.strip() else "migration failed"
        )


def _claim(db: Connection, path: Path) -> None:
    """Refuse a file that is not ours; mark an empty one as ours, so that a half-made one can be finished."""
    (application,) = db.execute("PRAGMA application_id").fetchone()
    (version,) = db.execute("PRAGMA user_version").fetchone()
    (tables,) = db.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    if application != APPLICATION_ID and (application or tables):
        raise OtherSchema(f"{path} is not a station's journal.", -1)
    if version > SCHEMA_VERSION:
        raise OtherSchema(f"The journal at {path} was written by a newer Loket (schema {version}).", version)
    db.execute(f"PRAGMA application_id = {APPLICATION_ID}")


def _step(number: int, script: str) -> Callable[[Database], None]:
    def apply(db: Database) -> None:
        for statement in statements(script):
            db.conn.execute(statement)
        db.conn.execute(f"PRAGMA user_version = {number}")

    return apply


def statements(script: str) -> list[str]:
    """The statements of a script that holds no text with a semicolon in it, comments dropped."""
    lines = (line.split("--")[0].rstrip() for line in script.splitlines())
    return [part.strip() for part in "\n".join(lines).split(";") if part.strip()]


if __name__ == "__main__":
    migrate(Path(sys.argv[1]))
