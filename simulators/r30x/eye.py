"""The module's sensor and its comparing part, on synthetic fingers: pictures to features to a score.

What the picture itself shows decides: too dark is wet, too light is dry, little skin or few marks is too few
features, ridges that run nowhere are disorder. Nothing here knows whose finger it is; the master of a finger
is only what is pressed on the glass. An R503 sees the middle of the same picture.
"""

from __future__ import annotations

import numpy as np

from simulators.people import fingers
from simulators.people.finger_score import blocks
from simulators.r30x import matching, minutiae
from simulators.r30x.codes import Code, Make
from simulators.r30x.glass import Press
from simulators.r30x.template import BYTES, BadTemplate

WHITE = 255
SKIN_SPREAD, SKIN_BLOCKS_MIN = 18.0, 64
"""A block of 16 x 16 pixels is skin if it varies so much; a print has some 230 of them."""
WET_BELOW, DRY_ABOVE = 122.0, 190.0
"""Mean grey of the skin; a finger well laid is near 158, one that people call moist or dry 145 or 172."""
ORDERED_MIN = 14.0
"""Of the simulated device score."""


class SkinEye:
    """See `simulators.r30x.model.Eye`."""

    def __init__(self, make: Make) -> None:
        self._make = make
        self._tall, self._wide = fingers.PICTURE

    def picture(self, press: Press) -> bytes:
        """What the sensor sees; the same press, the same picture."""
        master = fingers.master(press.finger.person, press.finger.index)
        condition = fingers.Condition(
            noise=press.noise,
            wet=press.wet,
            dx=press.dx,
            dy=press.dy,
            turn_deg=press.turn,
            area=press.finger.area,
        )
        whole = fingers.impression(master, press.seed, condition)
        down, over = (self._tall - self._make.height) // 2, (self._wide - self._make.width) // 2
        return whole[down : self._tall - down, over : self._wide - over].tobytes()

    def features(self, picture: bytes) -> bytes | Code:
        """A template as long as this make's, or why there is none."""
        make = self._make
        seen = np.frombuffer(picture, np.uint8).reshape(make.height, make.width)
        whole = np.full((self._tall, self._wide), WHITE, np.uint8)
        down, over = (self._tall - make.height) // 2, (self._wide - make.width) // 2
        whole[down : self._tall - down, over : self._wide - over] = seen
        grey = whole.astype(np.float32)
        mean = blocks(grey)
        skin = np.sqrt(np.maximum(blocks(grey * grey) - mean**2, 0)) > SKIN_SPREAD
        if int(skin.sum()) < SKIN_BLOCKS_MIN:
            return Code.FEW_FEATURES
        shade = float(mean[skin].mean())
        if shade < WET_BELOW:
            return Code.TOO_WET
        if shade > DRY_ABOVE:
            return Code.TOO_DRY
        if fingers.score(whole) < ORDERED_MIN:
            return Code.DISORDERED
        found = minutiae.template(whole)
        return Code.FEW_FEATURES if found is None else found.ljust(make.template_bytes, b"\0")

    def compare(self, one: bytes, other: bytes) -> int:
        """The score; 0 for bytes that are no template of ours."""
        try:
            return matching.score(one[:BYTES], other[:BYTES])
        except BadTemplate:
            return 0

    def enough(self, level: int) -> int:
        """From which score on a security level says "match"."""
        return matching.SECURITY[level]
