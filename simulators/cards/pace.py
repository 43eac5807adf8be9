"""Ties a printer's clock to the wall: simulated milliseconds are real ones times the speed.

One `World` in one asyncio loop. Whatever touches the printer calls `touch` first (time catches up) and
`settle` after (wires are pumped, the next event is scheduled). Nothing polls: between events it sleeps.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Generic, Protocol, TypeVar


class Machine(Protocol):
    """What the pace asks of a printer."""

    @property
    def now_ms(self) -> int:
        """Its clock."""

    @property
    def watchers(self) -> list[Callable[[], None]]:
        """Who is told when its world changes in the middle of something."""


M = TypeVar("M", bound=Machine)


class World(Generic[M]):
    """The printer, the wires' pumps and the wall clock.

    ``next_ms(printer)``: when something will happen by itself, or None; ``advance(printer, ms)``: let time
    pass up to then.
    """

    def __init__(
        self, printer: M, next_ms: Callable[[M], int | None], advance: Callable[[M, int], None], speed: float
    ) -> None:
        self.printer = printer
        self.pumps: list[Callable[[], None]] = []
        self._next_ms, self._advance = next_ms, advance
        self._speed = speed
        self._start_ms = printer.now_ms
        self._start_s = time.monotonic()
        self._timer: asyncio.TimerHandle | None = None
        self._settling = False
        printer.watchers.append(self._later)

    def touch(self) -> None:
        """Let the simulated clock catch up with the wall."""
        elapsed_ms = (time.monotonic() - self._start_s) * 1000 * self._speed
        now_ms = self._start_ms + int(elapsed_ms)
        while (at := self._next_ms(self.printer)) is not None and at <= now_ms:
            self._advance(self.printer, at)
            self._pump()
        self._advance(self.printer, now_ms)

    def settle(self) -> None:
        """Pump the wires and set the alarm for the next event."""
        self._pump()
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
        at = self._next_ms(self.printer)
        if at is not None:
            wait_s = max(0.0, (at - self.printer.now_ms) / 1000 / self._speed)
            self._timer = asyncio.get_running_loop().call_later(wait_s, self.step)

    def step(self) -> None:
        """Time has passed or a hand has moved."""
        self.touch()
        self.settle()

    def _pump(self) -> None:
        for pump in [*self.pumps]:
            pump()

    def _later(self) -> None:
        """The printer's world has changed in the middle of something; the wires look at it soon."""
        if not self._settling:
            self._settling = True
            asyncio.get_running_loop().call_soon(self._settled)

    def _settled(self) -> None:
        self._settling = False
        self.step()
