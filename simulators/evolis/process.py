"""`loket-sim printer`: one simulated printer as a process, on the wires asked for.

The process may be killed at any line: what must survive is in the state file (`truth`). Standard input is the
technician's hands (`hands`), one JSON object a line; its end means only that the technician has gone home.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.chip import VirtualCard
from simulators.evolis import hands, memory
from simulators.evolis.faults import Fault
from simulators.evolis.model import Printer
from simulators.evolis.pace import World
from simulators.evolis.tcp import TcpWire
from simulators.evolis.truth import Files, Witness, recover
from simulators.evolis.usb import UsbFace


@dataclass(frozen=True, slots=True)
class Setup:
    """Everything the command line says. Addresses are (host, port)."""

    model: str
    ribbon: str
    seed: int
    cards: int
    speed: float
    tcp: tuple[str, int] | None
    usbip: tuple[str, int] | None
    chip: tuple[str, int] | None
    state: Path | None
    truth: Path | None
    faults: tuple[Fault, ...]


def build(setup: Setup, kept: dict[str, Any] | None, witness: Witness) -> Printer:
    """The printer, new or as its power went; not switched on yet. Raises ValueError on a state not ours."""
    if kept is None:
        parts = memory.new_parts(setup.model, setup.seed, setup.cards, setup.ribbon, witness)
    else:
        parts = memory.thaw_parts(kept, witness)
    printer = Printer(**parts, patience=setup.speed)
    printer.faults = memory.still_ahead(list(setup.faults), [] if kept is None else kept["struck"])
    return printer


async def run(setup: Setup) -> None:
    """Serve until told to stop. Raises OSError when a port cannot be had, ValueError on a bad state file."""
    kept = recover(setup.truth, setup.state)  # completes the truth, so before it is opened to append
    witness = Files(setup.truth, setup.state)
    printer = build(setup, kept, witness)
    world = World(printer, setup.speed)
    stop = asyncio.Event()
    _stop_on_signals(stop)
    addresses, closers = await _wires(setup, world)
    printer.power_on()
    tell({"ready": True, "addresses": addresses, "serial": printer.serial})
    _listen_to_hands(world, setup.speed)
    world.step()
    await stop.wait()
    world.touch()
    printer.keep()
    for close in closers:
        close()
    witness.close()


async def _wires(setup: Setup, world: World) -> tuple[list[str], list[Callable[[], None]]]:
    addresses: list[str] = []
    closers: list[Callable[[], None]] = []
    if setup.tcp:
        wire = TcpWire(world, *setup.tcp)
        await wire.open()
        addresses.append(f"evolis+tcp://{wire.host}:{wire.port}")
        closers.append(wire.close)
    if setup.usbip:
        addresses.append(await _usbip(world, *setup.usbip))
    if setup.chip:
        card = VirtualCard(*setup.chip, world.printer.chip_there)
        world.printer.watchers.append(card.follow)
        closers.append(card.close)
    return addresses, closers


async def _usbip(world: World, host: str, port: int) -> str:
    from simulators.usbip.descriptors import evolis
    from simulators.usbip.device import UsbPrinter
    from simulators.usbip.server import serve

    printer = world.printer
    export = await serve(UsbPrinter(evolis(printer.make.name, printer.serial), UsbFace(world)), host, port)

    def follow() -> None:
        if printer.powered and printer.plugged:
            export.plug()
        else:
            export.unplug()

    def follow_soon() -> None:
        """Not now: the printer may be in the middle of taking this very connection's bytes."""
        asyncio.get_running_loop().call_soon(follow)

    printer.watchers.append(follow_soon)
    return f"evolis+usbip://{export.address}/1-1"


def _stop_on_signals(stop: asyncio.Event) -> None:
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


def _listen_to_hands(world: World, speed: float) -> None:
    """A thread reads standard input, raw, so that a blocked read never holds up the end of the process.

    Beside the hands, ``{"wait": MS}`` is answered when that much simulated time has passed.
    """
    loop = asyncio.get_running_loop()

    def use(line: bytes) -> None:
        world.touch()
        try:
            told = json.loads(line)
        except ValueError:
            told = None
        if isinstance(told, dict) and isinstance(wait_ms := told.get("wait"), int):
            loop.call_later(wait_ms / 1000 / speed, tell, {"waited": wait_ms})
        else:
            tell(hands.do(world.printer, told))
        world.settle()

    def read() -> None:
        rest = b""
        try:
            while chunk := os.read(sys.stdin.fileno(), 65536):
                *lines, rest = (rest + chunk).split(b"\n")
                for line in lines:
                    loop.call_soon_threadsafe(use, line)
        except (OSError, RuntimeError, ValueError, AttributeError):
            return  # no standard input, or the loop has ended

    threading.Thread(target=read, name="hands", daemon=True).start()


def tell(line: object) -> None:
    """One JSON object on standard output, at once."""
    sys.stdout.write(json.dumps(line) + "\n")
    sys.stdout.flush()
