"""The one number that says how the machine is: what kind of trouble, and which word. Pure tables.

Source: PROTOCOL.md §1. A code no row names is a fault of the hardware: guessing that an unknown complaint is
harmless could spoil a card.
"""

from enum import StrEnum

from drivers.errors import Cause


class Kind(StrEnum):
    """What a code asks of its reader."""

    READY = "ready"
    WAIT = "wait"  # goes away by itself
    HANDS = "hands"  # waits for a person; nothing is broken
    FAULT = "fault"  # work was broken off
    OVER = "over"  # power was lost in the middle of something


READY = 0
UNTOLD = 0x0003_4400
"""What a failure counts as whose code is not told: the hardware."""
STARTED = 0x0006_2800
PRINTING, BUSY = 0x0002_D400, 0x0002_D300
INTERRUPTED = 0x0002_C300
WARMING, INITIALISING = 0x0002_DA00, 0x0002_DB00
MOVING = frozenset({PRINTING, BUSY})
"""A motion is under way by itself."""
WAITS = frozenset({PRINTING, BUSY, WARMING, INITIALISING, STARTED})
STARTED_ANEW = frozenset({STARTED, INTERRUPTED})

HANDS: dict[int, Cause] = {
    0x0002_D000: "feeder_empty",
    0x0002_D100: "cover_open",
    0x0003_B000: "ribbon_unsupported",
    0x0003_B100: "no_ribbon",
    0x0003_B200: "ribbon_ended",
}
FAULTS: dict[int, Cause] = {
    INTERRUPTED: "power_lost",
    0x0002_C200: "head_hot",
    **dict.fromkeys((*range(0x0002_F000, 0x0002_F700, 0x100), 0x0002_F800), "head_hot"),
    **dict.fromkeys(range(0x0003_9000, 0x0003_9600, 0x100), "jam"),
    0x0005_2000: "bad_command",
    0x0005_2600: "card_inside",
}


def kind(code: int) -> Kind:
    """What the code asks for."""
    if code == READY:
        return Kind.READY
    if code in WAITS:
        return Kind.WAIT
    if code in HANDS:
        return Kind.HANDS
    return Kind.OVER if code == INTERRUPTED else Kind.FAULT


def cause(code: int) -> Cause | None:
    """The word of a code; None for one that is ready or goes away by itself."""
    if kind(code) in (Kind.READY, Kind.WAIT):
        return None
    return HANDS.get(code) or FAULTS.get(code, "hardware")
