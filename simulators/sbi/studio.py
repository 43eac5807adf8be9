"""Makes the picture that a look asks for, measures its score, and writes its record. No clock, no files.

A picture is what the device's own electronics would hand over: a print on clean white, an eye, a face; the
score is measured on that very picture. What was made lately is kept, because a preview shows the same looks
again.
"""

from __future__ import annotations

import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache

import numpy as np
from PIL import Image

from simulators.people import faces, fingers, irises
from simulators.sbi import records
from simulators.sbi.subject import Look
from simulators.sbi.words import FACE, FINGER, IRIS, POSITIONS

PAPER = 232
"""What is lighter than this is no skin: the device makes it white."""
PREVIEW = (480, 320)
TILE = {FINGER: (116, 140), IRIS: (232, 174), FACE: (210, 270)}


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture and the device's own score of it."""

    picture: Image.Image
    score: float


@lru_cache(maxsize=48)
def shot(look: Look) -> Shot:
    """The picture of one look."""
    if look.modality == FINGER:
        return _finger(look)
    if look.modality == IRIS:
        seen = irises.picture(look.seed, look.part, irises.Gaze(look.blur, look.lid, look.dx, look.dy))
        return Shot(Image.fromarray(seen), irises.score(seen))
    if look.missing:
        photo = faces.exception_photo(look.seed, look.born, look.missing, woman=look.woman)
        return Shot(photo, faces.score(photo))
    face = faces.picture(
        look.seed, look.born, woman=look.woman, blur=look.blur, turn_deg=look.turn_deg, dx=look.dx
    )
    return Shot(face, faces.score(face))


def record(part: str, look: Look, at: datetime) -> bytes:
    """The ISO record of a look, under the name it was asked by."""
    taken = shot(look)
    image = records.Picture(_jp2(taken.picture), *taken.picture.size)
    if look.modality == FINGER:
        return records.finger(part, image, taken.score, at)
    if look.modality == IRIS:
        centre = records.Circle(
            round(irises.WIDTH / 2 + look.dx), round(irises.HEIGHT / 2 + look.dy), irises.DIAMETER
        )
        return records.iris(part, image, centre, taken.score, at)
    return records.face(image, taken.score, at)


def preview(looks: Iterable[Look]) -> bytes:
    """A JPEG of what is before the device; of nothing, an empty glass."""
    sheet = Image.new("L", PREVIEW, 225)
    colour = None
    for place, look in enumerate(looks):
        seen, size = shot(look).picture, TILE[look.modality]
        if look.modality == FACE:
            colour = seen.resize(size)
        else:
            sheet.paste(seen.convert("L").resize(size), (2 + place * (size[0] + 3), 60))
    if colour is not None:
        sheet = sheet.convert("RGB")
        sheet.paste(colour, ((PREVIEW[0] - colour.width) // 2, 25))
    out = io.BytesIO()
    sheet.save(out, "JPEG", quality=70)
    return out.getvalue()


def _finger(look: Look) -> Shot:
    condition = fingers.Condition(
        look.noise, look.wet, look.dx, look.dy, look.turn_deg, look.area, look.pressure
    )
    own = _everyday(look.seed, look.dice)
    condition = fingers.Condition(
        condition.noise, condition.wet or own[0], condition.dx + own[1], condition.dy + own[2],
        condition.turn_deg + own[3], condition.area, condition.pressure,
    )  # fmt: skip
    one = fingers.master(look.seed, POSITIONS[look.part] - 1)
    seen = fingers.impression(one, look.dice, condition)
    clean = np.where(seen >= PAPER, np.uint8(255), seen)
    return Shot(Image.fromarray(clean), fingers.score(clean))


def _everyday(seed: int, press: int) -> tuple[float, float, float, float]:
    """Nobody lays a finger twice alike: wetness, aside, along, turn."""
    dice = np.random.default_rng([seed, press, 0x4C41])
    wet, aside, along, turn = dice.uniform(-1, 1, 4)
    return 0.3 * float(wet), 8 * float(aside), 9 * float(along), 7 * float(turn)


def _jp2(picture: Image.Image) -> bytes:
    out = io.BytesIO()
    picture.save(out, "JPEG2000", irreversible=False)
    return out.getvalue()
