"""What every command shares: where the home is, and how an answer is said.

Modules here load only click; a command loads what it needs when it runs, so that ``loket --help``
and the reading commands stay light.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

if TYPE_CHECKING:
    from agent.home import Home

F = TypeVar("F", bound=Callable[..., Any])


def home_option(command: F) -> F:
    """``--home DIR``, or LOKET_HOME; the command gets it as ``home``."""

    def made(_context: click.Context, _parameter: click.Parameter, value: Path) -> Home:
        from agent.home import Home

        return Home(value)

    return click.option(
        "--home",
        envvar="LOKET_HOME",
        required=True,
        type=click.Path(file_okay=False, path_type=Path),
        callback=made,
        help="The station's home; or set LOKET_HOME.",
    )(command)


def json_option(command: F) -> F:
    """``--json``: one JSON document on standard output and nothing else there."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON for a script.")(command)


def by_option(command: F) -> F:
    """``--by PERSON``, or LOKET_CLERK: the staff mark of whoever says it."""
    option = click.option(
        "--by", envvar="LOKET_CLERK", metavar="PERSON", help="Your staff mark, or LOKET_CLERK."
    )
    return option(command)


def second_option(command: F) -> F:
    """``--second PERSON``: the staff mark of another one who saw it."""
    return click.option("--second", metavar="PERSON", help="Staff mark of the second person who saw it.")(
        command
    )


def perform(home: Home, action: str, args: Mapping[str, Any]) -> dict[str, Any]:
    """Do an action of agent.actions, here or in the running agent; what was left out is not told."""
    from agent import control

    return control.perform(home, action, {name: value for name, value in args.items() if value is not None})


def say(document: Any) -> None:
    """One JSON document, on one line."""
    click.echo(json.dumps(document, ensure_ascii=False))


def prose(text: str) -> None:
    """A sentence for the person at the keyboard, on standard error; where nobody reads it, it is lost."""
    with suppress(OSError):
        click.echo(text, err=True)


def table(rows: list[dict[str, Any]], columns: tuple[str, ...]) -> None:
    """A list for reading: one line a row, columns as wide as their longest word."""
    cells = [[str(row[column]) if row[column] is not None else "-" for column in columns] for row in rows]
    widths = [max(map(len, each)) for each in zip(columns, *cells, strict=True)]
    for line in ([*columns], *cells):
        click.echo("  ".join(word.ljust(width) for word, width in zip(line, widths, strict=True)).rstrip())
