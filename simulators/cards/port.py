"""A port that follows a printer's power and plug: without them it refuses, and what is open is reset.

What is said on a connection is the family's; this only lets it in, has it go on when time has passed, and
cuts it off.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable
from typing import Any, Protocol

from simulators.cards.pace import World

WINDOW_BYTES = 1 << 17  # a printer's window is small, so a full printer is felt at once


class Connection(Protocol):
    """What the port asks of a connection that is alive."""

    def pump(self) -> None:
        """Time has passed, or something has changed."""

    def abort(self) -> None:
        """The printer's end goes without a word."""


Made = Callable[[set[Connection]], asyncio.Protocol]


class Port:
    """``made(live)`` is the protocol of one connection, which puts itself into ``live`` and out of it."""

    def __init__(self, world: World[Any], host: str, port: int, made: Made) -> None:
        self.host, self.port = host, port
        self._live: set[Connection] = set()
        self._printer = world.printer
        self._made = made
        self._server: asyncio.Server | None = None
        self._opening: asyncio.Task[None] | None = None
        world.pumps.append(self._pump)
        world.printer.watchers.append(self._follow)

    async def open(self) -> None:
        """Listen; with port 0 the system chooses one, which is kept from then on. Raises OSError."""
        await self.listen(self.bind())

    def bind(self) -> socket.socket:
        """Take the port without listening yet. Raises OSError."""
        family = socket.AF_INET6 if ":" in self.host else socket.AF_INET
        listener = socket.socket(family, socket.SOCK_STREAM)
        try:
            if os.name == "posix":  # elsewhere the option means something else
                listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, WINDOW_BYTES)
            listener.bind((self.host, self.port))
        except OSError as wrong:
            listener.close()
            raise OSError(wrong.errno, f"{self.host}:{self.port}: {wrong.strerror}") from wrong
        return listener

    async def listen(self, bound: socket.socket) -> None:
        """At once, so that whoever is told the port finds it open; who comes too early is reset."""
        self.port = bound.getsockname()[1]
        self._server = await asyncio.get_running_loop().create_server(
            lambda: self._made(self._live), sock=bound
        )

    def close(self) -> None:
        """Stop listening and reset what is open."""
        if self._server is not None:
            self._server.close()
            self._server = None
        for connection in [*self._live]:
            connection.abort()

    def _pump(self) -> None:
        for connection in [*self._live]:
            connection.pump()

    def _follow(self) -> None:
        if not self._printer.there:
            self.close()
        elif self._server is None and (self._opening is None or self._opening.done()):
            self._opening = asyncio.get_running_loop().create_task(self._open_again())

    async def _open_again(self) -> None:
        await self.open()
        self._follow()  # it may have gone meanwhile
