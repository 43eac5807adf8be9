"""``loket printer``: how the printer keeps, and what a person did for it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent.commands.common import (
    by_option,
    home_option,
    json_option,
    perform,
    prose,
    say,
    second_option,
    table,
)
from drivers.clock import unix_ms

if TYPE_CHECKING:
    from agent.home import Home

ATTENTION = 3


@click.group(invoke_without_command=True)
@click.option("--home", envvar="LOKET_HOME", type=click.Path(file_okay=False, path_type=Path))
@json_option
@click.pass_context
def printer(context: click.Context, home: Path | None, as_json: bool) -> None:
    """Supplies in working days, cleaning, rest, and settings that somebody changed (exit 3 if any).

    \b
    Example:
        loket printer --home /var/lib/loket --json
    """
    if context.invoked_subcommand is not None:
        return
    if home is None:
        raise click.UsageError("Missing option '--home', or set LOKET_HOME.")
    from agent import control
    from agent.home import Home
    from agent.keeping import report

    station = Home(home)
    books = report.read(station.reader(), unix_ms())
    found = report.told(books, (control.live(station) or {}).get("printer", {}))
    if as_json:
        say(found)
    else:
        _show(found)
    if found["drifted"]:
        context.exit(ATTENTION)


def _show(found: dict[str, Any]) -> None:
    supplies = {"ribbon": found["ribbon"], "film": found["film"]}
    supplies |= {f"{kind} blanks": told for kind, told in found["blanks"].items()}
    table([{"supply": name, **told} for name, told in supplies.items()], ("supply", "left", "days"))
    click.echo(
        f"cleaning: {found['cleaning']['state'] or 'unknown'}, cards since: {found['cleaning']['since']}"
    )
    click.echo(f"cards today: {found['duty']['today']}, rest: {found['duty']['rest'] or 'none'}")
    for name, (was, now) in found["drifted"].items():
        prose(f"{name} was {was} and is {now} now; if that is right: loket printer settings --accept")


@printer.command()
@home_option
@json_option
@click.option(
    "--prints", type=click.IntRange(1, 10_000), required=True, help="How many cards it is made for."
)
def ribbon(home: Home, as_json: bool, prints: int) -> None:
    """Say that a fresh ribbon was put in.

    \b
    Example:
        loket printer ribbon --home /var/lib/loket --prints 300
    """
    done = perform(home, "printer-ribbon", {"prints": prints})
    _answer(done, as_json, f"a ribbon for {prints} cards in {done['serial']}")


@printer.command()
@home_option
@json_option
def cleaned(home: Home, as_json: bool) -> None:
    """Say that the printer was cleaned.

    \b
    Example:
        loket printer cleaned --home /var/lib/loket
    """
    done = perform(home, "printer-cleaned", {})
    _answer(done, as_json, f"{done['serial']} was cleaned")


@printer.command()
@home_option
@json_option
@click.option("--accept", is_flag=True, required=True, help="You looked, and they are right.")
def settings(home: Home, as_json: bool, accept: bool) -> None:
    """Accept the settings that changed at the printer; until then they are shown as changed.

    \b
    Example:
        loket printer settings --home /var/lib/loket --accept
    """
    done = perform(home, "printer-settings", {})
    _answer(done, as_json, f"accepted: {', '.join(done['accepted']) or 'nothing had changed'}")


@printer.command("test")
@home_option
@json_option
@click.option("--blank", help="The blank that is fed next, where no chip reader names it.")
@by_option
@second_option
def test_card(home: Home, as_json: bool, blank: str | None, by: str | None, second: str | None) -> None:
    """Print a test card as soon as nothing else waits; its blank is booked as spoiled.

    Above the day's limit of spoiled blanks a second person has to see it.

    \b
    Example:
        loket printer test --home /var/lib/loket
        loket printer test --home /var/lib/loket --by ani --second budi
    """
    done = perform(home, "printer-test", {"blank": blank, "by": by, "second": second})
    _answer(done, as_json, f"a test card will be printed on {done['serial']}")


def _answer(done: dict[str, Any], as_json: bool, sentence: str) -> None:
    if as_json:
        say(done)
    else:
        click.echo(sentence)
