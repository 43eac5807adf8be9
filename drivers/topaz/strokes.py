"""A pen's positions become strokes, and strokes a finished signature. Pure: times are told.

A pen that lifts ends its stroke; one that has left the pad for a while, or of which nothing is heard, ends
the signature. Source: drivers/topaz/PROTOCOL.md sections 3 and 4.
"""

from dataclasses import dataclass, field

from drivers.signature_pad import Point, Signature
from drivers.topaz.codec import Event, Position, Pressure
from drivers.topaz.models import Model

GONE_MS, SILENT_MS = 500, 1_500
POINTS_MIN = 5
"""Fewer are a pad that was touched, not signed."""


@dataclass(slots=True)
class Strokes:
    """What was drawn so far on a pad of ``model``."""

    model: Model
    _done: list[tuple[Point, ...]] = field(default_factory=list)
    _under_way: list[Point] = field(default_factory=list)
    _pressure: int = 0
    _began_ms: int | None = None
    _heard_ms: int = 0
    _left_ms: int | None = None

    @property
    def begun(self) -> bool:
        """Whether somebody signs, and did not just touch the pad."""
        return self._points() >= POINTS_MIN

    def take(self, event: Event, at_ms: int) -> None:
        """What the pad told at ``at_ms``."""
        self._heard_ms = at_ms
        if isinstance(event, Pressure):
            self._pressure = event.value
        if not isinstance(event, Position):
            return
        if event.down:
            self._left_ms = None
            self._draw(event, at_ms)
            return
        self._lift()
        if event.near:
            self._left_ms = None
        elif self._left_ms is None:
            self._left_ms = at_ms

    def over(self, at_ms: int) -> bool:
        """Whether the signature is finished."""
        if not self.begun:
            return False
        gone = self._left_ms is not None and at_ms - self._left_ms >= GONE_MS
        return gone or at_ms - self._heard_ms >= SILENT_MS

    def signature(self) -> Signature | None:
        """All of it; None if it is too little to be one."""
        self._lift()
        if not self.begun:
            return None
        return Signature(tuple(self._done), self.model.width, self.model.height, self.model.dpi)

    def _draw(self, at: Position, at_ms: int) -> None:
        if self._began_ms is None:
            self._began_ms = at_ms
        x, y = self.model.logical(at.x, at.y)
        self._under_way.append(Point(at_ms - self._began_ms, x, y, self._pressure))

    def _lift(self) -> None:
        if self._under_way:
            self._done.append(tuple(self._under_way))
            self._under_way.clear()

    def _points(self) -> int:
        return sum(map(len, self._done)) + len(self._under_way)
