"""The TCP wire: one connection is one exchange (PROTOCOL.md, TCP).

The host half-closes, the printer answers and closes. While an exchange is blocked the socket is not read, so
TCP's own window is the back-pressure. Without power, or with the plug out, connections are reset and the port
is closed.
"""

from __future__ import annotations

import asyncio
import os
import socket

from simulators.cards.pace import World
from simulators.evolis.face import Exchange, Face
from simulators.evolis.model import Printer

WINDOW_BYTES = 1 << 17  # a printer's window is small, so a full printer is felt at once


class Connection(asyncio.Protocol):
    """One exchange on one connection."""

    def __init__(self, wire: TcpWire) -> None:
        self._wire = wire
        self._world = wire.world
        self._exchange: Exchange = wire.face.open()
        self._transport: asyncio.Transport | None = None
        self._paused = False
        self._answered = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accepted; reset at once if the printer is off."""
        if isinstance(transport, asyncio.Transport):
            self._transport = transport
        self._wire.live.add(self)
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
        self._wire.live.discard(self)
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


class TcpWire:
    """A listener that follows the printer's power and plug."""

    def __init__(self, world: World[Printer], face: Face, host: str, port: int) -> None:
        self.world, self.face = world, face
        self.host, self.port = host, port
        self.live: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._opening: asyncio.Task[None] | None = None
        world.pumps.append(self._pump)
        world.printer.watchers.append(self._follow)

    async def open(self) -> None:
        """Listen; with port 0 the system chooses one, which is kept from then on. Raises OSError."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            if os.name == "posix":  # elsewhere the option means something else
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW_BYTES)
            listener.bind((self.host, self.port))
        except OSError:
            listener.close()
            raise
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), sock=listener)
        self.port = listener.getsockname()[1]

    def close(self) -> None:
        """Stop listening and reset what is open."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in [*self.live]:
            connection.abort()

    def _pump(self) -> None:
        for connection in [*self.live]:
            connection.pump()

    def _follow(self) -> None:
        if not self.world.printer.there:
            self.close()
        elif self._server is None and (self._opening is None or self._opening.done()):
            self._opening = asyncio.get_running_loop().create_task(self.open())
