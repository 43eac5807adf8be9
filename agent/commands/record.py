"""Recording somebody, in this command's own process; and the list of what was recorded here."""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

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
    from agent.config import Config
    from agent.home import Home
    from agent.recording.biodata import Person
    from agent.recording.plan import Devices
    from agent.recording.session import Asked
    from domain.packet import Missing
    from domain.policy import Policy

ATTENTION = 3  # exit code: the sitting ended without a packet
STDIN = "-"
BIODATA_CHARACTERS_MAX = 20_000


@click.command()
@home_option
@json_option
@click.option(
    "--nik",
    required=True,
    help="Whom; `-` reads it from standard input, so that no list of processes has it.",
)
@click.option("--biodata", metavar="FILE", help="JSON with name, birthdate, sex, …; `-`: a line of input.")
@by_option
@second_option
@click.option("--ticket", type=click.IntRange(1), metavar="N", help="The number the person holds.")
@click.option(
    "--missing", multiple=True, metavar="PART:HOW", help='As "Left LittleFinger:permanent"; many allowed.'
)
@click.option("--married", is_flag=True, help="The person is or was married.")
@click.option(
    "--patience", default=60, show_default=True, type=click.IntRange(0, 3600),
    help="Seconds to wait for a device before you are asked.",
)  # fmt: skip
@click.option("--no-pad", is_flag=True, help="The person signs on paper.")
@click.option("--rehearsal", is_flag=True, help="Nobody is asked anything; the packet says so.")
def record(
    home: Home, as_json: bool, nik: str, biodata: str | None, by: str | None, second: str | None, **told: Any
) -> None:
    """Record one person: photo, ten fingers, two irises, signature; sealed so that this PC cannot open it.

    Questions stand on standard error; answers are numbers, and Enter takes the first. Exit code 3 if the
    sitting was ended without a packet. With both from standard input the first line is the NIK, the second
    the biodata.

    \b
    Example:
        loket record --home /var/lib/loket --nik - --biodata siti.json --by ani --ticket 7
        loket record --home /var/lib/loket --nik - --missing "Left LittleFinger:permanent" --second budi
    """
    from agent import control
    from agent.quiet import no_traces
    from agent.recording.desk import readable

    no_traces()
    readable(sys.stdin)
    missing = _missing(told["missing"])
    marks = _marks(by, second)
    number = _line(sys.stdin, "NIK?") if nik == STDIN else nik
    fields = _fields(biodata)
    rules = _rules(home)
    person = _person(home.config(), rules, number, fields, married=told["married"])
    live = control.live(home)
    ahead_ms = _province_ahead_ms(home, live)
    with _devices(home, ahead_ms or 0, no_pad=told["no_pad"]) as devices:
        asked = _asked(live, rules, person, missing, marks, told)
        done = _sit(home, asked, devices, rehearsal=told["rehearsal"], hour_known=ahead_ms is not None)
    if as_json:
        say(done)
    elif done["packet"]:
        click.echo(f"{done['id']} is sealed")
    if done["state"] != "sealed":
        prose(f"{done['id']} was ended without a packet: {done['cause']}.")
        sys.exit(ATTENTION)


def _sit(home: Home, asked: Asked, devices: Devices, *, rehearsal: bool, hour_known: bool) -> dict[str, Any]:
    from functools import partial

    from agent import keys
    from agent.recording.desk import Keyboard, Rehearsal, Terminal
    from agent.recording.session import Counter, record
    from agent.recording.words import SAID
    from drivers.clock import MonotonicClock

    clock = MonotonicClock()
    desk = Rehearsal(prose, clock.sleep_ms) if rehearsal else Terminal(Keyboard(sys.stdin), prose)
    if not hour_known:
        desk.tell(SAID["hour_unknown"])
    counter = Counter(
        home=home,
        keys=keys.load(home.keys_path),
        station=home.config().name,
        devices=devices,
        desk=desk,
        perform=partial(perform, home),
        clock=clock,
        unix_ms=unix_ms,
    )
    return record(counter, asked)


def _asked(
    live: Mapping[str, Any] | None,
    rules: Policy,
    person: Person,
    missing: tuple[Missing, ...],
    marks: tuple[str | None, str | None],
    told: dict[str, Any],
) -> Asked:
    from agent.recording.session import Asked

    link = (live or {}).get("link", {})
    return Asked(
        person=person,
        missing=missing,
        by=marks[0],
        second=marks[1],
        ticket=told["ticket"],
        link=str(link.get("state", "stopped")),
        rules=rules.capture,
        patience_ms=told["patience"] * 1000,
        flags=tuple(word for word in ("rehearsal", "married") if told[word]),
    )


