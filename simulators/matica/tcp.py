"""The Ethernet wire: TCP for commands and panels, and UDP on the next port for questions (PROTOCOL.md §3).

While a session is blocked its socket is not read, so TCP's own window is the back-pressure. Without power,
while it starts up, or with the plug out, connections are reset, the port refuses and questions go unheard.
"""

from __future__ import annotations

import asyncio
import os
import socket
from typing import cast

from simulators.cards.pace import World
from simulators.matica.ethernet import Face, Session
from simulators.matica.model import Printer

WINDOW_BYTES = 1 << 17
PAIRS_MAX = 50  # free ports looked at until one has a free neighbour


class Connection(asyncio.Protocol):
    """One connection; there is only ever one that is spoken to."""

    def __init__(self, wire: EthernetWire) -> None:
        self._wire = wire
        self._session: Session | None = None
        self._transport: asyncio.Transport | None = None
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accepted and greeted; or closed at once when somebody else is connected."""
        assert isinstance(transport, asyncio.Transport), "a stream"  # noqa: S101
        self._transport = transport
        self._wire.world.touch()
        self._session = self._wire.face.open()
        if self._session is None:
            close = transport.close if self._wire.world.printer.there else transport.abort
            close()
            return
        self._wire.live.add(self)
        self._wire.world.settle()

    def data_received(self, data: bytes) -> None:
        """Bytes of messages."""
        self._wire.world.touch()
        if self._session is not None:
            self._session.feed(data)
        self._wire.world.settle()

    def connection_lost(self, exc: Exception | None) -> None:
        """Closed by the host or by us."""
        self._wire.live.discard(self)
        if self._session is not None:
            self._wire.world.touch()
            self._session.end()
            self._wire.world.settle()

    def pump(self) -> None:
        """Go on, and say what is to be said."""
        session, transport = self._session, self._transport
        if session is None or transport is None or transport.is_closing():
            return
        session.go_on()
        if session.out and self._wire.world.printer.there:
            transport.write(bytes(session.out))
            session.out.clear()
        if session.ended:
            transport.close()
        elif session.blocked != self._paused:
            self._paused = session.blocked
            if self._paused:
                transport.pause_reading()
            else:
                transport.resume_reading()

    def abort(self) -> None:
        """The printer's end goes without a word."""
        if self._transport is not None:
            self._transport.abort()


class Questions(asyncio.DatagramProtocol):
    """UDP: an answer to where the question came from."""

    def __init__(self, wire: EthernetWire) -> None:
        self._wire = wire
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound."""
        self._transport = cast("asyncio.DatagramTransport", transport)  # its class does not say so

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """One question."""
        self._wire.world.touch()
        answer = self._wire.face.ask(data)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)
        self._wire.world.settle()


class EthernetWire:
    """Both ports; they follow the printer's power and plug."""

    def __init__(self, world: World[Printer], face: Face, host: str, port: int) -> None:
        self.world, self.face = world, face
        self.host, self.port = host, port
        self.live: set[Connection] = set()
        self._server: asyncio.Server | None = None
        self._opening: asyncio.Task[None] | None = None
        self._questions: asyncio.BaseTransport | None = None
        world.pumps.append(self._pump)
        world.printer.watchers.append(self._follow)

    async def open(self) -> None:
        """Take both ports; with port 0 the system chooses, once for all. Raises OSError.

        Listens at once, so that whoever is told the port finds it open; who comes too early is reset.
        """
        loop = asyncio.get_running_loop()
        for _ in range(PAIRS_MAX if self.port == 0 else 1):
            bound = self._bind(self.port)
            port = bound.getsockname()[1]
            try:
                self._questions, _ = await loop.create_datagram_endpoint(
                    lambda: Questions(self), (self.host, port + 1)
                )
            except (OSError, OverflowError) as taken:
                bound.close()
                if self.port:
                    raise OSError(f"no UDP port {port + 1} beside it: {taken}") from taken
            else:
                self.port = port
                await self._listen(bound)
                return
        raise OSError("no two free ports side by side")

    def close(self) -> None:
        """Let go of both ports and reset what is open."""
        self._stop()
        if self._questions is not None:
            self._questions.close()

    def _bind(self, port: int) -> socket.socket:
        listener = socket.socket(socket.AF_INET6 if ":" in self.host else socket.AF_INET, socket.SOCK_STREAM)
        try:
            if os.name == "posix":  # elsewhere the option means something else
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW_BYTES)
            listener.bind((self.host, port))
        except OSError:
            listener.close()
            raise
        return listener

    async def _listen(self, bound: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        self._server = await loop.create_server(lambda: Connection(self), sock=bound)

    async def _listen_again(self) -> None:
        await self._listen(self._bind(self.port))
        self._follow()  # it may have gone meanwhile

    def _stop(self) -> None:
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
            self._stop()
        elif self._server is None and (self._opening is None or self._opening.done()):
            self._opening = asyncio.get_running_loop().create_task(self._listen_again())
