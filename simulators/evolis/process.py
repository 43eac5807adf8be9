"""An Evolis printer for `simulators.cards.process`: how it is built, and its wires."""

from __future__ import annotations

from typing import Any

from simulators.cards.pace import World
from simulators.cards.port import Port
from simulators.cards.process import Closer, Family, Setup, follow_plug
from simulators.cards.truth import Witness
from simulators.evolis import clock, hands, memory
from simulators.evolis.face import Face
from simulators.evolis.model import Printer
from simulators.evolis.tcp import Connection
from simulators.evolis.usb import UsbFace


def build(setup: Setup, kept: dict[str, Any] | None, witness: Witness) -> Printer:
    """The printer, new or as its power went; not switched on yet. Raises ValueError on a state not ours."""
    if kept is None:
        parts = memory.new_parts(setup.model, setup.seed, setup.cards, setup.ribbon, witness)
    else:
        parts = memory.thaw_parts(kept, witness)
    return Printer(**parts, patience=setup.speed)


async def wires(setup: Setup, world: World[Printer]) -> tuple[list[str], list[Closer]]:
    """Raises OSError when a port cannot be had."""
    addresses: list[str] = []
    closers: list[Closer] = []
    face = Face(world.printer)
    if setup.tcp:
        wire = Port(world, *setup.tcp, lambda live: Connection(world, face, live))
        await wire.open()
        addresses.append(f"evolis+tcp://{wire.host}:{wire.port}")
        closers.append(wire.close)
    if setup.usbip:
        addresses.append(await _usbip(world, face, *setup.usbip))
    return addresses, closers


async def _usbip(world: World[Printer], face: Face, host: str, port: int) -> str:
    from simulators.usbip.descriptors import evolis
    from simulators.usbip.device import UsbPrinter
    from simulators.usbip.server import serve

    printer = world.printer
    pipes = UsbFace(world, face)
    export = await serve(UsbPrinter(evolis(printer.make.name, printer.serial), pipes), host, port)
    follow_plug(export, printer)
    return f"evolis+usbip://{export.address}/1-1"


def start(printer: Printer, revived: bool) -> None:
    """Switch it on; it is there at once."""
    printer.power_on()


FAMILY = Family(build, start, clock.next_ms, clock.advance, wires, hands.do)
