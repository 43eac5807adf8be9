"""A side's RGB picture to the ribbon's panels. Pure; source: PROTOCOL.md §6.

The landscape picture is turned 90 degrees clockwise; black goes to the k panel where it is blackest, and
colour ink stays out of there; ink is 255 minus the channel (y from blue, m from green, c from red).
Everything runs inside Pillow on whole planes: a card must cost the host hardly more than moving its bytes.
"""

from functools import lru_cache

from PIL import Image, ImageChops

from drivers.card_printer import HEIGHT, SIDE_BYTES, WIDTH
from drivers.evolis.job import Face, Panel
from drivers.evolis.models import Model, Ribbon
from drivers.inks import COLOURS, Ink, black_alone, separate

DOTS = WIDTH * HEIGHT
_CLOCKWISE = Image.Transpose.ROTATE_270
_SOLID = b"\xff" * (DOTS // 8)
_PACK_DOTS = 8 * HEIGHT
"""Dots packed at once to 7 bits: whole lines, few enough for short integers, many enough to be quick."""


def faces(model: Model, ribbon: Ribbon, front: bytes, back: bytes | None) -> tuple[Face, ...]:
    """One face for the front and, if there is a picture for it, one for the back.

    Each picture is RGB, 1016 x 648, rows top to bottom (``SIDE_BYTES`` long). ValueError if one is not, if
    the model cannot print the back, or if a side would have nothing on it.
    """
    if back is not None and not model.duplex:
        raise ValueError(f"a {model.word} prints one side only.")
    found = [_face(model, ribbon.front, front)]
    if back is not None:
        found.append(_face(model, ribbon.back, back))
    if not all(face.panels for face in found):
        raise ValueError(f"a white side has nothing a {ribbon.word} ribbon could print.")
    return tuple(found)


def _face(model: Model, letters: str, rgb: bytes) -> Face:
    if len(rgb) != SIDE_BYTES:
        raise ValueError(f"a side is {SIDE_BYTES} bytes of RGB, not {len(rgb)}.")
    picture = Image.frombuffer("RGB", (WIDTH, HEIGHT), rgb, "raw", "RGB", 0, 1).transpose(_CLOCKWISE)
    if "y" not in letters:
        return Face(_resin(black_alone(picture), letters), None)
    ink = separate(picture, model.black_max)
    density, coloured = _measure(ink)
    panels: tuple[Panel, ...] = ()
    if coloured:
        panels = tuple(_colour(letter, ink.planes[letter], model.levels) for letter in COLOURS)
    return Face((*panels, *_resin(ink.black, letters)), density)


def _measure(ink: Ink) -> tuple[tuple[int, int, int, int], bool]:
    """What ``Pida`` tells, and whether there is colour at all."""
    y, m, c = (ink.planes[letter] for letter in COLOURS)
    most = ImageChops.lighter(ImageChops.lighter(y, m), c)
    bare = most.histogram()[0]
    density = ((200 * bare + DOTS) // (2 * DOTS), _mean(y), _mean(m), _mean(c))
    return density, bare < DOTS


def _mean(plane: Image.Image) -> int:
    """The mean level, nearest; from 64 averages, which is within a level and ten times quicker."""
    averages = plane.reduce((HEIGHT // 8, WIDTH // 8)).tobytes()
    return (2 * sum(averages) + len(averages)) // (2 * len(averages))


def _colour(letter: str, plane: Image.Image, levels: int) -> Panel:
    data = plane.tobytes()
    return Panel(letter, levels, data if levels == 256 else pack_7_bits(data))


def _resin(black: Image.Image, letters: str) -> tuple[Panel, ...]:
    """The one-bit panels: k if anything is black, and the overlay over the whole card."""
    panels = []
    if "k" in letters and black.getbbox() is not None:
        panels.append(Panel("k", 2, _bits(black)))
    if "o" in letters:
        panels.append(Panel("o", 2, _SOLID))
    return tuple(panels)


def _bits(mask: Image.Image) -> bytes:
    """A mask of 0 and 255 as one bit a dot."""
    return mask.convert("1", dither=Image.Dither.NONE).tobytes()


def pack_7_bits(dots: bytes) -> bytes:
    """Eight-bit amounts to 128 levels, seven bits a dot, most significant first.

    Neighbours are merged in lanes of 2, 4 and 8 dots of one long integer (7+7, 14+14, 28+28 bits), then
    the empty top byte of each lane of eight is dropped. ``dots`` are a multiple of eight.
    """
    packed = bytearray(len(dots) // 8 * 7)
    for start in range(0, len(dots), _PACK_DOTS):
        part = dots[start : start + _PACK_DOTS]
        high2, low2, high4, low4, high8, low8 = _lane_masks(len(part) // 8)
        lanes = int.from_bytes(part, "big")
        lanes = (lanes & high2) >> 2 | (lanes & low2) >> 1
        lanes = (lanes & high4) >> 2 | (lanes & low4)
        lanes = (lanes & high8) >> 4 | (lanes & low8)
        merged = lanes.to_bytes(len(part), "big")
        target = start // 8 * 7
        for byte in range(7):
            packed[target + byte : target + len(part) // 8 * 7 : 7] = merged[byte + 1 :: 8]
    return bytes(packed)


@lru_cache(maxsize=2)
def _lane_masks(lanes: int) -> tuple[int, ...]:
    """Masks over ``lanes`` lanes of eight bytes: high and low half at widths of 2, 4 and 8 bytes."""
    patterns = (
        "fe00fe00fe00fe00",
        "00fe00fe00fe00fe",
        "3fff00003fff0000",
        "00003fff00003fff",
        "0fffffff00000000",
        "000000000fffffff",
    )
    return tuple(int(pattern * lanes, 16) for pattern in patterns)
