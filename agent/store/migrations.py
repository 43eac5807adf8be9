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

from agent.store.schema import STEPS
from agent.store.sqlite import APPLICATION_ID, SCHEMA_VERSION, Connection, OtherSchema, connect, make_durable

if TYPE_CHECKING:
    from sqlite_utils import Database


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
