"""A device on a serial line as a process: its wires, its clock, its hands.

The process may be killed at any line: what must survive was written when it changed. Standard input is the
technician's hands, one line each, answered by one line.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Generic, TypeVar
from urllib.parse import quote

from simulators.cards.pace import World
from simulators.cards.process import Closer, listen_to_hands, stop_on_signals
from simulators.lines.device import SerialDevice
from simulators.lines.tcp import server
from simulators.saying import tell

D = TypeVar("D", bound=SerialDevice)


@dataclass(frozen=True, slots=True)
class Wires:
    """What the command line says of them. ``pty``: the link to make, absolute; ``tcp``: (host, port)."""

    pty: Path | None
    tcp: tuple[str, int] | None
    speed: float


@dataclass(frozen=True, slots=True)
class Family(Generic[D]):
    """One kind of device. ``next_ms``, ``advance``: its clock; ``hand``: one line in, one object out;
    ``begin``: switch it on; ``opened``: a host has opened the line; ``query``: behind its addresses.
    """

    scheme: str
    next_ms: Callable[[D], int | None]
    advance: Callable[[D, int], None]
    hand: Callable[[D, Any], dict[str, Any]]
    begin: Callable[[World[D]], None]
    opened: Callable[[D], None] = lambda device: None
    query: str = ""


async def run(device: D, family: Family[D], wires: Wires) -> None:
    """Serve until told to stop. Raises OSError when a wire cannot be had."""
    world = World(device, family.next_ms, family.advance, wires.speed)
    stop = asyncio.Event()
    stop_on_signals(stop)
    addresses, closers = await _open(world, family, wires)
    try:
        family.begin(world)
        tell({"ready": True, "addresses": addresses, "serial": device.serial})
        listen_to_hands(world, wires.speed, lambda told: family.hand(device, told))
        world.step()
        await stop.wait()
    finally:
        for close in closers:
            close()


def _lose(device: SerialDevice) -> None:
    """What is said while nobody listens is gone."""
    device.line.down.take(device.now_ms)


async def _open(world: World[D], family: Family[D], wires: Wires) -> tuple[list[str], list[Closer]]:
    addresses: list[str] = []
    closers: list[Closer] = []
    device = world.printer

    def opened() -> None:
        family.opened(device)

    if wires.tcp is not None:
        port = server(world, *wires.tcp, opened)
        await port.open()
        addresses.append(f"{family.scheme}+tcp://{port.host}:{port.port}{family.query}")
        closers.append(port.close)
    if wires.pty is not None:
        if os.name != "posix":
            raise OSError("this system has no pseudo terminals; use --tcp")
        from simulators.lines.pty import PtyWire

        pty = PtyWire(world, wires.pty, opened)
        pty.open()
        addresses.append(f"{family.scheme}+serial://{quote(pty.path)}{family.query}")
        closers.append(pty.close)
    world.pumps.append(lambda: _lose(device))
    return addresses, closers
