"""Signatures of people who do not exist: strokes with pressure and time, out of a seed. Pure.

    signature(7)        # strokes of Ink(at_ms, x, y, pressure), x and y 0-1 of the writing area

A first stroke runs in loops along the line, as a name does; the ones after it are letters, a dash under it or
a dot. Each is a chain of cubic Bezier curves; the pen slows down where it turns, and presses less where it is
quick. The same seed, the same signature, at any rate of points.
"""

from __future__ import annotations

import math
import random
from dataclasses import dataclass
from itertools import pairwise

Spot = tuple[float, float]
Curve = tuple[Spot, Spot, Spot, Spot]
EVERY_MS = 8
BETWEEN_MS = (90, 260)
"""From one stroke's end to the next one's begin."""


@dataclass(frozen=True, slots=True)
class Ink:
    """The pen on the surface: ms since the first, place and pressure 0-1."""

    at_ms: int
    x: float
    y: float
    pressure: float


def signature(seed: int, every_ms: int = EVERY_MS) -> tuple[tuple[Ink, ...], ...]:
    """Two to five strokes, some one to four seconds in all."""
    dice = random.Random(f"signature|{seed}")
    strokes: list[tuple[Ink, ...]] = []
    at_ms = 0
    for curves in _strokes(dice):
        ms = round(sum(map(_length, curves)) * dice.uniform(420, 620)) + 60
        strokes.append(_inked(dice, curves, at_ms, ms, every_ms))
        at_ms = strokes[-1][-1].at_ms + dice.randint(*BETWEEN_MS) // every_ms * every_ms
    return tuple(strokes)


def _strokes(dice: random.Random) -> list[list[Curve]]:
    """The name, and what is added to it."""
    begin, end = dice.uniform(0.08, 0.18), dice.uniform(0.7, 0.9)
    tall = [dice.uniform(0.25, 0.42), *(dice.uniform(0.06, 0.28) for _ in range(dice.randint(4, 8)))]
    found = [_loops(dice, begin, end, tall)]
    if dice.random() < 0.7:
        x, y = dice.uniform(0.2, 0.6), dice.uniform(0.15, 0.3)
        found.append(_smooth(dice, [(x, y), (x + 0.05, y + 0.45), (x + 0.12, y + 0.05)]))
    if dice.random() < 0.7:
        y = dice.uniform(0.72, 0.85)
        found.append(_smooth(dice, [(begin, y), ((begin + end) / 2, y + 0.06), (end, y - 0.05)]))
    if len(found) == 1 or dice.random() < 0.5:
        x = dice.uniform(0.4, 0.8)
        found.append(_smooth(dice, [(x, 0.2), (x + 0.012, 0.22)]))
    return found


def _loops(dice: random.Random, begin: float, end: float, tall: list[float]) -> list[Curve]:
    """Up and down along the line, each turn as tall as told."""
    step = (end - begin) / (2 * len(tall))
    spots: list[Spot] = [(begin, 0.6)]
    for height in tall:
        x = spots[-1][0]
        lean = dice.uniform(0.2, 0.8) * step
        spots += [(x + lean, 0.6 - height), (x + 2 * step, 0.6 + dice.uniform(-0.02, 0.05))]
    return _smooth(dice, spots)


def _smooth(dice: random.Random, spots: list[Spot]) -> list[Curve]:
    """Curves through the spots without a corner between them; ends hang a little free."""
    pulls: list[Spot] = []
    for at in range(len(spots)):
        before, after = spots[max(0, at - 1)], spots[min(len(spots) - 1, at + 1)]
        loose = dice.uniform(0.28, 0.4)
        pulls.append(((after[0] - before[0]) * loose, (after[1] - before[1]) * loose))
    curves: list[Curve] = []
    for at in range(len(spots) - 1):
        (ax, ay), (bx, by), (px, py), (qx, qy) = spots[at], spots[at + 1], pulls[at], pulls[at + 1]
        curves.append(((ax, ay), (ax + px, ay + py), (bx - qx, by - qy), (bx, by)))
    return curves


def _place(curve: Curve, t: float) -> Spot:
    weights = ((1 - t) ** 3, 3 * t * (1 - t) ** 2, 3 * t * t * (1 - t), t**3)
    x = sum(weight * spot[0] for weight, spot in zip(weights, curve, strict=True))
    return x, sum(weight * spot[1] for weight, spot in zip(weights, curve, strict=True))


def _length(curve: Curve) -> float:
    spots = [_place(curve, step / 8) for step in range(9)]
    return sum(math.dist(one, other) for one, other in pairwise(spots))


def _inked(
    dice: random.Random, curves: list[Curve], begin_ms: int, ms: int, every_ms: int
) -> tuple[Ink, ...]:
    """The pen's way in time: slow at each curve's ends, light where it is quick and at the stroke's ends."""
    lengths = [max(1e-6, _length(curve)) for curve in curves]
    total, firm = sum(lengths), dice.uniform(0.55, 0.85)
    ink: list[Ink] = []
    passed_ms = 0.0
    for curve, length in zip(curves, lengths, strict=True):
        takes_ms = ms * length / total
        first = math.ceil(passed_ms / every_ms) * every_ms
        for at in range(first, math.ceil(passed_ms + takes_ms), every_ms):
            share = min(1.0, (at - passed_ms) / takes_ms)
            eased = share - math.sin(2 * math.pi * share) / (2 * math.pi) * 0.8
            x, y = _place(curve, eased)
            quick = 1 - 0.8 * math.cos(2 * math.pi * share)
            edge = min(1.0, (at + every_ms) / 60, (ms - at + every_ms) / 60)
            ink.append(Ink(begin_ms + at, _held(x), _held(y), _held(firm * edge * (1.15 - 0.2 * quick))))
        passed_ms += takes_ms
    return tuple(ink)


def _held(number: float) -> float:
    return min(1.0, max(0.0, number))
