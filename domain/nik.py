"""The NIK: sixteen digits that name a person for life.

    64 02 03   57 08 90   9001
    region     DDMMYY     serial      the day counts from 41 for women; the century is not told

There is no check digit. People keep the code of the place that first recorded them, so a region
unknown today is a fact of history, not a mistake.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

DIGITS = 16
WOMAN_DAY_OFFSET = 40
SYNTHETIC_SERIALS = range(9000, 10_000)  # only invented people carry these here


@dataclass(frozen=True, slots=True)
class Nik:
    """The parts of a NIK. ``region`` is six digits; ``year`` has two, as on the card."""

    region: str
    day: int
    month: int
    year: int
    woman: bool
    serial: int

    @property
    def synthetic(self) -> bool:
        """Whether the serial is one kept for invented people."""
        return self.serial in SYNTHETIC_SERIALS


def parse(text: str) -> Nik:
    """The parts of a NIK. Raises ValueError with a sentence that does not repeat the number."""
    if len(text) != DIGITS or not (text.isascii() and text.isdigit()):
        raise ValueError("a NIK has sixteen digits")
    day, month, year, serial = int(text[6:8]), int(text[8:10]), int(text[10:12]), int(text[12:])
    woman = day > WOMAN_DAY_OFFSET
    day -= WOMAN_DAY_OFFSET if woman else 0
    try:
        date(2000, month, day)  # a leap year: 29 February may be of any century
    except ValueError:
        raise ValueError("the birth date inside the NIK is no date") from None
    if serial == 0:
        raise ValueError("the serial of a NIK counts from 0001")
    if text[:2] < "11":
        raise ValueError("the region inside the NIK is no province")
    return Nik(text[:6], day, month, year, woman, serial)


def fits(nik: Nik, birthdate: date, *, woman: bool) -> bool:
    """Whether birth date and sex told beside a NIK are the ones inside it."""
    inside = (nik.day, nik.month, nik.year, nik.woman)
    return inside == (birthdate.day, birthdate.month, birthdate.year % 100, woman)


def masked(text: str) -> str:
    """A NIK for public lists: first four and last two digits, ``6402**********01``."""
    return text[:4] + "*" * (len(text) - 6) + text[-2:]
