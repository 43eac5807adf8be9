"""The second engine of hub/database.py: PostgreSQL, for a whole province."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import lru_cache
from typing import TYPE_CHECKING

from hub.database import Database, DatabaseLost, DatabaseTrouble, DatabaseUnmade, Row, UnsafeSetup, Value

if TYPE_CHECKING:
    import psycopg

CONNECT_S = 10
NO_ROOM = "53100"  # there may be room again: whoever waits for a lost server waits for that too
MEANS = {  # SQLSTATE
    "25006": "takes nothing in: it is read-only",
    "42501": "does not let this user do that",
    "XX001": "says that its files are damaged; put them back from their copy",
    "XX002": "says that its files are damaged; put them back from their copy",
}


def open_server(url: str) -> Database:
    """Connect to ``postgresql://…``. Errors: as hub.database.open_database tells."""
    return _Postgres(url)


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
        except psycopg.ProgrammingError:  # not told on: the address may hold a password
            raise DatabaseTrouble("The address of the database cannot be read.") from None
        for setting in ("fsync", "synchronous_commit"):
            with _told():
                found = connection.execute(f"SHOW {setting}").fetchone()
            if found == ("off",):
                connection.close()
                raise UnsafeSetup(
                    f"the database server runs with {setting} off: a power cut would lose events"
                )
        return connection

    def rows(self, sql: str, *values: Value) -> list[Row]:
        with _told():
            return self._connection.execute(_places(sql), values).fetchall()

    def one(self, sql: str, *values: Value) -> Row | None:
        with _told():
            return self._connection.execute(_places(sql), values).fetchone()

    def locked(self, sql: str, *values: Value) -> Row | None:
        return self.one(sql + " FOR UPDATE", *values)

    def rows_locked(self, sql: str, *values: Value) -> list[Row]:
        return self.rows(sql + " FOR UPDATE", *values)

    def run(self, sql: str, *values: Value) -> int:
        with _told():
            return self._connection.execute(_places(sql), values).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[Value]]) -> None:
        with _told():
            self._connection.cursor().executemany(_places(sql), rows)

    def copy_rows(self, table: str, columns: Sequence[str], rows: Iterable[Sequence[Value]]) -> None:
        statement = f"COPY {table} ({', '.join(columns)}) FROM STDIN"
        with _told(), self._connection.cursor().copy(statement.encode()) as pipe:
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
def _told() -> Iterator[None]:
    """What callers who know no psycopg are told: DatabaseLost for a server that went away, DatabaseTrouble,
    DatabaseUnmade, and ValueError for a value that no column holds."""
    import psycopg

    try:
        yield
    except psycopg.DataError as error:
        raise ValueError("a value does not fit its column") from error
    except psycopg.errors.UndefinedTable as error:
        raise DatabaseUnmade("The database lacks a table of the hub.") from error
    except psycopg.Error as error:
        if error.sqlstate in MEANS:
            raise DatabaseTrouble(f"The database server {MEANS[error.sqlstate]}.") from error
        if error.sqlstate == NO_ROOM:
            raise DatabaseLost("the disk of the database server is full") from error
        if isinstance(error, psycopg.OperationalError):
            raise DatabaseLost("the database server went away") from error
        raise


@lru_cache(maxsize=256)
def _places(sql: str) -> str:
    """``?`` as psycopg writes it."""
    return sql.replace("?", "%s")
