"""What a confirmation code means for whoever asked: the word, and the class of error. Pure.

Answers (no match, not found) are no errors and not in the table; see ANSWERS.
Source: drivers/r30x/PROTOCOL.md section 5.
"""

from drivers.errors import Cause, DeviceError, NeedsHands, Refused, Unreachable

DONE = 0x00
HEARD_BADLY = 0x01
NO_FINGER = 0x02
NO_MATCH, NOT_FOUND, LIBRARY_EMPTY = 0x08, 0x09, 0x24
NOT_ONE_FINGER = 0x0A
VERIFY_FIRST = 0x21
UNSUPPORTED = 0xFC
ANSWERS = frozenset({NO_MATCH, NOT_FOUND, LIBRARY_EMPTY})
ALONE = frozenset({HEARD_BADLY, VERIFY_FIRST, UNSUPPORTED})
"""Codes that may come without the parameters that the instruction's answer has otherwise."""

FINGER: dict[int, Cause] = {
    NO_FINGER: "nothing_there",
    0x03: "bad_placement",
    0x04: "finger_dry",
    0x05: "finger_wet",
    0x06: "bad_placement",
    0x07: "too_few_features",
    NOT_ONE_FINGER: "bad_placement",
    0x26: "nothing_there",
    0x41: "nothing_there",
    0x42: "bad_placement",
    0x43: "too_few_features",
    0x44: "bad_placement",
}
"""The finger's doing: it is asked for again."""

_OTHERS: dict[int, tuple[type[DeviceError], Cause]] = {
    HEARD_BADLY: (Unreachable, "garbled_reply"),
    0x0B: (Refused, "bad_command"),
    0x0C: (Refused, "bad_command"),
    0x0D: (Refused, "bad_command"),
    0x0E: (Unreachable, "busy"),
    0x0F: (Refused, "bad_command"),
    0x13: (Refused, "wrong_password"),
    0x15: (Refused, "bad_command"),
    0x1A: (Refused, "bad_command"),
    0x1B: (Refused, "bad_command"),
    0x1C: (Refused, "bad_command"),
    0x1F: (Refused, "library_full"),
    0x20: (Refused, "bad_command"),
    VERIFY_FIRST: (Refused, "wrong_password"),
    0x22: (Refused, "bad_command"),
    0x27: (Refused, "bad_command"),
    0x29: (NeedsHands, "sensor_fault"),
    0x45: (Refused, "bad_command"),
    UNSUPPORTED: (Refused, "unsupported"),
}


def error(code: int, name: str) -> DeviceError:
    """The error that ``code`` is as the answer to instruction ``name``. Every code there may be has one."""
    detail = f"{name}: code {code:02X}"
    if code in FINGER:
        return NeedsHands(FINGER[code], detail)
    kind, cause = _OTHERS.get(code, (NeedsHands, "hardware"))
    return kind(cause, detail)
