"""The flow of a finger's ridges: which way they run at each point, and how close they lie.

Orientation is the zero-pole model (Sherlock and Monro): half the sum of the angles seen from the cores less
those seen from the deltas. Two fingers of one class would be too alike that way, so each angle passes through
a crooked ruler of its own (after Vizcaya and Gerhardt) and a smooth wobble is added.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Grid = npt.NDArray[np.float32]
HEIGHT, WIDTH = 416, 336
PERIOD_PX, PERIOD_SPREAD, PERIOD_WITHIN = 9.0, 0.08, 0.16
KNOTS, CROOKED_RAD, WOBBLE_RAD = 8, 0.28, 0.30
"""How far fingers of one class lie apart. A matcher that is not ours (bozorth3 as in libfprint, threshold 40)
takes 9 of 2,820 pairs of different fingers for one, and refuses none of 152 pairs of one finger.
"""
CORE = (190.0, 168.0)
"""Where a core lies, about: (y, x) in pixels of a master."""

# Left loop, right loop, whorl, arch. A hand's loops open to its little finger, save on some index fingers.
ULNAR, RADIAL, WHORL, ARCH = range(4)
BY_FINGER = (
    (0.57, 0.03, 0.37, 0.03),  # thumb
    (0.40, 0.17, 0.30, 0.13),  # index
    (0.70, 0.03, 0.17, 0.10),  # middle
    (0.52, 0.02, 0.42, 0.04),  # ring
    (0.80, 0.02, 0.14, 0.04),  # little
)


@dataclass(frozen=True, slots=True)
class Field:
    """``turn``: the ridges' orientation in radians, x right and y up; ``near``: ridges per pixel."""

    klass: str
    turn: Grid
    near: Grid


def field(dice: np.random.Generator, finger: int, shape: tuple[int, int]) -> Field:
    """The flow of finger 0-9 (0-4 right thumb to little, 5-9 left), on ``shape`` points of a master."""
    kind = int(dice.choice(4, p=BY_FINGER[finger % 5]))
    opens_left = (kind == RADIAL) if finger < 5 else (kind != RADIAL)
    cores, deltas = poles(dice, kind, opens_left)
    rows = (np.arange(shape[0], dtype=np.float32) + 0.5) * (HEIGHT / shape[0])
    columns = (np.arange(shape[1], dtype=np.float32) + 0.5) * (WIDTH / shape[1])
    turn = WOBBLE_RAD * smooth(dice, shape, 4)
    for sign, points in ((0.5, cores), (-0.5, deltas)):
        for y, x in points:
            seen = np.arctan2(y - rows[:, None], columns[None, :] - x)
            turn += np.float32(sign) * crooked(dice, seen)
    near = 1 / (PERIOD_PX * (1 + PERIOD_SPREAD * dice.uniform(-1, 1)))
    spread = np.clip(1 + PERIOD_WITHIN * 0.5 * smooth(dice, shape, 3), 1 - PERIOD_WITHIN, 1 + PERIOD_WITHIN)
    word = {WHORL: "whorl", ARCH: "arch"}.get(kind, "left loop" if opens_left else "right loop")
    return Field(word, turn.astype(np.float32), (near * spread).astype(np.float32))


def poles(
    dice: np.random.Generator, kind: int, opens_left: bool
) -> tuple[list[tuple[float, float]], list[tuple[float, float]]]:
    """The cores and the deltas, each (y, x)."""
    y, x = CORE[0] + dice.uniform(-16, 16), CORE[1] + dice.uniform(-14, 14)
    if kind == ARCH:
        below = dice.uniform(34, 70)
        return [(y, x)], [(y + below, x + dice.uniform(-8, 8))]
    side = 1 if opens_left else -1
    far = [(y + dice.uniform(88, 132), x + way * dice.uniform(66, 112)) for way in (side, -side)]
    if kind == WHORL:
        apart = dice.uniform(16, 62)
        return [(y - apart / 2, x), (y + apart / 2, x + dice.uniform(-10, 10))], far
    return [(y, x)], far[:1]


def crooked(dice: np.random.Generator, seen: Grid) -> Grid:
    """The angle ``seen``, read from a ruler that is bent at each of its knots."""
    bends = dice.normal(0, CROOKED_RAD, KNOTS)
    at = np.linspace(-np.pi, np.pi, KNOTS + 1)
    bent: Grid = (seen + np.interp(seen, at, np.append(bends, bends[0]))).astype(np.float32)
    return bent


def smooth(dice: np.random.Generator, shape: tuple[int, int], waves: int) -> Grid:
    """A random field of a few long waves, mean 0 and deviation about 1."""
    down = np.cos(np.outer(np.linspace(0, np.pi, shape[0]), np.arange(waves))).astype(np.float32)
    over = np.cos(np.outer(np.arange(waves), np.linspace(0, np.pi, shape[1]))).astype(np.float32)
    weights = dice.normal(0, 1, (waves, waves)).astype(np.float32)
    weights[0, 0] = 0
    grown: Grid = down @ weights @ over
    return grown / np.float32(max(float(grown.std()), 1e-6))
