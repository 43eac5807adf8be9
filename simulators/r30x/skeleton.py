"""Ridges of one point's width (Zhang and Suen's thinning), and where such lines end or fork."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import numpy.typing as npt

Bits = npt.NDArray[np.bool_]
_AROUND = ((-1, 0), (-1, 1), (0, 1), (1, 1), (1, 0), (1, -1), (0, -1), (-1, -1))  # from the top, clockwise


@lru_cache(maxsize=1)
def tables() -> tuple[Bits, Bits, npt.NDArray[np.uint8]]:
    """By the eight neighbours as bits: may go in the first pass, in the second; how many lines leave."""
    codes = np.arange(256)
    around = (codes[:, None] >> np.arange(8)) & 1
    count = around.sum(1)
    lines = ((around == 0) & (np.roll(around, -1, 1) == 1)).sum(1)
    up, right, down, left = around[:, 0], around[:, 2], around[:, 4], around[:, 6]
    thick = (count >= 2) & (count <= 6) & (lines == 1)
    first = thick & (up * right * down == 0) & (right * down * left == 0)
    second = thick & (up * right * left == 0) & (up * down * left == 0)
    return first, second, lines.astype(np.uint8)


def thin(ridge: Bits) -> Bits:
    """The middle lines of ``ridge``; its outermost points are left out."""
    lines = ridge.astype(np.uint8)
    lines[[0, -1], :] = 0
    lines[:, [0, -1]] = 0
    flat = lines.ravel()
    steps = [y * ridge.shape[1] + x for y, x in _AROUND]
    passes = tables()[:2]
    at = np.flatnonzero(flat)
    while True:
        before = len(at)
        for table in passes:
            goes = table[codes(flat, at, steps)]
            flat[at[goes]] = 0
            at = at[~goes]
        if len(at) == before:
            return lines.astype(np.bool_)


def codes(flat: npt.NDArray[np.uint8], at: npt.NDArray[np.intp], steps: list[int]) -> npt.NDArray[np.uint8]:
    """The eight neighbours of each point ``at``, as bits."""
    code = np.zeros(len(at), np.uint8)
    for bit, step in enumerate(steps):
        code |= flat[at + step] << np.uint8(bit)
    return code


def ends_and_forks(lines: Bits) -> tuple[npt.NDArray[np.intp], npt.NDArray[np.intp]]:
    """Flat places where a line ends, and where one forks."""
    flat = lines.astype(np.uint8).ravel()
    at = np.flatnonzero(flat)
    leave = tables()[2][codes(flat, at, [y * lines.shape[1] + x for y, x in _AROUND])]
    return at[leave == 1], at[leave == 3]
