"""Commands that write: printing, settling, cancelling, receiving blanks. Done once the disk has it."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent.commands.common import home_option, json_option, say, table

if TYPE_CHECKING:
    from agent.home import Home


def _perform(home: Home, action: str, args: Mapping[str, Any]) -> dict[str, Any]:
    from agent import control

    return control.perform(home, action, {name: value for name, value in args.items() if value is not None})


@click.command("print")
@home_option
@json_option
@click.option("--next", "count", type=click.IntRange(1, 1000), help="That many waiting orders, by priority.")
@click.option("--order", help="This order.")
@click.option("--blank", help="The blank's serial, where no chip reader names it.")
def print_(home: Home, as_json: bool, count: int | None, order: str | None, blank: str | None) -> None:
    """Print waiting orders. The same order twice is the same job.

    \b
    Example:
        loket print --home /var/lib/loket --next 5
        loket print --home /var/lib/loket --order 2020-0117 --blank 6411000042
    """
    if (count is None) == (order is None):
        raise click.UsageError("Say either --next N or --order ID.")
    if blank is not None and count is not None and count > 1:
        raise click.UsageError("One blank is for one order: --next 1.")
    done = _perform(home, "print", {"next": count, "order": order, "blank": blank})
    if as_json:
        say(done)
    else:
        table(done["jobs"], ("job", "order", "state"))


@click.command()
@home_option
@json_option
@click.argument("job")
@click.option("--came-out", metavar="BLANK", help="The card came out and is good.")
@click.option("--spoiled", metavar="BLANK", help="The card is spoiled.")
@click.option("--untouched", metavar="BLANK", help="The blank is still blank.")
@click.option("--lost", metavar="BLANK", help="The blank cannot be found.")
@click.option("--reason", metavar="WORD", help="Why it is spoiled or lost; else why it was unsure.")
@click.option("--second", metavar="PERSON", help="Staff mark of the second person who saw it.")
def resolve(
    home: Home, as_json: bool, job: str, reason: str | None, second: str | None, **said: str | None
) -> None:
    """Settle an unsure job by what you hold in your hand; BLANK is its serial.

    Another blank than the job's is refused with WRONG_BLANK.

    \b
    Example:
        loket resolve --home /var/lib/loket 2020-0117-1 --came-out 04A2B3C4D5E680
    """
    told = [(outcome, blank) for outcome, blank in said.items() if blank is not None]
    if len(told) != 1:
        raise click.UsageError("Say exactly one of --came-out, --spoiled, --untouched, --lost.")
    ((outcome, blank),) = told
    args = {"job": job, "outcome": outcome, "blank": blank, "reason": reason, "second": second}
    done = _perform(home, "resolve", args)
    _answer(done, as_json)


@click.command()
@home_option
@json_option
@click.argument("job")
def cancel(home: Home, as_json: bool, job: str) -> None:
    """Take a job out of the queue; its order waits again.

    \b
    Example:
        loket cancel --home /var/lib/loket 2020-0117-1
    """
    _answer(_perform(home, "cancel", {"job": job}), as_json)


@click.command()
@home_option
@json_option
@click.option(
    "--spoiled", metavar="BLANK", multiple=True, help="A blank found there, of no job; many allowed."
)
def looked(home: Home, as_json: bool, spoiled: tuple[str, ...]) -> None:
    """Say that you have looked into the printer's trays, where its counters tell of cards that no job knows.

    Until then such a printer (cause cards_unknown) feeds nothing. It comes of test cards, of a printer lent
    out, or of a job that was printed behind the station's back: destroy what lies there and name it.

    \b
    Example:
        loket looked --home /var/lib/loket
        loket looked --home /var/lib/loket --spoiled 04A2B3C4D5E680
    """
    done = _perform(home, "looked", {"spoiled": list(spoiled)})
    if as_json:
        say(done)
    else:
        click.echo(f"looked at {done['printer'] or 'no printer'}, {len(done['spoiled'])} blanks spoiled")


def _answer(done: dict[str, Any], as_json: bool) -> None:
    if as_json:
        say(done)
    else:
        click.echo(f"{done['job']} is {done['state']}")


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
    table(
        rows, ("kind", "received", "used", "spoiled", "lost", "on_hand", "unsure", "unnamed", "unaccounted")
    )


@blanks.command("receive")
@home_option
@json_option
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--consignment", required=True, help="The consignment's name, from its delivery note.")
@click.option("--count", type=click.IntRange(min=1), help="How many, where there is no manifest.")
@click.option("--kind", type=click.Choice(["ktp", "kia"]), default="ktp", show_default=True)
def receive(
    home: Home, as_json: bool, file: Path | None, consignment: str, count: int | None, kind: str
) -> None:
    """Book a consignment of blanks: by its manifest (a name a line, or a CSV column ``blank``), or by count.

    \b
    Example:
        loket blanks receive --home /var/lib/loket --consignment C-2020-05 manifest.csv
        loket blanks receive --home /var/lib/loket --consignment C-2020-06 --count 500 --kind kia
    """
    if (file is None) == (count is None):
        raise click.UsageError("Say either a manifest FILE or --count N.")
    names = None
    if file is not None:
        from agent.stock.manifest import read

        names = read(file)
    args = {"consignment": consignment, "kind": kind, "names": names, "count": count}
    done = _perform(home, "blanks-receive", args)
    if as_json:
        say(done)
    else:
        click.echo(
            f"{done['count']} {kind} blanks of {consignment} "
            + ("booked" if done["new"] else "known already")
        )
