"""The same finger is known turned, moved, wet, partly there and by another scanner; another finger is not."""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import replace
from functools import lru_cache

import numpy as np
import pytest

from simulators.people import fingers
from simulators.people.fingers import Condition
from simulators.r30x import matching, minutiae
from simulators.r30x.template import Marks, pack, unpack
from tests import fingers as keep

SOME = ((9001, 0), (9001, 7), (9002, 2), (9002, 6))


@lru_cache(maxsize=64)
def seen(person: int, finger: int, seed: int, condition: Condition = fingers.EVERYDAY) -> bytes:
    template = minutiae.template(fingers.impression(keep.kept(person, finger), seed, condition))
    assert template is not None
    return template


@pytest.mark.parametrize(
    "condition",
    [
        Condition(turn_deg=30),
        Condition(turn_deg=-30),
        Condition(dx=40, dy=-40),
        Condition(area=0.5),
        Condition(noise=0.7),
        Condition(wet=1.0),
        Condition(wet=-1.0),
        Condition(pressure=0.5),
        Condition(noise=0.5, wet=-0.6, dx=20, dy=-25, turn_deg=15, area=0.7, pressure=0.7),
    ],
    ids=str,
)
def test_a_finger_is_known_however_it_is_laid(condition: Condition) -> None:
    for number, (person, finger) in enumerate(SOME):
        other = SOME[number - 1]
        assert matching.matches(seen(person, finger, 1), seen(person, finger, 2, condition))
        assert not matching.matches(seen(*other, 1), seen(person, finger, 2, condition))


def test_it_does_not_matter_which_came_first() -> None:
    for person, finger in SOME:
        one, other = seen(person, finger, 1), seen(person, finger, 2, Condition(turn_deg=20, dx=15))
        assert matching.score(one, other) == pytest.approx(matching.score(other, one), rel=0.15)


@pytest.mark.parametrize("turn_deg", [-25, -10, 10, 25])
def test_the_way_a_picture_is_laid_undoes_the_turn(turn_deg: float) -> None:
    for person, finger in SOME:
        way = matching.laid(
            matching.ready(seen(person, finger, 2, Condition(turn_deg=turn_deg))),
            matching.ready(seen(person, finger, 1)),
        )
        assert way is not None and np.degrees(way.turn) == pytest.approx(turn_deg, abs=4)


def test_a_finger_turned_too_far_is_not_known() -> None:
    for person, finger in SOME:
        assert not matching.matches(
            seen(person, finger, 1), seen(person, finger, 1, Condition(turn_deg=60)), level=1
        )


def test_a_finger_is_most_like_itself() -> None:
    for person, finger in SOME:
        one = seen(person, finger, 1)
        assert matching.score(one, one) >= 200


def from_a_slap(person: int, finger: int) -> fingers.Picture:
    """A larger picture of a slap scanner, cut to the module's size, with another noise and pressure."""
    condition = Condition(noise=0.3, turn_deg=-8, dx=12, dy=-10, pressure=1.2, wet=0.3)
    whole = fingers.impression(keep.kept(person, finger), 77, condition, (400, 300))
    return whole[56:344, 22:278]


@pytest.mark.parametrize("by", [from_a_slap, lambda *one: fingers.four_bits(from_a_slap(*one))])
def test_a_recorded_finger_is_known_by_the_module_too(by: Callable[[int, int], fingers.Picture]) -> None:
    for number, (person, finger) in enumerate(SOME):
        recorded = minutiae.template(by(person, finger))
        assert recorded is not None
        assert matching.matches(recorded, seen(person, finger, 3))
        assert not matching.matches(recorded, seen(*SOME[number - 1], 3))


def test_two_presses_make_one_template_that_is_known_as_well() -> None:
    """Two small patches of a finger show more of it together than each alone."""
    more = fitting = 0
    for person, finger in SOME:
        first = seen(person, finger, 6, Condition(area=0.4))
        second = seen(person, finger, 7, Condition(area=0.4, turn_deg=10, dx=12))
        third = seen(person, finger, 3)
        both = matching.combine(first, second)
        assert both is not None and matching.matches(both, third)
        more += len(unpack(both)) - max(len(unpack(first)), len(unpack(second)))
        fitting += shared(both, third) - max(shared(first, third), shared(second, third))
    assert more >= fitting >= 2 * len(SOME)


def shared(one: bytes, other: bytes) -> int:
    """How many marks fall together."""
    way = matching.laid(matching.ready(one), matching.ready(other))
    return int(way.pairs.sum()) if way else 0


