"""Pictures to planes: sizes, place, turn, and where black goes (PROTOCOL.md §5.1)."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from drivers.card_printer import HEIGHT, WIDTH
from drivers.matica import job
from drivers.matica.artefact import prepare
from drivers.matica.job import Face, Plane

WHITE = b"\xff" * (WIDTH * HEIGHT * 3)
BLACK = bytes(WIDTH * HEIGHT * 3)
SIZES = {"xid580": (1036, 664), "xid8600": (2072, 1328)}


def with_dots(*dots: tuple[int, int, tuple[int, int, int]]) -> bytes:
    picture = Image.new("RGB", (WIDTH, HEIGHT), "white")
    for x, y, colour in dots:
        picture.putpixel((x, y), colour)
    return picture.tobytes()


def planes(model: str, ribbon: str, front: bytes, back: bytes | None = None) -> list[dict[str, Image.Image]]:
    faces = job.unpack(prepare(model, ribbon, front, back).job)
    return [
        {plane.letter: Image.frombytes("L", SIZES[model], bytes(plane.data)) for plane in face}
        for face in faces
    ]


@pytest.mark.parametrize(("model", "size"), [("xid580", 687_904), ("xid8600", 2_751_616)])
def test_a_plane_has_the_size_of_the_paper(model: str, size: int) -> None:
    (face,) = job.unpack(prepare(model, "ymck", BLACK, None).job)
    assert [(plane.letter, len(plane.data)) for plane in face] == [(letter, size) for letter in "ymck"]


def test_our_picture_stands_in_the_middle_with_a_bare_margin() -> None:
    (front,) = planes("xid580", "ymck", BLACK)
    assert front["k"].getbbox() == (10, 8, 10 + WIDTH, 8 + HEIGHT)
    (front,) = planes("xid8600", "ymck", BLACK)
    assert front["k"].getbbox() == (20, 16, 20 + 2 * WIDTH, 16 + 2 * HEIGHT)


def test_the_fine_machine_stands_on_its_head() -> None:
    corner = with_dots(*((x, y, (0, 0, 0)) for x in range(8) for y in range(8)))
    assert planes("xid580", "ymck", corner)[0]["k"].getbbox() == (10, 8, 18, 16)
    left, top, right, bottom = planes("xid8600", "ymck", corner)[0]["k"].getbbox() or (0, 0, 0, 0)
    assert (right, bottom) == (2072 - 20, 1328 - 16)
    assert (right - left, bottom - top) == (16, 16)


def test_ink_is_what_the_channel_lacks_and_none_lies_under_black() -> None:
    front = with_dots((0, 0, (255, 155, 55)), (1, 0, (6, 6, 6)), (2, 0, (7, 0, 0)), (3, 0, (255, 255, 0)))
    (found,) = planes("xid580", "ymck", front)
    row = {letter: [plane.getpixel((10 + x, 8)) for x in range(5)] for letter, plane in found.items()}
    assert row == {
        "y": [200, 0, 255, 255, 0],
        "m": [100, 0, 255, 0, 0],
        "c": [0, 0, 248, 0, 0],
        "k": [0, 255, 0, 0, 0],
    }


def test_black_is_all_or_nothing_and_a_single_dot_is_not_lost() -> None:
    for model, dots in (("xid580", 1), ("xid8600", 4)):
        (found,) = planes(model, "ymck", with_dots((500, 300, (0, 0, 0)), (9, 9, (90, 90, 90))))
        assert {level for level, count in enumerate(found["k"].histogram()) if count} == {0, 255}
        assert found["k"].histogram()[255] == dots


@pytest.mark.parametrize(("ribbon", "panels"), [("ymck", 8), ("ymckk", 5), ("ymcku", 8)])
def test_each_ribbon_lays_its_panels(ribbon: str, panels: int) -> None:
    card = prepare("XID580ie", ribbon, BLACK, BLACK)
    front, back = job.unpack(card.job)
    assert card.panels == panels
    assert "".join(plane.letter for plane in front) == "ymck"
    assert "".join(plane.letter for plane in back) == ("k" if ribbon == "ymckk" else "ymck")


def test_a_white_side_gets_its_colours_all_the_same_but_a_black_panel_needs_something() -> None:
    (front,) = job.unpack(prepare("xid580", "ymck", WHITE, None).job)
    assert "".join(plane.letter for plane in front) == "ymc"
    with pytest.raises(ValueError, match="white side"):
        prepare("xid580", "ymckk", WHITE, WHITE)


@pytest.mark.parametrize(("model", "ribbon", "front"), [
    ("primacy2", "ymck", WHITE), ("xid580", "ymcko", WHITE), ("xid580", "ymck", WHITE[:-1]), ("", "", b""),
])  # fmt: skip
def test_what_cannot_be_printed_is_refused_with_a_sentence(model: str, ribbon: str, front: bytes) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        prepare(model, ribbon, front, None)


def test_the_picture_s_number_is_over_sides_letters_and_data() -> None:
    faces: tuple[Face, ...] = ((Plane("y", b"1"), Plane("k", b"2")), (Plane("k", b"3"),))
    assert job.picture(faces) == hashlib.sha256(b"fronty1frontk2backk3").hexdigest()
    assert job.count(faces) == 3


letters = st.sampled_from("ymckup")
some_planes = st.lists(st.builds(Plane, letters, st.binary(max_size=40)), min_size=1, max_size=5).map(tuple)


@given(st.lists(some_planes, min_size=1, max_size=2))
def test_a_card_comes_out_of_its_box_as_it_went_in(faces: list[Face]) -> None:
    found = job.unpack(job.pack(faces))
    assert [[(p.letter, bytes(p.data)) for p in face] for face in found] == [
        [(p.letter, p.data) for p in face] for face in faces
    ]


@given(st.lists(some_planes, min_size=1, max_size=2), st.data())
def test_a_box_cut_short_or_longer_is_no_card(faces: list[Face], data: st.DataObject) -> None:
    box = job.pack(faces)
    for broken in (box[: data.draw(st.integers(0, len(box) - 1))], box + b"x"):
        with pytest.raises(ValueError, match="Matica card"):
            job.unpack(broken)


@given(st.binary(max_size=80))
def test_noise_is_no_card(noise: bytes) -> None:
    for box in (noise, job.MAGIC + noise):
        try:
            faces = job.unpack(box)
        except ValueError:
            continue
        assert job.pack(faces) == box


@pytest.mark.parametrize("faces", [[], [()], [(Plane("y", b""),)] * 3])
def test_nothing_is_no_card_either(faces: list[Face]) -> None:
    with pytest.raises(ValueError, match="faces"):
        job.pack(faces)
