"""The TCP wire: one connection is one exchange (PROTOCOL.md, TCP).

The host half-closes, the printer answers and closes. While an exchange is blocked the socket is not read, so
TCP's own window is the back-pressure.
"""

from __future__ import annotations

import asyncio

from simulators.cards import port
from simulators.cards.pace import World
from simulators.evolis.face import Exchange, Face
from simulators.evolis.model import Printer


class Connection(asyncio.Protocol):
    """One exchange on one connection."""

    def __init__(self, world: World[Printer], face: Face, live: set[port.Connection]) -> None:
        self._world, self._live = world, live
        self._exchange: Exchange = face.open()
        self._transport: asyncio.Transport | None = None
        self._paused = False
        self._answered = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accepted; reset at once if the printer is off."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
        self._live.add(self)
        if not self._world.printer.there:
            self.abort()

    def data_received(self, data: bytes) -> None:
        """Bytes of the exchange."""
        self._world.touch()
        if not self._answered:
            self._exchange.feed(data)
        self._world.settle()

    def eof_received(self) -> bool:
        """The host has said all; the connection stays open for the answer."""
        self._world.touch()
        self._exchange.end()
        self._world.settle()
        return not self._answered

    def connection_lost(self, exc: Exception | None) -> None:
        """Closed by the host or by us; what was not whole is dropped."""
        self._live.discard(self)
        if not self._answered:
            self._answered = True
            self._world.touch()
            self._exchange.drop()
            self._world.settle()

    def pump(self) -> None:
        """Go on where there was no room; answer when the answer is due."""
        if self._answered or self._transport is None:
            return
        self._exchange.go_on()
        if self._exchange.blocked != self._paused:
            self._paused = self._exchange.blocked
            if self._paused:
                self._transport.pause_reading()
            else:
                self._transport.resume_reading()
        reply = self._exchange.reply()
        if reply is not None:
            self._answered = True
            self._transport.write(reply)
            self._transport.close()

    def abort(self) -> None:
        """The printer's end goes without a word."""
        if self._transport is not None:
            self._transport.abort()
