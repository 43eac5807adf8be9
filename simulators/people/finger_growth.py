"""Ridges that grow along a flow: scattered points, filtered again and again the way the ridges run.

Each step filters the picture with a bank of Gaussians in frequency (orientations x spacings), takes at each
point the mixture of the neighbours its flow asks for, and bends it back to ridges and valleys. Endings and
forks appear by themselves where the flow leaves no room. It grows on 5/8 of the points, which still holds
every frequency of the bank, and is spread to the full size at the end.
"""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

from simulators.people.finger_field import HEIGHT, WIDTH, Field, Grid

SHAPE = (HEIGHT * 5 // 8, WIDTH * 5 // 8)
STEP = 8 / 5
TURNS, STEPS, STEEP = 20, 10, 2.2
SPACINGS = (0.86, 1.0, 1.16)
ACROSS, ALONG = 0.026, 0.034  # cycles per pixel
POINTS = (120, 200)
Spectrum = npt.NDArray[np.complex64]


def grow(dice: np.random.Generator, flow: Field) -> Grid:
    """The ridges of ``flow``, both on SHAPE points: +1 a ridge, -1 a valley."""
    picture = dice.normal(0, 0.03, SHAPE).astype(np.float32)
    seeds = int(dice.integers(*POINTS))
    picture[dice.integers(0, SHAPE[0], seeds), dice.integers(0, SHAPE[1], seeds)] = 1
    middle = float(flow.near.mean())
    bank = filters(round(middle, 5))
    shares = mixture(flow, middle)
    for _ in range(STEPS):
        told = np.fft.rfft2(picture)
        grown = np.zeros(SHAPE, np.float32)
        for sieve, share in zip(bank, shares, strict=True):
            grown += share * np.fft.irfft2(told * sieve, SHAPE)
        picture = np.tanh(grown * np.float32(STEEP / float(grown.std())))
    return picture


@lru_cache(maxsize=4)
def filters(middle: float) -> tuple[Grid, ...]:
    """One sieve for each orientation and spacing, over the half plane of ``rfft2``."""
    fy = -np.fft.fftfreq(SHAPE[0])[:, None] / STEP  # rows run down, angles run up
    fx = np.fft.rfftfreq(SHAPE[1])[None, :] / STEP
    made = []
    for turn in np.arange(TURNS) * np.pi / TURNS:
        u, v = -np.sin(turn) * fx + np.cos(turn) * fy, np.cos(turn) * fx + np.sin(turn) * fy
        for spacing in SPACINGS:
            wide = np.exp(-(v**2) / (2 * ACROSS**2))
            near = np.exp(-((np.abs(u) - middle * spacing) ** 2) / (2 * ALONG**2))
            made.append((wide * near).astype(np.float32))
    return tuple(made)


def mixture(flow: Field, middle: float) -> list[Grid]:
    """How much of each sieve's answer a point takes: bilinear in orientation and in spacing."""
    place = (flow.turn / (np.pi / TURNS)) % TURNS
    ranks = np.interp(flow.near / middle, SPACINGS, np.arange(len(SPACINGS)))
    shares = []
    for turn in range(TURNS):
        off = np.abs(place - turn)
        share = np.clip(1 - np.minimum(off, TURNS - off), 0, None)
        shares += [
            (share * np.clip(1 - np.abs(ranks - rank), 0, None)).astype(np.float32) for rank in range(3)
        ]
    return shares


def spread(picture: Grid) -> Grid:
    """What grew, on the HEIGHT x WIDTH points of a master: the same waves, seen closer."""
    told = np.fft.rfft2(picture)
    wide: Spectrum = np.zeros((HEIGHT, WIDTH // 2 + 1), np.complex64)
    half, columns = SHAPE[0] // 2, told.shape[1] - 1  # without the highest wave, which has no room to turn
    wide[:half, :columns] = told[:half, :columns]
    wide[HEIGHT - half + 1 :, :columns] = told[half + 1 :, :columns]
    full: Grid = np.fft.irfft2(wide, (HEIGHT, WIDTH)).astype(np.float32)
    return np.asarray(np.clip(full * ((HEIGHT * WIDTH) / (SHAPE[0] * SHAPE[1])), -1, 1), np.float32)
