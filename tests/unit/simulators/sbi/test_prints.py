"""Whose prints they are: told by the finger itself, compared as the reader on the counter compares them."""

from __future__ import annotations

import io
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from simulators.people import fingers, irises
from simulators.people.whose_finger import biometric_seed
from simulators.r30x import matching, minutiae
from simulators.sbi import hands
from simulators.sbi.scene import SETTLING
from simulators.sbi.studio import Studio
from simulators.sbi.subject import Look, person, worse
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
    other = irises.EYES[eye == irises.EYES[0]]
    assert eyes_alike(told, irises.picture(3, eye)) > 0.6
    assert max(eyes_alike(told, irises.picture(*one)) for one in ((3, other), (4, eye))) < 0.4


def eyes_alike(one: Any, other: Any) -> float:
    """How far two pictures of eyes go together, the one moved and turned until it lies on the other."""

    def ring(picture: Any, turn: float) -> Any:
        down, over = (float(each.mean()) for each in np.nonzero(picture < 45))
        angles, far = np.meshgrid(np.radians(np.arange(360) + turn), np.arange(60, 105, 3))
        rows, columns = down + far * np.sin(angles), over + far * np.cos(angles)
        seen = picture[np.rint(rows).astype(int), np.rint(columns).astype(int)].astype(float)
        return (seen - seen.mean(1, keepdims=True)).ravel()

    still = ring(other, 0)
    return max(float(np.corrcoef(ring(one, turn), still)[0, 1]) for turn in np.arange(-5, 5.5, 0.5))


def test_two_captures_of_an_eye_are_two_pictures_of_it() -> None:
    bench = Bench()
    one, other = (pictures(bench.capture(type="Iris", requestedScore="60"))["Left"] for _ in range(2))
    assert not np.array_equal(one, other)
    assert eyes_alike(one, other) > 0.6


def test_the_record_tells_where_in_the_picture_the_iris_is() -> None:
    centres = set()
    for element in Bench().capture(type="Iris")["biometrics"]:
        record = read(unb64(opened(element["data"])["bioValue"]))
        dark = np.nonzero(np.asarray(Image.open(io.BytesIO(record["image"]))) < 45)
        x_min, x_max, y_min, y_max, *_ = record["rim"]
        assert y_min <= dark[0].mean() <= y_max
        assert x_min <= dark[1].mean() <= x_max
        centres.add((x_min, y_min))
    assert len(centres) == 2, "each eye is where it looks"


def test_each_eye_of_whoever_holds_still_is_good_enough_for_a_station() -> None:
    for seed in range(40):
        for eye in irises.EYES:
            assert some_studio().shot(Look(seed, "Iris", eye, 32 * seed + 16)).score >= 70, (seed, eye)


@pytest.mark.parametrize("asked", ["40", "60"])
def test_a_camera_waits_until_both_eyes_hold_still(asked: str) -> None:
    bench = Bench()
    for seed in range(4):
        hands.do(bench.desk, f"subject {seed}")
        told = bench.capture(type="Iris", requestedScore=asked)["biometrics"]
        assert min(float(opened(each["data"])["qualityScore"]) for each in told) >= 70


@pytest.mark.parametrize("name", ["blurred", "eyelid", "rising", "dirty", "unsettled"])
def test_neither_eye_of_whoever_does_not_is(name: str) -> None:
    for seed in range(8):
        for eye in irises.EYES:
            still = Look(seed, "Iris", eye, 32 * seed + 16)
            blur = SETTLING["iris_blur"]
            look = (
                replace(still, blur=blur)
                if name == "unsettled"
                else worse(still, name, hard=False, attempt=1)
            )
            assert 10 < some_studio().shot(look).score < 50, (seed, eye)


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
    kept.write_bytes(kept.read_bytes()[:100])
    assert Studio(tmp_path / "state").shot(look).picture.tobytes() == grown.picture.tobytes()
