"""Irises and faces of people who do not exist, and whose body belongs to a NIK."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.people import faces, irises
from simulators.people.irises import EYES, Gaze
from simulators.people.whose_finger import SEED_BYTES, biometric_seed

EVERYBODY = [(seed, eye) for seed in range(8) for eye in EYES]


def alike(one: Any, other: Any) -> float:
    """How far two textures go together, -1 to 1."""
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def test_every_eye_of_every_person_is_another() -> None:
    textures = [irises.texture(seed, eye) for seed, eye in EVERYBODY]
    for place, one in enumerate(textures):
        for other in textures[:place]:
            assert abs(alike(one, other)) < 0.35


def test_the_ring_closes_without_a_seam() -> None:
    texture = irises.texture(3, "Left")
    inside = np.abs(np.diff(texture, axis=1)).mean()
    assert np.abs(texture[:, 0] - texture[:, -1]).mean() < 3 * inside


def test_the_same_numbers_give_the_same_picture_of_the_size_a_camera_makes() -> None:
    one, again = irises.picture(3, "Left"), irises.picture(3, "Left")
    assert np.array_equal(one, again)
    assert one.shape == (480, 640)
    assert one.dtype == np.uint8
    dark = one[240] < 60
    assert 0.2 * irises.DIAMETER < dark.sum() < 0.5 * irises.DIAMETER, "the pupil"


@pytest.mark.parametrize(("seed", "eye"), EVERYBODY[:3])
def test_an_iris_s_score_falls_with_blur_lids_and_looking_aside(seed: int, eye: str) -> None:
    def score(**gaze: float) -> float:
        return irises.score(irises.picture(seed, eye, Gaze(**gaze)))

    assert score() > 75
    for falling in (
        [score(blur=blur) for blur in (0, 1, 2, 3, 30)],
        [score(lid=lid) for lid in (0.1, 0.4, 0.6, 0.8, 0.99)],
        [score(dx=dx) for dx in (0, 40, 80, 120)],
    ):
        assert falling == sorted(falling, reverse=True)
        assert falling[-1] < 40
    assert score(blur=30) < 10
    assert score(lid=0.99) < 10


def test_an_eye_is_moved_and_turned_and_its_pupil_opened_as_told() -> None:
    def dark(**gaze: float) -> Any:
        return irises.picture(3, "Left", Gaze(**gaze)) < 60

    plain, wide = dark(), dark(wide=1.2)
    assert np.array_equal(np.roll(plain, (6, 8), (0, 1)), dark(dx=8, dy=6))
    assert wide.sum() == pytest.approx(1.44 * plain.sum(), rel=0.1)
    ring = slice(122, 359), slice(202, 439)
    still, leaning = (
        irises.picture(3, "Left", Gaze(lid=-1, turn_deg=turn))[ring].astype(float) for turn in (0, 90)
    )
    assert alike(np.rot90(still, -1), leaning) > 0.98 > 0.9 > alike(np.rot90(still), leaning)


@given(st.integers(0, 999), st.floats(0, 1))
def test_no_two_presses_are_alike_and_none_strays_far(press: int, lid: float) -> None:
    told = Gaze(blur=1, lid=lid, dx=30, dy=-20, turn_deg=10, wide=1.2)
    one, other = (irises.everyday(np.random.default_rng(seed), told) for seed in (press, press + 1))
    assert one != other
    assert 0 <= one.blur - told.blur < 0.13
    assert 0 <= one.lid <= 1
    assert abs(one.lid - lid) < 0.05
    assert max(abs(one.dx - told.dx), abs(one.dy - told.dy)) < 6
    assert abs(one.turn_deg - told.turn_deg) < 3
    assert 0.94 < one.wide / told.wide < 1.06


def test_an_eye_that_nobody_has_is_refused() -> None:
    with pytest.raises(ValueError, match="index"):
        irises.texture(1, "Third")


@pytest.mark.parametrize("seed", range(3))
def test_a_face_s_score_falls_with_blur_and_standing_aside(seed: int) -> None:
    def score(**how: float) -> float:
        return faces.score(faces.picture(seed, 1990, woman=seed % 2 == 0, **how))

    assert score() > 75
    for falling in (
        [score(blur=blur) for blur in (0, 1, 2, 4, 30)],
        [score(dx=dx) for dx in (0, 30, 60, 150)],
    ):
        assert falling == sorted(falling, reverse=True)
        assert falling[-1] < 25


def test_a_portrait_is_35_by_45_mm_and_an_exception_photo_60_by_40() -> None:
    portrait = faces.picture(1, 1990, woman=True)
    photo = faces.exception_photo(1, 1990, {"Left Thumb"}, woman=True)
    for picture, millimetres in ((portrait, (35, 45)), (photo, (60, 40))):
        assert [round(side * 25.4 / faces.DPI) for side in picture.size] == [*millimetres]


def test_an_exception_photo_shows_which_finger_is_missing() -> None:
    whole = faces.exception_photo(1, 1990, (), woman=True)
    without = faces.exception_photo(1, 1990, {"Left LittleFinger"}, woman=True)
    changed = np.argwhere((np.asarray(whole) != np.asarray(without)).any(axis=2))
    (top, left), (bottom, right) = changed.min(axis=0), changed.max(axis=0)
    assert left > whole.width // 2, "the left hand is at the right of the picture"
    assert right - left < 30
    assert bottom > top


def test_red_is_behind_an_odd_year_and_blue_behind_an_even_one() -> None:
    odd, even = (np.asarray(faces.picture(1, year, woman=False))[3, 3] for year in (1991, 1990))
    assert odd[0] > odd[2]
    assert even[2] > even[0]


@given(st.from_regex(r"[0-9]{16}", fullmatch=True))
def test_a_nik_has_one_body_which_tells_nothing_of_it(nik: str) -> None:
    seed = biometric_seed(nik)
    assert seed == biometric_seed(nik)
    assert 0 <= seed < 1 << 8 * SEED_BYTES
    assert str(seed) not in nik


def test_bodies_are_not_shared() -> None:
    assert len({biometric_seed(f"64020357089{number:05}") for number in range(5_000)}) == 5_000
    assert biometric_seed("6402035708909001") == 142441290441012
