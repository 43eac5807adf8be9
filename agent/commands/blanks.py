"""``loket blanks``: what came, what is here, what left, and what was counted, lost, voided and burnt."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent.commands.common import (
    F,
    by_option,
    home_option,
    json_option,
    perform,
    prose,
    say,
    second_option,
    table,
)

if TYPE_CHECKING:
    from agent.home import Home

ATTENTION = 3
SHOWN = 20  # names of a difference on a screen; --json has them all
KINDS = ("ktp", "kia")
FIGURES = ("received", "used", "spoiled", "lost", "sent", "on_hand", "unsure", "unnamed", "destroyed")

_path = click.Path(dir_okay=False, path_type=Path)
_file = click.argument("file", required=False, type=_path)
_kind = click.option("--kind", type=click.Choice(KINDS), default="ktp", show_default=True)
_any_kind = click.option("--kind", type=click.Choice(KINDS), help="Of a blank that was never read before.")
_reason = click.option("--reason", metavar="WORD", required=True, help="Why, in one word: bent, gone.")


def _people(command: F) -> F:
    """``--by`` and ``--second``: staff marks, never a NIK."""
    return by_option(second_option(command))


@click.group(invoke_without_command=True)
@click.option("--home", envvar="LOKET_HOME", type=click.Path(file_okay=False, path_type=Path))
@json_option
@click.pass_context
def blanks(context: click.Context, home: Path | None, as_json: bool) -> None:
    """The account of blank cards.

    \b
    Example:
        loket blanks --home /var/lib/loket --json
    """
    if context.invoked_subcommand is not None:
        return
    if home is None:
        raise click.UsageError("Missing option '--home', or set LOKET_HOME.")
    from agent.home import Home
    from agent.stock.blanks import account

    found = account(Home(home).reader())
    if as_json:
        say(found)
        return
    rows = [
        {"kind": kind, **figures, "unaccounted": len(figures["unaccounted"])}
        for kind, figures in found.items()
    ]
    table(rows, ("kind", *FIGURES, "unaccounted"))


@blanks.command()
@home_option
@json_option
@_file
@click.option("--consignment", required=True, help="The consignment's name, from its delivery note.")
@click.option("--count", type=click.IntRange(min=1), help="How many, where there is no manifest.")
@_kind
def receive(
    home: Home, as_json: bool, file: Path | None, consignment: str, count: int | None, kind: str
) -> None:
    """Book a consignment of blanks: by its manifest (a name a line, or a CSV column ``blank``), or by count.

    It is booked as it came. If the province announced it otherwise, the difference is told and the exit
    code is 3.

    \b
    Example:
        loket blanks receive --home /var/lib/loket --consignment C-2020-05 manifest.csv
        loket blanks receive --home /var/lib/loket --consignment C-2020-06 --count 500 --kind kia
    """
    args = {"consignment": consignment, "kind": kind, **_which(file, count)}
    done = perform(home, "blanks-receive", args)
    _answer(done, as_json, f"{done['count']} {kind} blanks of {consignment} {_booked(done)}")
    if (differs := done["differs"]) is not None:
        prose(f"CONSIGNMENT_DIFFERS: {differs['announced']} announced, {differs['received']} received")
        _names("missing", differs["missing"])
        _names("not announced", differs["extra"])
        click.get_current_context().exit(ATTENTION)


@blanks.command()
@home_option
@json_option
@_file
@click.option("--to", required=True, metavar="STATION|province", help="Who gets them, e.g. 64.02-1.")
@click.option("--consignment", required=True, help="Its name on the delivery note; the receiver books it.")
@click.option("--count", type=click.IntRange(min=1), help="How many of those without a name.")
@_kind
def send(
    home: Home, as_json: bool, file: Path | None, to: str, consignment: str, count: int | None, kind: str
) -> None:
    """Send blanks out of stock to another office or the province, by name or by count.

    \b
    Example:
        loket blanks send --home /var/lib/loket --to 64.02-1 --consignment T-2020-07 names.txt
        loket blanks send --home /var/lib/loket --to province --consignment T-2020-08 --count 200
    """
    args = {"to": to, "consignment": consignment, "kind": kind, **_which(file, count)}
    done = perform(home, "blanks-send", args)
    _answer(done, as_json, f"{done['count']} {kind} blanks to {to} {_booked(done)}")


@blanks.command()
@home_option
@json_option
@_file
@click.option("--count", type=click.IntRange(min=0), help="How many lie in stock.")
@_kind
@_people
def count(home: Home, as_json: bool, file: Path | None, count: int | None, kind: str, **people: Any) -> None:
    """Write what two people counted in stock, by number or by the names in FILE; then compare.

    Count first: what the books expect is told only after the count is on disk. Blanks inside the printer's
    job and unsure ones are not counted. Exit code 3 if the count does not fit.

    \b
    Example:
        loket blanks count --home /var/lib/loket --kind ktp --count 412 --by P.04 --second P.11
    """
    done = perform(home, "blanks-count", {"kind": kind, **people, **_which(file, count)})
    _answer(done, as_json, f"{done['counted']} {kind} counted, {done['expected']} expected")
    _names("missing", done["missing"])
    _names("found", done["found"])
    if done["missing"] or done["found"] or done.get("missing_unnamed"):
        click.get_current_context().exit(ATTENTION)


@blanks.command()
@home_option
@json_option
@click.argument("blank")
@_any_kind
@_reason
@_people
def spoil(home: Home, as_json: bool, blank: str, **told: Any) -> None:
    """A blank of no job is bad. A card of a job is spoiled through its job.

    \b
    Example:
        loket blanks spoil 04A2B3C4D5E680 --reason bent --home /var/lib/loket
    """
    done = perform(home, "blanks-spoil", {"blank": blank, **told})
    _answer(done, as_json, f"{done['blank']} is spoiled")


@blanks.command()
@home_option
@json_option
@click.argument("blank", required=False)
@click.option("--count", type=click.IntRange(min=1), help="So many without a name; with --minutes.")
@click.option("--minutes", metavar="NO", help="Number of the report of their loss.")
@_any_kind
@_reason
@_people
def lose(home: Home, as_json: bool, blank: str | None, count: int | None, **told: Any) -> None:
    """A blank cannot be found: by its name, or so many of those without one.

    \b
    Example:
        loket blanks lose 04A2B3C4D5E680 --reason gone --by P.04 --second P.11 --home /var/lib/loket
        loket blanks lose --count 2 --minutes BA-17 --reason gone --by P.04 --second P.11
    """
    if (blank is None) == (count is None) or (count is None) != (told["minutes"] is None):
        raise click.UsageError("Say either a blank's name, or --count N and --minutes NO.")
    done = perform(home, "blanks-lose", {"blank": blank, "count": count, **told})
    _answer(done, as_json, f"{done.get('blank') or done['count']} lost")


@blanks.command()
@home_option
@json_option
@click.argument("card")
@click.option("--why", required=True, type=click.Choice(["factory", "data_changed", "worn", "lost"]))
@click.option("--job", metavar="JOB", help="The job that makes its successor.")
@click.option("--kind", type=click.Choice(KINDS), help="Of a card that other books know.")
@by_option
def void(home: Home, as_json: bool, card: str, **told: Any) -> None:
    """An old or bad card came into our hands; it waits to be destroyed.

    \b
    Example:
        loket blanks void 04A2B3C4D5E680 --why data_changed --home /var/lib/loket
    """
    done = perform(home, "blanks-void", {"card": card, **told})
    _answer(done, as_json, f"{done['card']} is void")


@blanks.command()
@home_option
@json_option
@click.argument("names", nargs=-1)
@click.option("--all", "everything", is_flag=True, help="All that lies spoiled or void here.")
@click.option("--minutes", required=True, metavar="NO", help="Number of the minutes (berita acara).")
@click.option("--witness", "witnesses", multiple=True, metavar="PERSON", help="Staff mark; at least two.")
@click.option("--place", help="Where; the office's regency if left out.")
@by_option
@click.option("--out", type=_path, help="The minutes as PDF; the same number gives the same file again.")
def destroy(home: Home, as_json: bool, names: tuple[str, ...], everything: bool, **told: Any) -> None:
    """Burn spoiled blanks and void cards before witnesses, and write the minutes.

    \b
    Example:
        loket blanks destroy --all --minutes BA-18 --witness S.01 --witness S.02 --out ba-18.pdf
    """
    if bool(names) == everything:
        raise click.UsageError("Say either the names or --all.")
    out: Path | None = told.pop("out")
    done = perform(home, "blanks-destroy", {"names": None if everything else list(names), **told})
    if out is not None:
        from agent.papers import minutes, sheet

        sheet.write(out, minutes.pdf(done))
    count = len(done["cards"])
    _answer(done, as_json, f"{count} destroyed by {done['number']}" + (f", {out}" if out else ""))


def _which(file: Path | None, count: int | None) -> dict[str, Any]:
    """The names in FILE, or the count. Raises UsageError, Trouble."""
    if (file is None) == (count is None):
        raise click.UsageError("Say either a FILE of names or --count N.")
    if file is None:
        return {"count": count}
    from agent.stock.manifest import read

    return {"names": read(file)}


def _answer(done: dict[str, Any], as_json: bool, sentence: str) -> None:
    if as_json:
        say(done)
    else:
        click.echo(sentence)


def _booked(done: dict[str, Any]) -> str:
    return "booked" if done["new"] else "known already"


def _names(what: str, told: list[str] | int) -> None:
    if isinstance(told, int):
        told = [str(told)] if told else []
    if told:
        more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
        prose(f"{what}: {', '.join(told[:SHOWN])}{more}")
