"""Opening the station's database so that a commit that returned is on the disk.

One SQLite library serves the whole process: pysqlite3, built without the WAL-reset bug. Every
setting that durability hangs on is read back after it was made; a set-up that does not hold is
refused rather than trusted. All writing goes through one connection (agent.store.journal); this file
only opens, checks and names what went wrong.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

if TYPE_CHECKING:
    import sqlite3
else:
    import pysqlite3 as sqlite3

Connection = sqlite3.Connection
Error = sqlite3.Error
VERSION: str = sqlite3.sqlite_version

APPLICATION_ID = 0x4C4F4B54  # "LOKT"
SCHEMA_VERSION = 4  # the newest migration in agent.store.migrations
SQLITE_FIXED = (3, 51, 3)  # the WAL-reset bug ends here; these older lines got the repair too:
SQLITE_BACKPORTS = {(3, 50): 7, (3, 44): 6}
_BUSY, _READONLY, _IOERR, _CORRUPT, _FULL, _CANTOPEN, _NOTADB, _NO_CODE = 5, 8, 10, 11, 13, 14, 26, 255
DISK_FULL = "The disk is full; nothing was lost. Free some space and try again."
_DAMAGED = (
    "The station's database is damaged; let nobody print here and call the technician. "
    "`loket audit verify` tells how far the journal holds."
)
_SENTENCES = {
    _BUSY: "Somebody else is using the station's database; try again.",
    _READONLY: "The station's database cannot be written; may you write to its folder and disk?",
    _IOERR: "The station's database cannot be read or written (disk I/O error); its disk is full or fails.",
    _CORRUPT: _DAMAGED,
    _FULL: DISK_FULL,
    _CANTOPEN: "The station's database cannot be opened; may you write to its folder, and is its disk full?",
    _NOTADB: _DAMAGED,
}
BROKEN = frozenset({_IOERR, _CORRUPT, _NOTADB, _CANTOPEN})  # primary codes after which nothing is known


class UnsafeSetup(Exception):
    """This machine cannot keep the journal's promises. Exit code 5."""


class OtherSchema(Exception):
    """The file is not a journal this program can use: foreign, older or newer."""

    def __init__(self, sentence: str, version: int) -> None:
        self.version = version
        super().__init__(sentence)


class Reads(Protocol):
    """Whatever can answer a query: a transaction, the journal, or a read-only connection."""

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows that ``sql`` gives."""
        ...


def check_library(version: tuple[int, ...] = sqlite3.sqlite_version_info) -> None:
    """Raise UnsafeSetup if this SQLite has the WAL-reset bug."""
    backport = SQLITE_BACKPORTS.get((version[0], version[1]))
    if version >= SQLITE_FIXED or (backport is not None and version[2] >= backport):
        return
    raise UnsafeSetup(
        f"SQLite {'.'.join(map(str, version))} can corrupt a journal (WAL-reset bug); "
        "3.51.3 or newer is needed."
    )


def primary_code(error: BaseException) -> int:
    """SQLite's primary result code of ``error``, 255 if it has none."""
    return int(getattr(error, "sqlite_errorcode", -1)) & 0xFF


def is_full(error: BaseException) -> bool:
    """The disk (or the page limit) is full; the transaction was undone."""
    return primary_code(error) == _FULL


def is_busy(error: BaseException) -> bool:
    """Another connection holds the file."""
    return primary_code(error) == _BUSY


def is_broken(error: BaseException) -> bool:
    """Nobody knows what is on the disk now: the only safe step is to stop and read it again."""
    return primary_code(error) in BROKEN


def is_damaged(error: BaseException) -> bool:
    """What is on the disk is not what was written."""
    no_text = isinstance(error, sqlite3.OperationalError) and primary_code(error) == _NO_CODE
    return no_text or primary_code(error) in (_CORRUPT, _NOTADB)


def sentence(error: BaseException) -> str:
    """What the engine said, for a person. Its own text may hold what stands in a row, and is not repeated."""
    code = _CORRUPT if is_damaged(error) else primary_code(error)
    return _SENTENCES.get(code, f"The station's database does not answer as it should (SQLite code {code}).")


def connect(path: Path, *, read_only: bool = False) -> Connection:
    """A bare connection with no transaction handling of Python's own; no settings made."""
    mode = "ro" if read_only else "rwc"
    uri = f"file:{quote(str(path.resolve()))}?mode={mode}"
    return sqlite3.connect(uri, uri=True, isolation_level=None, check_same_thread=False, timeout=5.0)


def open_database(path: Path, *, read_only: bool = False) -> Connection:
    """The station's database, ready to be trusted.

    Raises UnsafeSetup (library, settings that do not hold), OtherSchema (not ours, older, newer)
    and FileNotFoundError (no database there: ``loket init`` makes it, nothing else does).
    """
    check_library()
    if not path.exists():
        raise FileNotFoundError(f"no journal at {path}")
    db = connect(path, read_only=read_only)
    try:
        _guard_schema(db, path)
        if not read_only:
            make_durable(db)
        db.execute("PRAGMA foreign_keys = ON")
        db.execute("PRAGMA trusted_schema = OFF")
    except BaseException:
        db.close()
        raise
    return db


def make_durable(db: Connection) -> None:
    """WAL and synchronous=FULL, read back. Raises UnsafeSetup if either does not hold."""
    for name, value, holds in (("journal_mode", "WAL", "wal"), ("synchronous", "FULL", 2)):
        db.execute(f"PRAGMA {name} = {value}")
        (now,) = db.execute(f"PRAGMA {name}").fetchone()
        if now != holds:
            raise UnsafeSetup(f"The disk does not take {name}={value} (it says {now}); use a local disk.")
    db.execute("PRAGMA mmap_size = 0")  # an I/O error must be a result code, never a signal
    db.execute("PRAGMA cell_size_check = ON")
    db.execute("PRAGMA journal_size_limit = 16777216")
    db.execute("PRAGMA temp_store = MEMORY")
    db.execute("PRAGMA secure_delete = ON")  # a personal part that is deleted is overwritten


def _guard_schema(db: Connection, path: Path) -> None:
    try:
        (application,) = db.execute("PRAGMA application_id").fetchone()
        (version,) = db.execute("PRAGMA user_version").fetchone()
    except sqlite3.DatabaseError as error:
        if primary_code(error) not in (_NOTADB, _CORRUPT):
            raise
        raise OtherSchema(f"{path} is not a station's journal ({error}).", -1) from error
    if application != APPLICATION_ID:
        raise OtherSchema(f"{path} is not a station's journal.", -1)
    if version > SCHEMA_VERSION:
        raise OtherSchema(
            f"The journal at {path} was written by a newer Loket (schema {version}, "
            f"this program knows {SCHEMA_VERSION}); install that version again.",
            version,
        )
    if version < SCHEMA_VERSION:
        raise OtherSchema(f"The journal at {path} has schema {version} and must be migrated.", version)


class Reader:
    """A read-only look at the journal, for commands and screens; sees each commit at once."""

    def __init__(self, path: Path) -> None:
        self.connection = open_database(path, read_only=True)

    def rows(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """All rows that ``sql`` gives."""
        return self.connection.execute(sql, values).fetchall()

    def data_version(self) -> int:
        """A number that changes when another connection has committed."""
        return int(self.connection.execute("PRAGMA data_version").fetchone()[0])

    def close(self) -> None:
        """Let go of the file."""
        self.connection.close()
