"""Making a station and running it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from agent.commands.common import home_option, prose, say

if TYPE_CHECKING:
    from agent.home import Home


@click.command()
@home_option
@click.option("--join", "join_path", required=True, type=click.Path(dir_okay=False, path_type=Path))
@click.option("--office", help="Must be the join file's office, if given.")
@click.option("--station", type=int, help="Must be the join file's station, if given.")
@click.option("--printer", default="", help="Address of the card printer.")
@click.option("--chip", default="", help="Address of the chip reader in the printer.")
@click.option("--reader", default="", help="Address of the fingerprint reader.")
@click.option("--biometrics", default="", help="Address of the biometric device service.")
@click.option("--pad", default="", help="Address of the signature pad.")
@click.option("--trust", default="", help="PEM file of who vouches for biometric devices.")
@click.option("--desk", default="", help="Address of the chip reader on the clerk's desk.")
@click.option("--paper", default="", help="Address of the printer of paper sheets.")
@click.option("--broker", default="", help="URL of the broker; else the join file's.")
@click.option("--ca", default="", help="For mqtts: who signed the broker's certificate.")
@click.option(
    "--cert", default="", help="For mqtts: this station's own certificate; its name is the station's."
)
@click.option("--key", default="", help="The key of --cert.")
def init(home: Home, join_path: Path, office: str | None, station: int | None, **devices: str) -> None:
    """Make this station: its home, its keys and its configuration.

    \b
    Example:
        loket init --home /var/lib/loket --join 64.11-1.join --printer evolis+usb://0f49
    """
    from agent.setup import make_station

    config = make_station(home, join_path, office, station, devices)
    prose(f"Station {config.name} is ready at {home.root}; start it with `loket run`.")
    say({"station": config.name, "home": str(home.root)})


@click.command()
@home_option
def run(home: Home) -> None:
    """Run the station until it is told to stop.

    Prints one JSON line with the address of the clerk's screen once it works. Where standard output is
    closed or full, the station works all the same.

    \b
    Example:
        loket run --home /var/lib/loket
    """
    from agent.quiet import no_traces
    from agent.service import run as run_station

    no_traces()
    run_station(home)
