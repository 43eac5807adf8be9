"""Portraits of people who do not exist: a few ellipses on the colour the law asks for.

Red behind an odd year of birth, blue behind an even one. A cartoon on purpose: no face anybody could have.
"""

import io
import random
from datetime import date

from PIL import Image, ImageDraw

from simulators.people.people import Person

WIDTH, HEIGHT = 240, 320
BYTES_MAX = 12 * 1024
FINER = 3  # drawn three times as large, so that edges come out smooth
RED, BLUE = (196, 30, 40), (28, 78, 170)
SKINS = ((242, 205, 170), (224, 178, 138), (201, 150, 108), (168, 118, 82))
HAIRS = ((28, 22, 20), (52, 36, 28), (120, 116, 112))
CLOTHES = ((245, 245, 240), (60, 96, 84), (96, 60, 100), (210, 170, 60), (70, 78, 92), (150, 60, 50))
Colour = tuple[int, int, int]


def portrait(person: Person) -> bytes:
    """A JPEG of 240 x 320, at most 12 KB; the same person, the same bytes."""
    born = date.fromisoformat(person.birthdate)
    drawn = drawing(random.Random(person.nik), born.year, woman=person.woman)
    return _as_jpeg(drawn.resize((WIDTH, HEIGHT), Image.Resampling.BOX))


def drawing(dice: random.Random, born: int, *, woman: bool) -> Image.Image:
    """Head and shoulders before red or blue, FINER times WIDTH x HEIGHT. ``born``: a year."""
    picture = Image.new("RGB", (WIDTH * FINER, HEIGHT * FINER), RED if born % 2 else BLUE)
    pen = ImageDraw.Draw(picture)
    skin, cloth = dice.choice(SKINS), dice.choice(CLOTHES)
    hair = HAIRS[2] if born < 1965 else dice.choice(HAIRS[:2])
    veil = woman and dice.random() < 0.6
    if veil or woman:
        _ellipse(pen, 52, 40, 188, 250, cloth if veil else hair)
    _ellipse(pen, 20, 232, 220, 420, cloth)
    pen.rectangle(_scaled(102, 190, 138, 246), skin)
    _face(pen, dice, skin, hair, veil=veil)
    return picture


def _face(pen: ImageDraw.ImageDraw, dice: random.Random, skin: Colour, hair: Colour, *, veil: bool) -> None:
    """Head, hair, eyes, brows, nose, mouth, and sometimes glasses."""
    if not veil:
        _ellipse(pen, 66, 44, 174, 168, hair)
    _ellipse(pen, 72, 68 if not veil else 74, 168, 214, skin)
    apart, level = dice.randint(21, 25), dice.randint(132, 140)
    for side in (-1, 1):
        x = 120 + side * apart
        _ellipse(pen, x - 8, level - 5, x + 8, level + 5, (250, 250, 250))
        _ellipse(pen, x - 4, level - 4, x + 4, level + 4, (40, 26, 20))
        pen.line(_scaled(x - 11, level - 13, x + 11, level - 14), hair, 3 * FINER)
    pen.line(_scaled(120, level + 6, 117, level + 26), _darker(skin), 2 * FINER)
    mouth = dice.randint(184, 190)
    pen.arc(_scaled(102, mouth - 14, 138, mouth), 20, 160, _darker(skin), 3 * FINER)
    if dice.random() < 0.3:
        for side in (-1, 1):
            x = 120 + side * apart
            pen.ellipse(
                _scaled(x - 17, level - 14, x + 17, level + 14), outline=(40, 40, 40), width=2 * FINER
            )
        pen.line(_scaled(120 - apart + 17, level, 120 + apart - 17, level), (40, 40, 40), 2 * FINER)


def _as_jpeg(picture: Image.Image) -> bytes:
    """The best quality that keeps the size."""
    for quality in (85, 75, 60, 45):
        out = io.BytesIO()
        picture.save(out, "JPEG", quality=quality, optimize=True)
        if out.tell() <= BYTES_MAX:
            break
    return out.getvalue()


def _ellipse(pen: ImageDraw.ImageDraw, left: int, top: int, right: int, bottom: int, colour: Colour) -> None:
    pen.ellipse(_scaled(left, top, right, bottom), colour)


def _scaled(left: int, top: int, right: int, bottom: int) -> tuple[int, int, int, int]:
    return left * FINER, top * FINER, right * FINER, bottom * FINER


def _darker(colour: Colour) -> Colour:
    return colour[0] * 2 // 3, colour[1] * 2 // 3, colour[2] * 2 // 3
