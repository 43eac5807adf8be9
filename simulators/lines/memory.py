"""A line without a wire: the same device with a clock that jumps, for a driver in the same process.

What `connect` gives is what drivers/r30x/PROTOCOL.md 10 and drivers/topaz/PROTOCOL.md 7 tell of: a blocking
read moves simulated time to whatever happens next. `later` puts a hand's move into that time.
"""

from __future__ import annotations

from collections.abc import Callable

from simulators.lines.device import SerialDevice


class Wire:
    """The way to one device. ``next_ms`` and ``advance`` drive it; ``opened`` is called when a host opens."""

    def __init__(
        self,
        device: SerialDevice,
        next_ms: Callable[[], int | None],
        advance: Callable[[int], None],
        opened: Callable[[], None] = lambda: None,
    ) -> None:
        self._device, self._next_ms, self._advance, self._opened = device, next_ms, advance, opened
        self._later: list[tuple[int, Callable[[], object]]] = []
        self._inbox = bytearray()
        self._open: Opened | None = None
        device.watchers.append(self._follow)

    def connect(self) -> Opened:
        """Open the line; whoever had it open has lost it. ConnectionRefusedError when there is none."""
        if not self._device.there:
            raise ConnectionRefusedError("no such line")
        self._inbox.clear()
        self._open = Opened(self)
        self._opened()
        return self._open

    def now_ms(self) -> int:
        """Simulated ms."""
        return self._device.now_ms

    def sleep_ms(self, ms: int) -> None:
        """Let that much simulated time pass."""
        self._to(self._device.now_ms + ms)

    def later(self, ms: int, move: Callable[[], object]) -> None:
        """Have ``move`` done after so much simulated time, even while a read waits."""
        self._later.append((self._device.now_ms + ms, move))

    def write(self, opened: Opened, data: bytes) -> None:
        """ConnectionResetError when the line is gone."""
        self._check(opened)
        self._device.line.hear(bytes(data), self._device.now_ms)

    def read(self, opened: Opened, size: int, timeout_s: float) -> bytes:
        """See `Opened.read`."""
        until = self._device.now_ms + round(timeout_s * 1000)
        while True:
            self._check(opened)
            self._take()
            if self._inbox:
                got = bytes(self._inbox[:size])
                del self._inbox[:size]
                return got
            if self._device.now_ms >= until:
                return b""
            self._step(until)

    def close(self, opened: Opened) -> None:
        """The host lets go."""
        if self._open is opened:
            self._open = None

    def _to(self, at_ms: int) -> None:
        while self._device.now_ms < at_ms:
            self._step(at_ms)
        self._take()

    def _step(self, until_ms: int) -> None:
        """To the next thing that happens, or ``until_ms``."""
        times = [at for at, _ in self._later]
        if (event := self._next_ms()) is not None:
            times.append(event)
        at_ms = min([until_ms, *times])
        self._advance(max(at_ms, self._device.now_ms))
        due = [each for each in self._later if each[0] <= self._device.now_ms]
        for each in due:
            self._later.remove(each)
            each[1]()
        self._take()

    def _take(self) -> None:
        self._inbox += self._device.line.down.take(self._device.now_ms)

    def _check(self, opened: Opened) -> None:
        if self._open is not opened:
            raise ConnectionResetError("the line is gone")

    def _follow(self) -> None:
        if not self._device.there:
            self._open = None


class Opened:
    """A line that a host has open. Any call raises ConnectionError once it is gone."""

    def __init__(self, wire: Wire) -> None:
        self._wire = wire

    def write(self, data: bytes) -> None:
        """All of it; the line's own rate delays only its arrival."""
        self._wire.write(self, data)

    def read(self, size: int, timeout_s: float) -> bytes:
        """What has come, at most ``size`` bytes, as soon as there is any; empty when the time is over."""
        return self._wire.read(self, size, timeout_s)

    def close(self) -> None:
        """Doing it twice is harmless."""
        self._wire.close(self)
