"""Our jobs against the maker's own, bit for bit where that is owed, in likeness elsewhere."""

import pytest
from PIL import Image

from drivers.evolis import artefact, job, raster
from drivers.evolis.models import MODELS, RIBBONS
from tests.unit.drivers.evolis.vectors import (
    VECTORS,
    colourless,
    densities,
    frame,
    rgb,
    stream,
    timeless,
    white,
)

STREAMS = [
    ("primacy2-ymcko-front", "primacy2", "ymcko", "front"),
    ("primacy2-kblack-black", "primacy2", "k", "black"),
    ("primacy2-ko-front", "primacy2", "ko", "front"),
    ("zenius-ko-black", "zenius", "ko", "black"),
    ("zenius-ymcko-front", "zenius", "ymcko", "front"),
]
FRAMES = [
    ("primacy2-k-black-black", "primacy2", "k", "black", "black"),
    ("primacy2-ko-black-black", "primacy2", "ko", "black", "black"),
    ("primacy2-ymcko-black", "primacy2", "ymcko", "black", None),
    ("primacy2-ymcko-front-front", "primacy2", "ymcko", "front", "front"),
    ("primacy2-ymcko-front-white", "primacy2", "ymcko", "front", "white"),
    ("zenius-ymcko-front", "zenius", "ymcko", "front", None),
]


def ours(model: str, ribbon: str, front: str, back: str | None = None) -> bytes:
    """Our whole exchange of a card: the job, then its closing."""
    sides = [None if name is None else white() if name == "white" else rgb(name) for name in (front, back)]
    assert sides[0] is not None
    return artefact.prepare(model, ribbon, sides[0], sides[1], 1_795_309_962).job + job.CLOSING


@pytest.mark.parametrize(("vector", "model", "ribbon", "front"), STREAMS)
def test_our_frame_is_the_makers_command_by_command(vector: str, model: str, ribbon: str, front: str) -> None:
    assert colourless(frame(ours(model, ribbon, front))[0]) == colourless(frame(stream(vector))[0])


@pytest.mark.parametrize(("name", "model", "ribbon", "front", "back"), FRAMES)
def test_both_sides_follow_the_makers_frame(
    name: str, model: str, ribbon: str, front: str, back: str | None
) -> None:
    golden = (VECTORS / "frames" / f"{name}.txt").read_text().splitlines()
    assert colourless(frame(ours(model, ribbon, front, back))[0]) == colourless(golden)


def test_a_ribbon_with_one_overlay_lays_it_on_the_front_only() -> None:
    golden = (VECTORS / "frames" / "primacy2-ymckok-front-black.txt").read_text().splitlines()
    back = golden.index("ESCSv CR")
    overlay = golden.index("</BINARY><BINARY Size=82305>", back)
    without = [*golden[:overlay], "</BINARY>", *golden[overlay + 3 :]]
    assert colourless(frame(ours("primacy2", "ymckok", "front", "black"))[0]) == colourless(without)


@pytest.mark.parametrize(("vector", "model", "ribbon", "front"), STREAMS)
def test_black_and_overlay_are_the_makers_bit_for_bit(
    vector: str, model: str, ribbon: str, front: str
) -> None:
    _, golden = frame(stream(vector))
    _, mine = frame(ours(model, ribbon, front))
    assert mine["k"] == golden["k"]
    assert mine.get("o") == golden.get("o")


def test_the_black_streams_are_the_makers_byte_for_byte() -> None:
    for vector, model, ribbon, front in STREAMS[1:4]:
        lines, panels = frame(ours(model, ribbon, front))
        golden_lines, golden_panels = frame(stream(vector))
        assert (timeless(lines), panels) == (timeless(golden_lines), golden_panels)


def unpacked(data: bytes) -> bytes:
    """Eight-bit dots from a panel of 128 levels, written from the table of PROTOCOL.md §6, dot by dot."""
    if len(data) == 658_368:
        return data
    dots = bytearray()
    for start in range(0, len(data), 7):
        lane = int.from_bytes(data[start : start + 7], "big")
        dots += bytes((lane >> (7 * (7 - dot)) & 0x7F) << 1 for dot in range(8))
    return bytes(dots)


def likeness(one: bytes, other: bytes) -> float:
    """Pearson's correlation of two planes; on every seventh line, which is plenty."""
    a = b"".join(one[line * 648 : line * 648 + 648] for line in range(0, 1016, 7))
    b = b"".join(other[line * 648 : line * 648 + 648] for line in range(0, 1016, 7))
    mean_a, mean_b = sum(a) / len(a), sum(b) / len(b)
    both = sum((x - mean_a) * (y - mean_b) for x, y in zip(a, b, strict=True))
    of_a, of_b = sum((x - mean_a) ** 2 for x in a), sum((y - mean_b) ** 2 for y in b)
    return float(both / (of_a * of_b) ** 0.5)


@pytest.mark.parametrize("letter", "ymc")
@pytest.mark.parametrize(
    ("vector", "model"), [("primacy2-ymcko-front", "primacy2"), ("zenius-ymcko-front", "zenius")]
)
def test_colour_lies_where_the_maker_lays_it_and_nowhere_else(vector: str, model: str, letter: str) -> None:
    golden = unpacked(frame(stream(vector))[1][letter][0])
    mine = unpacked(frame(ours(model, "ymcko", "front"))[1][letter][0])
    plane = Image.frombytes("L", (648, 1016), mine)
    assert likeness(mine, golden) >= 0.93
    for turn in (
        Image.Transpose.FLIP_LEFT_RIGHT,
        Image.Transpose.FLIP_TOP_BOTTOM,
        Image.Transpose.ROTATE_180,
    ):
        assert likeness(plane.transpose(turn).tobytes(), golden) < 0.7


@pytest.mark.parametrize("letter", "ymc")
def test_every_colour_panel_is_its_own(letter: str) -> None:
    golden = frame(stream("primacy2-ymcko-front"))[1][letter][0]
    mine = frame(ours("primacy2", "ymcko", "front"))[1]
    best = max("ymc", key=lambda other: likeness(mine[other][0], golden))
    assert best == letter


def test_no_colour_ink_lies_under_black() -> None:
    (face,) = raster.faces(MODELS["primacy2"], RIBBONS["ymcko"], rgb("front"), None)
    *colours, black, _ = face.panels
    mask = Image.frombytes("1", (648, 1016), black.data).convert("L")
    for panel in colours:
        plane = Image.frombytes("L", (648, 1016), panel.data)
        plane.paste(0, mask=Image.eval(mask, lambda level: 255 - level))
        assert plane.getbbox() is None


@pytest.mark.parametrize(("vector", "model", "ribbon", "front"), STREAMS)
def test_the_share_of_bare_dots_is_the_makers_within_one_per_cent(
    vector: str, model: str, ribbon: str, front: str
) -> None:
    golden = densities(frame(stream(vector))[0])
    mine = densities(frame(ours(model, ribbon, front))[0])
    assert len(mine) == len(golden)
    for (bare, *levels), (golden_bare, *golden_levels) in zip(mine, golden, strict=True):
        assert abs(bare - golden_bare) <= 1
        assert all(abs(a - b) <= 12 for a, b in zip(levels, golden_levels, strict=True))


def test_a_side_without_colour_says_so() -> None:
    told = densities(frame(ours("primacy2", "ymcko", "front", "white"))[0])
    assert told[0][0] == 69
    assert told[1] == [100, 0, 0, 0]
