"""``loket-hub blanks``: the province's own store, and what became of a forked station's blanks."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hub.commands.common import F, Hub, hub_options, json_option, prose, say, table

if TYPE_CHECKING:
    from hub.books.store import Load

KINDS = ("ktp", "kia")
FIGURES = ("received", "sent", "on_hand", "unnamed")

_file = click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
_consignment = click.option("--consignment", required=True, help="Its name on the delivery note.")
_count = click.option("--count", type=click.IntRange(min=1), help="How many, where there is no manifest.")
_kind = click.option("--kind", type=click.Choice(KINDS), default="ktp", show_default=True)
_to = click.option("--to", nargs=2, required=True, metavar="OFFICE STATION", help="Who gets them: 64.02 1.")


def word_options(command: F) -> F:
    """``--by``, ``--second`` and ``--reason``: two people's word on other holders' blanks."""
    made: Any = command
    for name, metavar, text in (
        ("--reason", "WORD", "Why, in a few words."),
        ("--second", "PERSON", "Staff mark of the second person."),
        ("--by", "PERSON", "Staff mark of who says it."),
    ):
        made = click.option(name, metavar=metavar, required=True, help=text)(made)
    result: F = made
    return result


@click.group(invoke_without_command=True)
@click.option("--home", envvar="LOKET_HUB_HOME", type=click.Path(file_okay=False, path_type=Path))
@click.option("--database", help="postgresql://…; else as configured.")
@json_option
@click.pass_context
def blanks(context: click.Context, home: Path | None, database: str | None, as_json: bool) -> None:
    """The province's own store of blanks.

    \b
    Example:
        loket-hub blanks --json --home /var/lib/loket-hub
    """
    if context.invoked_subcommand is not None:
        return
    if home is None:
        raise click.UsageError("Missing option '--home', or set LOKET_HUB_HOME.")
    from hub.books import acts

    with Hub(home, database, None).opened() as db:
        found = acts.store(db)[0].accounts()
    if as_json:
        say(found)
    else:
        table([{"kind": kind, **figures} for kind, figures in found.items()], ("kind", *FIGURES))


@blanks.command()
@_file
@_consignment
@_count
@_kind
@click.option("--from", "sender", metavar="STATION", help="An office that sent them back; else the centre.")
@hub_options
@json_option
def receive(hub: Hub, as_json: bool, sender: str | None, **told: Any) -> None:
    """Take a consignment into the province's store: from the centre, or back from an office.

    By its manifest (a name a line, or a CSV column ``blank``), or by count.

    \b
    Example:
        loket-hub blanks receive --consignment P-2020-05 --count 4000 --home /var/lib/loket-hub
    """
    from hub.books import store
    from hub.clock import unix_ms
    from hub.projections import Folder

    load = _load(**told)
    with hub.opened() as db:
        Folder(db).catch_up()
        new = store.take_in(db, load, unix_ms(), sender)
        Folder(db).catch_up()
    _answer(load, new, as_json)


@blanks.command()
@_file
@_to
@_consignment
@_count
@_kind
@hub_options
@json_option
def send(hub: Hub, as_json: bool, to: tuple[str, str], **told: Any) -> None:
    """Send blanks from the province's store to a station, and announce them to it.

    \b
    Example:
        loket-hub blanks send --to 64.11 1 --consignment K-2020-05-12 --count 500
    """
    from hub.books import store
    from hub.projections import Folder

    load = _load(**told)
    with hub.opened() as db:
        new = store.send_out(db, load, f"{to[0]}-{to[1]}", hub.writer())
        Folder(db).catch_up()
    _answer(load, new, as_json)


@blanks.command("write-off")
@click.argument("office")
@click.argument("station")
@_file
@click.option("--consignment", help="The name under which what was found goes on.")
@click.option("--count", type=click.IntRange(min=1), help="How many without a name were found.")
@_kind
@click.option("--to", nargs=2, metavar="OFFICE STATION", help="Who gets what was found, e.g. 64.11 2.")
@word_options
@hub_options
@json_option
def write_off(hub: Hub, as_json: bool, office: str, station: str, **told: Any) -> None:
    """Close the books of a forked STATION's blanks, by the word of two people who stood before it.

    What they found there (the names in FILE, or --count of those without one) goes on as a consignment
    to another station, which receives it as any other; the rest of what the books say is on hand is lost.
    Of the other kind, everything.

    \b
    Example:
        loket-hub blanks write-off 64.11 1 found.txt --consignment W-1 --to 64.11 2 \\
            --by P.01 --second P.02 --reason disk_restored
    """
    from hub.books import store
    from hub.projections import Folder

    word = store.Word(told["by"], told["second"], told["reason"])
    to = told["to"] and f"{told['to'][0]}-{told['to'][1]}"
    which = (told["file"], told["consignment"], told["count"])
    if any(which) and not (to and told["consignment"] and bool(told["file"]) != bool(told["count"])):
        raise click.UsageError("What was found needs --consignment, --to, and either a FILE or --count.")
    found = [_load(*which, told["kind"])] if any(which) else []
    with hub.opened() as db:
        Folder(db).catch_up()
        done = store.write_off(db, f"{office}-{station}", found, to, word, hub.writer())
        Folder(db).catch_up()
    if as_json:
        say(done)
    else:
        table(done, ("station", "kind", "found", "lost"))


def _load(file: Path | None, consignment: str, count: int | None, kind: str) -> Load:
    """What a command's options tell. Raises UsageError, Trouble."""
    from hub.books.store import Load

    if (file is None) == (count is None):
        raise click.UsageError("Say either a manifest FILE or --count N.")
    if file is None:
        return Load(consignment, kind, None, count or 0)
    from hub.books.manifest import read

    names = read(file)
    return Load(consignment, kind, tuple(names), len(names))


def _answer(load: Load, new: bool, as_json: bool) -> None:
    told = {"consignment": load.consignment, "kind": load.kind, "count": load.count, "new": new}
    if as_json:
        say(told)
    else:
        prose(
            f"{load.count} {load.kind} blanks of {load.consignment} {'booked' if new else 'known already'}."
        )
