"""The simulated Evolis printer as the machine behind a USB cable: glue between its face and the two pipes.

A USB message is one exchange with the face; an empty one asks for the status. The pipe OUT takes bytes while
the exchange is not blocked (a full printer NAKs), the pipe IN tells the replies in the order of their
messages. `step` is to be called after every step of the simulated world; power and plug are followed by
themselves.
"""

from collections import deque
from collections.abc import Callable

from simulators.evolis import sensors
from simulators.evolis.face import Exchange, Face
from simulators.evolis.status import Err, Warn
from simulators.usbip.descriptors import evolis
from simulators.usbip.device import UsbPrinter
from simulators.usbip.server import Export, serve

FIFO_BYTES = 64 << 10
PAPER_EMPTY, SELECTED, NO_ERROR = 0x20, 0x10, 0x08
_WANTS_MEDIA = int(Warn.FEEDER_EMPTY | Warn.COVER_OPEN | Warn.NO_RIBBON | Warn.RIBBON_ENDED)


class FacePipes:
    """`simulators.usbip.device.Printer` over a face."""

    def __init__(self, face: Face) -> None:
        self._face = face
        self._hearing: Exchange | None = None
        self._owed: deque[Exchange] = deque()
        self._mute: list[Exchange] = []  # whole messages still to be worked on, whose replies nobody reads
        self._wake: Callable[[], None] = lambda: None

    def room(self) -> int:
        """Nothing while any exchange waits for room inside the printer: it reads strictly one after
        another."""
        blocked = any(exchange.blocked for exchange in self._all())
        return 0 if blocked else FIFO_BYTES

    def write(self, data: bytes) -> None:
        """Bytes of the message that is being heard, or of a new one."""
        if self._hearing is None:
            self._hearing = self._face.open()
        self._hearing.feed(data)

    def end(self) -> None:
        """The message is whole; one without bytes is a status poll."""
        exchange, self._hearing = self._hearing or self._face.open(), None
        self._owed.append(exchange)
        exchange.end()

    def reply(self) -> bytes | None:
        """The oldest message's answer, when it is due; a message that was no command has none."""
        while self._owed and (said := self._owed[0].reply()) is not None:
            self._owed.popleft()
            if said:
                return said
        return None

    def reset(self, soft: bool) -> None:
        """The message in hand and all unread replies are gone; whole messages stand, no card is touched."""
        if self._hearing is not None:
            self._hearing.drop()
        self._hearing = None
        self._mute += self._owed
        self._owed.clear()

    def port_status(self) -> int:
        """Paper empty stands for whatever a hand has to put in, error for what a host has to clear."""
        printer = self._face.printer
        if printer.error is not Err(0):
            return SELECTED
        wants = sensors.warning(printer) & _WANTS_MEDIA
        return SELECTED | (PAPER_EMPTY if wants else NO_ERROR)

    def watch(self, wake: Callable[[], None]) -> None:
        """Who pumps."""
        self._wake = wake

    def step(self) -> None:
        """The world went on: blocked exchanges may go on, replies may be due."""
        for exchange in self._all():
            exchange.go_on()
        self._mute = [exchange for exchange in self._mute if exchange.blocked]
        self._wake()

    def power_lost(self) -> None:
        """Nothing is left of any message."""
        for exchange in self._all():
            exchange.drop()
        self._hearing = None
        self._owed.clear()
        self._mute.clear()

    def _all(self) -> list[Exchange]:
        return [*self._mute, *self._owed, *([self._hearing] if self._hearing else [])]


class PrinterPort:
    """A simulated printer offered over USB/IP. `address` is HOST:PORT/BUSID's first part, as listened on."""

    def __init__(self, face: Face, pipes: FacePipes, export: Export) -> None:
        self._face, self._pipes, self._export = face, pipes, export
        self._there = True
        self.step = pipes.step
        face.printer.watchers.append(self._follow)
        self._follow()

    @property
    def address(self) -> str:
        """HOST:PORT of the server; the printer's bus id is 1-1."""
        return self._export.address

    async def close(self) -> None:
        """Stops offering it."""
        await self._export.close()

    def _follow(self) -> None:
        """A printer without power or cable is not on the bus."""
        there = self._face.printer.powered and self._face.printer.plugged
        if there != self._there:
            self._there = there
            if there:
                self._export.plug()
            else:
                self._export.unplug()
                if not self._face.printer.powered:
                    self._pipes.power_lost()


async def offer(face: Face, host: str, port: int) -> PrinterPort:
    """Offers the printer behind `face` at once."""
    pipes = FacePipes(face)
    identity = evolis(face.printer.make.name, face.printer.serial)
    return PrinterPort(face, pipes, await serve(UsbPrinter(identity, pipes), host, port))
