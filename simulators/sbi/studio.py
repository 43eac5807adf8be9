"""Makes the picture that a look asks for, measures its score, and writes its record. No clock.

A picture is what the device's own electronics would hand over: a print on clean white, an eye, a face; the
score is measured on that very picture. What was made lately is kept, because a preview shows the same looks
again.
"""

from __future__ import annotations

import io
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from pathlib import Path
from zipfile import BadZipFile

import numpy as np
from PIL import Image

from simulators.people import faces, fingers, irises
from simulators.people.fingers import Master
from simulators.sbi import records
from simulators.sbi.subject import Look
from simulators.sbi.words import FACE, FINGER, IRIS, POSITIONS

PAPER = 232
"""What is lighter than this is no skin: the device makes it white."""
LOSSY_RATE = 12  # to 1; at most 15 may be lost of what a centre compares
PREVIEW, EMPTY = (480, 320), (225, 225, 225)
TILE = {FINGER: (116, 140), IRIS: (232, 174), FACE: (210, 270)}


@dataclass(frozen=True, slots=True, eq=False)
class Shot:
    """One picture and the device's own score of it."""

    picture: Image.Image
    score: float


class Studio:
    """Makes pictures. ``folder``: where whole fingers are kept, because growing one takes a third of a
    second.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self.shot: Callable[[Look], Shot] = lru_cache(maxsize=48)(self._shot)
        self._master = lru_cache(maxsize=48)(self._kept)

    def record(self, part: str, look: Look, at: datetime, *, matching: bool = False) -> bytes:
        """The ISO record of a look, under the name it was asked by; ``matching``: small, to be compared."""
        taken = self.shot(look)
        if look.modality == IRIS:
            return _iris(part, look, taken, at, matching)
        image = _stored(taken.picture, matching)
        if look.modality == FINGER:
            return records.finger(part, image, taken.score, at)
        return records.face(image, taken.score, at)

    def preview(self, looks: Iterable[Look]) -> bytes:
        """A JPEG of what is before the device; of nothing, an empty glass."""
        sheet = Image.new("RGB", PREVIEW, EMPTY)
        for place, look in enumerate(looks):
            size = TILE[look.modality]
            left = 2 + place * (size[0] + 3) if look.modality != FACE else (PREVIEW[0] - size[0]) // 2
            sheet.paste(self.shot(look).picture.convert("RGB").resize(size), (left, 25))
        out = io.BytesIO()
        sheet.save(out, "JPEG", quality=70)
        return out.getvalue()

    def _shot(self, look: Look) -> Shot:
        if look.modality == FINGER:
            return self._finger(look)
        if look.modality == IRIS:
            seen = irises.picture(look.seed, look.part, _gaze(look))
            return Shot(Image.fromarray(seen), irises.score(seen))
        if look.hands:
            photo = faces.exception_photo(look.seed, look.born, look.missing, woman=look.woman)
            return Shot(photo, faces.score(photo))
        face = faces.picture(
            look.seed, look.born, woman=look.woman, blur=look.blur, turn_deg=look.turn_deg, dx=look.dx
        )
        return Shot(face, faces.score(face))

    def _finger(self, look: Look) -> Shot:
        wet, aside, along, turn = _everyday(look.seed, look.dice)
        condition = fingers.Condition(
            look.noise, look.wet or wet, look.dx + aside, look.dy + along, look.turn_deg + turn,
            look.area, look.pressure,
        )  # fmt: skip
        one = self._master(look.seed, POSITIONS[look.part] - 1)
        seen = fingers.impression(one, look.dice, condition)
        clean = np.where(seen >= PAPER, np.uint8(255), seen)
        return Shot(Image.fromarray(clean), fingers.score(clean))

    def _kept(self, seed: int, finger: int) -> Master:
        if self._folder is None:
            return fingers.master(seed, finger)
        path = self._folder / f"finger-{seed}-{finger}.npz"
        try:
            with path.open("rb") as file, np.load(file) as told:
                return Master(seed, finger, str(told["klass"]), told["ridges"])
        except (OSError, EOFError, ValueError, KeyError, TypeError, BadZipFile):  # none yet, or one cut short
            grown = fingers.master(seed, finger)
        self._folder.mkdir(parents=True, exist_ok=True)
        half = path.with_suffix(f".{threading.get_ident()}.npz")
        np.savez(half, klass=grown.klass, ridges=grown.ridges)
        half.replace(path)
        return grown


def _everyday(seed: int, press: int) -> tuple[float, float, float, float]:
    """Nobody lays a finger twice alike: wetness, aside, along, turn."""
    dice = np.random.default_rng([seed, press, 0x4C41])
    wet, aside, along, turn = dice.uniform(-1, 1, 4)
    return 0.3 * float(wet), 8 * float(aside), 9 * float(along), 7 * float(turn)


def _gaze(look: Look) -> irises.Gaze:
    """Nobody looks into the camera twice alike, nor with both eyes."""
    dice = np.random.default_rng([look.seed, look.dice, irises.EYES.index(look.part), 0x4741])
    return irises.everyday(dice, irises.Gaze(look.blur, look.lid, look.dx, look.dy))


def _iris(part: str, look: Look, taken: Shot, at: datetime, matching: bool) -> bytes:
    """All that the camera saw; for a comparison the masked iris alone."""
    gaze, picture = _gaze(look), taken.picture
    across, down = round(irises.WIDTH / 2 + gaze.dx), round(irises.HEIGHT / 2 + gaze.dy)
    if matching:
        picture = Image.fromarray(irises.masked(np.asarray(picture), gaze))
        across, down = irises.MASKED_WIDTH // 2, irises.MASKED_HEIGHT // 2
    rim = records.Circle(across, down, irises.DIAMETER)
    return records.iris(part, _stored(picture, matching), rim, taken.score, at)


def _stored(picture: Image.Image, lossy: bool) -> records.Picture:
    out = io.BytesIO()
    if lossy:
        picture.save(out, "JPEG2000", irreversible=True, quality_mode="rates", quality_layers=[LOSSY_RATE])
    else:
        picture.save(out, "JPEG2000", irreversible=False)
    return records.Picture(out.getvalue(), *picture.size, lossy)
