"""``loket-sim people``: a list of synthetic orders with portraits, ready for ``loket-hub orders import``."""

import json
from datetime import date
from pathlib import Path

import click

from domain import regions


@click.command()
@click.option(
    "--office", type=click.Choice(sorted(regions.OFFICES)), required=True, help="The office's code."
)
@click.option(
    "--station",
    default=1,
    show_default=True,
    type=click.IntRange(1, 99),
    help="The number of the PC in that office.",
)
@click.option(
    "--count", default=20, show_default=True, type=click.IntRange(1, 100_000), help="How many people."
)
@click.option("--kind", type=click.Choice(["ktp", "kia"]), help="One kind of card only; both if left out.")
@click.option("--seed", default=1, show_default=True, help="The same seed gives the same people.")
@click.option("--today", default="2026-01-15", show_default=True, help="The day ages are counted on.")
@click.option("--fingers", is_flag=True, help="Also what a fingerprint reader knows them by; slow.")
@click.option("--out", type=click.Path(path_type=Path), required=True, help="The folder to write into.")
def people(
    office: str, station: int, count: int, kind: str | None, seed: int, today: str, fingers: bool, out: Path
) -> None:
    """Write a list of invented people with photos, as the province hands it over.

    \b
    Example:
        loket-sim people --office 64.11 --count 20 --out ./people
        loket-hub orders import ./people/orders.csv --json
    """
    from simulators.people import lists
    from simulators.people import people as crowd

    try:
        day = date.fromisoformat(today)
        folk = crowd.people(seed, office, count, station=station, kind=kind, today=day)
    except ValueError as error:
        raise click.ClickException(str(error)) from error
    path = lists.write(out, folk, fingers=fingers)
    click.echo(json.dumps({"file": str(path), "people": len(folk)}))