def scattered(extra: list[tuple[float, float, float]]) -> Marks:
    """Marks (x, y, turn) of a finger that is none, and some more."""
    dice = np.random.default_rng(7)
    places = [(x, y) for x in range(50, 210, 32) for y in range(60, 230, 32)]
    rows = [(x + dice.uniform(-9, 9), y + dice.uniform(-9, 9), dice.uniform(0, 6.2)) for x, y in places]
    x, y, turn = np.array(rows + extra, np.float32).T
    return Marks(x, y, turn, x > 999, np.ones(len(x), np.float32))


def test_only_the_second_press_s_new_marks_join_and_lie_where_they_belong() -> None:
    plain = scattered([])
    near = (float(plain.x[0]) + 8, float(plain.y[0]), float(plain.turn[0]) + 3)
    whole = scattered([near, (225, 240, 1.0), (262, 150, 2.0), (120, -9, 2.0)])
    x, y = matching.turned(whole.x, whole.y, np.float32(np.radians(10)))
    moved = replace(whole, x=x - 36, y=y + 40, turn=(whole.turn + np.radians(10)) % (2 * np.pi))
    both = matching.combine(pack(plain), pack(moved))
    assert both is not None
    joined = unpack(both)
    assert len(joined) == len(plain) + 1
    assert (joined.x[-1], joined.y[-1]) == (pytest.approx(225, abs=3), pytest.approx(240, abs=3))
    assert joined.turn[-1] == pytest.approx(1.0, abs=0.1)


def test_a_mark_falls_together_with_one_mark_only() -> None:
    def marks(*x: float) -> Marks:
        same = np.zeros(len(x), np.float32)
        return Marks(np.array(x, np.float32), same + 50, same, same > 0, same + 1)

    still = (np.zeros(1, np.float32),) * 3
    pairs, _, _ = matching.together(marks(50, 56), marks(52), still)
    assert pairs[0].tolist() == [[True], [False]]
    pairs, _, _ = matching.together(marks(52), marks(50, 56), still)
    assert pairs[0].tolist() == [[True, False]]


def test_a_joined_template_lies_as_the_first_press_did() -> None:
    first = seen(9001, 0, 1)
    both = matching.combine(first, seen(9001, 0, 2, Condition(turn_deg=20, dx=25)))
    assert both is not None
    way = matching.laid(matching.ready(both), matching.ready(first))
    assert way is not None and abs(way.turn) < 0.02 and abs(way.x) < 2 and abs(way.y) < 2


def test_two_fingers_make_no_template() -> None:
    assert matching.combine(seen(*SOME[0], 1), seen(*SOME[1], 1)) is None


def test_a_stricter_level_asks_for_more() -> None:
    levels = [matching.SECURITY[level] for level in (1, 2, 3, 4, 5)]
    assert levels == sorted(set(levels)) and levels[-1] < matching.MOST_SCORE


@pytest.mark.parametrize(("found", "least"), [(4, 0), (10, 40), (20, 150)])
def test_more_marks_together_are_less_likely_by_chance(found: int, least: float) -> None:
    assert -10 * matching.log10_tail(30, found, 0.05) > least
    assert matching.log10_tail(30, found + 1, 0.05) < matching.log10_tail(30, found, 0.05)
    assert matching.log10_tail(30, 0, 0.05) == pytest.approx(0)


Record = Callable[[str, object], None]


def test_twenty_fingers_are_told_apart(record_testsuite_property: Record) -> None:
    told_apart("twenty", keep.rates(keep.twenty(), 3, across=9), record_testsuite_property)


@pytest.mark.long
def test_a_hundred_fingers_are_told_apart(record_testsuite_property: Record) -> None:
    hundred = (fingers.master(9100 + number // 10, number % 10) for number in range(100))
    told_apart("hundred", keep.rates(hundred, 5, across=1), record_testsuite_property)


def told_apart(fingers_of: str, figures: keep.Rates, record: Record) -> None:
    """At the level the module leaves the works with, either error in at most one pair of a hundred."""
    for name, figure in figures.told().items():
        record(f"{fingers_of}_{name}", figure)
    sys.stdout.write(f"{fingers_of}: {figures.told()}\n")  # shown by pytest -rP
    assert figures.refused() <= 0.01
    assert figures.accepted() <= 0.01
    assert np.median(figures.genuine) > 2 * matching.SECURITY[3]
