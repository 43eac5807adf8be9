"""What lies on the glass, and the person whose finger it is. Pure.

A person takes the finger off once its features were taken, as enrolment asks, and lays it down again when
the module has seen the empty glass; a steady one leaves it there. Whoever is asked for more than one finger
lays them down in turn.
"""

from __future__ import annotations

import random
from collections import deque
from dataclasses import dataclass, replace

LIFT_MS = 400
"""From the module's look at the empty glass to the finger's return."""
LAID: dict[str, dict[str, float | bool]] = {
    "wet": {"wet": 1.9},
    "dry": {"wet": -1.9},
    "partial": {"area": 0.1},
    "noisy": {"noise": 1.8},
    "moving": {"moving": True},
    "clean": {"wet": 0.0, "area": 1.0, "noise": 0.0, "turn": 0.0, "moving": False},
}
"""How a finger can lie, by the word a technician says."""


@dataclass(frozen=True, slots=True)
class Finger:
    """A person's finger (0-9, right thumb to left little finger) as it lies there. ``wet``: beyond -1.5 dry,
    beyond +1.5 wet, ``area``: 0..1 of it on the glass, ``turn``: degrees, ``noise``: 0 and up, ``moving``: no
    picture comes.
    """

    person: int
    index: int
    wet: float = 0.0
    area: float = 1.0
    turn: float = 0.0
    noise: float = 0.0
    moving: bool = False

    def laid(self, **how: float | bool) -> Finger:
        """The same finger, laid otherwise."""
        return replace(self, **how)  # type: ignore[arg-type]  # the names are those above


@dataclass(frozen=True, slots=True)
class Press:
    """One laying down of a finger: ``seed`` of its skin, how it lies this time (pixels, degrees)."""

    finger: Finger
    seed: int
    dx: float
    dy: float
    turn: float
    noise: float
    wet: float


class Glass:
    """The finger there, if any. ``dice``: how it lies differs from picture to picture."""

    def __init__(self, finger: Finger | None, dice: random.Random) -> None:
        self.finger = finger
        self.steady = False
        self._dice = dice
        self._others: deque[Finger] = deque()  # whose turn comes next
        self._lifted = False
        self._back_ms: int | None = None  # None while lifted: the module has not seen the empty glass yet

    def lay(self, finger: Finger | None, *others: Finger) -> None:
        """Somebody lays a finger down, or (None) takes it away; ``others`` come in its place, in turn."""
        self.finger, self._lifted, self._back_ms = finger, False, None
        self._others = deque(others)

    def away(self, until_ms: int) -> None:
        """The finger leaves until then."""
        self._lifted, self._back_ms = True, until_ms

    def features_taken(self) -> None:
        """The module has what it wanted of this picture; the person takes the finger off."""
        if not self.steady and not self._lifted:
            self._lifted = True

    def look(self, now_ms: int) -> Finger | None:
        """What the sensor sees now."""
        if self._lifted and self._back_ms is None:
            self._back_ms = now_ms + LIFT_MS
        elif self._back_ms is not None and now_ms >= self._back_ms:
            self._lifted, self._back_ms = False, None
            self._take_turns()
        return None if self._lifted else self.finger

    def _take_turns(self) -> None:
        if self._others and self.finger is not None:
            self._others.append(self.finger)
            self.finger = self._others.popleft()

    def press(self, finger: Finger) -> Press:
        """How it lies this time, by the dice."""
        dice = self._dice
        return Press(
            finger,
            dice.getrandbits(32),
            dice.uniform(-15, 15),
            dice.uniform(-15, 15),
            finger.turn + dice.uniform(-8, 8),
            finger.noise + dice.uniform(0.1, 0.35),
            finger.wet or dice.uniform(-0.4, 0.4),
        )
