"""The simulated device score: what a scanner of ours says about its own picture. It is no NFIQ.

How much the ridges run one way at each place (coherence) x how much of the finger is there x how far dark and
light lie apart. It falls with noise and with a smaller patch.
"""

from __future__ import annotations

import numpy as np

from simulators.people.finger_field import Grid
from simulators.people.finger_press import Picture

BLOCK = 16
FULL_AREA_PX = 55_000
SPREAD_MIN, SPREAD_FULL = 18.0, 68.0
COHERENT_MIN, COHERENT_FULL = 0.12, 0.95


def score(picture: Picture) -> float:
    """0-100 for a picture of one finger, 500 dpi, 8-bit grey of any size."""
    grey = picture.astype(np.float32)
    spread = np.sqrt(np.maximum(blocks(grey * grey) - blocks(grey) ** 2, 0))
    there = spread > SPREAD_MIN
    if not there.any():
        return 0.0
    down: Grid = np.gradient(grey, axis=0)
    over: Grid = np.gradient(grey, axis=1)
    yy, xx, xy = blocks(down * down), blocks(over * over), blocks(down * over)
    coherence = np.hypot(xx - yy, 2 * xy) / (xx + yy + 1e-3)
    flow = ramp(float(coherence[there].mean()), COHERENT_MIN, COHERENT_FULL)
    area = min(1.0, float(there.sum()) * BLOCK * BLOCK / FULL_AREA_PX)
    contrast = ramp(float(spread[there].mean()), 0.0, SPREAD_FULL)
    return round(100 * flow * area * contrast, 2)


def blocks(grey: Grid) -> Grid:
    """The mean of each whole block."""
    rows, columns = grey.shape[0] // BLOCK, grey.shape[1] // BLOCK
    cut = grey[: rows * BLOCK, : columns * BLOCK].reshape(rows, BLOCK, columns, BLOCK)
    mean: Grid = cut.mean(axis=(1, 3))
    return mean


def ramp(value: float, low: float, full: float) -> float:
    """0 at ``low``, 1 from ``full`` on."""
    return min(1.0, max(0.0, (value - low) / (full - low)))
