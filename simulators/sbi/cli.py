"""The command `loket-sim sbi`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from simulators.cli import Accident, Pace
from simulators.sbi import faults, subject
from simulators.sbi.words import AUTH, ENVS, REGISTRATION


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), help="Else the first free one of 4501-4600; 0: any.")
@click.option("--seed", type=int, default=1, show_default=True, help="Numbers the service and its devices.")
@click.option("--subject", "who", default="1", show_default=True, help="Who stands there: a seed, or a NIK.")
@click.option("--subject-birth", "born", type=click.IntRange(1900, 2100), help="Red or blue behind the face.")
@click.option("--ca", type=click.Path(path_type=Path, dir_okay=False), help="Write the anchors here, as PEM.")
@click.option("--purpose", type=click.Choice([REGISTRATION, AUTH]), default=REGISTRATION, show_default=True)
@click.option("--env", type=click.Choice(ENVS), default="Developer", show_default=True)
@click.option(
    "--fault", "faults", multiple=True, type=Accident(faults.parse), help="NAME@WHEN; see `loket-sim faults`."
)
@click.option("--speed", type=Pace(), default=1.0, help="Simulated ms a real ms.")
@click.option("--state", type=click.Path(path_type=Path, file_okay=False), help="Where the keys are kept.")
def sbi(who: str, born: int | None, **told: Any) -> None:
    """A biometric device service (MOSIP SBI 0.9.5): slap scanner, double iris camera, face camera.

    Prints one JSON line when it is ready, then answers one line of hands with one line: subject 12, place
    right, missing Left LittleFinger, remove, wipe, unplug Finger, plug, clock +400, rotate, fault
    dry@capture=2, cure, look. A person who does as asked stands there unless told otherwise.

    \b
    Example:
        loket-sim sbi --ca anchors.pem --subject 7 --fault rising@capture=1,of=right --fault wet@capture=4
    """
    from simulators.sbi.process import Setup, run

    try:
        run(Setup(subject=subject.person(who, born), **told))
    except ValueError as wrong:
        raise click.ClickException(f"the service cannot start: {wrong}") from wrong
