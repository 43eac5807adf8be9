"""Announcing ready cards: the files are written here, in the command's own process, and then told of."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from agent.commands.common import home_option, json_option, perform, prose, say
from drivers.clock import unix_ms

if TYPE_CHECKING:
    from agent.home import Home


@click.command()
@home_option
@json_option
@click.option("--channels", metavar="WORDS", help="Some of wa,sms,web,list; left out: as the province rules.")
@click.option("--out", type=click.Path(file_okay=False, path_type=Path), help="Else HOME/announcements.")
@click.option("--done", "done", metavar="BATCH", help="This batch is through: delete its files.")
def announce(home: Home, as_json: bool, channels: str | None, out: Path | None, done: str | None) -> None:
    """Write the announcements of ready cards that nobody was told of yet.

    The files hold phone numbers, masked NIKs and initials, and lie where only you may read them, in a folder
    named by the batch. Delete them with --done once they are through.

    \b
    Example:
        loket announce --home /var/lib/loket --channels wa,sms,list --json
        loket announce --home /var/lib/loket --done 2020-05-12-1
    """
    folder = out or home.root / "announcements"
    told = _remove(folder, done) if done is not None else _announce(home, folder, channels)
    if as_json:
        say(told)
        return
    if done is not None:
        click.echo(f"{told['batch']}: {len(told['deleted'])} files deleted")
        return
    if told["batch"] is None:
        click.echo("nobody waits to be told")
    else:
        click.echo(f"{told['batch']}: {len(told['jobs'])} cards, files in {told['folder']}")
    if told["forgotten"]:
        prose(f"Their names are forgotten here, tell their holders otherwise: {', '.join(told['forgotten'])}")
    if told["more"]:
        prose(f"{told['more']} more cards are left for the next batch.")
    if told["lying"]:
        prose(f"Older files still lie there: {', '.join(told['lying'])}; delete them with --done.")


def _remove(folder: Path, batch: str) -> dict[str, Any]:
    from agent.counter import files
    from agent.counter.announce import batch_name
    from agent.trouble import Trouble

    place = folder / batch_name(batch)
    if not place.is_dir():
        raise Trouble(f"There is no batch {batch} in {folder}.")
    return {"batch": batch, "deleted": files.remove(place)}


def _announce(home: Home, folder: Path, channels: str | None) -> dict[str, Any]:
    """Files first, then the journal: a power cut between them repeats a batch and never leaves a card out."""
    from agent import keys, policies
    from agent.counter import announce as notices
    from agent.counter import files
    from agent.quiet import no_traces
    from agent.trouble import Trouble

    no_traces()
    config, reads, now_ms = home.config(), home.reader(), unix_ms()
    wanted = _channels(channels) or policies.current(reads, now_ms).announce_channels
    if not wanted:
        raise Trouble("The province's rules name no channel; say which with --channels.")
    files.sweep(folder)
    batch = notices.untold(reads, keys.load(home.keys_path).open, config.name, now_ms)
    told: dict[str, Any] = {
        "batch": None,
        "folder": None,
        "jobs": [each.job for each in batch.told],
        "channels": list(wanted),
        "without_phone": files.without_phone(batch),
        "forgotten": list(batch.forgotten),
        "more": batch.more,
        "lying": files.lying(folder),
    }
    if not batch.told:
        return told
    try:
        place = files.write(folder, batch, config.office, wanted, now_ms)
    except OSError as error:
        raise Trouble(f"The announcements cannot be written to {folder}: {error.strerror}.") from error
    args = {name: told[name] for name in ("jobs", "channels", "without_phone")}
    perform(home, "announced", {**args, "batch": batch.name})
    return told | {"batch": batch.name, "folder": str(place)}


def _channels(text: str | None) -> tuple[str, ...]:
    from domain.policy import CHANNELS

    found = tuple(dict.fromkeys(word.strip() for word in (text or "").split(",") if word.strip()))
    if strange := [word for word in found if word not in CHANNELS]:
        raise click.UsageError(f"{strange[0]} is no channel; there are {', '.join(CHANNELS)}.")
    return found
