"""Commands of the counter: what waits on the shelf, giving a card out, and what becomes of it otherwise."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from agent.commands.common import by_option, home_option, json_option, perform, prose, say, table
from domain.people import RELATIVES
from drivers.clock import unix_ms

if TYPE_CHECKING:
    from agent.counter.ready import Waiting
    from agent.home import Home


@click.command()
@home_option
@json_option
@click.option("--name", "names", is_flag=True, help="Show the holders' masked names. For your own eyes.")
def ready(home: Home, as_json: bool, names: bool) -> None:
    """The cards on the shelf, the longest waiting first, and what has to come in for each.

    \b
    Example:
        loket ready --home /var/lib/loket
        loket ready --home /var/lib/loket --name
    """
    from agent import policies
    from agent.counter.ready import holder, waiting
    from agent.quiet import no_traces

    config, reads, now_ms = home.config(), home.reader(), unix_ms()
    found: list[dict[str, Any]] = []
    key = None
    if names:
        from agent import keys

        no_traces()
        key = keys.load(home.keys_path).open
    for card in waiting(reads, policies.current(reads, now_ms).hand_over, now_ms):
        told = _on_the_shelf(card)
        if key is not None:
            told["name"] = holder(reads, key, config.name, card.order)
        found.append(told)
    if as_json:
        say(found)
        return
    rows = [{**each, **{name: " ".join(each[name]) for name in ("channels", "comes_in")}} for each in found]
    shown = ("job", "kind", "shelf", "since", "days", "channels", "comes_in")
    table(rows, (*shown, "name") if names else shown)


def _on_the_shelf(card: Waiting) -> dict[str, Any]:
    from agent.status import stamp

    return {
        "job": card.job,
        "order": card.order,
        "kind": card.kind,
        "shelf": card.shelf,
        "since": stamp(card.since_ms),
        "days": card.days,
        "announced": stamp(card.announced_ms),
        "channels": list(card.channels),
        "comes_in": list(card.comes_in),
    }


@click.command("hand-over")
@home_option
@json_option
@click.argument("job")
@click.option("--card", metavar="BLANK", help="The card's serial, as you scan it.")
@click.option("--read", is_flag=True, help="The reader on the desk tells which card lies there.")
@click.option("--silent-chip", "mute", is_flag=True, help="The reader is there; the chip does not answer.")
@click.option(
    "--finger",
    type=click.Choice(["matched", "mismatch", "unable", "no_reader"]),
    help="What the ministry's own reader showed; left out, the reader here asks.",
)
@click.option(
    "--old",
    multiple=True,
    metavar="PAPER",
    help="What came in: card:NAME, card, suket:NUMBER, letter (the police's) or none; many allowed.",
)
@click.option(
    "--channel", type=click.Choice(["counter", "family", "courier", "post"]), help="Left out: the counter."
)
@click.option("--proof", metavar="REF", help="The letter of authority, or the waybill.")
@click.option("--receiver", type=click.Choice(RELATIVES), help="Which relative collects it.")
@click.option("--exception", metavar="WORD", help="Why it is given out all the same.")
@click.option("--supervisor", metavar="PERSON", help="Staff mark of who answers for the exception.")
@by_option
def hand_over(home: Home, as_json: bool, job: str, read: bool, old: tuple[str, ...], **told: Any) -> None:
    """Give a ready card out. Where a rule says no, exit code 4 and its word; docs/handover.md has them all.

    Where a fingerprint reader stands, the holder is asked to lay an index finger on it. A card whose chip or
    finger is another's is withheld, whatever the exception. The same again gives the same answer.

    \b
    Example:
        loket hand-over --home /var/lib/loket 2020-0117-1 --read --old suket:S-2020-0042
        loket hand-over --home /var/lib/loket 2020-0117-1 --read --finger matched --old none
        loket hand-over --home /var/lib/loket 2020-0117-1 --card 04A2B3C4D5E680 --old none \\
            --exception no_reader --supervisor budi --by ani
        loket hand-over --home /var/lib/loket 2020-0117-1 --card 04A2B3C4D5E680 --channel post --proof R-1234
    """
    uid = tag = None
    if read:
        from agent.printing.desk import read as read_desk

        uid, tag = read_desk(home.config().desk)
    args = {**told, "job": job, "read": uid, "tag": tag, "old": list(old)}
    from agent.counter import finger_first
    from agent.quiet import no_traces

    no_traces()

    done = finger_first.hand_over(home, args, lambda found: perform(home, "hand-over", found), prose)
    _answer(done, as_json)


@click.command()
@home_option
@json_option
@click.argument("job")
@click.option("--to-ready", is_flag=True, help="A supervisor found the cause; it goes back on the shelf.")
@click.option("--send-up", "up", is_flag=True, help="It goes back up the chain, for good.")
@click.option("--supervisor", metavar="PERSON", help="Staff mark of who found the cause.")
@click.option("--reason", metavar="WORD", help="The cause, in a word.")
@by_option
def withheld(home: Home, as_json: bool, job: str, to_ready: bool, up: bool, **told: str | None) -> None:
    """Say what becomes of a card that was withheld.

    \b
    Example:
        loket withheld --home /var/lib/loket 2020-0117-1 --to-ready --supervisor budi --reason wrong_finger \\
            --by ani
        loket withheld --home /var/lib/loket 2020-0117-1 --send-up --by ani
    """
    if to_ready == up:
        raise click.UsageError("Say either --to-ready or --send-up.")
    _answer(perform(home, "withheld", {**told, "job": job, "up": up}), as_json)


@click.command()
@home_option
@json_option
@click.argument("job")
@click.option("--proof", metavar="REF", help="The paper that proves the delivery.")
@click.option("--back", is_flag=True, help="It came back undelivered.")
@click.option("--shelf", metavar="WORD", help="Where it lies again; left out: as before.")
@by_option
def delivered(home: Home, as_json: bool, job: str, back: bool, **told: str | None) -> None:
    """Say what became of a card that left by courier or post. One that is lost there: `loket lose`.

    \b
    Example:
        loket delivered --home /var/lib/loket 2020-0117-1 --proof R-1234
        loket delivered --home /var/lib/loket 2020-0117-1 --back --shelf A-12
    """
    if back == (told["proof"] is not None):
        raise click.UsageError("Say either --proof REF or --back.")
    _answer(perform(home, "delivered", {**told, "job": job, "back": back}), as_json)


def _answer(done: dict[str, Any], as_json: bool) -> None:
    if as_json:
        say(done)
    else:
        click.echo(f"{done['job']} is {done['state']}")
