"""Whose prints they are: told by the finger itself, compared as the reader on the counter compares them."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from simulators.people import fingers, irises
from simulators.people.whose_finger import biometric_seed
from simulators.r30x import matching, minutiae
from simulators.sbi import hands
from simulators.sbi.studio import Studio
from simulators.sbi.subject import Look, person
from tests.unit.simulators.sbi.bench import LEFT, Bench, opened, some_studio, unb64
from tests.unit.simulators.sbi.test_records import read

NIK = "6402035708909001"


def pictures(told: Any) -> dict[str, Any]:
    """The pictures of a capture by the names they were delivered under."""
    found = {}
    for element in told["biometrics"]:
        payload = opened(element["data"])
        image = Image.open(io.BytesIO(read(unb64(payload["bioValue"]))["image"]))
        found[payload.get("bioSubType", "")] = np.asarray(image)
    return found


def same(picture: Any, seed: int, part: str) -> bool:
    """Whether the counter's reader takes the print for that person's finger."""
    one = minutiae.template(picture)
    other = minutiae.template(fingers.impression(fingers.master(seed, fingers.PARTS.index(part)), 99))
    assert one is not None
    assert other is not None
    return matching.matches(one, other)


def test_each_print_is_the_finger_whose_name_it_bears() -> None:
    told = pictures(Bench().capture())
    for part in LEFT:
        assert same(told[part], 3, part)
    assert not same(told[LEFT[0]], 3, LEFT[1])
    assert not same(told[LEFT[0]], 4, LEFT[0])


def test_two_captures_of_a_finger_are_two_presses_of_it_on_clean_paper() -> None:
    bench = Bench()
    one, other = (pictures(bench.capture())["Left IndexFinger"] for _ in range(2))
    assert not np.array_equal(one, other)
    assert (one[0] == 255).all()


def test_crossed_hands_give_good_prints_under_wrong_names() -> None:
    told = pictures(Bench("crossed@capture=1").capture())
    part = "Left IndexFinger"
    assert not same(told[part], 3, part)
    assert same(told[part], 3, "Right IndexFinger")


def test_a_swapped_finger_is_somebody_else_s_and_the_rest_is_not() -> None:
    told = pictures(Bench("swap@capture=1,part=Left IndexFinger,seed=4").capture())
    assert same(told["Left IndexFinger"], 4, "Left IndexFinger")
    assert same(told["Left RingFinger"], 3, "Left RingFinger")


def test_whoever_steps_up_next_has_other_fingers() -> None:
    bench = Bench()
    hands.do(bench.desk, "subject 4")
    assert same(pictures(bench.capture())["Left IndexFinger"], 4, "Left IndexFinger")


def test_a_person_by_nik_has_the_body_that_every_simulator_gives_them() -> None:
    who = person(NIK)
    assert (who.seed, who.born, who.woman) == (biometric_seed(NIK), 1990, True)
    assert person("6402030101109001").born == 2010
    for wrong in ("6402035708900001", "12 34", "name", "-3"):
        with pytest.raises(ValueError, match=r"invented|number") as refusal:
            person(wrong)
        assert wrong not in str(refusal.value)


@pytest.mark.parametrize("eye", irises.EYES)
def test_an_iris_is_the_person_s_own(eye: str) -> None:
    told = pictures(Bench().capture(type="Iris"))[eye]
    assert np.array_equal(told, irises.picture(3, eye, irises.Gaze(blur=0.8)))


def test_red_stands_behind_an_odd_year_and_blue_behind_an_even_one() -> None:
    bench = Bench()
    even = pictures(bench.capture(type="Face"))[""]
    hands.do(bench.desk, "subject 6402035708919001")
    odd = pictures(bench.capture(type="Face"))[""]
    assert even.shape == odd.shape == (532, 414, 3)
    assert even[5, 5, 2] > even[5, 5, 0]
    assert odd[5, 5, 0] > odd[5, 5, 2]


def test_an_exception_photo_shows_the_hands_as_they_are_whatever_is_claimed() -> None:
    bench = Bench()
    claimed = pictures(bench.capture(type="Face", exception=["Left Thumb"]))[""]
    other = pictures(bench.capture(type="Face", exception=["Left IndexFinger"]))[""]
    hands.do(bench.desk, "missing Left Thumb")
    true = pictures(bench.capture(type="Face", exception=["Left Thumb"]))[""]
    assert claimed.shape == (472, 708, 3)
    assert np.array_equal(claimed, other)
    assert not np.array_equal(claimed, true)


def test_fingers_are_kept_and_are_the_same_after_a_restart(tmp_path: Path) -> None:
    look = Look(3, "Finger", "Left Thumb", 5)
    grown = Studio(tmp_path / "state").shot(look)
    (kept,) = (tmp_path / "state").iterdir()
    written = kept.stat().st_mtime_ns
    again = Studio(tmp_path / "state").shot(look)
    assert again.picture.tobytes() == grown.picture.tobytes() == some_studio().shot(look).picture.tobytes()
    assert kept.stat().st_mtime_ns == written
