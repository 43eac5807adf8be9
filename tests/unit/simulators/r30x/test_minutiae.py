"""Endings and forks are found where a drawing has them, and not where only the picture makes them."""

from __future__ import annotations

import time

import numpy as np
import numpy.typing as npt
import pytest

from simulators.people import fingers
from simulators.people.fingers import Condition, Picture
from simulators.r30x import matching, minutiae, ridges, skeleton
from simulators.r30x.template import BYTES, MOST, Marks, unpack
from tests import fingers as keep

PERIOD = 9


def stripes(extra: npt.NDArray[np.float64] | float = 0.0, turn_deg: float = 0.0) -> Picture:
    """Plain ridges over the whole picture; ``extra`` turns of their wave put an ending or a fork in."""
    rows, columns = np.mgrid[:288, :256].astype(float)
    turn = np.radians(turn_deg)
    wave = (rows * np.cos(turn) + columns * np.sin(turn)) / PERIOD + extra
    return np.asarray(128 - 100 * np.cos(2 * np.pi * wave), np.uint8)


def vortex(y: float, x: float, way: int) -> npt.NDArray[np.float64]:
    """One turn of the wave around a point: a ridge more on one side of it than on the other."""
    rows, columns = np.mgrid[:288, :256].astype(float)
    return np.asarray(way * np.arctan2(y - rows, columns - x) / (2 * np.pi))


@pytest.mark.parametrize("turn_deg", [0, 30, 60, 90, 120, 150])
def test_plain_ridges_have_no_marks(turn_deg: float) -> None:
    assert len(minutiae.marks(stripes(turn_deg=turn_deg))) == 0
    assert minutiae.template(stripes(turn_deg=turn_deg)) is None


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize("down", range(0, PERIOD, 2))
def test_a_mark_is_found_where_a_ridge_more_begins_and_points_there(way: int, down: int) -> None:
    """Whether it is an ending or a fork hangs on the phase; where it lies and points does not."""
    found = minutiae.marks(stripes(vortex(140 + down, 120, way)))
    assert len(found) == 1
    assert abs(found.x[0] - 120) < 8 and abs(found.y[0] - 140 - down) < 8
    more = 0 if way == -1 else np.pi  # rows run down: a turn the other way leaves a ridge more on the right
    assert np.cos(found.turn[0] - more) > 0.9
    assert found.quality[0] > 0.5


def test_both_kinds_are_found() -> None:
    kinds = {bool(minutiae.marks(stripes(vortex(140 + down, 120, 1))).fork[0]) for down in range(PERIOD)}
    assert kinds == {True, False}


def test_a_gap_in_a_ridge_is_no_pair_of_endings() -> None:
    picture = stripes()
    picture[140:150, 118:123] = picture[:, 118:123].max()
    assert len(minutiae.marks(picture)) == 0


@pytest.mark.parametrize(
    ("over", "down", "turn_deg", "stays"),
    [
        (9, 0, 180, [False, False]),  # they face each other over a gap
        (20, 0, 180, [True, True]),  # too far apart for one
        (0, 9, 180, [True, True]),  # side by side, on two ridges
        (9, 0, 0, [True, True]),  # one behind the other
        (5, 0, 0, [True, False]),  # so near that only the better one stays
    ],
)
def test_two_marks_near_each_other(over: float, down: float, turn_deg: float, stays: list[bool]) -> None:
    found = Marks(
        x=np.array([100, 100 + over], np.float32),
        y=np.array([100, 100 + down], np.float32),
        turn=np.array([0, np.radians(turn_deg)], np.float32),
        fork=np.zeros(2, np.bool_),
        quality=np.array([0.9, 0.8], np.float32),
    )
    assert minutiae.genuine(found).tolist() == stays


def test_the_trace_a_finger_leaves_on_the_glass_is_no_finger() -> None:
    for master in keep.twenty()[::5]:
        picture = fingers.impression(master, 1)
        trace = (240 - (255 - picture.astype(int)) // 16).astype(np.uint8)
        assert minutiae.template(trace) is None


def test_where_ridges_stop_at_the_rim_nothing_ends() -> None:
    picture = np.full((288, 256), 250, np.uint8)
    picture[60:220, 50:200] = stripes()[60:220, 50:200]
    assert len(minutiae.marks(picture)) == 0


@pytest.mark.parametrize("level", [0, 128, 255])
def test_an_even_picture_has_no_template(level: int) -> None:
    assert minutiae.template(np.full((288, 256), level, np.uint8)) is None


def test_mere_noise_has_no_template() -> None:
    dice = np.random.default_rng(1)
    assert minutiae.template(dice.integers(0, 256, (288, 256)).astype(np.uint8)) is None


def test_a_hopeless_press_has_too_few_marks() -> None:
    templates = [
        minutiae.template(fingers.impression(master, 1, Condition(noise=2.0))) for master in keep.twenty()[:6]
    ]
    assert templates == [None] * 6


def test_a_finger_has_some_thirty_marks_all_on_the_picture() -> None:
    for master in keep.twenty()[::3]:
        template = minutiae.template(fingers.impression(master, 1))
        assert template is not None and len(template) == BYTES
        found = unpack(template)
        assert 15 <= len(found) <= 70 < MOST
        assert found.x.max() < 256 - 8 and found.y.max() < 288 - 8 and min(found.x.min(), found.y.min()) > 8
        apart = np.hypot(found.x[:, None] - found.x, found.y[:, None] - found.y)
        assert apart[~np.eye(len(found), dtype=bool)].min() >= minutiae.APART_PX


def test_lines_come_out_one_point_wide_and_whole() -> None:
    thick = np.zeros((40, 60), np.bool_)
    thick[15:22, 5:55] = True
    lines = skeleton.thin(thick)
    assert lines.sum(0).max() == 1 and 38 <= lines.sum() <= 50
    ends, forks = skeleton.ends_and_forks(lines)
    assert len(ends) == 2 and len(forks) == 0


def test_a_star_of_three_lines_forks_once() -> None:
    star = np.zeros((60, 60), np.bool_)
    star[28:31, 5:30] = True
    for each in range(24):
        star[28 - each : 31 - each, 29 + each : 32 + each] = True
        star[28 + each : 31 + each, 29 + each : 32 + each] = True
    ends, forks = skeleton.ends_and_forks(skeleton.thin(star))
    assert len(ends) == 3 and len(forks) == 1


def test_the_flow_is_told_as_it_runs() -> None:
    for turn_deg in (0, 30, 75, 120):
        turn, sure = ridges.flow(stripes(turn_deg=turn_deg).astype(np.float32))
        assert abs(np.exp(2j * turn[144, 128]) - np.exp(2j * np.radians(turn_deg))) < 0.1
        assert sure[144, 128] > 0.95


def test_a_look_is_quick() -> None:
    picture = fingers.impression(keep.kept(9001, 0), 1)
    template = minutiae.template(picture)
    assert template is not None
    before = time.process_time()
    for _ in range(3):
        minutiae.template(picture)
    assert (time.process_time() - before) / 3 < 0.25
    before = time.process_time()
    for _ in range(10):
        matching.score(template, template)
    assert (time.process_time() - before) / 10 < 0.015
