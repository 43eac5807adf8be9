"""Where the province keeps the truth: one small adapter over two engines.

The embedded engine is a file in the hub's home and needs nothing installed; PostgreSQL is for a whole
province. Everything else in the hub writes one SQL with ``?`` for values, and both engines take it:
keep to ``SELECT``/``INSERT … ON CONFLICT``/``UPDATE``/``DELETE``, and put no ``?`` or ``%`` in literals.
A connection belongs to one thread at a time; each thread opens its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import sqlite3

Value = str | int | bytes | None
Row = tuple[Any, ...]

BUSY_MS = 30_000  # how long a writer waits for another; a batch is committed in milliseconds
SQLITE_SAFE = (3, 51, 3)  # older ones may corrupt a WAL database when two connections write at once
NO_TABLE = "no such table"
MEANS = {  # SQLite's primary result codes
    5: "is kept by another program",  # BUSY
    8: "cannot be written by this user, or its disk is read-only",  # READONLY
    10: "cannot be used: its disk gives an error, or has no room",  # IOERR
    11: "is damaged; put it back from its copy",  # CORRUPT
    13: "cannot grow: its disk is full",  # FULL
    14: "does not open: its disk is full or read-only, or it is not for this user",  # CANTOPEN
    26: "does not open: the file is no database, or damaged",  # NOTADB
}


class UnsafeSetup(Exception):
    """This machine or this database cannot be trusted with the province's truth; says why in a sentence."""


class DatabaseLost(Exception):
    """The database server went away. What was being committed may or may not be there: read again."""


class DatabaseTrouble(Exception):
    """The database cannot be read or written: full, read-only, damaged; says which in a sentence."""


class DatabaseUnmade(Exception):
    """There is no database of a hub here, or it has no tables; says so in a sentence."""


class Database(Protocol):
    """What the hub asks of a database; both engines below are one."""

    def rows(self, sql: str, *values: Value) -> list[Row]:
        """All rows of a question."""

    def one(self, sql: str, *values: Value) -> Row | None:
        """The first row, or None."""

    def locked(self, sql: str, *values: Value) -> Row | None:
        """The first row, kept to ourselves until the transaction ends."""

    def rows_locked(self, sql: str, *values: Value) -> list[Row]:
        """All rows, kept to ourselves until the transaction ends."""

    def run(self, sql: str, *values: Value) -> int:
        """Change something; the number of rows changed."""

    def many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        """The same change for each row of values."""

    def copy_rows(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        """Append rows by the engine's fastest way. A key that exists is an error and nothing is kept."""

    def transaction(self) -> AbstractContextManager[None]:
        """All or nothing, durable when the block is left. Not to be nested."""

    def snapshot(self) -> AbstractContextManager[None]:
        """Reads that all see one moment; nothing may be written inside."""

    def create(self, statement: str) -> None:
        """Run one statement of the schema, its BIGINT and BYTES said in the engine's own words."""

    def close(self) -> None:
        """Give the connection back."""


def open_database(url: str, *, make: bool = True) -> Database:
    """Open ``postgresql://…``, or a path of the embedded engine; with ``make`` a new file where none is.

    Errors: UnsafeSetup when the engine is too old or not durable; DatabaseLost when a server does not answer;
    DatabaseTrouble; DatabaseUnmade.
    """
    if url.startswith(("postgresql://", "postgres://")):
        from hub.postgres import open_server

        return open_server(url)
    return _Embedded(Path(url), make)


class _Embedded:
    """SQLite in a file: write-ahead log, synced at every commit."""

    def __init__(self, path: Path, make: bool) -> None:
        import pysqlite3 as engine

        if engine.sqlite_version_info < SQLITE_SAFE:
            raise UnsafeSetup(
                f"SQLite {engine.sqlite_version} may corrupt its log; 3.51.3 or newer is needed"
            )
        if not make and not path.exists():
            raise DatabaseUnmade(f"There is no database at {path}; `loket-hub init` makes one.")
        self._path = path
        address = f"{path.absolute().as_uri()}?mode={'rwc' if make else 'rw'}"
        with told(path):
            self._connection: sqlite3.Connection = engine.connect(
                address, uri=True, isolation_level=None, timeout=BUSY_MS / 1000, check_same_thread=False
            )
        try:
            self._make_durable()
        except BaseException:
            self.close()
            raise

    def _make_durable(self) -> None:
        for pragma in (
            "journal_mode = WAL",
            "synchronous = FULL",
            "foreign_keys = ON",
            "trusted_schema = OFF",
        ):
            self.run(f"PRAGMA {pragma}")
        if self.one("PRAGMA journal_mode") != ("wal",) or self.one("PRAGMA synchronous") != (2,):
            raise UnsafeSetup("this disk does not let SQLite keep a durable write-ahead log")

    def rows(self, sql: str, *values: Value) -> list[Row]:
        with told(self._path):
            return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Value) -> Row | None:
        with told(self._path):
            row: Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def locked(self, sql: str, *values: Value) -> Row | None:
        return self.one(sql, *values)  # BEGIN IMMEDIATE already keeps every other writer out

    def rows_locked(self, sql: str, *values: Value) -> list[Row]:
        return self.rows(sql, *values)

    def run(self, sql: str, *values: Value) -> int:
        with told(self._path):
            return self._connection.execute(sql, values).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        with told(self._path):
            self._connection.executemany(sql, rows)

    def copy_rows(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        places = ", ".join("?" * len(columns))
        # Names come from this program, never from outside.
        self.many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)  # noqa: S608

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self.run("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            if self._connection.in_transaction:  # a full disk has ended it already
                self.run("ROLLBACK")
            raise
        # An error here leaves the connection unsure of what is on disk: it goes up and stops the program.
        self.run("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        self.run("BEGIN")
        try:
            yield
        finally:
            if self._connection.in_transaction:
                self.run("ROLLBACK")

    def create(self, statement: str) -> None:
        text = statement.replace("BIGINT", "INTEGER").replace("BYTES", "BLOB")
        self.run(f"{text} STRICT" if text.startswith("CREATE TABLE") else text)

    def close(self) -> None:
        self._connection.close()


@contextmanager
def told(path: Path) -> Iterator[None]:
    """What the embedded engine's errors mean to a person: DatabaseTrouble and DatabaseUnmade.

    A wrong value, a key that exists and a statement that is none go up as they are.
    """
    import pysqlite3 as engine

    try:
        yield
    except engine.Error as error:
        if str(error).startswith(NO_TABLE):
            raise DatabaseUnmade(f"The database {path} lacks a table of the hub.") from error
        means = MEANS.get((getattr(error, "sqlite_errorcode", None) or 0) & 0xFF)
        if means is None:
            raise
        raise DatabaseTrouble(f"The database {path} {means}.") from error
