"""Where the province keeps the truth: one small adapter over two engines.

The embedded engine is a file in the hub's home and needs nothing installed; PostgreSQL is for a whole
province. Everything else in the hub writes one SQL with ``?`` for values, and both engines take it:
keep to ``SELECT``/``INSERT … ON CONFLICT``/``UPDATE``/``DELETE``, and put no ``?`` or ``%`` in literals.
A connection belongs to one thread at a time; each thread opens its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    import sqlite3

    import psycopg

Value = str | int | bytes | None
Row = tuple[Any, ...]

BUSY_MS = 30_000  # how long a writer waits for another; a batch is committed in milliseconds
CONNECT_S = 10
SQLITE_SAFE = (3, 51, 3)  # older ones may corrupt a WAL database when two connections write at once


class UnsafeSetup(Exception):
    """This machine or this database cannot be trusted with the province's truth; says why in a sentence."""


class DatabaseLost(Exception):
    """The database server went away. What was being committed may or may not be there: read again."""


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


def open_database(url: str) -> Database:
    """Open ``postgresql://…``, or a path of the embedded engine.

    Errors: UnsafeSetup when the engine is too old or not durable; DatabaseLost when a server does not answer.
    """
    if url.startswith(("postgresql://", "postgres://")):
        return _Postgres(url)
    return _Embedded(Path(url))


class _Embedded:
    """SQLite in a file: write-ahead log, synced at every commit."""

    def __init__(self, path: Path) -> None:
        import pysqlite3 as engine

        if engine.sqlite_version_info < SQLITE_SAFE:
            raise UnsafeSetup(
                f"SQLite {engine.sqlite_version} may corrupt its log; 3.51.3 or newer is needed"
            )
        try:
            self._connection: sqlite3.Connection = engine.connect(
                str(path), isolation_level=None, timeout=BUSY_MS / 1000, check_same_thread=False
            )
            for pragma in (
                "journal_mode = WAL",
                "synchronous = FULL",
                "foreign_keys = ON",
                "trusted_schema = OFF",
            ):
                self._connection.execute(f"PRAGMA {pragma}")
        except engine.Error as error:
            raise UnsafeSetup(f"{path} does not open as the hub's database: {error}") from error
        if self.one("PRAGMA journal_mode") != ("wal",) or self.one("PRAGMA synchronous") != (2,):
            raise UnsafeSetup("this disk does not let SQLite keep a durable write-ahead log")

    def rows(self, sql: str, *values: Value) -> list[Row]:
        return self._connection.execute(sql, values).fetchall()

    def one(self, sql: str, *values: Value) -> Row | None:
        row: Row | None = self._connection.execute(sql, values).fetchone()
        return row

    def locked(self, sql: str, *values: Value) -> Row | None:
        return self.one(sql, *values)  # BEGIN IMMEDIATE already keeps every other writer out

    def rows_locked(self, sql: str, *values: Value) -> list[Row]:
        return self.rows(sql, *values)

    def run(self, sql: str, *values: Value) -> int:
        return self._connection.execute(sql, values).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        self._connection.executemany(sql, rows)

    def copy_rows(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        places = ", ".join("?" * len(columns))
        # Names come from this program, never from outside.
        self.many(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", rows)  # noqa: S608

    @contextmanager
    def transaction(self) -> Iterator[None]:
        self._connection.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self._connection.execute("ROLLBACK")
            raise
        # An error here leaves the connection unsure of what is on disk: it goes up and stops the program.
        self._connection.execute("COMMIT")

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        self._connection.execute("BEGIN")
        try:
            yield
        finally:
            self._connection.execute("ROLLBACK")

    def create(self, statement: str) -> None:
        text = statement.replace("BIGINT", "INTEGER").replace("BYTES", "BLOB")
        self._connection.execute(f"{text} STRICT" if text.startswith("CREATE TABLE") else text)

    def close(self) -> None:
        self._connection.close()


class _Postgres:
    """PostgreSQL through psycopg; comes back by itself at the next transaction after the server went away."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._connection = self._connect()

    def _connect(self) -> psycopg.Connection[Row]:
        import psycopg

        try:
            connection = psycopg.connect(self._url, autocommit=True, connect_timeout=CONNECT_S)
        except psycopg.OperationalError as error:
            raise DatabaseLost("the database server does not answer") from error
        for setting in ("fsync", "synchronous_commit"):
            if connection.execute(f"SHOW {setting}").fetchone() == ("off",):
                connection.close()
                raise UnsafeSetup(
                    f"the database server runs with {setting} off: a power cut would lose events"
                )
        return connection

    def rows(self, sql: str, *values: Value) -> list[Row]:
        with _loss_told():
            return self._connection.execute(_places(sql), values).fetchall()

    def one(self, sql: str, *values: Value) -> Row | None:
        with _loss_told():
            return self._connection.execute(_places(sql), values).fetchone()

    def locked(self, sql: str, *values: Value) -> Row | None:
        return self.one(sql + " FOR UPDATE", *values)

    def rows_locked(self, sql: str, *values: Value) -> list[Row]:
        return self.rows(sql + " FOR UPDATE", *values)

    def run(self, sql: str, *values: Value) -> int:
        with _loss_told():
            return self._connection.execute(_places(sql), values).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        with _loss_told():
            self._connection.cursor().executemany(_places(sql), rows)

    def copy_rows(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with _loss_told(), self._connection.cursor().copy(statement.encode()) as pipe:
            for row in rows:
                pipe.write_row(row)

    @contextmanager
    def transaction(self) -> Iterator[None]:
        with self._block("BEGIN"):
            yield

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        with self._block("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"):
            yield

    @contextmanager
    def _block(self, begin: str) -> Iterator[None]:
        if self._connection.closed:
            self._connection = self._connect()
        self.run(begin)
        try:
            yield
        except BaseException:
            if not self._connection.closed:
                self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    def create(self, statement: str) -> None:
        self.run(statement.replace("BYTES", "BYTEA"))

    def close(self) -> None:
        self._connection.close()


@contextmanager
def _loss_told() -> Iterator[None]:
    """What callers who know no psycopg are told: DatabaseLost for a server that went away, ValueError for
    a value that no column holds."""
    import psycopg

    try:
        yield
    except psycopg.DataError as error:
        raise ValueError("a value does not fit its column") from error
    except psycopg.OperationalError as error:
        raise DatabaseLost("the database server went away") from error


@lru_cache(maxsize=256)
def _places(sql: str) -> str:
    """``?`` as psycopg writes it."""
    return sql.replace("?", "%s")
