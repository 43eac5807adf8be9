"""Who sits there, as told: whether NIK, birth date, sex and age go together. Pure; nothing is looked up.

The first rule that speaks refuses with its word. What is only worth a second look is a warning: the region
inside a NIK stays with people for life, so an unknown one is a question to ask and no mistake.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from domain import nik, regions
from domain.policy import Policy, ever_married, may_record
from domain.words import RefusedByRule

FIELDS = (
    "nik", "name", "birthplace", "birthdate", "sex", "blood", "address", "rt_rw", "village", "district",
    "religion", "marital", "occupation", "citizenship",
)  # fmt: skip
"""What may be told of a person, in the order in which it is read back."""
CHARACTERS_MAX = 200
WOMAN = {"P": True, "PEREMPUAN": True, "F": True, "L": False, "LAKI-LAKI": False, "M": False}
_ISO_DATE = re.compile(r"\d{4}-\d\d-\d\d")


@dataclass(frozen=True, slots=True)
class Person:
    """``biodata``: FIELDS that were told, ``nik`` always; ``warnings``: words of domain.regions.doubt."""

    biodata: Mapping[str, str] = field(repr=False)
    born: date = field(repr=False)
    warnings: tuple[str, ...] = ()

    @property
    def background(self) -> str:
        """The colour behind the photo: red for an odd year of birth, blue for an even one."""
        return "red" if self.born.year % 2 else "blue"


def fields(told: Any) -> dict[str, str]:
    """The biodata of a JSON object. Raises RefusedByRule BAD_BIODATA; nothing of it is repeated."""
    if not isinstance(told, Mapping) or not set(told) <= set(FIELDS):
        raise RefusedByRule("BAD_BIODATA", f"It is an object of {', '.join(FIELDS)}.")
    for name, value in told.items():
        plain = isinstance(value, str) and len(value) <= CHARACTERS_MAX and value.isprintable()
        if not plain:
            raise RefusedByRule("BAD_BIODATA", f"{name} is no line of text.")
    return {name: told[name].strip() for name in FIELDS if name in told and told[name].strip()}


def checked(
    number: str, told: Mapping[str, str], rules: Policy, today: date, office: str, *, married: bool = False
) -> Person:
    """The person of this NIK and what else was told. ``today``: the WITA day; ``office``: where we are.

    Raises RefusedByRule BAD_NIK, NIK_DIFFERS, BAD_DATE, NIK_MISFIT, BAD_BIODATA, TOO_YOUNG_TO_RECORD.
    """
    try:
        inside = nik.parse(number)
    except ValueError:
        raise RefusedByRule("BAD_NIK") from None
    if told.get("nik", number) != number:
        raise RefusedByRule("NIK_DIFFERS")
    woman = inside.woman if "sex" not in told else WOMAN.get(told["sex"].upper())
    if woman is None:
        raise RefusedByRule("BAD_BIODATA", "sex is none of L, P.")
    born = _date(told["birthdate"]) if "birthdate" in told else youngest(inside, today)
    if not nik.fits(inside, born, woman=woman):
        raise RefusedByRule("NIK_MISFIT")
    if born > today:
        raise RefusedByRule("BAD_DATE")
    if not may_record(rules, born, married or ever_married(told.get("marital", "")), today):
        raise RefusedByRule("TOO_YOUNG_TO_RECORD")
    word = regions.doubt(inside.region, office)
    return Person({"nik": number, **told}, born, (word,) if word else ())


def youngest(inside: nik.Nik, today: date) -> date:
    """The latest day of birth up to ``today`` that fits, since a NIK does not tell the century.

    Raises RefusedByRule NIK_MISFIT for a 29 February of no such year.
    """
    for century in range(today.year // 100 * 100, 1799, -100):
        try:
            born = date(century + inside.year, inside.month, inside.day)
        except ValueError:
            continue
        if born <= today:
            return born
    raise RefusedByRule("NIK_MISFIT")


def _date(text: str) -> date:
    try:
        if _ISO_DATE.fullmatch(text):
            return date.fromisoformat(text)
    except ValueError:
        pass
    raise RefusedByRule("BAD_DATE")
