"""What every command shares: where the hub is, and how an answer is said.

Modules here load only click; a command loads what it needs when it runs.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from hub.database import Database
    from hub.home import Config, Home
    from hub.order_log import Writer

F = TypeVar("F", bound=Callable[..., Any])
ATTENTION = 3


@dataclass(frozen=True, slots=True)
class Hub:
    """The hub a command works on. ``database`` and ``broker`` None: as its configuration says."""

    root: Path
    database: str | None
    broker: str | None

    @property
    def home(self) -> Home:
        """Its home."""
        from hub.home import Home

        return Home(self.root)

    @property
    def config(self) -> Config:
        """Its configuration. Raises Trouble."""
        return self.home.config(self.database, self.broker)

    @contextmanager
    def opened(self) -> Iterator[Database]:
        """Its database, with the tables of this program. Raises Trouble, and what ``schema.opened`` does."""
        from hub import schema

        db = schema.opened(self.home.database(self.config))
        try:
            yield db
        finally:
            db.close()

    def writer(self) -> Writer:
        """Who writes order logs in this command; its epoch is its own."""
        import secrets

        from hub.clock import unix_ms
        from hub.order_log import Writer

        return Writer(self.home.keys(), secrets.randbits(63), unix_ms())


def hub_options(command: F) -> F:
    """``--home``, ``--database`` and ``--broker``; the command gets them as ``hub``."""

    @wraps(command)
    def wrapped(*args: Any, home: Path, database: str | None, broker: str | None, **told: Any) -> Any:
        return command(*args, hub=Hub(home, database, broker), **told)

    place = click.Path(file_okay=False, path_type=Path)
    made: Any = wrapped
    for option in (
        click.option("--broker", help="The broker's URL; else as configured."),
        click.option("--database", help="postgresql://…; else as configured, at first a file in the home."),
        click.option(
            "--home",
            envvar="LOKET_HUB_HOME",
            required=True,
            type=place,
            help="The hub's home; or set LOKET_HUB_HOME.",
        ),
    ):
        made = option(made)
    result: F = made
    return result


def json_option(command: F) -> F:
    """``--json``: one JSON document on standard output and nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")(command)


def say(document: Any) -> None:
    """One JSON document, on one line; what a station wrote may hold what no terminal can show."""
    click.echo(json.dumps(document, ensure_ascii=False).encode("utf-8", "replace"))


def prose(text: str) -> None:
    """A sentence for the person at the keyboard, on standard error."""
    click.echo(text, err=True)


def table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    """A list for reading: one line a row, columns as wide as their longest word."""
    cells = [["-" if row[column] is None else str(row[column]) for column in columns] for row in rows]
    widths = [max(map(len, each)) for each in zip(columns, *cells, strict=True)]
    for line in ([*columns], *cells):
        click.echo("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip())
