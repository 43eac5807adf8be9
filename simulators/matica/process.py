"""A Matica printer for `simulators.cards.process`: how it is built, and its wires."""

from __future__ import annotations

from typing import Any

from simulators.cards.pace import World
from simulators.cards.process import Closer, Family, Setup, follow_plug
from simulators.cards.truth import Witness
from simulators.matica import clock, hands, memory
from simulators.matica.counts import Counts
from simulators.matica.ethernet import Face
from simulators.matica.model import Printer
from simulators.matica.pipes import TimedPipes
from simulators.matica.tcp import EthernetWire
from simulators.matica.usb import Pipes


def build(setup: Setup, kept: dict[str, Any] | None, witness: Witness) -> Printer:
    """The printer, new or as its power went; not switched on yet. Raises ValueError on a state not ours."""
    if kept is None:
        parts = memory.new_parts(setup.model, setup.seed, setup.cards, setup.ribbon, witness)
    else:
        parts = memory.thaw_parts(kept, witness)
    printer = Printer(**parts)
    if setup.warming_ms is not None:
        printer.warming_ms = setup.warming_ms
    return printer


async def wires(setup: Setup, world: World[Printer]) -> tuple[list[str], list[Closer]]:
    """Raises OSError when a port cannot be had."""
    addresses: list[str] = []
    closers: list[Closer] = []
    counts = Counts(world.printer)
    if setup.tcp:
        wire = EthernetWire(world, Face(counts), *setup.tcp)
        await wire.open()
        addresses.append(f"matica+tcp://{wire.tcp.host}:{wire.tcp.port}")
        closers.append(wire.close)
    if setup.usbip:
        addresses.append(await _usbip(world, counts, *setup.usbip))
    return addresses, closers


async def _usbip(world: World[Printer], counts: Counts, host: str, port: int) -> str:
    from simulators.usbip.descriptors import matica
    from simulators.usbip.device import UsbPrinter
    from simulators.usbip.server import serve

    printer = world.printer
    pipes = TimedPipes(world, Pipes(counts))
    export = await serve(UsbPrinter(matica(printer.make.title, printer.serial), pipes), host, port)
    follow_plug(export, printer)
    return f"matica+usbip://{export.address}/1-1"


def start(printer: Printer, revived: bool) -> None:
    """Switch it on. One that comes out of its box has been on for a while; after a power cut it is cold."""
    printer.power_on(warm=not revived)


FAMILY = Family(build, start, clock.next_ms, clock.advance, wires, hands.do)
