"""The physical things: a card with its ink, and the stack in the feeder.

A blank's name is its chip's UID, drawn from the seed, the printer's serial number and its place in the
deliveries, so that one seed always delivers the same blanks. A card keeps a running SHA-256 of the panels
laid on it; a card that came through a power cut goes on from the digest it had, and can therefore never
again show the picture of a clean job.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import Any


def serial_of(seed: int, model: str) -> str:
    """The printer's serial number that a seed gives; always begins ``SIM``."""
    return "SIM" + hashlib.sha256(f"{seed}|{model}".encode()).hexdigest()[:7].upper()


def used_before(seed: int, model: str) -> int:
    """Cards a printer has printed before it came to us: a real one never begins at zero."""
    return int.from_bytes(hashlib.sha256(f"used|{seed}|{model}".encode()).digest()[:2], "big") % 5000


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
    chip: str = "live"  # live, dead, mute, plain or torn (`simulators.specimen`)
    file: bytes = b""  # what the chip holds; empty until it is written
    on_desk: bool = False  # in somebody's hands, and laid on the desk's chip reader
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
            "file": self.file.hex(),
            "on_desk": self.on_desk,
            "picture": self.picture(),
        }

    @classmethod
    def from_json(cls, told: dict[str, Any]) -> Card:
        """A card that lay somewhere when the power went."""
        card = cls(told["blank"], told["number"], list(told["panels"]), told["half"], told["chip"])
        card.file, card.on_desk = bytes.fromhex(told["file"]), told["on_desk"]
        if told["picture"]:
            card._kept = told["picture"]
            card._ink = hashlib.sha256(b"after a power cut" + bytes.fromhex(told["picture"]))
        return card


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
