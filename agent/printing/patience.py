"""How long the worker waits: growing pauses while hands are needed, and how long nothing has changed.

Waiting never ends by giving up. A look at the printer counts as *rested* for as long as every later look
shows the very same; nobody decides about a card while something may still move by itself.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from drivers.card_printer import Snapshot


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the worker waits, in ms. ``calm``: longer than a feed; ``stuck``: than any one motion."""

    idle: int = 5_000
    poll: int = 500
    calm: int = 5_000
    stuck: int = 45_000
    silent: int = 60_000  # after this a printer that does not answer leaves its job unsure
    pause_min: int = 1_000
    pause_max: int = 15_000


class Patience:
    """The pauses of one lane; ``now_ms`` is any steady clock."""

    def __init__(self, pace: Pace, now_ms: Callable[[], int]) -> None:
        self.pace = pace
        self._now_ms = now_ms
        self._tries = 0
        self._look: tuple[Snapshot | None, int] | None = None

    def growing(self) -> int:
        """Ms until the same is tried again: each time longer, until something is ``over``."""
        self._tries += 1
        return int(min(self.pace.pause_min << min(self._tries - 1, 8), self.pace.pause_max))

    def over(self) -> None:
        """A card's way has ended: pauses begin anew, and the next look is a first one."""
        self._tries = 0
        self.look_anew()

    def look_anew(self) -> None:
        """Something was done to the printer: what was seen before says nothing of the rest from here."""
        self._look = None

    def rested(self, snapshot: Snapshot | None) -> int:
        """For how long every look has shown the same, in ms."""
        now = self._now_ms()
        if self._look is None or self._look[0] != snapshot:
            self._look = (snapshot, now)
        return now - self._look[1]
