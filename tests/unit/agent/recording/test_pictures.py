"""What is looked at in a recorded picture: a finger as the small reader has it, the colour behind a face."""

from __future__ import annotations

import struct
from io import BytesIO

import pytest
from PIL import Image

from agent.recording import pictures
from drivers.finger_reader import HEIGHT, PICTURE_BYTES, WIDTH
from tests.unit.domain import recorded

RED, BLUE, GREY = (190, 40, 45), (40, 70, 180), (140, 140, 140)


def jp2(image: Image.Image) -> bytes:
    out = BytesIO()
    image.save(out, "JPEG2000", irreversible=False)
    return out.getvalue()


def photo(behind: tuple[int, int, int], size: tuple[int, int] = (480, 640)) -> bytes:
    image = Image.new("RGB", size, behind)
    image.paste((225, 190, 160), (size[0] // 4, size[1] // 4, size[0] * 3 // 4, size[1]))
    return recorded.face(jp2(image), width=size[0], height=size[1])


def finger(image: Image.Image, **other: int) -> bytes:
    return recorded.finger(2, jp2(image), width=image.width, height=image.height, **other)


@pytest.mark.parametrize(("behind", "name"), [(RED, "red"), (BLUE, "blue"), (GREY, "other")])
def test_the_colour_is_looked_for_beside_the_head(behind: tuple[int, int, int], name: str) -> None:
    assert pictures.background(photo(behind)) == name


@pytest.mark.parametrize(
    ("dot", "name"),
    [
        ((200, 30, 30), "red"),
        ((120, 60, 60), "red"),
        ((30, 30, 200), "blue"),
        ((90, 120, 200), "blue"),
        ((0, 0, 0), "other"),
        ((255, 255, 255), "other"),
        ((40, 200, 60), "other"),
        ((150, 140, 145), "other"),
    ],
)
def test_a_colour_is_red_or_blue_only_when_it_is_plainly_so(dot: tuple[int, int, int], name: str) -> None:
    assert pictures.colour(*dot) == name


@pytest.mark.parametrize("size", [(336, 416), (200, 500), (256, 288), (128, 128)])
def test_a_finger_is_laid_in_the_middle_of_the_readers_glass(size: tuple[int, int]) -> None:
    image = Image.new("L", size, 200)
    middle = (size[0] // 2, size[1] // 2)
    image.paste(0, (middle[0] - 8, middle[1] - 8, middle[0] + 8, middle[1] + 8))
    laid = pictures.finger(finger(image))
    assert laid is not None
    assert len(laid) == PICTURE_BYTES
    assert laid[HEIGHT // 2 * WIDTH + WIDTH // 2] == 0
    corner = laid[0]
    assert corner == (200 if size[0] >= WIDTH and size[1] >= HEIGHT else 255)


def test_a_finger_at_another_resolution_is_brought_to_the_readers() -> None:
    image = Image.new("L", (512, 576), 200)
    image.paste(0, (206, 238, 306, 338))
    laid = pictures.finger(finger(image, dpi=1000))
    assert laid is not None
    row = laid[HEIGHT // 2 * WIDTH :][:WIDTH]
    assert (row[WIDTH // 2], row[WIDTH // 2 + 35], row[0]) == (0, 200, 200)


def test_a_finger_that_is_stored_as_it_is_needs_no_decoding() -> None:
    raw = bytes(range(256)) * 288
    record = recorded.finger(2, raw, width=256, height=288, code=0)
    assert pictures.finger(record) == raw


def test_what_cannot_be_read_is_no_fault() -> None:
    for record in (
        b"",
        b"FIR\x00",
        recorded.finger(2, recorded.picture("x")),
        recorded.face(b"\xff\xd8nothing"),
    ):
        assert pictures.finger(record) is None
        assert pictures.background(record) is None
    huge = finger(Image.new("L", (256, 288)))
    at = huge.index(struct.pack(">HH", 256, 288))
    assert pictures.finger(huge[:at] + struct.pack(">HH", 65000, 65000) + huge[at + 4 :]) is None
