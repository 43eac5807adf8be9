"""`loket-sim paper` and `loket-sim spooler`: one simulated printer that speaks IPP, as a process.

Standard input is the technician's hands, one JSON object a line, each answered by one line. A SIGKILL forgets
the queue, as a spooler without a disk would; the truth file stays.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.cards.blank import serial_of
from simulators.cards.pace import World
from simulators.cards.process import listen_to_hands, stop_on_signals
from simulators.cards.truth import Files
from simulators.ipp import faults
from simulators.ipp.devices import CardDevice, PaperDevice
from simulators.ipp.face import Face, Kind
from simulators.ipp.faults import Fault, Faults
from simulators.ipp.http import HttpWire
from simulators.ipp.model import Queue
from simulators.saying import tell

PAPER = Kind("Loket Simulated Paper Printer", "/ipp/print", both_sides=True, queue=False)


@dataclass(frozen=True, slots=True)
class Setup:
    """What the command line says. ``kind`` ``PAPER``, or a spooler's; ``cards`` None: prints on paper."""

    kind: Kind
    ipp: tuple[str, int]
    cards: int | None
    speed: float
    seed: int
    truth: Path | None
    faults: tuple[Fault, ...]


def spooler(name: str, *, both_sides: bool) -> Kind:
    """A queue as cupsd has them, by its name."""
    return Kind("Loket Simulated Card Printer", f"/printers/{name}", both_sides, queue=True)


def build(setup: Setup, note: Callable[[dict[str, Any]], None]) -> Queue:
    """The queue and its device."""
    serial = serial_of(setup.seed, setup.kind.model)
    device = PaperDevice() if setup.cards is None else CardDevice(setup.seed, serial, setup.cards)
    return Queue(device, note, Faults(setup.faults), serial)


async def run(setup: Setup) -> None:
    """Serve until told to stop. OSError when the port cannot be had."""
    witness = Files(setup.truth, None)
    queue = build(setup, lambda line: witness.note(line, dict))
    world = World(queue, Queue.next_ms, Queue.step, setup.speed)
    stop = asyncio.Event()
    stop_on_signals(stop)
    wire = HttpWire(world, Face(queue, setup.kind), *setup.ipp)
    await wire.open()
    scheme = "ipp" if setup.cards is None else "spool+ipp"
    address = f"{scheme}://{wire.host}:{wire.port}{setup.kind.path}"
    try:
        queue.note("power_on")
        tell({"ready": True, "addresses": [address], "serial": queue.serial})
        listen_to_hands(world, setup.speed, lambda told: hand(queue, told))
        world.step()
        await stop.wait()
    finally:
        await wire.close()
        witness.close()


def hand(queue: Queue, told: Any) -> dict[str, Any]:
    """What a technician does, and what there is to see after.

    ``{"look": true}``, ``{"fault": "held@job=2"}``, ``{"load": 20}`` blanks or paper, ``{"clear": true}``
    a jam, ``{"release": true}`` held jobs, ``{"policy": "retry-job"}`` of a spooler, ``{"foreign": "NAME"}``
    another user's job that waits.
    """
    known = faults.SPOOLER if isinstance(queue.device, CardDevice) else faults.PAPER
    match told:
        case {"fault": str(text)}:
            try:
                queue.faults.add(faults.parse(text, known))
            except ValueError as wrong:
                return {"error": str(wrong)}
        case {"load": int(count)}:
            queue.reasons.discard("media-empty-error")
            if isinstance(queue.device, CardDevice):
                queue.device.load(count)
        case {"clear": True}:
            queue.reasons.discard("media-jam-error")
        case {"release": True}:
            queue.release()
        case {"policy": str(policy)}:
            queue.error_policy = policy
        case {"foreign": str(name)}:
            queue.create(name, "somebody", {})
        case {"look": True}:
            pass
        case _:
            return {"error": "no such hand"}
    jobs = [{"job": job.number, "name": job.name, "state": job.state} for job in queue.jobs.values()]
    return {"jobs": jobs, "reasons": sorted(queue.reasons)}
