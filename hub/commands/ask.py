"""``offices``, ``reconcile`` and ``report``: the province's questions."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from hub.commands.common import ATTENTION, Hub, hub_options, json_option, prose, say, table

if TYPE_CHECKING:
    from hub.database import Database

FIGURES = ("blanks", "suket", "prr", "printed")


@contextmanager
def _read(hub: Hub) -> Iterator[Database]:
    """The database with every projection up to date, seen at one moment."""
    from hub.projections import Folder

    with hub.opened() as db:
        Folder(db).catch_up()
        with db.snapshot():
            yield db


@click.command()
@hub_options
@json_option
def offices(hub: Hub, as_json: bool) -> None:
    """How far each station's journal is held, and what it said it still owes.

    \b
    Example:
        loket-hub offices --json --home /var/lib/loket-hub
    """
    from hub import reports

    with hub.opened() as db:
        rows = reports.offices(db)
    if as_json:
        say(rows)
    else:
        table(rows, ("name", "state", "seq", "unsent_reported", "last_seen_at"))


@click.command()
@hub_options
@json_option
def reconcile(hub: Hub, as_json: bool) -> None:
    """Whether all that was told is held, once, and adds up; exit code 3 if not.

    \b
    Example:
        loket-hub reconcile --json --home /var/lib/loket-hub
    """
    from hub import reports

    with _read(hub) as db:
        found = reports.reconcile(db)
    if as_json:
        say(found)
    else:
        for name, value in found.items():
            click.echo(f"{name}: {', '.join(value) or '-' if isinstance(value, list) else value}")
    if not reports.holds(found):
        prose("It does not add up: somebody has to look.")
        click.get_current_context().exit(ATTENTION)


@click.group()
def report() -> None:
    """The province's reports.

    \b
    Example:
        loket-hub report daily --date 2020-05-12
    """


@report.command()
@click.option("--date", "on", help="The WITA day, YYYY-MM-DD; today if left out.")
@hub_options
@json_option
def daily(hub: Hub, on: str | None, as_json: bool) -> None:
    """A day's figures, each computed from what is held, and what makes them doubtful.

    blanks: identity-card blanks on hand at the end of the day. printed: good cards of the day.
    prr: print-ready records asked for by then whose card was not out. suket: people who stand with a
    temporary certificate, known from the records or from the stations' own issues, each once.

    \b
    Example:
        loket-hub report daily --date 2020-05-12 --json --home /var/lib/loket-hub
    """
    from domain.wita import day
    from hub import reports
    from hub.clock import unix_ms

    now_ms = unix_ms()
    try:
        with _read(hub) as db:
            told = reports.daily(db, on or day(now_ms), now_ms)
    except ValueError:
        raise click.BadParameter(
            f"{on} is no date; one looks like 2020-05-12.", param_hint="--date"
        ) from None
    if as_json:
        say(told)
        return
    rows = [
        {"regency": code, **figures, "flags": " ".join(figures["flags"])}
        for code, figures in told["regencies"].items()
    ]
    total = {"regency": "all", **{figure: told[figure] for figure in FIGURES}, "flags": ""}
    table([*rows, total], ("regency", *FIGURES, "flags"))
