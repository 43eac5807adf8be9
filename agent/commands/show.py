"""Commands that only look. They open the journal read-only and work beside a running agent."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import click

from agent.commands.common import home_option, json_option, prose, say, table
from drivers.clock import unix_ms

if TYPE_CHECKING:
    from agent.home import Home

ATTENTION = 3  # exit code
_PIECE = 500


@click.command()
@home_option
@json_option
def status(home: Home, as_json: bool) -> None:
    """How the station stands.

    \b
    Example:
        loket status --home /var/lib/loket --json
    """
    from agent import control
    from agent.status import collect

    config = home.config()
    reads = home.reader()
    now_ms = unix_ms()
    told = collect(reads, config, free_bytes=home.free_bytes(), now_ms=now_ms, live=control.live(home))
    if as_json:
        say(told)
        return
    click.echo(f"{config.name}: {told['headline']['colour']} {told['headline']['word']}")
    click.echo(f"printer {_with_cause(told['printer'])}, link {_with_cause(told['link'])}")
    click.echo(f"unsent {told['unsent']['events']} events, the province has {told['link']['hub_has']}")
    click.echo("jobs " + (", ".join(f"{n} {state}" for state, n in told["jobs"].items()) or "none"))
    for each in told["attention"]:
        click.echo(f"! {each['word']} {each['count']}: {each['text']}")


def _with_cause(told: dict[str, Any]) -> str:
    return f"{told['state']} ({told['cause']})" if told.get("cause") else str(told["state"])


@click.command()
@home_option
@json_option
def devices(home: Home, as_json: bool) -> None:
    """The devices of this station and how they are.

    \b
    Example:
        loket devices --home /var/lib/loket --json
    """
    from agent import control
    from agent.devices import listed

    found = listed(home, control.live(home))
    if as_json:
        say(found)
    else:
        table(found, ("kind", "address", "model", "serial", "state", "cause"))


@click.command()
@home_option
@json_option
def jobs(home: Home, as_json: bool) -> None:
    """Every job of this station, the newest last.

    \b
    Example:
        loket jobs --home /var/lib/loket
    """
    from agent.printing.jobs import listed
    from agent.status import stamp

    found = [
        {
            "id": job.id,
            "order": job.order,
            "kind": job.kind,
            "state": str(job.state),
            "blank": job.blank,
            "cause": job.cause,
            "next_step": job.next_step,
            "at": stamp(job.at_ms),
        }
        for job in listed(home.reader())
    ]
    if as_json:
        say(found)
    else:
        table(found, ("id", "kind", "state", "blank", "cause", "next_step", "at"))


@click.command()
@home_option
@json_option
@click.option("--from", "first", default=1, type=click.IntRange(min=1), help="The first seq to print.")
def journal(home: Home, as_json: bool, first: int) -> None:
    """What happened at this station, one line an event.

    \b
    Example:
        loket journal --home /var/lib/loket --json --from 120
    """
    from agent.store.audit import as_line

    reads = home.reader()
    after = first - 1
    while rows := reads.rows(
        "SELECT seq, epoch, at_ms, event, subject, body FROM journal WHERE seq > ? ORDER BY seq LIMIT ?",
        after,
        _PIECE,
    ):
        for line in map(as_line, rows):
            if as_json:
                say(line)
            else:
                told = json.dumps(line["detail"], ensure_ascii=False)
                click.echo(f"{line['seq']:>6}  {line['at']}  {line['event']:<16} {line['job']}  {told}")
        after = rows[-1][0]


@click.group()
def audit() -> None:
    """Whether the station's records hold.

    \b
    Example:
        loket audit verify --home /var/lib/loket
    """


@audit.command("verify")
@home_option
def audit_verify(home: Home) -> None:
    """Check every line of the journal against the one before it, and every job against the journal.

    Exit code 3 and the first line that does not hold, where one does not.

    \b
    Example:
        loket audit verify --home /var/lib/loket
    """
    from agent.store.audit import Finding, verify
    from agent.store.sqlite import OtherSchema

    try:
        found = verify(home.reader())
    except OtherSchema as error:
        if error.version >= 0:
            raise
        found = Finding(0, str(error))  # not even its first page can be read
    if isinstance(found, Finding):
        click.echo(f"line {found.seq}: {found.text}" if found.seq else found.text)
        sys.exit(ATTENTION)
    click.echo(f"OK {found}")


EXPORTED: dict[str, str] = {
    "journal": "journal",
    "jobs": "job",
    "orders": "order_",
    "blanks": "blank",
    "consignments": "consignment",
    "suket": "suket",
    "policies": "policy",
}


@click.command()
@home_option
@click.option("--table", "name", required=True, type=click.Choice(list(EXPORTED)))
@click.option("--csv", "as_csv", is_flag=True, help="CSV instead of JSON.")
def export(home: Home, name: str, as_csv: bool) -> None:
    """One table of the station as JSON or CSV, for a spreadsheet. Holds no personal data.

    \b
    Example:
        loket export --home /var/lib/loket --table jobs --csv > jobs.csv
    """
    from sqlite_utils import Database

    rows = map(_plain, Database(home.reader().connection)[EXPORTED[name]].rows)
    if not as_csv:
        say(list(rows))
        return
    if text := _csv(rows):
        click.echo(text, nl=False)
    else:
        prose(f"There are no {name} yet.")


def _csv(rows: Iterable[dict[str, Any]]) -> str:
    """The rows under their heading; nothing where there is no row."""
    import csv
    from io import StringIO

    text = StringIO(newline="")
    out: csv.DictWriter[str] | None = None
    for row in rows:
        if out is None:
            out = csv.DictWriter(text, list(row))
            out.writeheader()
        out.writerow(row)
    return text.getvalue()


def _plain(row: dict[str, Any]) -> dict[str, Any]:
    return {name: value.hex() if isinstance(value, bytes) else value for name, value in row.items()}
