"""ISO records are read to the byte, and whatever contradicts itself is refused with a word, never a crash."""

from __future__ import annotations

import struct
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.iso19794 import BadRecord, Compression, Quality, read, single
from domain.packet import FINGERS, IRISES, Modality
from tests.unit.domain.recorded import DAY_MS, face, finger, iris, picture, record

PICTURE = picture("x", 64)
WHOLE = {"FIR": finger(2, PICTURE), "IIR": iris(2, PICTURE), "FAC": face(PICTURE)}


def word(held: bytes) -> str:
    with pytest.raises(BadRecord) as refused:
        read(held)
    return refused.value.word


@pytest.mark.parametrize(("place", "name"), list(enumerate(FINGERS, start=1)))
def test_a_finger_tells_which_it_is(place: int, name: str) -> None:
    held = finger(place, PICTURE)
    head = single(held)
    assert (head.modality, head.part, head.position) == (Modality.FINGER, name, place)
    assert (head.width, head.height, head.dpi, head.bit_depth) == (400, 500, 500.0, 8)
    assert (head.compression, held[head.image]) == (Compression.JP2_LOSSLESS, PICTURE)
    assert head.quality == (Quality(80, 7, 1),)
    assert head.captured_ms == DAY_MS


@pytest.mark.parametrize(("eye", "name"), list(enumerate(IRISES, start=1)))
def test_an_iris_tells_which_it_is(eye: int, name: str) -> None:
    held = iris(eye, PICTURE)
    head = single(held)
    assert (head.modality, head.part, head.kind) == (Modality.IRIS, name, 2)
    assert (head.width, head.height, head.dpi, head.iris_px) == (640, 480, None, 230)
    assert (head.compression, held[head.image]) == (Compression.JP2_LOSSLESS, PICTURE)


@pytest.mark.parametrize("landmarks", [0, 1, 70])
def test_a_face_is_found_behind_its_landmarks(landmarks: int) -> None:
    held = face(PICTURE, landmarks=landmarks)
    head = single(held)
    assert (head.modality, head.part, head.kind) == (Modality.FACE, "", 1)
    assert (head.width, head.height, held[head.image]) == (480, 640, PICTURE)


def test_what_is_unknown_is_told_as_unknown() -> None:
    assert (
        single(finger(0, PICTURE)).part
        == single(finger(13, PICTURE)).part
        == single(iris(0, PICTURE)).part
        == ""
    )
    assert single(iris(1, PICTURE, px=0)).iris_px is single(iris(1, PICTURE, px=0xFFFF)).iris_px is None
    for at, beyond in ((22, 13), (22, 0), (23, 32), (24, 24), (25, 60), (26, 60), (27, 255)):
        undated = bytearray(WHOLE["FIR"])
        undated[at] = beyond  # one known encoder writes December as the thirteenth month
        assert single(bytes(undated)).captured_ms is None, at


def test_dots_a_centimetre_are_told_as_dots_an_inch() -> None:
    assert single(finger(1, PICTURE, scale=2, dpi=197)).dpi == pytest.approx(500.38)
    assert (
        single(finger(1, PICTURE, dpi=500, down=250)).dpi
        == single(finger(1, PICTURE, dpi=250, down=500)).dpi
        == 250
    )


@pytest.mark.parametrize(
    ("properties", "stored"),
    [(0x40, Compression.JP2_LOSSLESS), (0x80, Compression.JP2_LOSSY), (0x05, Compression.JP2)],
)
def test_an_iris_s_history_tells_whether_anything_was_lost(properties: int, stored: Compression) -> None:
    assert single(iris(1, PICTURE, properties=properties)).compression is stored


def test_a_finger_may_have_blocks_behind_its_picture_and_the_others_may_not() -> None:
    assert single(finger(1, PICTURE, behind=bytes(60))).part == FINGERS[0]
    assert word(record(b"IIR\x00020\x00", b"\x01", iris(1, PICTURE)[40:] + b"\0")) in ("LENGTH", "TRUNCATED")


def test_a_certified_record_is_read_past_its_certificates() -> None:
    inside = WHOLE["FIR"][40:]
    assert single(record(b"FIR\x00020\x00", b"\x01", inside, certified=True)).part == "Right IndexFinger"


