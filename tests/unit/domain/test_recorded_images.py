"""A picture for life is lossless or WSQ, of the right part, alive, large enough; each no has its word."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from domain.packet import FINGERS, IRISES, Modality, Part
from domain.recorded_images import WORDS, refusal
from domain.words import SENTENCES
from simulators.sbi import records
from tests.unit.domain.recorded import face, finger, iris, parts, picture

JP2, WSQ, PNG, JPEG = (
    picture("x", 64),
    b"\xff\xa0" + bytes(64),
    b"\x89PNG\r\n\x1a\n" + bytes(64),
    b"\xff\xd8\xff\xe0",
)


def said(modality: Modality, part: str, record: bytes) -> str | None:
    return refusal(Part(modality, part, record, 50.0, 1, False, b""))


def of_finger(image: bytes = JP2, position: int = 1, **other: Any) -> str | None:
    return said(Modality.FINGER, FINGERS[0], finger(position, image, **other))


def of_iris(image: bytes = JP2, eye: int = 1, **other: Any) -> str | None:
    return said(Modality.IRIS, IRISES[0], iris(eye, image, **other))


def of_face(image: bytes = JP2, **other: Any) -> str | None:
    return said(Modality.FACE, "", face(image, **other))


def test_a_whole_person_may_be_recorded() -> None:
    assert {refusal(part) for part in parts()} == {None}


@pytest.mark.parametrize(
    ("code", "image"), [(2, WSQ), (5, JP2), (5, b"\xff\x4f\xff\x51" + bytes(9)), (6, PNG)]
)
def test_a_finger_is_lossless_or_wsq(code: int, image: bytes) -> None:
    assert of_finger(image, code=code) is None
    assert of_finger(b"?" + image, code=code) == "IMAGE_OTHER"


def test_each_limit_has_its_word() -> None:
    assert of_finger(b"", code=5) == "IMAGE_BAD_RECORD"
    assert of_finger(position=2) == of_iris(eye=2) == "IMAGE_WRONG_PART"
    assert (
        said(Modality.FACE, "", finger(0, JP2))
        == said(Modality.IRIS, IRISES[0], face(JP2))
        == "IMAGE_WRONG_PART"
    )
    assert of_finger(JPEG, code=3) == of_finger(code=4) == of_finger(code=1) == "IMAGE_LOSSY"
    assert of_iris(properties=0x80) == of_iris(properties=0) == of_iris(JPEG, form=6) == "IMAGE_LOSSY"
    assert of_face(JPEG, code=0) == of_face(code=1) == "IMAGE_LOSSY"
    assert of_iris(kind=1) is of_iris(kind=3) is None
    assert of_finger(kind=4) == of_iris(kind=7) == of_face(kind=0) == "IMAGE_KIND"
    assert of_finger(dpi=499) == of_finger(scale=2, dpi=196) == "IMAGE_DPI"
    assert of_finger(dpi=500) is of_finger(scale=2, dpi=197) is None
    assert (
        of_finger(width=127) == of_iris(height=479) == of_iris(px=209) == of_face(width=239) == "IMAGE_SMALL"
    )
    assert of_iris(px=210) is of_iris(px=0) is None
    assert of_finger(depth=16) == "IMAGE_DEPTH"


def test_a_photo_of_the_hands_need_not_be_a_portrait() -> None:
    landscape = face(JP2, kind=0, width=640, height=480)
    assert said(Modality.EXCEPTION_PHOTO, "", landscape) is None
    assert said(Modality.FACE, "", landscape) == "IMAGE_KIND"


def test_every_word_has_its_sentence() -> None:
    assert set(WORDS) <= set(SENTENCES)


def test_what_the_simulated_devices_write_may_be_recorded() -> None:
    at, fits = datetime(2020, 5, 12, tzinfo=UTC), records.Picture
    finger_ = records.finger(FINGERS[0], fits(JP2, 416, 336), 61.0, at)
    iris_ = records.iris(IRISES[0], fits(JP2, 640, 480), records.Circle(320, 240, 230), 80.0, at)
    assert said(Modality.FINGER, FINGERS[0], finger_) is said(Modality.IRIS, IRISES[0], iris_) is None
    for modality, size in ((Modality.FACE, (414, 532)), (Modality.EXCEPTION_PHOTO, (708, 472))):
        assert said(modality, "", records.face(fits(JP2, *size), 90.0, at)) is None
