"""The numbers and words of PROTOCOL.md: codes, positions, panels and the orders a host can give.

An order is a plain value that both wires decode into; `motions` says how each is carried out.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum, StrEnum


class Code(IntEnum):
    """How the machine is (PROTOCOL.md §1); only those this simulator can say."""

    READY = 0
    NO_CARDS = 0x2D000
    DOOR = 0x2D100
    BUSY = 0x2D300
    PRINTING = 0x2D400
    WARMING = 0x2DA00
    INITIALISING = 0x2DB00
    STARTED_UP = 0x62800
    POWER_LOST = 0x2C300
    HARDWARE = 0x2D800
    ROLLER_HOT = 0x2C200
    HEAD_HOT = 0x2F400
    JAM_HOPPER = 0x39000
    JAM_TURN = 0x39100
    JAM_TRANSFER = 0x39300
    JAM_DISCHARGE = 0x39400
    FILM = 0x3A100
    INK_ERROR = 0x3B000
    INK_SEARCH = 0x3B100
    INK_OUT = 0x3B200
    BAD_COMMAND = 0x52000
    CARD_POSITION = 0x52600


class Place(StrEnum):
    """Where the card inside lies; words that reach the state file."""

    PRINT = "print"
    CONTACT = "contact"
    CONTACTLESS = "contactless"
    MAGNETIC = "magnetic"
    REJECT = "reject"
    EJECT = "eject"


PLACES = tuple(Place)
"""By the number they have on both wires (§5)."""
STATIONS = PLACES[:4]
PANELS = "ymckpu"
"""In the order they are laid (§6)."""


class BadCommand(ValueError):
    """An order nobody knows, or one whose parameter makes no sense."""


@dataclass(frozen=True, slots=True)
class Load:
    """A blank from the feeder to ``to``, a station."""

    to: Place
    fresh_film: bool = False
    turned: bool = False


@dataclass(frozen=True, slots=True)
class Move:
    """The card inside to ``to``."""

    to: Place


@dataclass(frozen=True, slots=True)
class Print:
    """The panels ``letters`` from memory on to the film, in the order of `PANELS`."""

    letters: str


@dataclass(frozen=True, slots=True)
class Transfer:
    """What lies on the film on to the card, and then: ``return``, ``flip`` or ``eject``."""

    then: str


@dataclass(frozen=True, slots=True)
class Engage:
    """The reader beside the machine is put to the chip of a card at ``at``."""

    at: Place


@dataclass(frozen=True, slots=True)
class Release:
    """The reader is taken away again."""

    at: Place


Order = Load | Move | Print | Transfer | Engage | Release


def place(number: int) -> Place:
    """The place of that number. Raises BadCommand."""
    if not 0 <= number < len(PLACES):
        raise BadCommand(f"no position {number}")
    return PLACES[number]


def panels(mask: int, bits: dict[int, str]) -> str:
    """The letters of a print's mask, in the order they are laid. Raises BadCommand; Y, M, C are one set."""
    if not mask or mask & ~sum(bits):
        raise BadCommand(f"no panels {mask:02x}")
    letters = "".join(letters for bit, letters in bits.items() if mask & bit)
    if len(set(letters) & set("ymc")) not in (0, 3):
        raise BadCommand("yellow, magenta and cyan come as a set")
    return "".join(letter for letter in PANELS if letter in letters)
