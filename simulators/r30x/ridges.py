"""Ridges out of a grey picture: where there is a finger, which way it flows, and what is ridge or valley.

Local contrast is evened out, the flow is taken from the gradients, and each place is filtered along its own
flow with a bank of oriented sieves, twice: the second time along the flow of the first answer, which noise
disturbs less.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from simulators.r30x.template import Floats

TURNS = 16
PER_PX, ACROSS, ALONG = 0.111, 0.028, 0.034  # ridges per pixel at 500 dpi; width of a sieve
WINDOW_PX, FLOW_PX = 9.0, 6.0
CONTRAST_MIN = 14.0
RIM_PX = 11
CLEAN_MIN = 0.30


@dataclass(frozen=True, slots=True, eq=False)
class Ridges:
    """``wave``: above 0 on a ridge; ``turn``: orientation, radians, y up; ``clean``: 0-1 how plain the ridges
    are; ``there``: where there is a finger; ``inside``: the same without its rim.
    """

    wave: Floats
    turn: Floats
    clean: Floats
    there: npt.NDArray[np.bool_]
    inside: npt.NDArray[np.bool_]


def ridges(picture: npt.NDArray[np.uint8]) -> Ridges:
    """The ridges of a picture of 8-bit grey, 500 dpi, ridges dark."""
    grey = 255 - picture.astype(np.float32)
    level = blur(grey, WINDOW_PX)
    spread = np.sqrt(np.maximum(blur((grey - level) ** 2, WINDOW_PX), 0))
    even = np.clip((grey - level) / (spread + 6), -2, 2)
    there = spread > CONTRAST_MIN
    first = along(even, flow(even)[0])
    turn, coherence = flow(first)
    wave = along(even, turn)
    kept = np.sqrt(np.maximum(blur(wave**2, WINDOW_PX), 0) / (np.maximum(blur(even**2, WINDOW_PX), 0) + 0.05))
    clean = np.clip(coherence * np.minimum(kept * 1.15, 1), 0, 1)
    there &= clean > CLEAN_MIN
    return Ridges(wave, turn, clean, there, shrunk(there))


def flow(grey: Floats) -> tuple[Floats, Floats]:
    """Which way the ridges run (radians, y up), and how surely (0-1)."""
    slopes: list[Floats] = list(np.gradient(grey))
    down, over = slopes
    twice = blur(over**2 - down**2, FLOW_PX) - 2j * blur(over * down, FLOW_PX)
    power = blur(over**2 + down**2, FLOW_PX)
    turn = np.asarray(0.5 * np.angle(twice) + np.pi / 2, np.float32)
    return turn, np.asarray(np.abs(twice) / (power + 1e-4), np.float32)


def along(grey: Floats, turn: Floats) -> Floats:
    """``grey`` filtered at each point along its own flow."""
    told = np.fft.rfft2(grey)
    place = (turn / (np.pi / TURNS)) % TURNS
    made = np.zeros_like(grey)
    for number, sieve in enumerate(sieves(*grey.shape)):
        off = np.abs(place - number)
        share = np.maximum(1 - np.minimum(off, TURNS - off), 0)
        made += share * np.fft.irfft2(told * sieve, grey.shape)
    return made


@lru_cache(maxsize=4)
def sieves(rows: int, columns: int) -> tuple[Floats, ...]:
    """One sieve for each orientation, over the half plane of ``rfft2``."""
    fy, fx = -np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :]
    made = []
    for turn in np.arange(TURNS) * np.pi / TURNS:
        u, v = -np.sin(turn) * fx + np.cos(turn) * fy, np.cos(turn) * fx + np.sin(turn) * fy
        sieve = np.exp(-(v**2) / (2 * ACROSS**2) - (np.abs(u) - PER_PX) ** 2 / (2 * ALONG**2))
        made.append(sieve.astype(np.float32))
    return tuple(made)


@lru_cache(maxsize=8)
def soft(rows: int, columns: int, wide_px: float) -> Floats:
    """The spectrum of a Gaussian of this deviation."""
    fy, fx = np.fft.fftfreq(rows)[:, None], np.fft.rfftfreq(columns)[None, :]
    made: Floats = np.exp(-2 * (np.pi * wide_px) ** 2 * (fx**2 + fy**2)).astype(np.float32)
    return made


def blur(grey: Floats, wide_px: float) -> Floats:
    """``grey`` seen through a Gaussian."""
    seen: Floats = np.fft.irfft2(np.fft.rfft2(grey) * soft(*grey.shape, wide_px), grey.shape)
    return seen


def shrunk(there: npt.NDArray[np.bool_]) -> npt.NDArray[np.bool_]:
    """``there`` without the points within RIM_PX of its rim or of the picture's."""
    gone = np.pad(~there, RIM_PX, constant_values=True).astype(np.int32)
    for axis in (0, 1):
        total = np.cumsum(np.insert(gone, 0, 0, axis=axis), axis=axis)
        wide = 2 * RIM_PX + 1
        gone = np.take(total, np.arange(wide, total.shape[axis]), axis) - np.take(
            total, np.arange(total.shape[axis] - wide), axis
        )
    inside: npt.NDArray[np.bool_] = gone == 0
    return inside
