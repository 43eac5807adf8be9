"""The specimen's paper: what lies under the text. Invented patterns, and nothing of any real card's artwork.

Drawn once a process and copied for each card. All colours are pale, so that black text on them stays legible
and goes to the black panel alone; the back is black on white, for a ribbon that prints it with resin only.
"""

import math
from functools import lru_cache

from PIL import Image, ImageDraw, ImageFont

WIDTH, HEIGHT = 1016, 648
WHITE, BLACK = (255, 255, 255), (0, 0, 0)
INK = 255  # of the mask that text is drawn on
_BLACK_OR_NOT = [0] * 128 + [255] * 128
Colour = tuple[int, int, int]

# kind: the paper's colour at the top and at the bottom, its lines, its watermark
TINTS: dict[str, tuple[Colour, Colour, Colour, Colour]] = {
    "ktp": ((206, 228, 244), (241, 247, 252), (182, 212, 234), (194, 216, 233)),
    "kia": ((253, 226, 214), (255, 246, 240), (247, 203, 187), (245, 212, 199)),
}
WORDS = ("SPECIMEN", "CONTOH")


@lru_cache(maxsize=2)
def front(kind: str) -> Image.Image:
    """The front of one kind's paper; to be copied, never drawn on."""
    top, bottom, line, mark = TINTS[kind]
    paper = Image.new("RGB", (WIDTH, HEIGHT))
    draw = ImageDraw.Draw(paper)
    for y in range(HEIGHT):
        draw.line((0, y, WIDTH, y), tuple(_between(a, b, y) for a, b in zip(top, bottom, strict=True)))
    for wave in range(22):
        draw.line(_wave(wave), line, 2)
    paper.paste(mark, (0, 0), _watermark(86, 150, 2))
    return paper


@lru_cache(maxsize=1)
def back() -> Image.Image:
    """The back of every kind's paper: black on white, nothing of a person on it."""
    paper = Image.new("RGB", (WIDTH, HEIGHT), WHITE)
    ink = Image.new("L", paper.size, 0)
    draw = ImageDraw.Draw(ink)
    for ring in range(0, 180, 10):
        draw.polygon(_rosette(WIDTH // 2, HEIGHT // 2, 250 - ring), outline=INK)
    draw.rectangle((150, 232, WIDTH - 150, HEIGHT - 232), 0, INK, 3)
    draw.text((WIDTH // 2, 292), "SPECIMEN", INK, font(76), "mm", stroke_width=1)
    draw.text((WIDTH // 2, 368), "CONTOH  ·  BUKAN DOKUMEN RESMI", INK, font(34), "mm")
    for x in range(24, WIDTH - 24, 44):
        for y in (30, HEIGHT - 30):
            draw.polygon(((x, y), (x + 18, y - 14), (x + 36, y), (x + 18, y + 14)), outline=INK)
            draw.polygon(((x + 10, y), (x + 18, y - 6), (x + 26, y), (x + 18, y + 6)), INK)
    lay(paper, ink)
    return paper


def lay(picture: Image.Image, ink: Image.Image) -> None:
    """Lay the drawn text on the picture: a dot is black, or it stays what it was."""
    picture.paste(BLACK, (0, 0), ink.point(_BLACK_OR_NOT))


@lru_cache(maxsize=64)
def font(dots: int) -> ImageFont.FreeTypeFont:
    """Pillow's own typeface (Aileron, public domain), so that a card looks the same on every machine."""
    face = ImageFont.load_default(dots)
    if not isinstance(face, ImageFont.FreeTypeFont):
        raise RuntimeError("this Pillow has no FreeType; the specimen needs it")
    return face


@lru_cache(maxsize=1)
def stamp() -> Image.Image:
    """A mask that writes the watermark across a photo."""
    return _watermark(34, 74, 1).crop((300, 160, 600, 560))


def _between(a: int, b: int, y: int) -> int:
    return a + (b - a) * y // (HEIGHT - 1)


def _wave(number: int) -> list[tuple[int, int]]:
    """One line of the ground; neighbours cross slowly."""
    swing, middle = 26 + 4 * (number % 5), number * 32 - 12
    return [
        (x, middle + round(swing * math.sin(x / 127 + number * 0.55) + 9 * math.sin(x / 41 - number)))
        for x in range(0, WIDTH + 8, 8)
    ]


def _rosette(x: int, y: int, size: int) -> list[tuple[int, int]]:
    """A closed line around (x, y), swinging 24 times."""
    points = []
    for step in range(360):
        turn = math.radians(step)
        reach = size * (1 + 0.10 * math.sin(12 * turn + size / 24))
        points.append((x + round(1.55 * reach * math.cos(turn)), y + round(reach * math.sin(turn))))
    return points


def _watermark(dots: int, pitch: int, weight: int) -> Image.Image:
    """A mask of the specimen's two words, slanting over the whole card."""
    half = Image.new("L", (WIDTH, HEIGHT * 3 // 2), 0)  # drawn at half size: its edges may be soft
    draw = ImageDraw.Draw(half)
    for row, y in enumerate(range(0, half.height, pitch // 2)):
        text = "     ".join(WORDS[(row + at) % 2] for at in range(9))
        draw.text((-(row % 3) * 60, y), text, 255, font(dots // 2), stroke_width=weight / 2)
    turned = half.rotate(24, Image.Resampling.BILINEAR)
    left, top = WIDTH // 4, HEIGHT // 2
    middle = turned.crop((left, top, left + WIDTH // 2, top + HEIGHT // 2))
    return middle.resize((WIDTH, HEIGHT), Image.Resampling.BICUBIC)
