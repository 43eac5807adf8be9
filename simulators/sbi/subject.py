"""The person before the devices, and how they hold themselves: values only, pure.

A ``Look`` is a recipe for one picture of one part: whose it is, which part it really is, and in what
condition. The model says which looks there are; ``studio`` makes the pictures and measures their scores.
"""

from __future__ import annotations

import random
from dataclasses import dataclass, field, replace
from typing import Any

from domain import nik
from simulators.people.whose_finger import biometric_seed
from simulators.sbi.words import EYES, FACE, FINGER, IRIS, LEFT_HAND, RIGHT_HAND, THUMBS

YOUNGEST_BORN = 2026
"""Two digits of a year up to this one's are of this century."""
PLACES = ("auto", "nothing", "right", "left", "thumbs", "eyes", "face")


@dataclass(frozen=True, slots=True)
class Subject:
    """One person by the seed of their body. ``born`` decides red or blue behind the portrait."""

    seed: int
    born: int
    woman: bool
    missing: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Look:
    """How one part is before the device in one picture. ``blur`` in pixels, ``lid`` and the rest 0-1.

    ``hands``: a face with the hands held up beside it, without the fingers that are ``missing``.
    """

    seed: int
    modality: str
    part: str
    dice: int
    born: int = 0
    woman: bool = False
    hands: bool = False
    missing: tuple[str, ...] = ()
    noise: float = 0.18
    wet: float = 0.0
    dx: float = 0.0
    dy: float = 0.0
    turn_deg: float = 0.0
    area: float = 1.0
    pressure: float = 1.0
    blur: float = 0.0
    lid: float = 0.12


@dataclass(slots=True)
class Counter:
    """What is before each kind of device: ``auto`` (whatever is asked for), ``nothing``, or a hand by
    name.
    """

    subject: Subject
    placed: dict[str, str] = field(default_factory=lambda: dict.fromkeys((FINGER, IRIS, FACE), "auto"))
    moved_ms: int = 0

    def place(self, what: str, now_ms: int) -> None:
        """``what``: one of PLACES. ValueError for another word."""
        if what not in PLACES:
            raise ValueError(f"place is one of {', '.join(PLACES)}")
        if what in ("auto", "nothing"):
            self.placed = dict.fromkeys(self.placed, what)
        elif what in ("eyes", "face"):
            self.placed[IRIS if what == "eyes" else FACE] = "auto"
        else:
            self.placed[FINGER] = what
        self.moved_ms = now_ms


def person(text: str, born: int | None = None) -> Subject:
    """By seed, or by the NIK of an invented person, which tells the year and the sex as well.

    ValueError with a sentence that does not repeat what was said.
    """
    if not (text.isascii() and text.isdecimal()):
        raise ValueError("a subject is a number: a seed, or the NIK of an invented person")
    if len(text) == nik.DIGITS:
        told = nik.parse(text)
        if not told.synthetic:
            raise ValueError("only invented people have bodies here")
        year = told.year + (2000 if told.year <= YOUNGEST_BORN - 2000 else 1900)
        return Subject(biometric_seed(text), born or year, told.woman)
    dice = random.Random(f"subject {text}")
    return Subject(int(text), born or dice.randint(1945, 2008), dice.random() < 0.5)


def group_of(parts: tuple[str, ...]) -> str:
    """``right``, ``left`` or ``thumbs``; empty for eyes, faces and mixtures."""
    for name, group in (("right", RIGHT_HAND), ("left", LEFT_HAND), ("thumbs", THUMBS)):
        if parts and set(parts) <= set(group):
            return name
    return ""


def other_side(part: str) -> str:
    """The same finger of the other hand, or the other eye."""
    side, _, rest = part.partition(" ")
    return " ".join(filter(None, (EYES[side == EYES[0]], rest)))


def worse(look: Look, name: str, *, hard: bool, attempt: int) -> Look:
    """The look with this trouble added; ``attempt`` counts from 0."""
    if name == "rising":
        step = min(attempt, len(RISING) - 1)
        return replace(look, noise=RISING[step], blur=RISING_BLUR[step])
    change: dict[str, Any] = dict((HARD if hard and name in HARD else MILD)[name])
    return replace(look, **change)


MILD: dict[str, dict[str, float]] = {
    "dry": {"noise": 0.8, "wet": -0.9, "pressure": 0.8},
    "wet": {"noise": 0.85, "wet": 0.95, "pressure": 1.3},
    "bad_placement": {"dy": -110.0, "area": 0.55},
    "tip": {"area": 0.12},
    "dirty": {"noise": 0.9, "blur": 2.2},
    "blurred": {"blur": 2.6},
    "eyelid": {"lid": 0.62},
    "turned": {"turn_deg": 14.0, "dx": 46.0, "blur": 1.5},
}
HARD: dict[str, dict[str, float]] = {
    "dry": {"noise": 2.4, "wet": -1.0, "pressure": 0.6},
    "wet": {"noise": 2.4, "wet": 1.0, "pressure": 1.4},
    "bad_placement": {"dy": -240.0, "area": 0.3},
    "dirty": {"noise": 2.4, "blur": 30.0},
    "blurred": {"blur": 30.0},
    "eyelid": {"lid": 0.99},
    "turned": {"turn_deg": 40.0, "dx": 150.0, "blur": 8.0},
}
"""``hard=yes``: so bad that the device can extract nothing."""
RISING, RISING_BLUR = (1.3, 0.8, 0.18), (2.6, 2.0, 0.0)
TROUBLES = {
    FINGER: ("dry", "wet", "bad_placement", "rising", "dirty"),
    IRIS: ("blurred", "eyelid", "rising", "dirty"),
    FACE: ("blurred", "turned", "rising", "dirty"),
}
CODES = {"dry": "520", "wet": "521", "dirty": "523", "bad_placement": "105", "turned": "105"}
"""What the device says when a trouble leaves nothing to extract; else 102."""
