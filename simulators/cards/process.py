"""`loket-sim printer`: one simulated card printer as a process, on the wires asked for.

The process may be killed at any line: what must survive is in the state file (`truth`). Standard input is the
technician's hands (`hands`), one JSON object a line; its end means only that the technician has gone home.
What a family's printers are and which wires they have is a `Family`.
"""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
import threading
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, Protocol, TypeVar

from simulators.cards import chips, pace
from simulators.cards.blank import Card
from simulators.cards.faults import Fault, Faults
from simulators.cards.pace import World
from simulators.cards.truth import Files, Witness, recover
from simulators.chip import VirtualCard
from simulators.kept import kept_in
from simulators.ordered import still_ahead
from simulators.saying import answer, tell
from simulators.usbip.server import Export

Closer = Callable[[], None]


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
    desk: tuple[str, int] | None
    state: Path | None
    truth: Path | None
    faults: tuple[Fault, ...]
    warming_ms: int | None = None  # for printers that print hot; None: as their kind does


class Machine(pace.Machine, chips.Machine, Protocol):
    """What the process asks of a printer."""

    faults: Faults

    @property
    def serial(self) -> str:
        """Its serial number."""

    @property
    def there(self) -> bool:
        """Whether it answers on its wires: it has power, and its cable is in."""

    def keep(self) -> None:
        """Make everything outlive the power."""


M = TypeVar("M", bound=Machine)


@dataclass(frozen=True, slots=True)
class Family(Generic[M]):
    """One maker's printers. ``build``: new, or as the power went; not switched on yet; ValueError on a state
    that is none of ours. ``start``: switch it on, and whether it comes back from a power cut. ``wires``: the
    addresses it answers on, and what closes them. ``hand``: see `hands`.
    """

    build: Callable[[Setup, dict[str, Any] | None, Witness], M]
    start: Callable[[M, bool], None]
    next_ms: Callable[[M], int | None]
    advance: Callable[[M, int], None]
    wires: Callable[[Setup, World[M]], Awaitable[tuple[list[str], list[Closer]]]]
    hand: Callable[[M, Any], dict[str, Any]]


async def run(setup: Setup, family: Family[M]) -> None:
    """Serve until told to stop. Raises OSError when a port cannot be had, ValueError on a bad state file."""
    kept = recover(setup.truth, setup.state)  # completes the truth, so before it is opened to append
    witness = Files(setup.truth, setup.state)
    with kept_in(None if kept is None else setup.state):
        printer = family.build(setup, kept, witness)
        struck = [] if kept is None else kept["struck"]
        printer.faults = Faults(still_ahead(setup.faults, struck), [*struck])
    world = World(printer, family.next_ms, family.advance, setup.speed)
    stop = asyncio.Event()
    stop_on_signals(stop)
    addresses, closers = await family.wires(setup, world)
    try:
        for reader, reached in ((setup.chip, chips.at_station), (setup.desk, chips.on_desk)):
            if reader:
                closers.append(_chip(world, *reader, reached))
        family.start(printer, kept is not None)
        tell({"ready": True, "addresses": addresses, "serial": printer.serial})
        listen_to_hands(world, setup.speed, lambda told: family.hand(printer, told))
        world.step()
        await stop.wait()
        world.touch()
        printer.keep()
    finally:
        for close in closers:
            close()
        witness.close()


def _chip(world: World[M], host: str, port: int, reached: Callable[[M], Card | None]) -> Closer:
    printer = world.printer

    def wrote(card: Card) -> None:
        world.touch()
        chips.wrote(printer, card)

    virtual = VirtualCard(host, port, lambda: reached(printer), wrote)
    printer.watchers.append(virtual.follow)
    return virtual.close


def follow_plug(export: Export, printer: Machine) -> None:
    """Have the printer on the USB bus while it has power and its cable is in."""

    def follow() -> None:
        if printer.there:
            export.plug()
        else:
            export.unplug()

    def follow_soon() -> None:
        """Not now: the printer may be in the middle of taking this very connection's bytes."""
        asyncio.get_running_loop().call_soon(follow)

    printer.watchers.append(follow_soon)


def stop_on_signals(stop: asyncio.Event) -> None:
    """Set ``stop`` when the process is asked to end, whichever of its threads the system told so."""
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        try:
            loop.add_signal_handler(number, stop.set)
        except NotImplementedError:  # Windows, which asks no threads
            signal.signal(number, lambda *_: loop.call_soon_threadsafe(stop.set))


def listen_to_hands(world: World[Any], speed: float, hand: Callable[[Any], dict[str, Any]]) -> None:
    """A thread reads standard input, raw, so that a blocked read never holds up the end of the process.

    Beside the hands, ``{"wait": MS}`` is answered when that much simulated time has passed.
    """
    loop = asyncio.get_running_loop()

    def use(line: bytes) -> None:
        world.touch()
        try:
            told = json.loads(line)
        except ValueError:
            told = line.decode("utf-8", "replace")  # words; whose hands know none answer so
        if isinstance(told, dict) and isinstance(wait_ms := told.get("wait"), int):
            loop.call_later(wait_ms / 1000 / speed, answer, {"waited": wait_ms})
            world.settle()
        else:
            said = hand(told)
            world.settle()
            loop.call_soon(loop.call_soon, answer, said)  # once connections that this cut off are closed

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
