"""The seam for a fingerprint reader at the counter: the holder's finger against the chip's template, 1:1.

A matcher is asked with the template that the chip holds (one of two index fingers) and answers within its
time; it keeps nothing. None is connected yet: then the clerk tells what the ministry's own reader showed, or
nothing, which is ``no_reader`` and needs a supervisor. Whoever connects one answers ``matcher`` with it and
passes its word to the action ``hand-over`` as the clerk's ``--finger`` is passed now.
"""

from __future__ import annotations

from typing import Literal, Protocol

from agent.config import Config
from domain.handover import Finger

Match = Literal["match", "mismatch", "unable"]
TOLD: dict[str, Finger] = {
    "matched": Finger.MATCH,
    "mismatch": Finger.MISMATCH,
    "unable": Finger.UNABLE,
}


class FingerMatcher(Protocol):
    """Compares one finger on the glass with one template, and forgets both."""

    def match(self, template: bytes, timeout_s: float) -> Match:
        """``template``: as the chip holds it. "unable": no usable finger came within ``timeout_s``.

        Raises drivers.errors.DeviceError when the reader itself fails, which is no answer about anybody.
        """
        ...


def told(config: Config, word: str | None) -> Finger:
    """What is known of the finger: the clerk's ``word`` (of TOLD), or that nobody asked, or cannot."""
    if word is not None:
        return TOLD[word]
    return Finger.NOT_ASKED if config.reader else Finger.NO_READER
