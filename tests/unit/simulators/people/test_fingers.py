"""Fingers of nobody: same numbers, same finger; other numbers, another; the score falls as presses fail."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest

from simulators.people import finger_field, fingers
from simulators.people.fingers import Condition
from tests import fingers as keep


def test_the_same_numbers_make_the_same_finger_and_the_same_press() -> None:
    again = fingers.grown(9001, 1)[1]
    assert np.array_equal(again, fingers.grown(9001, 1)[1])
    master = fingers.whole(9001, 1, "any", again)
    condition = Condition(noise=0.4, turn_deg=7)
    assert np.array_equal(fingers.impression(master, 5, condition), fingers.impression(master, 5, condition))
    assert not np.array_equal(
        fingers.impression(master, 5, condition), fingers.impression(master, 6, condition)
    )


@pytest.mark.parametrize("finger", [1, 8])
def test_a_kept_finger_is_what_the_generator_makes(finger: int) -> None:
    made_as_kept(9001, finger)


@pytest.mark.long
@pytest.mark.parametrize("person", keep.PEOPLE)
@pytest.mark.parametrize("finger", range(10))
def test_every_kept_finger_is_what_the_generator_makes(person: int, finger: int) -> None:
    made_as_kept(person, finger)


def made_as_kept(person: int, finger: int) -> None:
    """Another processor may round a wave otherwise: never by more than one level, and seldom."""
    klass, small = fingers.grown(person, finger)
    kept_class, kept = keep.read(person, finger)
    off = np.abs(keep.levels(small).astype(int) - kept)
    assert klass == kept_class
    assert off.max() <= 1 and (off > 0).mean() < 0.01


def test_the_kept_fingers_take_little_room() -> None:
    kept = list(keep.FOLDER.glob("*.png"))
    assert len(kept) == 20
    assert sum(each.stat().st_size for each in kept) <= 500_000


def test_a_master_is_made_once_and_nobody_can_draw_on_it() -> None:
    master = fingers.master(9001, 1)
    assert master is fingers.master(9001, 1)
    assert master.ridges.shape == (fingers.HEIGHT, fingers.WIDTH) and master.ridges.dtype == np.float32
    with pytest.raises(ValueError, match="read-only"):
        master.ridges[0, 0] = 0


@pytest.mark.parametrize("finger", [-1, 10])
def test_a_person_has_ten_fingers(finger: int) -> None:
    with pytest.raises(ValueError, match="ten fingers"):
        fingers.grown(9001, finger)


def test_no_two_fingers_of_the_kept_people_are_alike() -> None:
    middles = [master.ridges[120:300, 80:260].ravel() for master in keep.twenty()]
    assert max(abs(np.corrcoef(one, other)[0, 1]) for one, other in combinations(middles, 2)) < 0.35


def test_ridges_lie_about_nine_points_apart() -> None:
    for master in keep.twenty()[:4]:
        told = np.abs(np.fft.rfft2(master.ridges)) ** 2
        far = np.hypot(np.fft.fftfreq(fingers.HEIGHT)[:, None], np.fft.rfftfreq(fingers.WIDTH)[None, :])
        assert 0.095 < float((told * far).sum() / told.sum()) < 0.135


def test_hands_are_mirrored_and_classes_fall_as_among_people() -> None:
    def classes(finger: int) -> list[str]:
        dice = (np.random.default_rng([seed, finger]) for seed in range(300))
        return [finger_field.field(each, finger, (4, 4)).klass for each in dice]

    for finger in range(5):
        right, left = classes(finger), classes(finger + 5)
        assert right.count("right loop") > right.count("left loop") + 30, finger
        assert left.count("left loop") > left.count("right loop") + 30, finger
    every = [klass for finger in range(10) for klass in classes(finger)]
    shares = {klass: every.count(klass) / len(every) for klass in set(every)}
    assert set(shares) == {"left loop", "right loop", "whorl", "arch"}
    assert 0.2 < shares["whorl"] < 0.36 and 0.02 < shares["arch"] < 0.12


def test_a_press_can_be_of_any_size() -> None:
    master = keep.kept(9002, 3)
    assert fingers.impression(master, 1).shape == fingers.PICTURE == (288, 256)
    assert fingers.impression(master, 1, shape=(400, 300)).shape == (400, 300)


def alike(one: fingers.Picture, other: fingers.Picture) -> float:
    """How much two pictures go together in their middle."""
    return float(np.corrcoef(one[64:-64, 64:-64].ravel(), other[64:-64, 64:-64].ravel())[0, 1])


def test_a_finger_is_moved_and_turned_as_told() -> None:
    """Skin stretches anew each time, so that no more than the most of two pictures falls together."""
    master, square = keep.kept(9001, 2), (288, 288)
    plain = fingers.impression(master, 1, Condition(noise=0), square)
    right = fingers.impression(master, 1, Condition(noise=0, dx=20), square)
    down = fingers.impression(master, 1, Condition(noise=0, dy=20), square)
    clockwise = fingers.impression(master, 1, Condition(noise=0, turn_deg=90), square)
    assert alike(np.roll(plain, 20, 1), right) > 0.8 > 0.2 > alike(np.roll(plain, -20, 1), right)
    assert alike(np.roll(plain, 20, 0), down) > 0.8 > 0.2 > alike(np.roll(plain, -20, 0), down)
    assert alike(np.rot90(plain, -1), clockwise) > 0.3 > 0.1 > alike(np.rot90(plain), clockwise)


def test_the_contact_goes_with_the_finger() -> None:
    def middle(condition: Condition) -> tuple[float, float]:
        dark = 255 - fingers.impression(keep.kept(9001, 0), 1, condition).astype(float)
        rows, columns = np.mgrid[: dark.shape[0], : dark.shape[1]]
        return float((dark * rows).sum() / dark.sum()), float((dark * columns).sum() / dark.sum())

    y, x = middle(Condition(noise=0, area=0.3))
    moved_y, moved_x = middle(Condition(noise=0, area=0.3, dx=40, dy=30))
    assert moved_x - x > 20 and moved_y - y > 15


def test_skin_stretches_by_a_few_points_and_never_the_same_way() -> None:
    one, other = (fingers.impression(keep.kept(9001, 2), seed, Condition(noise=0)) for seed in (1, 2))
    assert 0.2 < alike(one, other) < 0.95


def test_moist_fingers_are_darker_and_dry_ones_lighter() -> None:
    master = keep.kept(9001, 0)
    dry, plain, wet = (fingers.impression(master, 1, Condition(wet=wet)).mean() for wet in (-1, 0, 1))
    assert dry > plain + 5 and plain > wet + 5


def test_a_heavier_press_is_darker_and_wider() -> None:
    master = keep.kept(9001, 0)
    presses = [fingers.impression(master, 1, Condition(pressure=each)) for each in (0.5, 1.0, 1.5)]
    light, plain, heavy = (float(each[80:-80, 80:-80].mean()) for each in presses)
    assert light > plain + 5 and plain > heavy + 5
    light, plain, heavy = ((each < 150).any(0).sum() for each in presses)
    assert light < plain < heavy


def test_a_clean_finger_scores_well() -> None:
    scores = [fingers.score(fingers.impression(master, 1)) for master in keep.twenty()]
    assert min(scores) >= 70 and max(scores) <= 100


@pytest.mark.parametrize(
    ("steer", "steps"),
    [
        ("noise", [0.05, 0.18, 0.35, 0.5, 0.7, 0.9, 1.2, 1.6]),
        ("area", [1.0, 0.8, 0.6, 0.4, 0.25, 0.12, 0.0]),
    ],
)
def test_the_score_falls_with_noise_and_with_a_smaller_patch(steer: str, steps: list[float]) -> None:
    for master in keep.twenty()[::4]:
        told = [fingers.score(fingers.impression(master, 1, Condition(**{steer: each}))) for each in steps]
        assert all(after < before for before, after in pairwise(told)), told
        assert told[0] >= 70 and told[-1] < 15


@pytest.mark.parametrize("condition", [Condition(noise=0.9), Condition(noise=1.6), Condition(area=0.25)])
def test_a_bad_press_scores_below_forty(condition: Condition) -> None:
    assert max(fingers.score(fingers.impression(master, 2, condition)) for master in keep.twenty()) < 40


def test_a_pale_picture_scores_lower() -> None:
    for master in keep.twenty()[::4]:
        picture = fingers.impression(master, 1)
        pale = (200 + (picture.astype(int) - 200) // 3).astype(np.uint8)
        assert 0 < fingers.score(pale) < 0.7 * fingers.score(picture)


def test_bare_glass_scores_nothing() -> None:
    assert fingers.score(np.full(fingers.PICTURE, 250, np.uint8)) == 0
    assert fingers.score(fingers.impression(keep.kept(9001, 0), 1, Condition(area=0))) == 0


def test_four_bits_keep_black_and_white() -> None:
    every = np.arange(256, dtype=np.uint8).reshape(16, 16)
    kept = fingers.four_bits(every)
    assert kept[0, 0] == 0 and kept[15, 15] == 255 and len(np.unique(kept)) == 16
    assert np.abs(kept.astype(int) - every).max() < 16
