"""``journal``: the lines the province holds, as the stations' own ``loket journal --json`` tells them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import click

from hub.commands.common import Hub, hub_options, json_option, say

if TYPE_CHECKING:
    from sync.log import Entry

_PIECE = 1000


@click.command()
@click.argument("station", required=False)
@hub_options
@json_option
def journal(hub: Hub, station: str | None, as_json: bool) -> None:
    """What is held of every station's journal, or of one STATION's (e.g. 64.11-1), one line an event.

    Compare it with `loket journal --json` at the station: each line must say the same.

    \b
    Example:
        loket-hub journal 64.11-1 --json --home /var/lib/loket-hub
    """
    from domain.words import RefusedByRule
    from hub import ingest

    with hub.opened() as db, db.snapshot():
        if station and ingest.station(db, station) is None:
            raise RefusedByRule("UNKNOWN_STATION")
        names = [station] if station else [each.name for each in ingest.stations(db)]
        for name in names:
            after = 0
            while lines := ingest.entries(db, name, after, _PIECE):
                for line in lines:
                    _tell(name, line, as_json)
                after = lines[-1].seq


def _tell(name: str, line: Entry, as_json: bool) -> None:
    from hub.reports import stamp

    told: dict[str, Any] = {
        "station": name,
        "seq": line.seq,
        "epoch": line.epoch,
        "at": stamp(line.at_ms),
        "event": line.event,
        "job": line.subject,
        "detail": line.body,
    }
    if as_json:
        say(told)
    else:
        detail = json.dumps(told["detail"], ensure_ascii=False)
        click.echo(f"{name} {line.seq:>6}  {told['at']}  {line.event:<16} {line.subject}  {detail}")
