"""The printer behind two USB pipes, for the USB/IP device beside us: messages in, whole replies out.

A message is one exchange; it ends on a short or empty packet. A message that found no room keeps the pipe
NAKing until it has been taken. Replies come in the order of the messages.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from simulators.cards.pace import World
from simulators.evolis import sensors
from simulators.evolis.face import Exchange, Face
from simulators.evolis.model import Printer

ROOM_BYTES = 1 << 18


class UsbFace:
    """What `simulators.usbip.device.Printer` asks for."""

    def __init__(self, world: World[Printer], face: Face) -> None:
        self._world, self._face = world, face
        self._exchange: Exchange | None = None
        self._ended: deque[Exchange] = deque()
        self._unread: set[Exchange] = set()
        self._wake: Callable[[], None] | None = None
        world.pumps.append(self._pump)
        world.printer.watchers.append(self._follow)

    def room(self) -> int:
        """Bytes taken now; 0 while a bitmap or another job's end is waited for."""
        waits = [*self._ended, *([self._exchange] if self._exchange else [])]
        return 0 if any(exchange.blocked for exchange in waits) else ROOM_BYTES

    def write(self, data: bytes) -> None:
        """Bytes of the message in hand."""
        self._world.touch()
        self._open().feed(data)
        self._world.settle()

    def end(self) -> None:
        """The message is whole."""
        self._world.touch()
        exchange, self._exchange = self._open(), None
        exchange.end()
        self._ended.append(exchange)
        self._world.settle()

    def reply(self) -> bytes | None:
        """The next whole reply."""
        while self._ended and (reply := self._ended[0].reply()) is not None:
            exchange = self._ended.popleft()
            if exchange in self._unread:
                self._unread.discard(exchange)
            elif reply:
                return reply
        return None

    def reset(self, soft: bool) -> None:
        """Unread replies and the message in hand are gone, soft or not; what came whole goes on."""
        self._world.touch()
        self._unread.update(self._ended)
        if self._exchange is not None:
            self._exchange.drop()
            self._exchange = None
        self._world.settle()

    def port_status(self) -> int:
        """See `sensors.port_status`."""
        self._world.touch()
        return sensors.port_status(self._world.printer)

    def watch(self, wake: Callable[[], None]) -> None:
        """``wake`` is called after every step of the world."""
        self._wake = wake

    def _open(self) -> Exchange:
        if self._exchange is None:
            self._exchange = self._face.open()
        return self._exchange

    def _pump(self) -> None:
        for exchange in [*self._ended, *([self._exchange] if self._exchange else [])]:
            exchange.go_on()
        if self._wake is not None:
            self._wake()

    def _follow(self) -> None:
        """Power or plug gone: the message in hand and unread replies with it."""
        if not self._world.printer.there:
            for exchange in [*self._ended, *([self._exchange] if self._exchange else [])]:
                exchange.drop()
            self._exchange = None
            self._ended.clear()
            self._unread.clear()
