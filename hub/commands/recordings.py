"""``loket-hub recordings``: what the stations recorded of people, on its way to the centre and back."""

from __future__ import annotations

from pathlib import Path

import click

from hub.commands.common import Hub, hub_options, json_option, prose, say, table

REFUSED = 4
REFUSED_SHOWN = 20
COLUMNS = ("recording", "station", "status", "received_at", "size", "flags")


@click.group()
def recordings() -> None:
    """What the stations recorded of people. The packets stay sealed here; nothing below names a person.

    \b
    Example:
        loket-hub recordings list --json
    """


@recordings.command("list")
@hub_options
@json_option
def list_(hub: Hub, as_json: bool) -> None:
    """Every recording that was opened, checked and kept, with the centre's last answer.

    DUPLICATE_PERSON among the flags: this person was recorded before, the centre decides. STATUS_MOVE: an
    answer of the centre did not follow the one before it.

    \b
    Example:
        loket-hub recordings list --json --home /var/lib/loket-hub
    """
    from hub.recordings import book

    with hub.opened() as db:
        rows = [each.to_json() for each in book.every(db)]
    if as_json:
        say(rows)
    else:
        table([{**row, "flags": " ".join(row["flags"])} for row in rows], COLUMNS)


@recordings.command()
@hub_options
@json_option
def missing(hub: Hub, as_json: bool) -> None:
    """What the stations told of and is not here: COMING, the word it was refused with, or lost.

    PURGED: its station had a receipt of this province, which was then put back from a copy. FILE_LOST: the
    row is here and its packet is not. Both come back by `loket-hub recordings take`, from a copy of the disk.

    \b
    Example:
        loket-hub recordings missing --json --home /var/lib/loket-hub
    """
    from hub.recordings.owed import owed

    with hub.opened() as db:
        rows = owed(db, hub.home)
    if as_json:
        say(rows)
    else:
        table(rows, ("recording", "station", "word", "size", "sha256"))


@recordings.command()
@click.argument("recording")
@hub_options
@json_option
def show(hub: Hub, recording: str, as_json: bool) -> None:
    """Heads of one RECORDING: sizes, scores, dates and answers; no person and no picture.

    \b
    Example:
        loket-hub recordings show R-64.11-1-000001 --json --home /var/lib/loket-hub
    """
    import json

    from domain.packet import BadPacket
    from domain.words import RefusedByRule
    from hub.recordings import book, heads

    with hub.opened() as db:
        kept = book.get(db, recording)
        if kept is None:
            raise RefusedByRule("UNKNOWN_RECORDING")
        try:
            told = heads.show(db, hub.home, kept)
        except BadPacket as bad:
            raise RefusedByRule(bad.word) from None
    if as_json:
        say(told)
    else:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))


@recordings.command()
@click.argument("out_dir", type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--to", type=click.Path(dir_okay=False, path_type=Path), help="The centre's public key, a file."
)
@click.option("--clear", is_flag=True, help="Not sealed: only for a disk that is carried and guarded.")
@click.option("--recording", "named", multiple=True, help="Only this one, even if it was sent; repeatable.")
@hub_options
@json_option
def export(
    hub: Hub, out_dir: Path, to: Path | None, clear: bool, named: tuple[str, ...], as_json: bool
) -> None:
    """Write every recording that was not sent yet to OUT_DIR, and mark it SENT_FOR_ENROLLMENT.

    With --to each packet is sealed to the centre's key. With --clear whoever has the disk has the people's
    fingers, irises and data. OUT_DIR/index.csv names the files with their hashes.

    \b
    Example:
        loket-hub recordings export /media/centre --to centre.pub --home /var/lib/loket-hub
    """
    from hub.recordings import export as sending

    if (to is None) != clear:
        raise click.UsageError("Say either --to KEY or --clear.")
    key = None if to is None else sending.key_of(to)
    if clear:
        prose("These files are not sealed: whoever has the disk has these people's fingers, irises and data.")
    with hub.opened() as db:
        done = sending.export(db, hub.home, out_dir, key, hub.writer(), named)
    if as_json:
        say(done)
    prose(f"{len(done)} recordings are in {out_dir}.")


@recordings.command("import")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@hub_options
@json_option
def import_(hub: Hub, file: Path, as_json: bool) -> None:
    """Take the centre's answers in: a CSV FILE with recording, status and, where it is told, at.

    Each new answer is told to its station. One that does not follow the answer before it is taken and
    flagged. The good rows are taken even when others are refused; then the exit code is 4.

    \b
    Example:
        loket-hub recordings import centre-2020-05-20.csv --json --home /var/lib/loket-hub
    """
    from hub.recordings import answer_file, book

    told = answer_file.read(file)
    with hub.opened() as db:
        done = book.take(db, told, hub.writer())
    if as_json:
        say(done.to_json())
    elif done.refused:
        table(done.refused[:REFUSED_SHOWN], ("line", "recording", "word"))
    prose(f"{done.new} new ({len(done.odd)} do not follow), {done.known} known, {len(done.refused)} refused.")
    if done.refused:
        click.get_current_context().exit(REFUSED)


@recordings.command()
@click.argument("recording")
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@hub_options
@json_option
def take(hub: Hub, recording: str, file: Path, as_json: bool) -> None:
    """Keep the packet of RECORDING from a FILE, for a station that cannot send it any more.

    FILE is one of recordings/ in the station's home; `loket recordings --json` tells which is whose. It is
    checked like one that comes over the line; its station gets a receipt if its journal told of it here.

    \b
    Example:
        loket-hub recordings take R-64.11-1-7 /media/stick/3f0c….pkt --home /var/lib/loket-hub
    """
    from hub.recordings import carried

    with hub.opened() as db:
        done = carried.take(db, hub.home, recording, file, hub.writer())
    if as_json:
        say(done)
    prose(f"{recording} is kept." if done["new"] else f"{recording} was kept before.")
