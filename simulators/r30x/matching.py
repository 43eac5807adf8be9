"""Whether two templates are of one finger, as the module decides it: 1:1, turned, moved, partly there.

Each mark has a neighbourhood: where other marks lie around it and how they point, seen from it. The pairs of
marks whose neighbourhoods are most alike say how one picture may lie on the other; each such way is tried,
and the marks that then fall together are counted. The score says how unlikely that many would be by chance,
where both pictures show skin.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

import numpy as np
import numpy.typing as npt

from simulators.r30x.template import Floats, Marks, pack, unpack

SECURITY = {1: 50, 2: 60, 3: 75, 4: 85, 5: 100}
"""The score a match needs, by the module's security level; 3 is how it leaves the works.

Of 19,800 pairs of different synthetic fingers 0.3 % reach level 1, 0.06 % level 2, none level 3 (the highest
scores 69); of 1,000 pairs of presses of one finger none is below level 5.
"""
MOST_SCORE = 300

TURN_MAX = math.radians(35)
WAYS = 12
AROUND_PX, CELLS, CELL_SOFT_PX, HEADINGS = 72.0, 8, 9.0, 6
NEAR_PX, NEAR_RAD = 9.0, math.radians(22)
SEEN_PX = 26.0
CHANCE = 0.132
"""How often a mark falls on one of another finger, near and pointing its way, where skin lies on skin."""


@dataclass(frozen=True, slots=True, eq=False)
class Ready:
    """A template's marks and their neighbourhoods, one row of length 1 for each mark."""

    marks: Marks
    around: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Laid:
    """How one picture lies on another: turned about its origin, then moved; which marks fell together."""

    score: int
    turn: np.floating[Any]
    x: np.floating[Any]
    y: np.floating[Any]
    pairs: npt.NDArray[np.bool_]


def score(first: bytes, second: bytes) -> int:
    """0-MOST_SCORE for two templates. Raises BadTemplate for bytes that are none."""
    found = laid(ready(first), ready(second))
    return found.score if found else 0


def matches(first: bytes, second: bytes, level: int = 3) -> bool:
    """Whether the module of this security level (1-5) takes them for one finger."""
    return score(first, second) >= SECURITY[level]


def combine(first: bytes, second: bytes, level: int = 3) -> bytes | None:
    """One template of two presses of a finger, lying as ``first`` does; None when they do not match.

    What both saw comes first. Raises BadTemplate for bytes that are none.
    """
    one, other = ready(first).marks, ready(second).marks
    way = laid(ready(second), ready(first))
    if way is None or way.score < SECURITY[level]:
        return None
    x, y = turned(other.x, other.y, way.turn)
    moved = replace(other, x=x + way.x, y=y + way.y, turn=(other.turn + way.turn) % (2 * np.pi))
    seen = way.pairs.any(0)
    far = np.hypot(moved.x[:, None] - one.x, moved.y[:, None] - one.y).min(1) > NEAR_PX
    fits = (moved.x >= 0) & (moved.x <= 255) & (moved.y >= 0) & far & ~way.pairs.any(1)
    once = np.concatenate([one.quality[~seen], moved.quality[fits]])
    both = joined(one.only(np.flatnonzero(~seen)), moved.only(np.flatnonzero(fits)))
    return pack(joined(one.only(np.flatnonzero(seen)), both.only(np.argsort(-once, kind="stable"))))


def joined(one: Marks, other: Marks) -> Marks:
    """The marks of one, then those of the other."""
    return Marks(
        x=np.concatenate([one.x, other.x]),
        y=np.concatenate([one.y, other.y]),
        turn=np.concatenate([one.turn, other.turn]),
        fork=np.concatenate([one.fork, other.fork]),
        quality=np.concatenate([one.quality, other.quality]),
    )


@lru_cache(maxsize=1100)
def ready(template: bytes) -> Ready:
    """A template made ready; a whole library is kept, 50 KB each, since it is searched again and again."""
    marks = unpack(template)
    return Ready(marks, neighbourhoods(marks))


