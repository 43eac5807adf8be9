"""Signatures out of a seed: smooth strokes, with pressure, as a hand draws them."""

from __future__ import annotations

import math
from itertools import pairwise

import pytest

from simulators.people.signatures import EVERY_MS, signature


def test_the_same_seed_signs_the_same_and_another_signs_otherwise() -> None:
    assert signature(3) == signature(3)
    assert len({signature(seed) for seed in range(50)}) == 50


@pytest.mark.parametrize("seed", range(40))
def test_a_signature_is_strokes_in_time_on_the_pad_that_nowhere_jump(seed: int) -> None:
    strokes = signature(seed)
    times = [ink.at_ms for stroke in strokes for ink in stroke]
    assert 2 <= len(strokes) <= 5 and times[0] == 0 and 1000 <= times[-1] <= 5000
    assert times == sorted(set(times))
    for stroke in strokes:
        assert all(0 <= value <= 1 for ink in stroke for value in (ink.x, ink.y, ink.pressure))
        assert all(b.at_ms - a.at_ms == EVERY_MS for a, b in pairwise(stroke))
        assert all(math.dist((a.x, a.y), (b.x, b.y)) < 0.06 for a, b in pairwise(stroke))
    assert max(ink.x for ink in strokes[0]) - min(ink.x for ink in strokes[0]) > 0.4
    assert len({round(ink.pressure, 3) for ink in strokes[0]}) > 20
