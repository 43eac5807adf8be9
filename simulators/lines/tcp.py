"""A serial server: the line's bytes over TCP, one host at a time, who comes second is shown out.

Its own end of the line follows the device's rate. Unplugged, it refuses.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from typing import Any

from simulators.cards import port
from simulators.cards.pace import World
from simulators.cards.port import Port

LEAVING_S = 0.3
"""Somebody who comes while another is there is shown out, unless that one is just leaving."""


class Connection(asyncio.Protocol):
    """One host."""

    def __init__(self, world: World[Any], live: set[port.Connection], opened: Callable[[], None]) -> None:
        self._world, self._live, self._opened = world, live, opened
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """In, at once or as soon as the one before has left."""
        assert isinstance(transport, asyncio.Transport), "a stream"  # noqa: S101
        if not self._live:
            self._let_in(transport)
        else:
            transport.pause_reading()
            asyncio.get_running_loop().call_later(LEAVING_S, self._let_in_or_out, transport)

    def _let_in_or_out(self, transport: asyncio.Transport) -> None:
        if self._live:
            transport.abort()
        elif not transport.is_closing():
            transport.resume_reading()
            self._let_in(transport)

    def _let_in(self, transport: asyncio.Transport) -> None:
        if not self._world.printer.there:
            transport.abort()
            return
        self._transport = transport
        self._live.add(self)
        self._world.touch()
        self._world.printer.line.down.take(self._world.printer.now_ms)  # said to nobody
        self._world.printer.line.host_baud = None
        self._opened()
        self._world.settle()

    def data_received(self, data: bytes) -> None:
        """Bytes for the device."""
        if self._transport is not None:
            self._world.touch()
            self._world.printer.line.hear(data, self._world.printer.now_ms)
            self._world.settle()

    def connection_lost(self, exc: Exception | None) -> None:
        """Gone."""
        self._live.discard(self)

    def pump(self) -> None:
        """What has come across."""
        said = self._world.printer.line.down.take(self._world.printer.now_ms)
        if said and self._transport is not None:
            self._transport.write(said)

    def abort(self) -> None:
        """The device's end goes without a word."""
        if self._transport is not None:
            self._transport.abort()


def server(world: World[Any], host: str, port: int, opened: Callable[[], None] = lambda: None) -> Port:
    """Not listening yet."""
    return Port(world, host, port, lambda live: Connection(world, live, opened))
