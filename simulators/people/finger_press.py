"""A finger laid on glass: a master moved, turned, stretched, wet or dry, partly there, and noisy.

Everything the skin does by itself comes from the press's own seed; everything a test wants to steer is in
``Condition``.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from simulators.people.finger_field import CORE, Grid, smooth

Picture = npt.NDArray[np.uint8]
STRETCH_PX = 2.5
HALF_PX = (158.0, 118.0)  # the contact of a whole finger, down and across
ASIDE_PX = (90.0, 60.0)  # how far off the middle a small contact may be
PAPER, INK = 248.0, 40.0


@dataclass(frozen=True, slots=True)
class Condition:
    """How a finger lies. ``noise``: 0.18 is everyday, 0.9 poor, 1.6 hopeless. ``wet``: -1 dry to +1 wet.

    ``dx``, ``dy``: pixels to the right and down; ``turn_deg``: clockwise. ``area``: how much of the contact
    is there, 0-1 (a small one is a tip). ``pressure``: 1 is everyday, 0.6 light, 1.4 heavy: a wider contact
    and darker ridges.
    """

    noise: float = 0.18
    wet: float = 0.0
    dx: float = 0.0
    dy: float = 0.0
    turn_deg: float = 0.0
    area: float = 1.0
    pressure: float = 1.0


def everyday(dice: np.random.Generator) -> Condition:
    """A condition as people lay their fingers: up to 12 degrees and some 20 pixels off, moist or dry."""
    return Condition(
        noise=float(dice.uniform(0.1, 0.45)),
        wet=float(dice.uniform(-0.6, 0.6)),
        dx=float(dice.uniform(-18, 18)),
        dy=float(dice.uniform(-20, 20)),
        turn_deg=float(dice.uniform(-12, 12)),
        area=float(dice.uniform(0.85, 1.0)),
        pressure=float(dice.uniform(0.85, 1.15)),
    )


def press(ridges: Grid, seed: int, condition: Condition, shape: tuple[int, int]) -> Picture:
    """The picture of ``shape`` (h, w) that a scanner of 500 dpi takes of this press. Ridges dark."""
    dice = np.random.default_rng([seed, 0x5052])
    down, over = lay(dice, condition, shape)
    skin = sample(ridges, down, over)
    skin = np.tanh(2.0 * (skin + 0.45 * condition.wet + 0.25 * (condition.pressure - 1)))
    skin = skin + condition.noise * grain(dice, shape)
    there = contact(dice, condition, shape)
    dark = np.clip(0.5 + 0.5 * skin, 0, 1) * there * min(1.0, 0.55 + 0.4 * condition.pressure)
    picture: Picture = np.clip(PAPER - (PAPER - INK) * dark + 2 * grain(dice, shape), 0, 255).astype(np.uint8)
    return picture


def lay(dice: np.random.Generator, condition: Condition, shape: tuple[int, int]) -> tuple[Grid, Grid]:
    """For each point of the picture, the point (y, x) of the master that is seen there."""
    rows = np.arange(shape[0], dtype=np.float32)[:, None] - shape[0] / 2 - condition.dy
    columns = np.arange(shape[1], dtype=np.float32)[None, :] - shape[1] / 2 - condition.dx
    turn = np.radians(condition.turn_deg)
    cos, sin = np.float32(np.cos(turn)), np.float32(np.sin(turn))
    pull = STRETCH_PX / 2
    down = cos * rows - sin * columns + CORE[0] + 8 + pull * smooth(dice, shape, 4)
    over = sin * rows + cos * columns + CORE[1] + pull * smooth(dice, shape, 4)
    return down.astype(np.float32), over.astype(np.float32)


def sample(ridges: Grid, down: Grid, over: Grid) -> Grid:
    """``ridges`` between its points, bilinear; beyond its edge its edge."""
    down = np.clip(down, 0, ridges.shape[0] - 1.001)
    over = np.clip(over, 0, ridges.shape[1] - 1.001)
    top, left = down.astype(np.int32), over.astype(np.int32)
    v, h = down - top, over - left
    flat, at = ridges.ravel(), top * ridges.shape[1] + left
    upper = flat[at] * (1 - h) + flat[at + 1] * h
    lower = flat[at + ridges.shape[1]] * (1 - h) + flat[at + ridges.shape[1] + 1] * h
    seen: Grid = upper * (1 - v) + lower * v
    return seen


def grain(dice: np.random.Generator, shape: tuple[int, int]) -> Grid:
    """Noise of skin and glass: a few pixels wide, deviation 1."""
    fine = dice.standard_normal((shape[0] + 3, shape[1] + 3), dtype=np.float32)
    for _ in range(3):
        fine = 0.5 * (fine + np.roll(fine, 1, 0))
        fine = 0.5 * (fine + np.roll(fine, 1, 1))
    soft: Grid = fine[3:, 3:]
    return soft / np.float32(soft.std())


def contact(dice: np.random.Generator, condition: Condition, shape: tuple[int, int]) -> Grid:
    """Where skin touches the glass, 0-1: an ellipse with an uneven rim; a small one is any part of it."""
    size = float(np.sqrt(max(condition.area, 0.0))) * (0.9 + 0.1 * condition.pressure)
    aside = max(0.0, 1 - size) * dice.uniform(-1, 1, 2) * ASIDE_PX
    rows = np.arange(shape[0], dtype=np.float32)[:, None] - shape[0] / 2 - condition.dy - aside[0]
    columns = np.arange(shape[1], dtype=np.float32)[None, :] - shape[1] / 2 - condition.dx - aside[1]
    out = np.sqrt((rows / (HALF_PX[0] * size + 0.1)) ** 2 + (columns / (HALF_PX[1] * size + 0.1)) ** 2)
    out = out + 0.03 * smooth(dice, shape, 6)
    touch: Grid = np.clip((1.0 - out) * 14, 0, 1).astype(np.float32)
    return touch
