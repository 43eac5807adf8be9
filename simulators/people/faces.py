"""Faces of people who do not exist, as the camera at a recording station takes them.

    picture = faces.picture(person_seed, 1991, woman=True)        # RGB, 35 x 45 mm at 300 dpi
    faces.exception_photo(person_seed, 1991, True, missing)       # 60 x 40 mm: the face beside the hands
    faces.score(picture)                                          # 0-100, the simulated device score

The drawing of `portraits`, at a size that ICAO asks for. Red behind an odd year of birth, blue behind an
even one.
"""

from __future__ import annotations

import random
from collections.abc import Collection

import numpy as np
from PIL import Image, ImageDraw, ImageFilter

from simulators.people import portraits

DPI = 300
SIZE = (414, 532)
"""35 x 45 mm in pixels."""
EXCEPTION_SIZE = (708, 472)
"""60 x 40 mm."""
SHARP_FULL, STEEP_FULL = 1.38, 28.0
OFF_CENTRE_PX = 60.0
HAND = ("LittleFinger", "RingFinger", "MiddleFinger", "IndexFinger", "Thumb")


def picture(
    person_seed: int, born: int, *, woman: bool, blur: float = 0.0, turn_deg: float = 0.0, dx: float = 0.0
) -> Image.Image:
    """A full frontal portrait, RGB; ``turn_deg`` tilts the head, ``dx`` is how far it stands aside, in
    pixels.
    """
    drawn = portraits.drawing(random.Random(f"face {person_seed}"), born, woman=woman)
    ground = drawn.getpixel((0, 0))
    tall = round(drawn.width * SIZE[1] / SIZE[0])
    drawn = drawn.crop((0, 0, drawn.width, min(tall, drawn.height))).resize(SIZE, Image.Resampling.BOX)
    if turn_deg or dx:
        drawn = drawn.rotate(-turn_deg, translate=(round(dx), 0), fillcolor=ground)
    return drawn.filter(ImageFilter.GaussianBlur(blur)) if blur else drawn


def exception_photo(person_seed: int, born: int, missing: Collection[str], *, woman: bool) -> Image.Image:
    """The face between both hands; a missing finger is not drawn."""
    portrait = picture(person_seed, born, woman=woman)
    photo = Image.new("RGB", EXCEPTION_SIZE, portraits.RED if born % 2 else portraits.BLUE)
    tall = EXCEPTION_SIZE[1]
    small = portrait.resize((round(portrait.width * tall / portrait.height), tall), Image.Resampling.BOX)
    photo.paste(small, ((EXCEPTION_SIZE[0] - small.width) // 2, 0))
    pen = ImageDraw.Draw(photo)
    skin = portraits.SKINS[random.Random(f"face {person_seed}").randrange(len(portraits.SKINS))]
    for side, left in (("Right", 20), ("Left", EXCEPTION_SIZE[0] - 130)):
        fingers = HAND if side == "Right" else HAND[::-1]
        pen.ellipse((left, 330, left + 110, 450), skin)
        for place, finger in enumerate(fingers):
            if f"{side} {finger}" not in missing:
                top = 290 if finger == "Thumb" else 220
                pen.rounded_rectangle((left + 22 * place, top, left + 22 * place + 18, 380), 9, skin)
    return photo


def score(seen: Image.Image) -> float:
    """0-100: how sharp the edges are x whether what is not the ground stands in the middle."""
    grey = np.asarray(seen.convert("L"), dtype=np.float32)
    colours = np.asarray(seen, dtype=np.float32)
    slope, bend = _strongest(np.diff(grey, axis=1)), _strongest(np.diff(grey, 2, axis=1))
    sharp = min(1.0, bend / (slope + 1.0) / SHARP_FULL) * min(1.0, slope / STEEP_FULL)
    person = np.abs(colours - colours[0, 0]).sum(axis=2) > 40
    if not person.any():
        return 0.0
    middle = float(np.nonzero(person)[1].mean())
    aside = min(1.0, abs(middle - seen.width / 2) / OFF_CENTRE_PX)
    return round(100 * sharp * (1 - aside), 2)


def _strongest(differences: np.ndarray[tuple[int, ...], np.dtype[np.float32]]) -> float:
    """The mean of the steepest hundredth: at the edges, however much of the picture is flat."""
    steep = np.sort(np.abs(differences).ravel())
    return float(steep[-max(1, steep.size // 100) :].mean())
