"""``loket policy``: the rules this station follows."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import click

from agent.commands.common import home_option, json_option, say
from drivers.clock import unix_ms

if TYPE_CHECKING:
    from agent.home import Home


@click.command()
@home_option
@json_option
@click.option("--date", "on", help="The WITA day, YYYY-MM-DD; today if left out.")
def policy(home: Home, as_json: bool, on: str | None) -> None:
    """The whole of the rules in force on a day, and which policies the province sent.

    \b
    Example:
        loket policy --home /var/lib/loket --date 2020-05-12 --json
    """
    from agent import policies
    from domain.policy_form import to_json
    from domain.wita import day, day_bounds_ms

    asked = on or day(unix_ms())
    try:
        day_bounds_ms(asked)
    except ValueError:
        raise click.BadParameter(
            f"{asked} is no date; one looks like 2020-05-12.", param_hint="--date"
        ) from None
    reads = home.reader()
    sent = reads.rows("SELECT name, effective FROM policy ORDER BY effective, name")
    told = {"date": asked, **to_json(policies.on_day(reads, asked))}
    told["received"] = [{"name": name, "from": effective} for name, effective in sent]
    if as_json:
        say(told)
    else:
        click.echo(json.dumps(told, indent=2))
