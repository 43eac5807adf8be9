"""``loket suket``: temporary certificates, drawn and sent by this command's own process."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

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
    from agent.counter.suket_press import Press
    from agent.home import Home

F = TypeVar("F", bound=Callable[..., Any])
ATTENTION = 3  # exit code: nothing was sent, or nobody knows whether a sheet came out
_WELL = ("sent", "reported", "confirmed", "void")
_COLUMNS = ("number", "order", "state", "valid_until", "expired", "cause", "next_step")
_SENTENCE = {
    "issued": "is issued and not printed ({cause}): `loket suket print` tries again.",
    "sent": "is on its way; confirm it when you hold the sheet.",
    "unsure": "may have been printed or not ({cause}): look, then confirm or void it.",
    "reported": "is reported {cause} by the printer; confirm it when you hold the sheet, or void it.",
    "confirmed": "is confirmed.",
    "void": "is void.",
}


@contextmanager
def _press(home: Home, wait_s: int) -> Iterator[Press]:
    from functools import partial

    from agent import control, keys
    from agent.counter.suket_press import Press
    from agent.quiet import no_traces
    from agent.trouble import Trouble
    from drivers.clock import MonotonicClock
    from drivers.registry import open_paper

    no_traces()

    config = home.config()
    try:
        printer = open_paper(config.paper, clock=MonotonicClock()) if config.paper else None
    except ValueError as error:
        raise Trouble(str(error)) from error
    key = keys.load(home.keys_path).open
    try:
        yield Press(home.reader(), key, config.name, partial(control.perform, home), printer, wait_s * 1000)
    finally:
        if printer is not None:
            printer.close()


def _answer(told: dict[str, Any], as_json: bool) -> None:
    if as_json:
        say(told)
    prose(f"{told['number']} " + _SENTENCE[told["state"]].format(cause=told["cause"] or ""))
    if told["state"] not in _WELL:
        sys.exit(ATTENTION)


def _out(command: F) -> F:
    place = click.Path(dir_okay=False, path_type=Path)
    return click.option("--out", type=place, help="Write the PDF here: its printer stands elsewhere.")(
        command
    )


def _wait(command: F) -> F:
    seconds = click.IntRange(0, 3600)
    return click.option(
        "--wait", "wait_s", default=60, type=seconds, show_default=True, help="Seconds to watch the sheet."
    )(command)


@click.group()
def suket() -> None:
    """Temporary certificates: one sheet that stands for a card until the card is there.

    \b
    Example:
        loket suket list --home /var/lib/loket
    """


@suket.command()
@home_option
@json_option
@click.option("--order", required=True, help="Whose card is still to come.")
@click.option("--reason", required=True, metavar="WORD", help="Why it is urgent, e.g. marriage.")
@by_option
@_out
@_wait
def issue(
    home: Home, as_json: bool, order: str, reason: str, by: str | None, out: Path | None, wait_s: int
) -> None:
    """Issue a certificate and print its sheet, once. The printer only reports: confirm it afterwards.

    Exit code 3 if nothing was printed, or nobody knows.

    \b
    Example:
        loket suket issue --home /var/lib/loket --order 2020-0117 --reason marriage --by rina
    """
    from agent.counter import suket as life

    with _press(home, wait_s) as press:
        plan = life.plan(press.reads, press.station, order, reason, unix_ms())
        told = press.issue(plan, by, out)
    _answer(told, as_json)


@suket.command()
@home_option
@json_option
@click.argument("number")
@by_option
@second_option
@_out
@_wait
def renew(
    home: Home, as_json: bool, number: str, by: str | None, second: str | None, out: Path | None, wait_s: int
) -> None:
    """Issue a certificate in the place of NUMBER, whose sheet has come in; that one is void from then on.

    While it is still valid, a second person sees that its sheet came in.

    \b
    Example:
        loket suket renew --home /var/lib/loket SPECIMEN-64.11-1-2020-00001 --by rina
    """
    from agent.counter import suket as life

    with _press(home, wait_s) as press:
        told = press.issue(life.plan_renewal(press.reads, press.station, number, unix_ms()), by, out, second)
    _answer(told, as_json)


@suket.command("print")
@home_option
@json_option
@click.argument("number")
@_out
@_wait
def print_(home: Home, as_json: bool, number: str, out: Path | None, wait_s: int) -> None:
    """Print a certificate of which the printer said that nothing was sent.

    \b
    Example:
        loket suket print --home /var/lib/loket SPECIMEN-64.11-1-2020-00001
    """
    with _press(home, wait_s) as press:
        told = press.again(number, out)
    _answer(told, as_json)


@suket.command()
@home_option
@json_option
@click.argument("number")
@_wait
def look(home: Home, as_json: bool, number: str, wait_s: int) -> None:
    """Ask the printer once more what became of NUMBER. Nothing is printed.

    \b
    Example:
        loket suket look --home /var/lib/loket SPECIMEN-64.11-1-2020-00001
    """
    with _press(home, wait_s) as press:
        told = press.look(number)
    _answer(told, as_json)


@suket.command()
@home_option
@json_option
@click.argument("number")
@by_option
def confirm(home: Home, as_json: bool, number: str, by: str | None) -> None:
    """Say that you hold the sheet of NUMBER and that it is good.

    \b
    Example:
        loket suket confirm --home /var/lib/loket SPECIMEN-64.11-1-2020-00001 --by rina
    """
    _answer(perform(home, "suket-confirm", {"number": number, "by": by}), as_json)


@suket.command()
@home_option
@json_option
@click.argument("number")
@click.option("--reason", required=True, metavar="WORD", help="Why, e.g. jam, misprint, not_printed.")
@by_option
@click.option("--second", metavar="PERSON", help="Staff mark of a second person, once it was confirmed.")
def void(home: Home, as_json: bool, number: str, reason: str, by: str | None, second: str | None) -> None:
    """Make NUMBER count no more: its sheet is torn, misprinted, or never came out. Tear what there is of it.

    Only then may another be issued for its order.

    \b
    Example:
        loket suket void --home /var/lib/loket SPECIMEN-64.11-1-2020-00001 --reason jam --by rina
    """
    args = {"number": number, "reason": reason, "by": by, "second": second}
    _answer(perform(home, "suket-void", args), as_json)


@suket.command("list")
@home_option
@json_option
def list_(home: Home, as_json: bool) -> None:
    """Every certificate of this station, and what each waits for.

    \b
    Example:
        loket suket list --home /var/lib/loket --json
    """
    from agent.counter import suket as life
    from domain.wita import day

    today = day(unix_ms())
    found = [each.to_json(today) for each in life.listed(home.reader())]
    if as_json:
        say(found)
    else:
        table(found, _COLUMNS)
