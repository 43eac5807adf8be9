"""Status bits to words. Pure tables; source: PROTOCOL.md §3.

Two rules: a bit no table names is still an error or a warning (``hardware``), because guessing that an
unknown complaint is harmless could spoil a card; and words come in the order of the tables, gravest first.
"""

from drivers.card_printer import INSIDE, PrinterStatus
from drivers.errors import Cause
from drivers.evolis.codec import Status

CLAIM = 0x8000_0000
RESET = 0x0001_0000
RECOVERS_BY_ITSELF = 0x0080_0000
"""INFORMATION: ``Pem;0``, the printer would print a card again after an error."""
_AT_WORK = 0x0000_0080 | 0x0000_0040 | 0x0000_0020 | 0x0000_0002 | 0x0000_0001

HAS_FLIP = 0x0010_0000
HAS_CONTACTLESS = 0x0008_0000

PLACES: dict[int, str] = {
    0x4000_0000: "hopper",
    0x2000_0000: "feeder",
    0x1000_0000: "flip",
    0x0800_0000: "contactless",
    0x0400_0000: "contact",
    0x0200_0000: "print",
    0x0100_0000: "eject",
}

ERRORS: dict[int, Cause] = {
    0x0000_0001: "hardware",
    0x0100_0000: "jam",
    0x0200_0000: "cover_open",
    0x0000_0400: "cover_open",
    0x0000_0080: "cover_open",
    0x0020_0000: "ribbon_ended",
    0x0400_0000: "ribbon_ended",
    0x0040_0000: "ribbon_unsupported",
    0x0800_0000: "feeder_fault",
    0x0010_0000: "hopper_full",
    0x0080_0000: "reject_full",
    0x2000_0000: "head_hot",
    0x0000_4000: "head_hot",
    0x0000_0200: "card_inside",
    0x0000_0100: "feeder_empty",
    0x1000_0000: "unsupported",
    0x0000_8000: "unsupported",
}

WARNINGS: dict[int, Cause] = {
    0x0002_0000: "cover_open",
    0x0000_0400: "cover_open",
    0x0000_0100: "cover_open",
    0x0001_0000: "no_ribbon",
    0x4000_0000: "no_ribbon",
    0x0008_0000: "ribbon_ended",
    0x0000_8000: "ribbon_unsupported",
    0x0100_0000: "feeder_empty",
    0x0200_0000: "feeder_empty",
    0x0010_0000: "hopper_full",
    0x0800_0000: "reject_full",
    0x0400_0000: "card_inside",
    0x0020_0000: "head_hot",
}
_BLOCKS_NOTHING = 0x0000_0200
"""WARNING: "ribbon is compatible" is news, not a complaint."""


def errors(status: Status) -> tuple[Cause, ...]:
    """What interrupted the printer, gravest first; empty when nothing did."""
    return _words(status.error, ERRORS)


def warnings(status: Status) -> tuple[Cause, ...]:
    """What keeps the printer from starting, gravest first; empty when nothing does."""
    return _words(status.warning & ~_BLOCKS_NOTHING, WARNINGS)


def card_at(status: Status) -> tuple[str, ...]:
    """Where sensors see a card, in the order a card walks."""
    return tuple(place for bit, place in PLACES.items() if status.information & bit)


def inside(status: Status) -> frozenset[str]:
    """The places of ``card_at`` that mean a card is in the machine."""
    return INSIDE.intersection(card_at(status))


def claimed(status: Status) -> bool:
    """A job is in progress."""
    return bool(status.information & CLAIM)


def was_reset(status: Status) -> bool:
    """The printer has started up since errors were last cleared."""
    return bool(status.information & RESET)


def recovers_by_itself(status: Status) -> bool:
    """The printer would print a card again by itself after an error: the classic second card."""
    return bool(status.information & RECOVERS_BY_ITSELF)


def summary(status: Status) -> PrinterStatus:
    """The printer's state in one word, errors before warnings before work."""
    wrong, waits = errors(status), warnings(status)
    places, raw = card_at(status), status.hex()
    if wrong:
        return PrinterStatus("error", wrong[0], places, raw)
    if waits:
        return PrinterStatus("needs_hands", waits[0], places, raw)
    if status.information & (CLAIM | _AT_WORK):
        return PrinterStatus("busy", None, places, raw)
    return PrinterStatus("ready", None, places, raw)


def _words(bits: int, table: dict[int, Cause]) -> tuple[Cause, ...]:
    """Each word once; ``hardware`` for what the table does not name."""
    found: dict[Cause, None] = {}
    for bit, word in table.items():
        if bits & bit:
            found[word] = None
            bits &= ~bit
    if bits:
        found["hardware"] = None
    return tuple(found)
