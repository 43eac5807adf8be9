"""The Ethernet wire: TCP for commands and panels, and UDP on the next port for questions (PROTOCOL.md §3).

While a session is blocked its socket is not read, so TCP's own window is the back-pressure. Without power,
while it starts up, or with the plug out, connections are reset, the port refuses and questions go unheard.
"""

from __future__ import annotations

import asyncio
from typing import cast

from simulators.cards import port
from simulators.cards.pace import World
from simulators.cards.port import Port
from simulators.matica.ethernet import Face, Session
from simulators.matica.model import Printer

PAIRS_MAX = 50  # free ports looked at until one has a free neighbour


class Connection(asyncio.Protocol):
    """One connection; there is only ever one that is spoken to."""

    def __init__(self, world: World[Printer], face: Face, live: set[port.Connection]) -> None:
        self._world, self._face, self._live = world, face, live
        self._session: Session | None = None
        self._transport: asyncio.Transport | None = None
        self._paused = False

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Accepted and greeted; or closed at once when somebody else is connected."""
        assert isinstance(transport, asyncio.Transport), "a stream"  # noqa: S101
        self._transport = transport
        self._world.touch()
        self._session = self._face.open()
        if self._session is None:
            close = transport.close if self._world.printer.there else transport.abort
            close()
            return
        self._live.add(self)
        self._world.settle()

    def data_received(self, data: bytes) -> None:
        """Bytes of messages."""
        self._world.touch()
        if self._session is not None:
            self._session.feed(data)
        self._world.settle()

    def connection_lost(self, exc: Exception | None) -> None:
        """Closed by the host or by us."""
        self._live.discard(self)
        if self._session is not None:
            self._world.touch()
            self._session.end()
            self._world.settle()

    def pump(self) -> None:
        """Go on, and say what is to be said."""
        session, transport = self._session, self._transport
        if session is None or transport is None or transport.is_closing():
            return
        session.go_on()
        if session.out and self._world.printer.there:
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

    def __init__(self, world: World[Printer], face: Face) -> None:
        self._world, self._face = world, face
        self._transport: asyncio.DatagramTransport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Bound."""
        self._transport = cast("asyncio.DatagramTransport", transport)  # its class does not say so

    def datagram_received(self, data: bytes, addr: tuple[str, int]) -> None:
        """One question."""
        self._world.touch()
        answer = self._face.ask(data)
        if answer is not None and self._transport is not None:
            self._transport.sendto(answer, addr)
        self._world.settle()


class EthernetWire:
    """Both ports. UDP stays bound, and is silent while no printer is there."""

    def __init__(self, world: World[Printer], face: Face, host: str, port: int) -> None:
        self.tcp = Port(world, host, port, lambda live: Connection(world, face, live))
        self._asked = lambda: Questions(world, face)
        self._questions: asyncio.BaseTransport | None = None

    async def open(self) -> None:
        """Take both ports; with port 0 the system chooses, once for all. Raises OSError."""
        loop, told = asyncio.get_running_loop(), self.tcp.port
        for _ in range(1 if told else PAIRS_MAX):
            bound = self.tcp.bind()
            beside = bound.getsockname()[1] + 1
            try:
                self._questions, _ = await loop.create_datagram_endpoint(self._asked, (self.tcp.host, beside))
            except (OSError, OverflowError) as taken:
                bound.close()
                if told:
                    raise OSError(f"no UDP port {beside} beside it: {taken}") from taken
            else:
                await self.tcp.listen(bound)
                return
        raise OSError("no two free ports side by side")

    def close(self) -> None:
        """Let go of both ports and reset what is open."""
        self.tcp.close()
        if self._questions is not None:
            self._questions.close()
