"""Where a card can lie in this family's machine, and the ribbon in it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Place(StrEnum):
    """Where the card inside lies; words that reach the state file."""

    FEEDER = "feeder"  # between the stack and the path
    CONTACTLESS = "contactless"
    CONTACT = "contact"
    PRINT = "print"
    FLIP = "flip"
    EJECT = "eject"


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
