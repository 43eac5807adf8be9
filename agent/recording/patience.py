"""How long a device is waited for, and what the clerk is told meanwhile.

A device that fails never ends a sitting: one sentence with the next step, then the sitting waits until the
device is well again or the clerk presses Enter, and goes on where it was. Only when the patience is over is
the clerk asked what to do.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, Protocol, TypeVar

from agent.recording import words
from agent.recording.desk import Desk
from drivers.errors import DeviceError

POLL_MS = 1000

T = TypeVar("T")
Way = Literal["missing", "without"]
"""What a clerk may choose instead of waiting on: the person lacks the part, or it goes without the device."""


class Clock(Protocol):
    """Milliseconds, from wherever they are counted."""

    def now_ms(self) -> int:
        """Now."""
        ...


class Status(Protocol):
    """The word for how a device stands."""

    @property
    def state(self) -> str:
        """``ready``, or anything else."""
        ...


class Device(Protocol):
    """Whatever can say how it stands."""

    def status(self) -> Status:
        """Now; ``offline`` is an answer."""
        ...


class Abandoned(Exception):
    """The sitting ended without a recording; ``cause``: a word."""

    def __init__(self, cause: str) -> None:
        self.cause = cause
        super().__init__(cause)


@dataclass(frozen=True, slots=True)
class Patience:
    """``limit_ms``: how long a device is waited for before the clerk is asked."""

    desk: Desk
    clock: Clock
    limit_ms: int

    def ask(self, name: str, device: Device, work: Callable[[], T], ways: tuple[Way, ...] = ()) -> T | Way:
        """``work``'s answer, however long the device takes to be well again; or the way the clerk chose.

        ``name``: one of words.DEVICES. Raises Abandoned with the device's cause.
        """
        since_ms, told = self.clock.now_ms(), ""
        while True:
            try:
                return work()
            except DeviceError as error:
                cause = error.cause
            if cause != told:
                self.desk.tell(words.fault(name, cause))
                told = cause
            if self._wait(device, since_ms + self.limit_ms):
                continue
            way = self.desk.ask(words.SAID[f"{name}_gone"], ("again", *ways, "stop"))
            if way == "stop":
                raise Abandoned(cause)
            if way in ways:
                return way
            since_ms, told = self.clock.now_ms(), ""

    def _wait(self, device: Device, until_ms: int) -> bool:
        """Until the device is ready or the clerk presses Enter; False when the patience is over."""
        while self.clock.now_ms() < until_ms:
            if self.desk.pause(POLL_MS) or device.status().state == "ready":
                return True
        return False