def _province_ahead_ms(home: Home, live: Mapping[str, Any] | None) -> int | None:
    """How much the province's clock is ahead of this PC's; None where it is not known."""
    from agent import province_clock

    reads = home.reader()
    try:
        return province_clock.known(reads, live)
    finally:
        reads.close()


@contextmanager
def _devices(home: Home, ahead_ms: int, *, no_pad: bool) -> Iterator[Devices]:
    """The configured devices, opened; nothing is said to them yet. ``ahead_ms``: the province's clock."""
    from agent.recording.plan import Devices
    from agent.trouble import Trouble
    from drivers.clock import MonotonicClock
    from drivers.registry import open_pad, open_reader, open_scanner

    config, clock = home.config(), MonotonicClock()
    if not config.biometrics:
        raise Trouble("No scanner of people is configured (biometrics in loket.toml).")
    with ExitStack() as stack:
        try:
            trust = Path(config.trust).read_bytes() if config.trust else b""
            scanner = open_scanner(
                config.biometrics,
                trust=trust,
                now_unix_ms=lambda: unix_ms() + ahead_ms,
                pc_unix_ms=unix_ms,
                clock=clock,
            )
            stack.callback(scanner.close)
            reader = open_reader(config.reader, clock=clock) if config.reader else None
            if reader is not None:
                stack.callback(reader.close)
            pad = open_pad(config.pad, clock=clock) if config.pad and not no_pad else None
            if pad is not None:
                stack.callback(pad.close)
        except OSError as error:
            raise Trouble(f"{config.trust} cannot be read: {error.strerror}.") from error
        except ValueError as error:
            raise Trouble(str(error)) from error
        yield Devices(scanner, reader, pad)


def _person(config: Config, rules: Policy, number: str, fields: dict[str, str], *, married: bool) -> Person:
    from datetime import date

    from agent.recording.biodata import checked
    from domain.wita import day

    today = date.fromisoformat(day(unix_ms()))
    return checked(number, fields, rules, today, config.office, married=married)


def _rules(home: Home) -> Policy:
    from agent import policies

    reads = home.reader()
    try:
        return policies.current(reads, unix_ms())
    finally:
        reads.close()


def _fields(source: str | None) -> dict[str, str]:
    """The biodata; what cannot be read is told without a byte of it."""
    import json

    from agent.recording.biodata import fields
    from agent.trouble import Trouble
    from domain.words import RefusedByRule

    if source is None:
        return {}
    try:
        return fields(json.loads(_line(sys.stdin, "JSON?") if source == STDIN else _begin(Path(source))))
    except OSError as error:
        raise Trouble(f"{source} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError):
        raise RefusedByRule("BAD_BIODATA", "It is no JSON.") from None


def _missing(told: tuple[str, ...]) -> tuple[Missing, ...]:
    from agent.recording.sitting import told_missing, with_missing

    try:
        return with_missing((), [told_missing(each) for each in told])
    except ValueError as error:
        raise click.UsageError(str(error)) from None


def _marks(by: str | None, second: str | None) -> tuple[str | None, str | None]:
    """Both staff marks, checked. Raises Trouble, RefusedByRule SECOND_IS_FIRST."""
    from agent.asking import person, two

    first, other = person({"by": by}, "by"), person({"second": second}, "second")
    two(first, other)
    return first, other


def _begin(path: Path) -> str:
    """As much of a file as a person's data can be, without the mark that some editors put before it."""
    with path.open(encoding="utf-8-sig") as file:
        return file.read(BIODATA_CHARACTERS_MAX)


def _line(source: TextIO, asks: str) -> str:
    if source.isatty():
        prose(asks)
    return source.readline(BIODATA_CHARACTERS_MAX).strip()


@click.command()
@home_option
@json_option
def recordings(home: Home, as_json: bool) -> None:
    """What was recorded here, and what the centre answered. No names: a recording has a number of its own.

    \b
    Example:
        loket recordings --home /var/lib/loket
    """
    from agent.recording import book
    from agent.status import stamp

    found = [
        {
            "id": each.id,
            "state": str(each.state),
            "status": each.status,
            "odd": each.odd,
            "cause": each.cause,
            "ticket": each.ticket,
            "place": each.place,
            "packet": each.sha256,
            "at": stamp(each.at_ms),
        }
        for each in book.every(home.reader())
    ]
    if as_json:
        say(found)
        return
    shown = [{**each, "odd": "odd" if each["odd"] else None} for each in found]
    table(shown, ("id", "state", "status", "odd", "cause", "ticket", "place", "at"))
