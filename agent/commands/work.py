"""Commands that write: printing, settling, cancelling. Done once the disk has it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from agent.commands.common import by_option, home_option, json_option, perform, say, second_option, table

if TYPE_CHECKING:
    from agent.home import Home


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
    done = perform(home, "print", {"next": count, "order": order, "blank": blank})
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
@by_option
@second_option
def resolve(
    home: Home,
    as_json: bool,
    job: str,
    reason: str | None,
    by: str | None,
    second: str | None,
    **said: str | None,
) -> None:
    """Settle an unsure job by what you hold in your hand; BLANK is its serial.

    Another blank than the job's is refused with WRONG_BLANK. Above the day's limit of spoiled and lost ones
    a second person has to see it.

    \b
    Example:
        loket resolve --home /var/lib/loket 2020-0117-1 --came-out 04A2B3C4D5E680
    """
    told = [(outcome, blank) for outcome, blank in said.items() if blank is not None]
    if len(told) != 1:
        raise click.UsageError("Say exactly one of --came-out, --spoiled, --untouched, --lost.")
    ((outcome, blank),) = told
    args = {"job": job, "outcome": outcome, "blank": blank, "reason": reason, "by": by, "second": second}
    done = perform(home, "resolve", args)
    _answer(done, as_json)


@click.command()
@home_option
@json_option
@click.argument("job")
@click.option("--card", metavar="BLANK", help="The card's serial; else the reader on the desk tells it.")
@click.option("--shelf", metavar="WORD", help="Where the card waits for its holder.")
@by_option
def verify(home: Home, as_json: bool, job: str, card: str | None, shelf: str | None, by: str | None) -> None:
    """Say that you hold the job's printed card in your hand and it is good; it is ready for its holder then.

    Another card than the job's is refused with WRONG_BLANK, one whose chip bears another tag with CHIP_OTHER.

    \b
    Example:
        loket verify --home /var/lib/loket 2020-0117-1 --shelf A-12
        loket verify --home /var/lib/loket 2020-0117-1 --card 04A2B3C4D5E680
    """
    tag = None
    if card is None:
        from agent.printing.desk import read

        card, tag = read(home.config().desk)
    args = {"job": job, "card": card, "tag": tag, "shelf": shelf, "by": by}
    _answer(perform(home, "verify", args), as_json)


@click.command()
@home_option
@json_option
@click.argument("job")
@click.option("--blank", required=True, metavar="BLANK", help="The serial of the card in your hand.")
@click.option("--reason", metavar="WORD", help="Why it is spoiled, in a word.")
@by_option
@second_option
def spoil(home: Home, as_json: bool, job: str, **told: str | None) -> None:
    """Say that a card which came out is bad after all; its order waits for another one.

    \b
    Example:
        loket spoil --home /var/lib/loket 2020-0117-1 --blank 04A2B3C4D5E680 --reason smeared --by ani
    """
    _answer(perform(home, "write-off", {"job": job, "outcome": "spoil", **told}), as_json)


@click.command()
@home_option
@json_option
@click.argument("job")
@click.option(
    "--blank", required=True, metavar="BLANK", help="The serial of the card, from the list of jobs."
)
@click.option("--reason", metavar="WORD", help="Why it is missing, in a word.")
@by_option
@second_option
def lose(home: Home, as_json: bool, job: str, **told: str | None) -> None:
    """Say that a card which came out cannot be found. Its order ends here; the province decides.

    \b
    Example:
        loket lose --home /var/lib/loket 2020-0117-1 --blank 04A2B3C4D5E680 --reason missing --second budi
    """
    _answer(perform(home, "write-off", {"job": job, "outcome": "lose", **told}), as_json)


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
    _answer(perform(home, "cancel", {"job": job}), as_json)


@click.command()
@home_option
@json_option
@click.option(
    "--spoiled", metavar="BLANK", multiple=True, help="A blank found there, of no job; many allowed."
)
@by_option
@second_option
def looked(home: Home, as_json: bool, spoiled: tuple[str, ...], by: str | None, second: str | None) -> None:
    """Say that you have looked into the printer's trays, where its counters tell of cards that no job knows.

    Until then such a printer (cause cards_unknown) feeds nothing. It comes of test cards, of a printer lent
    out, or of a job that was printed behind the station's back: destroy what lies there and name it. Above
    the day's limit of spoiled blanks a second person has to see it.

    \b
    Example:
        loket looked --home /var/lib/loket
        loket looked --home /var/lib/loket --spoiled 04A2B3C4D5E680 --by ani --second budi
    """
    done = perform(home, "looked", {"spoiled": list(spoiled), "by": by, "second": second})
    if as_json:
        say(done)
    else:
        click.echo(f"looked at {done['printer'] or 'no printer'}, {len(done['spoiled'])} blanks spoiled")


def _answer(done: dict[str, Any], as_json: bool) -> None:
    if as_json:
        say(done)
    else:
        click.echo(f"{done['job']} is {done['state']}")
