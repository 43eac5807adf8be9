"""The ISO records, read by a reader of this test's own from ISO/IEC 19794-4, -5, -6:2011, not by the
writer's.
"""

from __future__ import annotations

import io
import struct
from datetime import UTC, datetime
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from simulators.people import fingers
from simulators.sbi import records
from simulators.sbi.records import Circle, Picture
from simulators.sbi.subject import Look, worse
from simulators.sbi.words import EYES, FINGERS
from tests.unit.simulators.sbi.bench import LEFT, RIGHT, THUMBS, Bench, opened, some_studio, unb64

AT = datetime(2026, 11, 22, 9, 8, 7, 654_000, tzinfo=UTC)
POSITIONS = ["Right Thumb", *RIGHT, "Left Thumb", *LEFT]
"""In the order of the standard, from 1."""


class Cursor:
    """Big-endian numbers one after another."""

    def __init__(self, raw: bytes) -> None:
        self.raw, self.at = raw, 0

    def take(self, *sizes: int) -> list[int]:
        return [int.from_bytes(self.bytes(size), "big") for size in sizes]

    def bytes(self, size: int) -> bytes:
        piece = self.raw[self.at : self.at + size]
        assert len(piece) == size, "the record ends too early"
        self.at += size
        return piece


def read(raw: bytes) -> dict[str, Any]:
    """One record with one representation; every length has to fit."""
    cursor = Cursor(raw)
    kind, version = cursor.bytes(4), cursor.bytes(4)
    total, count, certified = cursor.take(4, 2, 1)
    assert (total, count, certified) == (len(raw), 1, 0)
    if kind == b"FAC\0":
        assert version == b"030\0"
        assert cursor.take(2) == [0]
    else:
        assert version == b"020\0"
        assert cursor.take(1) == [1]
    start = cursor.at
    (length,) = cursor.take(4)
    assert start + length == len(raw)
    moment = cursor.take(2, 1, 1, 1, 1, 1, 2)
    technology, vendor, device, qualities = cursor.take(1, 2, 2, 1)
    assert (vendor, device, qualities) == (0, 0, 1)
    score, _, _ = cursor.take(1, 2, 2)
    told = {"moment": moment, "score": score, "technology": technology}
    rest = {b"FIR\0": finger, b"IIR\0": iris, b"FAC\0": face}[kind](cursor)
    assert cursor.at == len(raw)
    return told | rest


def finger(cursor: Cursor) -> dict[str, Any]:
    position, number, scale = cursor.take(1, 1, 1)
    assert (number, scale, cursor.take(2, 2, 2, 2)) == (1, 1, [500] * 4)
    depth, compression, impression = cursor.take(1, 1, 1)
    assert (depth, impression) == (8, 0)
    width, height, size = cursor.take(2, 2, 4)
    told = {"part": POSITIONS[position - 1], "size": (width, height), "image": cursor.bytes(size)}
    return told | {"lossy": {4: True, 5: False}[compression]}


def iris(cursor: Cursor) -> dict[str, Any]:
    number, eye, kind, form, bits = cursor.take(2, 1, 1, 1, 1)
    assert (number, form) == (1, 0x0A)
    lossy = {(1, 0x55): False, (7, 0x95): True}[kind, bits]
    width, height, depth, _, roll, _ = cursor.take(2, 2, 1, 2, 2, 2)
    assert (depth, roll) == (8, 0xFFFF)
    x0, x1, y0, y1, d0, d1 = cursor.take(2, 2, 2, 2, 2, 2)
    assert x0 <= x1
    assert y0 <= y1
    assert 210 <= d0 <= d1
    (size,) = cursor.take(4)
    image = cursor.bytes(size)
    eyes = {1: "Right", 2: "Left"}
    told = {"part": eyes[eye], "size": (width, height), "image": image, "rim": (x0, x1, y0, y1, d0, d1)}
    return told | {"lossy": lossy}


def face(cursor: Cursor) -> dict[str, Any]:
    assert cursor.take(2) == [0], "no landmarks"
    cursor.take(1, 1, 1, 1, 3, 2, 3, 3)
    kind, data, width, height, _, _, _, colour, size = cursor.take(1, 1, 2, 2, 1, 2, 1, 1, 4)
    assert (kind, colour) == (1, 1)
    told = {"part": "", "size": (width, height), "image": cursor.bytes(size)}
    return told | {"lossy": {1: True, 2: False}[data]}


