"""What goes with recording: numbers for those who wait, days in the field, and the staff's own fingers."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager, suppress
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
    from drivers.finger_reader import FingerReader

ENROL_S = 30.0


def _answer(done: dict[str, Any], as_json: bool, sentence: str) -> None:
    if as_json:
        say(done)
    else:
        click.echo(sentence.format(**done))


def _tidy(home: Home) -> None:
    """A sitting that died holds no place: it is put in order before anybody counts, and told.

    Where that cannot be written now (a full disk, an agent that just starts) it is counted as it stands.
    """
    from functools import partial

    from agent.recording import seat
    from agent.recording.words import SAID
    from agent.store.journal import DiskFull
    from agent.trouble import Trouble

    with suppress(DiskFull, Trouble):
        for id in seat.looked_at(home, partial(perform, home)):
            prose(f"{SAID['died'].id.format(id)}\n  ({SAID['died'].en.format(id)})")


@click.group()
def tickets() -> None:
    """Numbers for those who wait to be recorded: of one day each, never more than the day's quota.

    \b
    Example:
        loket tickets issue --home /var/lib/loket
    """


@tickets.command()
@home_option
@json_option
def issue(home: Home, as_json: bool) -> None:
    """The next number of today.

    \b
    Example:
        loket tickets issue --home /var/lib/loket
    """
    _tidy(home)
    _answer(perform(home, "ticket-issue", {}), as_json, "{number}")


@tickets.command()
@home_option
@json_option
def call(home: Home, as_json: bool) -> None:
    """The number whose turn it is. Who does not come gives the place up, and may come later if one is free.

    \b
    Example:
        loket tickets call --home /var/lib/loket
    """
    _answer(perform(home, "ticket-call", {}), as_json, "{number}")


@tickets.command("list")
@home_option
@json_option
def list_tickets(home: Home, as_json: bool) -> None:
    """Today's numbers, and how many people can still be recorded.

    \b
    Example:
        loket tickets list --home /var/lib/loket
    """
    from agent.recording import days

    _tidy(home)
    reads, now_ms = home.reader(), unix_ms()
    now, found = days.today(reads, now_ms), days.tickets(reads, now_ms)
    left = max(0, now.quota - now.taken - now.promised)
    if as_json:
        say({"day": now.day, "quota": now.quota, "recorded": now.taken, "left": left, "tickets": found})
        return
    table(found, ("number", "state", "recording"))
    click.echo(f"{now.day}: {now.taken} of {now.quota} recorded, {left} places left")


@click.group()
def outreach() -> None:
    """Days in the field: what is recorded then carries the place, and is counted apart.

    \b
    Example:
        loket outreach begin --home /var/lib/loket --place long-pahangai --until 2020-06-05 --second budi
    """


@outreach.command()
@home_option
@json_option
@click.option("--place", required=True, metavar="WORD", help="Where, in a word such as long-pahangai.")
@click.option("--until", required=True, metavar="YYYY-MM-DD", help="The last day, at most a month ahead.")
@by_option
@second_option
def begin(home: Home, as_json: bool, **told: str | None) -> None:
    """The station goes out. Two people say so.

    \b
    Example:
        loket outreach begin --home /var/lib/loket --place long-pahangai --until 2020-06-05 \\
            --by ani --second budi
    """
    _answer(perform(home, "outreach-begin", told), as_json, "in the field at {place} until {until}")


@outreach.command()
@home_option
@json_option
@by_option
def end(home: Home, as_json: bool, by: str | None) -> None:
    """It is back at the counter before the last day is over.

    \b
    Example:
        loket outreach end --home /var/lib/loket --by ani
    """
    _answer(perform(home, "outreach-end", {"by": by}), as_json, "back from {place}")


@click.group()
def staff() -> None:
    """The staff's own fingers in the fingerprint reader, so that none is recorded as somebody else's.

    \b
    Example:
        loket staff enrol --home /var/lib/loket --by ani
    """


@staff.command()
@home_option
@json_option
@click.option(
    "--by", "mark", envvar="LOKET_CLERK", required=True, metavar="PERSON", help="Whose finger it is."
)
def enrol(home: Home, as_json: bool, mark: str) -> None:
    """Keep a finger of yours in the reader's own library; it is pressed twice. Once for each finger you use.

    \b
    Example:
        loket staff enrol --home /var/lib/loket --by ani
    """
    from agent.asking import person
    from agent.trouble import Trouble

    person({"by": mark}, "by")
    with _reader(home) as reader:
        held = reader.slots()
        free = next((slot for slot in range(reader.identify().library) if slot not in held), None)
        if free is None:
            raise Trouble("The reader's library is full; forget a former clerk's finger first.")
        reader.enrol(free, ENROL_S)
        args = {"staff": mark, "slot": free, "reader": _name(reader)}
        _answer(perform(home, "staff-enrolled", args), as_json, "{staff} is in slot {slot}")


@staff.command()
@home_option
@json_option
@click.argument("mark", metavar="PERSON")
def forget(home: Home, as_json: bool, mark: str) -> None:
    """Erase every finger of somebody from the reader's library.

    \b
    Example:
        loket staff forget --home /var/lib/loket ani
    """
    from domain.words import RefusedByRule

    with _reader(home) as reader:
        name = _name(reader)
        slots = [row["slot"] for row in _enrolled(home) if (row["reader"], row["staff"]) == (name, mark)]
        if not slots:
            raise RefusedByRule("UNKNOWN_STAFF")
        for slot in slots:
            reader.erase(slot)
            perform(home, "staff-forgotten", {"staff": mark, "slot": slot, "reader": name})
    _answer({"staff": mark, "slots": slots}, as_json, "{staff} is forgotten")


@staff.command("list")
@home_option
@json_option
def list_staff(home: Home, as_json: bool) -> None:
    """Whose fingers lie in which reader.

    \b
    Example:
        loket staff list --home /var/lib/loket
    """
    found = _enrolled(home)
    if as_json:
        say(found)
        return
    table(found, ("staff", "reader", "slot"))


def _enrolled(home: Home) -> list[dict[str, Any]]:
    rows = home.reader().rows("SELECT staff, reader, slot FROM staff_finger ORDER BY staff, reader, slot")
    return [dict(zip(("staff", "reader", "slot"), row, strict=True)) for row in rows]


def _name(reader: FingerReader) -> str:
    """What the reader is called here: its serial number, or its address where it knows none."""
    return reader.identify().serial or str(reader.address)


@contextmanager
def _reader(home: Home) -> Iterator[FingerReader]:
    """The configured reader; what fails at it is one sentence."""
    from agent.recording.words import fault
    from agent.trouble import Trouble
    from drivers.clock import MonotonicClock
    from drivers.errors import DeviceError
    from drivers.registry import open_reader

    config = home.config()
    if not config.reader:
        raise Trouble("No fingerprint reader is configured (reader in loket.toml).")
    try:
        reader = open_reader(config.reader, clock=MonotonicClock())
    except ValueError as error:
        raise Trouble(str(error)) from error
    try:
        yield reader
    except DeviceError as error:
        said = fault("reader", error.cause)
        raise Trouble(f"{said.id} ({said.en})") from error
    finally:
        reader.close()
