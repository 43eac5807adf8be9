"""``policy publish`` and ``policy show``: the rules the province signs and every station follows."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from hub.commands.common import Hub, hub_options, json_option, prose, say

POLICY_BYTES_MAX = 64 * 1024


@click.group()
def policy() -> None:
    """The rules that the province signs and every station follows, each from a day on.

    \b
    Example:
        loket-hub policy show --date 2020-05-12
    """


@policy.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@hub_options
@json_option
def publish(hub: Hub, file: Path, as_json: bool) -> None:
    """Publish the policy in FILE: JSON {"name", "from", "rules"}, rules telling what differs from 2020.

    Every station gets it, those that join later too. A published name is never changed: to correct one,
    publish another with the same day and a later name.

    \b
    Example:
        loket-hub policy publish no-suket-2020-03-02.json --home /var/lib/loket-hub
    """
    from hub import orders, policies

    told = _read(file)
    writer = hub.writer()
    with hub.opened() as db:
        done = policies.publish(db, told, writer.now_ms)
        orders.dispatch_all(db, writer)
    if as_json:
        say(done)
    prose(f"{done['policy']} holds from {done['from']}" + ("." if done["new"] else "; it was known."))


def _read(file: Path) -> Any:
    """What the file tells. A rule told twice is refused: only one of the two would hold, unseen."""
    import json

    from hub.home import Trouble

    def each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        told = dict(pairs)
        if len(told) != len(pairs):
            raise Trouble(f"{file.name} tells something twice: {_twice([name for name, _ in pairs])}.")
        return told

    try:
        with file.open("rb") as opened:
            return json.loads(opened.read(POLICY_BYTES_MAX), object_pairs_hook=each_once)
    except OSError as error:
        raise Trouble(f"{file.name} cannot be read: {error.strerror}.") from error
    except (ValueError, RecursionError):
        raise Trouble(f"{file.name} is no JSON.") from None


def _twice(names: list[str]) -> str:
    return next(name for name in names if names.count(name) > 1)


@policy.command()
@click.option("--date", "on", help="The WITA day, YYYY-MM-DD; today if left out.")
@hub_options
@json_option
def show(hub: Hub, on: str | None, as_json: bool) -> None:
    """The whole of the policy in force on a day, which others are published, and who follows them.

    A station where it is `sent` has not answered yet; one where it is `refused` needs a newer program.

    \b
    Example:
        loket-hub policy show --date 2020-05-12 --json --home /var/lib/loket-hub
    """
    import json

    from domain.policy_form import to_json
    from domain.wita import day, day_bounds_ms
    from hub import policies
    from hub.clock import unix_ms

    asked = on or day(unix_ms())
    try:
        day_bounds_ms(asked)
    except ValueError:
        raise click.BadParameter(
            f"{asked} is no date; one looks like 2020-05-12.", param_hint="--date"
        ) from None
    with hub.opened() as db:
        told = {"date": asked, **to_json(policies.on_day(db, asked))}
        told["published"] = [{"name": each.name, "from": each.effective} for each in policies.listed(db)]
        told["stations"] = policies.followed(db)
    if as_json:
        say(told)
    else:
        click.echo(json.dumps(told, indent=2, ensure_ascii=False))