def neighbourhoods(marks: Marks) -> Floats:
    """For each mark, how much lies in each cell around it, by heading; seen as if the mark looked right."""
    cos, sin = np.cos(marks.turn)[:, None], np.sin(marks.turn)[:, None]
    over, up = marks.x - marks.x[:, None], marks.y[:, None] - marks.y
    ahead, left = over * cos + up * sin, up * cos - over * sin
    weight = (np.hypot(ahead, left) < AROUND_PX + 2 * CELL_SOFT_PX).astype(np.float32)
    np.fill_diagonal(weight, 0)
    cells = (np.arange(CELLS, dtype=np.float32) + 0.5) * (2 * AROUND_PX / CELLS) - AROUND_PX
    across = np.exp(-((ahead[:, None, :] - cells[:, None]) ** 2) / (2 * CELL_SOFT_PX**2)) * weight[:, None, :]
    along = np.exp(-((left[:, None, :] - cells[:, None]) ** 2) / (2 * CELL_SOFT_PX**2))
    turned = marks.turn - marks.turn[:, None]
    headings = np.arange(HEADINGS, dtype=np.float32) * np.float32(2 * np.pi / HEADINGS)
    facing = np.exp(2.5 * (np.cos(turned[:, None, :] - headings[:, None]) - 1))
    both = (across[:, :, None, :] * along[:, None, :, :]).reshape(len(marks), CELLS * CELLS, len(marks))
    told = np.sqrt(both @ facing.transpose(0, 2, 1)).reshape(len(marks), CELLS * CELLS * HEADINGS)
    length: Floats = told / (np.linalg.norm(told, axis=1, keepdims=True) + 1e-6)
    return length.astype(np.float32)


def candidates(one: Ready, other: Ready) -> tuple[Floats, Floats, Floats]:
    """The likeliest ways ``one`` lies on ``other``: a turn, and where its origin comes to lie (x, y)."""
    alike = one.around @ other.around.T
    turn = other.marks.turn - one.marks.turn[:, None]
    turn = (turn + np.pi) % (2 * np.pi) - np.pi
    alike[np.abs(turn) > TURN_MAX] = 0
    count = min(WAYS, alike.size)
    top = np.argpartition(alike.ravel(), -count)[-count:]
    top = top[alike.ravel()[top] > 0]
    i, j = np.unravel_index(top, alike.shape)
    by = turn[i, j].astype(np.float32)
    x, y = turned(one.marks.x[i], one.marks.y[i], by)
    return by, other.marks.x[j] - x, other.marks.y[j] - y


def turned(x: Floats, y: Floats, by: Floats | np.floating[Any]) -> tuple[Floats, Floats]:
    """Points turned counter-clockwise as seen (y runs down)."""
    cos, sin = np.cos(by), np.sin(by)
    return cos * x + sin * y, cos * y - sin * x


def together(
    one: Marks, other: Marks, ways: tuple[Floats, Floats, Floats]
) -> tuple[npt.NDArray[np.bool_], Floats, Floats]:
    """For each way, which marks (ways, one, other) are each other's nearest and near; and ``one`` as laid."""
    by, dx, dy = (each[:, None] for each in ways)
    x, y = turned(one.x[None, :], one.y[None, :], by)
    x, y = x + dx, y + dy
    apart = (x[:, :, None] - other.x) ** 2 + (y[:, :, None] - other.y) ** 2
    off = np.cos((one.turn[None, :] + by)[:, :, None] - other.turn)
    apart = np.where((apart < NEAR_PX**2) & (off > math.cos(NEAR_RAD)), apart, np.float32(np.inf))
    pairs = np.isfinite(apart)
    pairs &= apart == apart.min(2, keepdims=True)
    pairs &= apart == apart.min(1, keepdims=True)
    return pairs, x, y


def laid(one: Ready, other: Ready) -> Laid | None:
    """The best way to lay ``one`` on ``other``, if there is any."""
    if not len(one.marks) or not len(other.marks):
        return None
    ways = candidates(one, other)
    if not len(ways[0]):
        return None
    pairs, x, y = together(one.marks, other.marks, ways)
    found = pairs.sum((1, 2))
    best, way = max(
        (surprise(one.marks, other.marks, x[way], y[way], int(found[way])), int(way))
        for way in np.argsort(-found)[:4]
    )
    return Laid(best, ways[0][way], ways[1][way], ways[2][way], pairs[way])


def surprise(one: Marks, other: Marks, x: Floats, y: Floats, found: int) -> int:
    """How unlikely ``found`` pairs are by chance, among the marks that lie where both pictures show skin."""
    apart = np.hypot(x[:, None] - other.x, y[:, None] - other.y)
    mine = int((apart.min(1) < SEEN_PX).sum())
    its = int((apart.min(0) < SEEN_PX).sum())
    trials = max(min(mine, its), found)
    return min(MOST_SCORE, max(0, round(-10 * log10_tail(trials, found, CHANCE))))


def log10_tail(trials: int, found: int, chance: float) -> float:
    """log10 of the chance of ``found`` or more successes among ``trials``."""
    total = sum(
        math.comb(trials, each) * chance**each * (1 - chance) ** (trials - each)
        for each in range(found, trials + 1)
    )
    return math.log10(max(total, 1e-300))
