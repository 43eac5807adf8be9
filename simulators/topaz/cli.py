"""The command `loket-sim pad`."""

from __future__ import annotations

import asyncio
import random
from pathlib import Path

import click

from simulators.cli import Accident, Address, Pace, PortName
from simulators.lines.faults import Fault, Faults
from simulators.topaz import faults as accidents
from simulators.topaz.kinds import KINDS


@click.command()
@click.option("--model", type=click.Choice([*KINDS]), default="siglitelcd1x5", show_default=True)
@click.option("--pty", type=PortName(), help="A serial port under this name (not on Windows).")
@click.option("--tcp", type=Address(), help="A serial server here; a free port if there is no wire at all.")
@click.option("--speed", type=Pace(), default=1.0, help="Simulated ms a real ms.")
@click.option("--seed", type=int, default=1, show_default=True, help="Whose signature it is.")
@click.option("--no-hand", is_flag=True, help="Nobody signs before `sign` is said.")
@click.option(
    "--fault", "faults", multiple=True, type=Accident(accidents.parse), help="See `loket-sim faults`."
)
def pad(
    model: str,
    pty: Path | None,
    tcp: tuple[str, int] | None,
    speed: float,
    seed: int,
    no_hand: bool,
    faults: tuple[Fault, ...],
) -> None:
    """A signature pad on a serial line, and a person who signs.

    With an LCD it is signed 300 ms after it was cleared and told to keep ink, without one 300 ms after a host
    has opened the line. Prints one JSON line when it is ready, then answers one line of hands with one line,
    words or {"word": "rest"}: sign, sign 12 (as person 12), hand on|off, unplug, plug, fault pause@now, look.

    \b
    Example:
        loket-sim pad --pty ./pad --seed 7 --fault noise@exchange=1
    """
    from simulators.lines.process import Family, Wires, run
    from simulators.topaz import clock, hands
    from simulators.topaz.model import Pad
    from simulators.topaz.wire import SERIAL

    if pty is None and tcp is None:
        tcp = ("127.0.0.1", 0)
    device = Pad(KINDS[model], seed, SERIAL, random.Random(f"topaz|{seed}"), not no_hand, Faults([*faults]))
    family = Family(
        "topaz", clock.next_ms, clock.advance, hands.do, lambda world: None, Pad.opened, f"?model={model}"
    )
    asyncio.run(run(device, family, Wires(pty, tcp, speed)))
