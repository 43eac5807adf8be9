"""``loket-hub ledger``: whether the province's books of blanks hold, and the end of a dispute."""

from __future__ import annotations

from typing import Any

import click

from hub.commands.blanks import word_options
from hub.commands.common import ATTENTION, Hub, hub_options, json_option, prose, say, table

SHOWN = 20


@click.group()
def ledger() -> None:
    """The books of blanks: from the centre to a citizen or the fire.

    \b
    Example:
        loket-hub ledger prove --json
    """


@ledger.command()
@hub_options
@json_option
def prove(hub: Hub, as_json: bool) -> None:
    """Whether every blank is accounted for by name; exit code 3 and the names if not.

    Holds the kept rows against the journals, the journals against their own numbers, and every balance
    against what may be. What is in transit is told, and is no fault.

    \b
    Example:
        loket-hub ledger prove --json --home /var/lib/loket-hub
    """
    from hub.books import prove as proof
    from hub.projections import Folder

    with hub.opened() as db:
        Folder(db).catch_up()
        with db.snapshot():
            found = proof.prove(db)
    if as_json:
        say(found)
    else:
        _show(found)
    if not proof.holds(found):
        prose("The books do not hold: somebody has to look.")
        click.get_current_context().exit(ATTENTION)


def _show(found: dict[str, Any]) -> None:
    rows = [{"account": name, "ktp": 0, "kia": 0, **held} for name, held in found["accounts"].items()]
    table(rows, ("account", "ktp", "kia"))
    for word in ("in_transit", "disputed", "unannounced"):
        for each in found[word]:
            click.echo(f"{word}: {each['consignment']} to {each['to']}, {each['count']} {each['kind']}")
    for word in ("shared", "below", "unaccounted"):
        told = found[word]
        if told:
            more = f" and {len(told) - SHOWN} more" if len(told) > SHOWN else ""
            click.echo(f"{word}: {', '.join(told[:SHOWN])}{more}")
    for holder, lines in found["missing"].items():
        click.echo(f"missing: {lines} lines of {holder}")


@ledger.command()
@click.option("--consignment", required=True, help="The disputed one.")
@word_options
@hub_options
@json_option
def settle(hub: Hub, as_json: bool, consignment: str, by: str, second: str, reason: str) -> None:
    """End the dispute over a consignment, by the word of two people who asked both ends.

    What is missing is lost; what is too much came from whoever still had it in stock, else from the centre. A
    box booked in twice is where it was opened. The receiver is told again what it booked.

    \b
    Example:
        loket-hub ledger settle --consignment T-2020-07 --by P.01 --second P.02 --reason box_opened
    """
    from hub.books import store
    from hub.projections import Folder

    with hub.opened() as db:
        Folder(db).catch_up()
        done = store.settle(db, consignment, store.Word(by, second, reason), hub.writer())
        Folder(db).catch_up()
    if as_json:
        say(done)
    for each in done:
        missing = len(each["missing"]) + each["missing_unnamed"]
        extra = len(each["extra"]) + each["extra_unnamed"]
        prose(f"{consignment}: {missing} {each['kind']} lost, {extra} added.")
