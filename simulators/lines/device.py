"""What the wires and the process ask of a device on a serial line."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from simulators.lines.line import Line


class SerialDevice(Protocol):
    """A simulated device; its own functions drive it."""

    line: Line

    @property
    def now_ms(self) -> int:
        """Its clock."""

    @property
    def watchers(self) -> list[Callable[[], None]]:
        """Who is told when its world changes in the middle of something."""

    @property
    def there(self) -> bool:
        """Whether there is a line to be opened: the adapter is plugged in."""

    @property
    def serial(self) -> str:
        """Its serial number."""
