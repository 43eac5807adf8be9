"""The two USB pipes on the wall clock for the USB/IP device: time catches up before each use of them."""

from __future__ import annotations

from collections.abc import Callable

from simulators.cards.pace import World
from simulators.matica.model import Printer
from simulators.matica.usb import Pipes


class TimedPipes:
    """What `simulators.usbip.device.Printer` asks for."""

    def __init__(self, world: World[Printer], pipes: Pipes) -> None:
        self._world, self._pipes = world, pipes
        self._wake: Callable[[], None] | None = None
        world.pumps.append(self._pump)

    def room(self) -> int:
        """Bytes taken now."""
        return self._pipes.room()

    def write(self, data: bytes) -> None:
        """A packet or more. Raises Stall."""
        self._world.touch()
        try:
            self._pipes.write(data)
        finally:
            self._world.settle()

    def end(self) -> None:
        """Nothing ends here."""

    def reply(self) -> bytes | None:
        """What goes into the IN pipe next. Raises Stall."""
        return self._pipes.reply()

    def reset(self, soft: bool) -> None:
        """Bulk-only reset, or the host has gone."""
        self._world.touch()
        self._pipes.reset(soft)
        self._world.settle()

    def port_status(self) -> int:
        """No printer class here."""
        return 0

    def watch(self, wake: Callable[[], None]) -> None:
        """``wake`` is called after every step of the world."""
        self._wake = wake

    def _pump(self) -> None:
        if self._wake is not None:
            self._wake()
