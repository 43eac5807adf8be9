"""The command `loket-sim reader`."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import click

from simulators.cli import Accident, Address, Pace, PortName
from simulators.r30x import faults
from simulators.r30x.codes import MAKES


@click.command()
@click.option("--model", type=click.Choice([*MAKES]), default="zfm20", show_default=True)
@click.option("--pty", type=PortName(), help="A serial port under this name (not on Windows).")
@click.option("--tcp", type=Address(), help="A serial server here; a free port if there is no wire at all.")
@click.option("--speed", type=Pace(), default=1.0, help="Simulated ms a real ms.")
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Names the module and whose finger lies."
)
@click.option("--state", type=click.Path(path_type=Path, dir_okay=False), help="What survives a SIGKILL.")
@click.option("--steady", is_flag=True, help="The finger is never taken off by itself.")
@click.option("--finger", metavar="PERSON:INDEX", help="Whose finger lies there, as by the hand's word.")
@click.option("--fault", "faults", multiple=True, type=Accident(faults.parse), help="See `loket-sim faults`.")
def reader(pty: Path | None, tcp: tuple[str, int] | None, speed: float, **told: Any) -> None:
    """A finger module on a serial line, with a finger on its glass.

    A zfm20 has a library of 1000, an r503 one of 200. Prints one JSON line when it is ready, then answers one
    line of hands with one line, words or {"word": "rest"}: finger 7:1 wet turn=20 (person 7's right index
    finger; 7:1,6: both index fingers in turn; a NIK names a person, too), no-finger, away 1500, wet, dry,
    partial, noisy, moving, clean, turn=20, steady on|off, unplug, plug, power cut|on|off, sensor
    broken|whole, fault silent@now, look. A finger is taken off once its features were taken, and laid down
    again when the glass has been seen empty.

    \b
    Example:
        loket-sim reader --pty ./reader --seed 7 --state r.json --fault bad_checksum@exchange=9,at=data
    """
    from simulators.lines.process import Wires
    from simulators.r30x.process import Setup, run

    if pty is None and tcp is None:
        tcp = ("127.0.0.1", 0)
    try:
        asyncio.run(run(Setup(**told, wires=Wires(pty, tcp, speed))))
    except ValueError as wrong:
        raise click.ClickException(f"the reader cannot start: {wrong}") from wrong
