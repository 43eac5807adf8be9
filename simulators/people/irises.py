"""Irises of people who do not exist, as an infrared camera sees them: 640 x 480 in grey.

    picture = irises.picture(person_seed, "Left", irises.Gaze(lid=0.2))   # uint8 (480, 640)
    irises.score(picture)                                                  # 0-100, the simulated device score

The same numbers, the same picture; ``everyday`` says how an eye differs from press to press. A pupil, a rim,
between them fibres and crypts: noise that is fine around and coarse outwards, with a zigzag ring. Each eye of
each person has its own; they belong to nobody.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt
from PIL import Image, ImageFilter

WIDTH, HEIGHT = 640, 480
DIAMETER = 236
"""Pixels across the iris; cameras for registration need 210 or more."""
PUPIL_SHARE = (0.30, 0.44)
AROUND, OUTWARDS = 512, 48
OCTAVES = ((96, 5, 1.0), (48, 9, 0.7), (24, 3, 0.5), (160, 14, 0.4))
"""Waves around, waves outwards, weight."""
SKIN, WHITE, PUPIL = 196.0, 168.0, 18.0
FOCUS_NONE, FOCUS_FULL = 0.55, 3.4
"""Grey levels between neighbours across an iris: a mere shade, and sharp fibres."""
EYES = ("Left", "Right")
MASKED_WIDTH, MASKED_HEIGHT = round(1.6 * DIAMETER), round(1.2 * DIAMETER)
"""Of a cropped and masked picture: the iris and 0.6 of its radius at each side, 0.2 above and below."""
SCLERA_MASK, LID_MASK = 200, 128
Grid = npt.NDArray[np.float32]
Picture = npt.NDArray[np.uint8]


@dataclass(frozen=True, slots=True)
class Gaze:
    """How an eye is before the lens. ``lid``: how far it is closed, 0-1; ``blur``, ``dx``, ``dy`` in pixels.

    ``turn_deg``: clockwise, as the head leans; ``wide``: the pupil beside its usual width, 1 as usual.
    """

    blur: float = 0.0
    lid: float = 0.12
    dx: float = 0.0
    dy: float = 0.0
    turn_deg: float = 0.0
    wide: float = 1.0


def everyday(dice: np.random.Generator, gaze: Gaze) -> Gaze:
    """The gaze with what no two presses share: a little aside, leaning, a pupil as wide as the light asks."""
    blur, lid, aside, along, turn, wide = (float(each) for each in dice.uniform(-1, 1, 6))
    return Gaze(
        blur=gaze.blur + 0.06 * (1 + blur),
        lid=min(1.0, max(0.0, gaze.lid + 0.04 * lid)),
        dx=gaze.dx + 5 * aside,
        dy=gaze.dy + 4 * along,
        turn_deg=gaze.turn_deg + 2.5 * turn,
        wide=gaze.wide * (1 + 0.05 * wide),
    )


@lru_cache(maxsize=32)
def texture(person_seed: int, eye: str) -> Grid:
    """The iris unrolled: float32 (OUTWARDS, AROUND), 0 in the mean. ValueError for an eye nobody has."""
    dice = np.random.default_rng([person_seed, EYES.index(eye), 0x4952])
    total = np.zeros((OUTWARDS, AROUND), np.float32)
    for around, outwards, weight in OCTAVES:
        coarse = dice.standard_normal((outwards, around)).astype(np.float32)
        total += np.float32(weight) * _stretched(coarse)
    ring = 0.5 + 0.12 * _stretched(dice.standard_normal((1, 40)).astype(np.float32))[0]
    rows = np.linspace(0, 1, OUTWARDS, dtype=np.float32)[:, None]
    total += np.float32(1.1) * np.exp(-(((rows - ring[None, :] * 0.7) / 0.07) ** 2))
    total.setflags(write=False)
    return total


def picture(person_seed: int, eye: str, gaze: Gaze | None = None) -> Picture:
    """One picture of one eye."""
    gaze = gaze or Gaze()
    dice = np.random.default_rng([person_seed, EYES.index(eye), 0x5055])
    pupil = float(dice.uniform(*PUPIL_SHARE)) * DIAMETER / 2 * gaze.wide
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    x, y = x - (WIDTH / 2 + gaze.dx), y - (HEIGHT / 2 + gaze.dy)
    far = np.hypot(x, y)
    out = np.clip((far - pupil) / (DIAMETER / 2 - pupil), 0, 0.999)
    turn = (np.arctan2(y, x) / (2 * np.pi) - gaze.turn_deg / 360) % 1.0
    fibres = texture(person_seed, eye)[
        (out * OUTWARDS).astype(np.int32), (turn * AROUND).astype(np.int32) % AROUND
    ]
    grey = 96 + 15 * fibres - 22 * out**6
    grey = np.where(far < pupil, PUPIL, grey)
    grey = np.where(far > DIAMETER / 2, WHITE - 0.06 * far, grey)
    grey = np.where(_lids(gaze, x, y), SKIN - 0.05 * np.abs(y), grey)
    soft = Image.fromarray(np.clip(grey, 0, 255).astype(np.uint8))
    return np.asarray(soft.filter(ImageFilter.GaussianBlur(0.7 + gaze.blur)))


def masked(seen: Picture, gaze: Gaze) -> Picture:
    """The iris of a picture alone, in the middle: cropped, white and lids under one grey each."""
    left, top = WIDTH / 2 + gaze.dx - MASKED_WIDTH / 2, HEIGHT / 2 + gaze.dy - MASKED_HEIGHT / 2
    box = (round(left), round(top), round(left) + MASKED_WIDTH, round(top) + MASKED_HEIGHT)
    cropped = np.asarray(Image.fromarray(seen).crop(box))
    y, x = np.mgrid[0:MASKED_HEIGHT, 0:MASKED_WIDTH].astype(np.float32)
    x, y = x - MASKED_WIDTH / 2, y - MASKED_HEIGHT / 2
    white = np.where(np.hypot(x, y) > DIAMETER / 2, np.uint8(SCLERA_MASK), cropped)
    return np.where(_lids(gaze, x, y), np.uint8(LID_MASK), white)


def score(seen: Picture) -> float:
    """0-100: how sharp the fibres are x how much of the iris is open x whether it is in the middle."""
    grey = seen.astype(np.float32)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    far = np.hypot(x - WIDTH / 2, y - HEIGHT / 2)
    band = (far > DIAMETER * 0.25) & (far < DIAMETER * 0.46)
    iris = band & (grey < 150) & (grey > 40)
    if not iris.any():
        return 0.0
    around = np.abs(np.diff(grey, axis=1, prepend=grey[:, :1])) + np.abs(
        np.diff(grey, axis=0, prepend=grey[:1])
    )
    steps = float(np.minimum(around[iris], 30).mean()) / 2
    focus = min(1.0, max(0.0, (steps - FOCUS_NONE) / (FOCUS_FULL - FOCUS_NONE)))
    open_share = float(iris.sum()) / float(band.sum())
    return round(100 * focus * open_share, 2)


def _lids(gaze: Gaze, x: Grid, y: Grid) -> npt.NDArray[np.bool_]:
    """Where the lids are; ``x``, ``y``: pixels from the middle of the iris."""
    half = (1.0 - gaze.lid) * DIAMETER * 0.56
    return np.abs(y) > half * (1 - (x / (WIDTH * 0.62)) ** 2)


def _stretched(coarse: Grid) -> Grid:
    """A coarse grid as large as the texture, smooth, and without a seam where the circle closes."""
    wrapped = np.concatenate([coarse[:, -2:], coarse, coarse[:, :2]], axis=1)
    step = AROUND / coarse.shape[1]
    size = (round(wrapped.shape[1] * step), OUTWARDS)
    smooth = Image.fromarray(wrapped, mode="F").resize(size, Image.Resampling.BICUBIC)
    cut: Grid = np.asarray(smooth, dtype=np.float32)[:, round(2 * step) : round(2 * step) + AROUND]
    return cut
