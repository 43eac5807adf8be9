"""``orders import``, ``orders move`` and ``orders withdraw``: what the stations are asked to print."""

from __future__ import annotations

from pathlib import Path

import click

from hub.commands.common import Hub, hub_options, json_option, prose, say, table

REFUSED = 4
REFUSED_SHOWN = 20


@click.group()
def orders() -> None:
    """What the stations are asked to print.

    \b
    Example:
        loket-hub orders import prr-2020-05-12.csv
    """


@orders.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@hub_options
@json_option
def import_(hub: Hub, file: Path, as_json: bool) -> None:
    """Take in a list of print-ready records: a CSV file with its photos beside it.

    The good rows are taken even when others are refused; then the exit code is 4. A file that is no such
    list is refused whole. The same file again brings nothing new. Whoever has an open order gets no other
    for such a card: `other` names it, and `orders withdraw` ends it.

    \b
    Example:
        loket-hub orders import prr-2020-05-12.csv --json --home /var/lib/loket-hub
    """
    from hub.orders import bring_in
    from hub.projections import Folder

    with hub.opened() as db:
        Folder(db).catch_up()
        done = bring_in(db, file, hub.writer())
    if as_json:
        say(done.to_json())
    else:
        table(done.refused[:REFUSED_SHOWN], ("line", "order", "word")) if done.refused else None
    prose(f"{done.new} new, {done.known} known, {len(done.refused)} refused.")
    if done.refused:
        click.get_current_context().exit(REFUSED)


@orders.command()
@click.argument("order")
@click.option(
    "--to", nargs=2, required=True, metavar="OFFICE STATION", help="Who shall print it, e.g. 64.02 1."
)
@hub_options
@json_option
def move(hub: Hub, order: str, to: tuple[str, str], as_json: bool) -> None:
    """Let another station print ORDER, once the first one has given it back.

    \b
    Example:
        loket-hub orders move 2020-05-000123 --to 64.02 1 --home /var/lib/loket-hub
    """
    from hub import moves
    from hub.projections import Folder

    with hub.opened() as db:
        Folder(db).catch_up()
        done = moves.move(db, order, f"{to[0]}-{to[1]}", hub.writer())
    if as_json:
        say(done)
    sentence = {
        "asked": f"Asked {done['from']} to give it back; then {done['to']} owes it.",
        "moved": f"{done['to']} owes it.",
        "there": f"{done['to']} owes it already.",
    }
    prose(sentence[done["state"]])


@orders.command()
@click.argument("order")
@hub_options
@json_option
def withdraw(hub: Hub, order: str, as_json: bool) -> None:
    """Let nobody print ORDER any more, once its station has given it back; it keeps a card that was begun.

    \b
    Example:
        loket-hub orders withdraw 2020-05-000123 --home /var/lib/loket-hub
    """
    from hub import moves
    from hub.projections import Folder

    with hub.opened() as db:
        Folder(db).catch_up()
        done = moves.withdraw(db, order, hub.writer())
    if as_json:
        say(done)
    asked = f"Asked {done['from']} to give it back; ask again to see whether it did."
    prose(asked if done["state"] == "asked" else "Nobody owes it any more.")


@orders.command("take-over")
@click.argument("office")
@click.argument("station")
@click.option("--to", nargs=2, required=True, metavar="OFFICE STATION", help="Who shall print them instead.")
@click.option(
    "--order", "named", multiple=True, help="Only this one, even if its card was begun; repeatable."
)
@hub_options
@json_option
def take_over(
    hub: Hub, office: str, station: str, to: tuple[str, str], named: tuple[str, ...], as_json: bool
) -> None:
    """Let another station print what a forked STATION of OFFICE still owes.

    Only after two people looked at the office: the forked PC is switched off for good, and no card of
    these orders lies anywhere. An order whose card was begun there stays until it is named with --order.

    \b
    Example:
        loket-hub orders take-over 64.11 1 --to 64.11 2 --home /var/lib/loket-hub
    """
    from hub import moves
    from hub.projections import Folder

    with hub.opened() as db:
        Folder(db).catch_up()
        done = moves.take_over(db, f"{office}-{station}", f"{to[0]}-{to[1]}", hub.writer(), named)
    if as_json:
        say(done)
    elif done["kept"]:
        table(done["kept"], ("order", "state"))
    prose(f"{done['to']} owes {len(done['moved'])} orders; {len(done['kept'])} stay until they are named.")