def lossless(jp2: bytes) -> bool:
    """Whether the code stream's COD says the reversible transformation and RGB or grey as it is."""
    cod = jp2.index(b"\xff\x52")
    return jp2[cod + 2 + 2 + 1 + 4 + 4] == 1


@pytest.mark.parametrize("part", FINGERS)
def test_a_finger_s_record_is_as_the_standard_says(part: str) -> None:
    told = read(records.finger(part, Picture(b"picture", 288, 256), 61.6, AT))
    assert told["part"] == part
    assert (told["size"], told["image"], told["score"]) == ((288, 256), b"picture", 62)
    assert told["moment"] == [2026, 11, 22, 9, 8, 7, 654]


@pytest.mark.parametrize("part", EYES)
def test_an_iris_s_record_is_as_the_standard_says(part: str) -> None:
    told = read(records.iris(part, Picture(b"picture", 640, 480), Circle(320, 240, 236), 77.2, AT))
    assert told["part"] == part
    assert told["rim"] == (318, 322, 238, 242, 234, 238)
    assert (told["size"], told["image"], told["score"]) == ((640, 480), b"picture", 77)


def test_a_face_s_record_is_as_the_standard_says() -> None:
    told = read(records.face(Picture(b"picture", 414, 532), 99.6, AT))
    assert (told["size"], told["image"], told["score"]) == ((414, 532), b"picture", 100)


@given(
    st.binary(max_size=200), st.integers(1, 65535), st.integers(1, 65535), st.floats(-5, 105), st.booleans()
)
def test_every_length_fits_whatever_the_picture(
    jp2: bytes, width: int, height: int, quality: float, lossy: bool
) -> None:
    picture = Picture(jp2, width, height, lossy)
    for raw in (
        records.finger("Left Thumb", picture, quality, AT),
        records.iris("Left", picture, Circle(320, 240, 236), quality, AT),
        records.face(picture, quality, AT),
    ):
        told = read(raw)
        assert (told["size"], told["image"], told["lossy"]) == ((width, height), jp2, lossy)
        assert 0 <= told["score"] <= 100


CASES = [({}, LEFT), ({"bioSubType": [*THUMBS], "deviceSubId": "3"}, THUMBS), ({"type": "Iris"}, EYES),
         ({"type": "Face"}, ("",)), ({"type": "Face", "exception": ["Left Thumb"]}, ("",))]  # fmt: skip


@pytest.mark.parametrize(("changes", "named"), CASES, ids=str)
def test_what_a_capture_delivers_is_a_lossless_picture_of_the_told_size(
    changes: dict[str, Any], named: tuple[str, ...]
) -> None:
    for element, part in zip(Bench().capture(**changes)["biometrics"], named, strict=True):
        payload = opened(element["data"])
        raw = unb64(payload["bioValue"])
        told = read(raw)
        assert told["part"] == part
        assert len(raw) <= 60 * 1024
        assert abs(told["score"] - float(payload["qualityScore"])) <= 1
        picture = Image.open(io.BytesIO(told["image"]))
        assert (picture.format, picture.size) == ("JPEG2000", told["size"])
        assert lossless(told["image"]) and not told["lossy"]
        picture.load()


def test_the_picture_in_the_record_is_the_one_whose_score_is_told() -> None:
    element = Bench().capture()["biometrics"][0]
    payload = opened(element["data"])
    picture = Image.open(io.BytesIO(read(unb64(payload["bioValue"]))["image"]))
    assert f"{fingers.score(np.asarray(picture)):.2f}" == payload["qualityScore"]


def test_a_finger_without_noise_on_the_paper_stays_small_even_when_it_is_bad() -> None:
    look = worse(Look(3, "Finger", "Left Thumb", 5), "dry", hard=False, attempt=0)
    assert len(some_studio().record("Left Thumb", look, AT)) <= 60 * 1024


def test_a_length_is_not_read_from_a_broken_record() -> None:
    raw = records.face(Picture(b"picture", 414, 532), 50, AT)
    with pytest.raises(AssertionError):
        read(raw[:-1])
    with pytest.raises(AssertionError):
        read(raw[:8] + struct.pack(">I", len(raw) + 1) + raw[12:])
