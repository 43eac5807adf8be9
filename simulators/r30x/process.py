"""`loket-sim reader`: one simulated finger module as a process.

Features and matching are worked out on a thread of their own, so that the line keeps its pace meanwhile.
"""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from pathlib import Path

from simulators.cards.pace import World
from simulators.cards.truth import Files, recover
from simulators.kept import kept_in
from simulators.lines.faults import Fault
from simulators.lines.process import Family, Wires
from simulators.lines.process import run as serve
from simulators.r30x import clock, hands, memory
from simulators.r30x.codes import MAKES
from simulators.r30x.eye import SkinEye
from simulators.r30x.model import Module, Work
from simulators.r30x.wire import SILENCE_MS


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything the command line says."""

    model: str
    seed: int
    state: Path | None
    faults: tuple[Fault, ...]
    steady: bool
    finger: str | None  # as the hand's word
    wires: Wires


class Workshop:
    """Does the module's long work, one at a time, and brings the result back into its time."""

    def __init__(self, world: World[Module]) -> None:
        self._world = world
        self._doing: Work | None = None
        self._task: asyncio.Task[None] | None = None
        world.pumps.append(self._pump)

    def _pump(self) -> None:
        work = clock.work(self._world.printer)
        if work is not None and work is not self._doing:
            self._doing = work
            self._task = asyncio.get_running_loop().create_task(self._do(work))

    async def _do(self, work: Work) -> None:
        result = await asyncio.to_thread(work.run)
        self._world.touch()
        clock.done(self._world.printer, work, result)
        self._world.settle()


def _family(*, warm: bool) -> Family[Module]:
    def begin(world: World[Module]) -> None:
        Workshop(world)
        world.printer.power_on(warm=warm)

    return Family("r30x", clock.next_ms, clock.advance, hands.do, begin)


async def run(setup: Setup) -> None:
    """Serve until told to stop. OSError when a wire cannot be had, ValueError on a bad state file."""
    kept = recover(None, setup.state)
    witness = Files(None, setup.state)
    eye = SkinEye(MAKES[setup.model])
    with kept_in(None if kept is None else setup.state):
        module = memory.build(setup.model, setup.seed, eye, list(setup.faults), kept, witness)
    module.glass.steady = setup.steady
    if setup.finger is not None and "error" in (said := hands.do(module, {"finger": setup.finger})):
        raise ValueError(said["error"])
    module.stream.silence_ms = round(SILENCE_MS * max(1.0, setup.wires.speed))  # hosts do not run faster
    await serve(module, _family(warm=kept is None), setup.wires)
    module.remember()
    witness.close()
