"""The physical things: a card with its ink, where it lies, the ribbon, the stack in the feeder.

A blank's name is its chip's UID, drawn from the seed, the printer's serial number and its place in the
deliveries, so that one seed always delivers the same blanks. A card keeps a running SHA-256 of the panels
laid on it; a card that came through a power cut goes on from the digest it had, and can therefore never
again show the picture of a clean job.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any


class Place(StrEnum):
    """Where the card inside lies; words that reach the state file."""

    FEEDER = "feeder"  # between the stack and the path
    CONTACTLESS = "contactless"
    CONTACT = "contact"
    PRINT = "print"
    FLIP = "flip"
    EJECT = "eject"


def blank_uid(seed: int, serial: str, number: int) -> str:
    """The name of the ``number``-th blank ever loaded: 7 bytes as 14 hex digits."""
    return "04" + hashlib.sha256(f"{seed}|{serial}|{number}".encode()).hexdigest()[:12].upper()


@dataclass(slots=True)
class Card:
    """One physical card. ``panels`` are whole, ``half`` is ink begun and never finished."""

    uid: str
    number: int
    panels: list[str] = field(default_factory=list)
    half: str | None = None
    chip: str = "live"  # live, dead or mute
    _ink: Any = field(default_factory=hashlib.sha256)
    _kept: str | None = None  # the picture it had when the power went, until more ink comes

    def lay(self, face: str, letter: str, data: bytes) -> None:
        """A whole panel is on the card; ``data`` as received."""
        self._kept = None
        self._ink.update(face.encode() + letter.encode())
        self._ink.update(data)
        self.panels.append(f"{face} {letter}")

    def picture(self) -> str | None:
        """SHA-256 over the panels so far, or None on a card without any."""
        return (self._kept or str(self._ink.hexdigest())) if self.panels else None

    def to_json(self) -> dict[str, Any]:
        """What the state file keeps."""
        return {
            "blank": self.uid,
            "number": self.number,
            "panels": list(self.panels),
            "half": self.half,
            "chip": self.chip,
            "picture": self.picture(),
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Card:
        """A card that lay somewhere when the power went."""
        card = cls(told["blank"], told["number"], list(told["panels"]), told["half"], told["chip"])
        if told["picture"]:
            card._kept = told["picture"]
            card._ink = hashlib.sha256(b"after a power cut" + bytes.fromhex(told["picture"]))
        return card


@dataclass(slots=True)
class Ribbon:
    """The ribbon in the printer; ``left`` counts faces still possible, a negative ``code`` is no ribbon."""

    code: int
    left: int

    @property
    def missing(self) -> bool:
        """Whether there is none."""
        return self.code < 0

    @property
    def kind(self) -> str | None:
        """Its name, or None when there is none."""
        return RIBBON_NAME.get(self.code)

    @property
    def low(self) -> bool:
        """Under a tenth of what it began with."""
        return self.left * 10 < CAPACITY.get(self.code, 1000)


CAPACITY = {0: 300, 1: 500, 4: 200, 100: 2000}  # faces on a new ribbon, by ribbon code
RIBBONS = {"ymcko": 0, "ymckok": 4, "ko": 1, "k": 100}
RIBBON_NAME = {code: name for name, code in RIBBONS.items()}


@dataclass(slots=True)
class Feeder:
    """The stack of blanks. Numbers are consecutive: only the lowest leaves, new ones come on top."""

    following: int = 1
    left: int = 0

    def draw(self) -> int:
        """The number of the blank that leaves. Raises IndexError when there is none."""
        if not self.left:
            raise IndexError("the feeder is empty")
        self.left -= 1
        self.following += 1
        return self.following - 1