def test_several_pictures_are_read_and_a_recording_holds_one() -> None:
    inside = WHOLE["FIR"][40:]
    two = record(b"FIR\x00020\x00", b"\x01", inside, inside)
    assert [head.part for head in read(two)] == ["Right IndexFinger"] * 2
    with pytest.raises(BadRecord, match="REPRESENTATIONS"):
        single(two)


@pytest.mark.parametrize("kind", WHOLE)
def test_every_length_has_to_hold(kind: str) -> None:
    held = WHOLE[kind]
    for at in range(8, 12):  # the total
        assert word(held[:at] + bytes([held[at] ^ 1]) + held[at + 1 :]) == "LENGTH"
    assert word(held + b"\0") == word(held[:-1]) == "LENGTH"
    assert word(held[:8] + struct.pack(">I", len(held) + 1) + held[12:] + b"\0") == "LENGTH"
    begins = 17 if kind == "FAC" else 16
    (length,) = struct.unpack_from(">I", held, begins)
    for other in (0, 3, 18, length - 1, length + 1, 2**32 - 1):
        told = held[:begins] + struct.pack(">I", other) + held[begins + 4 :]
        assert word(told) in ("LENGTH", "TRUNCATED"), other
    at = held.index(PICTURE) - 4
    for other in (0, len(PICTURE) + 1, 2**32 - 1):
        told = held[:at] + struct.pack(">I", other) + held[at + 4 :]
        assert word(told) in ("LENGTH", "TRUNCATED", "BAD_SIZE"), other


def test_counts_are_bounded() -> None:
    held = WHOLE["FIR"]
    for count in (0, 17, 65535):
        assert word(held[:12] + struct.pack(">H", count) + held[14:]) == "REPRESENTATIONS"
    assert word(held[:12] + b"\0\2" + held[14:]) == "TRUNCATED"
    assert word(b"FIR\x00020\x00" + bytes(3 << 20)) == "TOO_LARGE"


@pytest.mark.parametrize(
    ("held", "said"),
    [
        (finger(1, PICTURE, code=7), "BAD_CODE"),
        (finger(1, PICTURE, scale=3), "BAD_CODE"),
        (finger(1, PICTURE, width=0), "BAD_SIZE"),
        (finger(1, PICTURE, code=0), "BAD_SIZE"),
        (iris(3, PICTURE), "BAD_CODE"),
        (iris(1, PICTURE, form=0), "BAD_CODE"),
        (iris(1, PICTURE, form=2), "BAD_SIZE"),
        (face(PICTURE, code=4), "BAD_CODE"),
        (face(PICTURE, height=0), "BAD_SIZE"),
        (b"", "NOT_A_RECORD"),
        (b"FMR\x00020\x00" + bytes(40), "NOT_A_RECORD"),
        (b"FIR\x00010\x00" + bytes(40), "NOT_A_RECORD"),
        (WHOLE["FIR"][:14] + b"\x02" + WHOLE["FIR"][15:], "BAD_CODE"),
    ],
)
def test_what_cannot_be_is_refused(held: bytes, said: str) -> None:
    assert word(held) == said


def test_a_plain_picture_has_the_size_its_sides_tell() -> None:
    assert single(finger(1, bytes(12), code=0, width=3, height=4)).compression is Compression.RAW
    assert single(iris(1, bytes(36), form=4, width=3, height=4)).compression is Compression.RAW


def harmed(draw: st.DrawFn) -> bytes:
    held = bytearray(WHOLE[draw(st.sampled_from(sorted(WHOLE)))])
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(held) - 1))
        held[at : at + draw(st.integers(0, 3))] = draw(st.binary(max_size=4))
    return bytes(held)


def no_other_error(work: Callable[[bytes], object], held: bytes) -> None:
    try:
        work(held)
    except BadRecord as refused:
        assert refused.word.isupper() and str(refused) == refused.word


@given(st.composite(harmed)())
def test_a_harmed_record_is_read_or_refused(held: bytes) -> None:
    no_other_error(read, held)


@given(st.sampled_from([held[:8] for held in WHOLE.values()]), st.binary(max_size=120))
def test_any_bytes_are_read_or_refused(magic: bytes, rest: bytes) -> None:
    no_other_error(read, magic + struct.pack(">IHB", 15 + len(rest), 1, 0) + rest)
    no_other_error(read, rest)
