"""Pictures to panels: turning, packing, leaving out, and what is refused."""

import hashlib
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.card_printer import HEIGHT, SIDE_BYTES, WIDTH
from drivers.evolis import artefact, job, raster
from drivers.evolis.models import MODELS, RIBBONS, find_model, find_ribbon
from tests.unit.drivers.evolis.vectors import rgb, white

PRIMACY2, ZENIUS = MODELS["primacy2"], MODELS["zenius"]


def dotted(x: int, y: int, colour: tuple[int, int, int]) -> bytes:
    """A white landscape side with one dot."""
    side = bytearray(white())
    at = (y * WIDTH + x) * 3
    side[at : at + 3] = bytes(colour)
    return bytes(side)


@pytest.mark.parametrize(("x", "y"), [(0, 0), (1015, 0), (0, 647), (1015, 647), (300, 7)])
def test_a_dot_lands_on_line_x_counted_from_the_bottom(x: int, y: int) -> None:
    (face,) = raster.faces(PRIMACY2, RIBBONS["ymcko"], dotted(x, y, (255, 255, 0)), None)
    yellow = next(panel for panel in face.panels if panel.letter == "y")
    assert yellow.data.index(255) == x * HEIGHT + (HEIGHT - 1 - y)
    assert yellow.data.count(0) == len(yellow.data) - 1


@pytest.mark.parametrize("letter", "ymc")
def test_each_ink_covers_its_own_light(letter: str) -> None:
    missing = {"y": (255, 255, 0), "m": (255, 0, 255), "c": (0, 255, 255)}[letter]
    (face,) = raster.faces(PRIMACY2, RIBBONS["ymcko"], dotted(5, 5, missing), None)
    inked = {panel.letter for panel in face.panels if panel.letter in "ymc" and any(panel.data)}
    assert inked == {letter}


@pytest.mark.parametrize(("model", "grey", "is_black"), [
    ("primacy2", 1, True), ("primacy2", 2, False), ("zenius", 6, True), ("zenius", 7, False),
])  # fmt: skip
def test_black_begins_where_the_maker_lets_it(model: str, grey: int, is_black: bool) -> None:
    (face,) = raster.faces(MODELS[model], RIBBONS["ymcko"], dotted(9, 9, (grey,) * 3), None)
    assert ("k" in {panel.letter for panel in face.panels}) == is_black


def test_one_light_channel_is_enough_not_to_be_black() -> None:
    (face,) = raster.faces(PRIMACY2, RIBBONS["ymcko"], dotted(9, 9, (0, 0, 40)), None)
    assert "k" not in {panel.letter for panel in face.panels}


def test_a_white_card_is_its_overlay_alone() -> None:
    (face,) = raster.faces(PRIMACY2, RIBBONS["ymcko"], white(), None)
    assert [panel.letter for panel in face.panels] == ["o"]
    assert face.density == (100, 0, 0, 0)


def test_a_white_side_on_a_ribbon_without_overlay_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing"):
        raster.faces(PRIMACY2, RIBBONS["k"], white(), None)


def test_a_second_side_needs_a_machine_that_turns_cards() -> None:
    with pytest.raises(ValueError, match="one side"):
        raster.faces(ZENIUS, RIBBONS["ymcko"], rgb("front"), rgb("front"))


def test_a_side_of_another_size_is_refused() -> None:
    with pytest.raises(ValueError, match=str(SIDE_BYTES)):
        raster.faces(PRIMACY2, RIBBONS["ymcko"], b"\0" * 300, None)


@given(st.binary(min_size=8, max_size=4000).map(lambda dots: dots[: len(dots) // 8 * 8]))
def test_seven_bits_a_dot_most_significant_first(dots: bytes) -> None:
    bits = "".join(f"{dot >> 1:07b}" for dot in dots)
    assert raster.pack_7_bits(dots) == int(bits, 2).to_bytes(len(bits) // 8, "big")


def test_packing_does_not_care_where_its_blocks_end() -> None:
    dots = random.Random(7).randbytes(648 * 8 * 3 + 648)
    bits = "".join(f"{dot >> 1:07b}" for dot in dots)
    assert raster.pack_7_bits(dots) == int(bits, 2).to_bytes(len(bits) // 8, "big")


def test_panels_have_the_sizes_of_the_protocol() -> None:
    sizes = {
        (model, panel.letter): (panel.levels, len(panel.data))
        for model in MODELS
        for panel in raster.faces(MODELS[model], RIBBONS["ymcko"], rgb("front"), None)[0].panels
    }
    for model in MODELS:
        colour = (128, 576_072) if model == "zenius" else (256, 658_368)
        assert [sizes[model, letter] for letter in "ymcko"] == [colour] * 3 + [(2, 82_296)] * 2


def test_an_artefact_counts_its_panels_and_names_its_picture() -> None:
    card = artefact.prepare("Evolis Primacy 2", "YMCKOK", rgb("front"), rgb("black"), 1)
    faces = raster.faces(PRIMACY2, RIBBONS["ymckok"], rgb("front"), rgb("black"))
    digest = hashlib.sha256()
    for side, face in zip((b"front", b"back"), faces, strict=True):
        for panel in face.panels:
            digest.update(side + panel.letter.encode() + panel.data)
    assert (card.panels, card.sha256) == (6, digest.hexdigest())
    assert [panel.letter for panel in faces[1].panels] == ["k"]


def test_the_stamp_is_no_part_of_the_picture() -> None:
    one, two = (artefact.prepare("primacy2", "k", rgb("black"), None, stamp) for stamp in (1, 2))
    assert one.sha256 == two.sha256
    assert one.job != two.job


@pytest.mark.parametrize(("model", "ribbon"), [("primacy9", "ymcko"), ("primacy2", "gold")])
def test_what_loket_does_not_know_is_refused_by_name(model: str, ribbon: str) -> None:
    with pytest.raises(ValueError, match="none of"):
        artefact.prepare(model, ribbon, white(), None, 1)


def test_models_and_ribbons_are_found_by_any_of_their_names() -> None:
    assert find_model("Evolis Primacy 2") is find_model("PRIMACY2") is PRIMACY2
    assert find_model("Evolis Zenius") is ZENIUS
    assert find_model("Dualys") is None
    assert find_ribbon(" YMCKO ") is RIBBONS["ymcko"]
    assert find_ribbon("") is None


def test_pieces_are_views_and_only_the_last_may_be_short() -> None:
    whole = artefact.prepare("primacy2", "ymcko", rgb("front"), None, 1).job
    cut = list(job.pieces(whole))
    assert b"".join(cut) == whole
    assert all(len(piece) % 1024 == 0 and 64 <= len(piece) // 1024 <= 256 for piece in cut[:-1])
    assert all(piece.obj is whole for piece in cut)


@pytest.mark.parametrize(
    "faces", [(), (job.Face((), None),), (job.Face((job.Panel("k", 2, b""),), None),) * 3]
)
def test_a_job_without_panels_or_with_three_sides_is_refused(faces: tuple[job.Face, ...]) -> None:
    with pytest.raises(ValueError, match="one or two faces"):
        job.stream(faces, RIBBONS["k"], 1)
