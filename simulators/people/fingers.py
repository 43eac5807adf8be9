"""Fingers of people who do not exist, as pictures at 500 dpi. The door to the ``finger_*`` files.

    one = fingers.master(person_seed, 1)                      # the right index finger of that person
    picture = fingers.impression(one, seed, fingers.Condition(noise=0.3, turn_deg=8))   # uint8 (288, 256)
    fingers.score(picture)                                    # 0-100, the simulated device score

The same numbers, the same picture. ``finger`` is 0-9: right thumb to little finger, then the left hand, which
is the position of ISO/IEC 19794-4 less one; ``PARTS[finger]`` is its name in SBI and CBEFF. A master takes
under a second and is kept; an impression takes some ten milliseconds. The prints have endings, forks, cores
and deltas as skin has, and belong to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from simulators.people import finger_field, finger_growth, finger_press
from simulators.people.finger_field import HEIGHT, WIDTH, Grid
from simulators.people.finger_press import Condition, Picture, everyday
from simulators.people.finger_score import score

__all__ = [
    "EVERYDAY", "HEIGHT", "PARTS", "PICTURE", "WIDTH", "Condition", "Grid", "Master", "Picture", "everyday",
    "four_bits", "grown", "impression", "master", "score", "whole",
]  # fmt: skip

_NAMES = ("Thumb", "IndexFinger", "MiddleFinger", "RingFinger", "LittleFinger")
PARTS = tuple(f"{hand} {name}" for hand in ("Right", "Left") for name in _NAMES)
EVERYDAY = Condition()
"""A finger well laid."""
PICTURE = (288, 256)
"""Height and width of a picture of one finger, unless asked otherwise."""


@dataclass(frozen=True, slots=True, eq=False)
class Master:
    """One finger, whole. ``ridges``: float32 (HEIGHT, WIDTH), +1 on a ridge, -1 in a valley."""

    person_seed: int
    finger: int
    klass: str
    ridges: Grid


@lru_cache(maxsize=64)
def master(person_seed: int, finger: int) -> Master:
    """Finger 0-9 of a person; both numbers from 0. Raises ValueError for others."""
    klass, small = grown(person_seed, finger)
    return whole(person_seed, finger, klass, small)


def grown(person_seed: int, finger: int) -> tuple[str, Grid]:
    """The class of this finger, and its ridges on the few points they grow on: all that need be kept."""
    if finger not in range(len(PARTS)):
        raise ValueError("a person has ten fingers, 0 to 9")
    dice = np.random.default_rng([person_seed, finger, 0x4649])
    flow = finger_field.field(dice, finger, finger_growth.SHAPE)
    return flow.klass, finger_growth.grow(dice, flow)


def whole(person_seed: int, finger: int, klass: str, small: Grid) -> Master:
    """The master of what ``grown`` said."""
    ridges = finger_growth.spread(small)
    ridges.setflags(write=False)
    return Master(person_seed, finger, klass, ridges)


def impression(
    master: Master, seed: int, condition: Condition = EVERYDAY, shape: tuple[int, int] = PICTURE
) -> Picture:
    """One press of this finger: uint8 ``shape`` (h, w), ridges dark; another ``seed``, another press."""
    return finger_press.press(master.ridges, seed, condition, shape)


def four_bits(picture: Picture) -> Picture:
    """The picture as it comes out of a line that carries four bits a pixel."""
    return ((picture & 0xF0) | (picture >> 4)).astype(np.uint8)
