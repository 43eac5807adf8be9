"""What can go wrong with a device, sorted by what the caller does next.

One class per reaction, one word per cause. The class tells the program what to do, the word is what
reaches the journal, the screen and the hub. The text after the word is for a technician; it never
holds anything of a person (no job bytes, no names).
"""

from typing import ClassVar, Literal, get_args

Cause = Literal[
    "no_answer",
    "refused_connection",
    "unplugged",
    "garbled_reply",
    "busy",
    "feeder_empty",
    "feeder_fault",
    "ribbon_ended",
    "no_ribbon",
    "ribbon_unsupported",
    "cover_open",
    "jam",
    "hopper_full",
    "reject_full",
    "head_hot",
    "card_inside",
    "cleaning_needed",
    "hardware",
    "no_chip",
    "chip_dead",
    "chip_changed",
    "counter_missing",
    "counter_mismatch",
    "printer_reset",
    "session_lost",
    "power_lost",
    "bad_command",
    "unsupported",
    "link_lost",
    "paper_empty",
    "paper_jam",
    "toner_empty",
    "output_full",
    "queue_stopped",
    "job_cancelled",
    # readers of people: what lies on the glass, stands before the lens, or is wrong with the device's word
    "nothing_there",
    "finger_dry",
    "finger_wet",
    "bad_placement",
    "too_few_features",
    "wrong_hand",
    "lens_dirty",
    "sensor_fault",
    "not_registered",
    "key_expired",
    "bad_signature",
    "untrusted",
    "clock_off",
    "other_transaction",
    "other_device",
    "other_version",
    "count_differs",
    "chain_broken",
    "stream_lost",
    "no_management",
    "wrong_password",
    "library_full",
    "no_signature",
]
CAUSES: frozenset[str] = frozenset(get_args(Cause))

NextStep = Literal["retry", "ask_operator", "check", "give_up"]


class DeviceError(Exception):
    """A device did not do what it was asked; only its four children are ever raised."""

    next_step: ClassVar[NextStep]

    def __init__(self, cause: Cause, detail: str = "") -> None:
        super().__init__(f"{cause}: {detail}" if detail else cause)
        self.cause: Cause = cause
        self.detail = detail


class Unreachable(DeviceError):
    """Nothing happened on the device. Safe to try again without asking."""

    next_step = "retry"


class NeedsHands(DeviceError):
    """The device waits for a person: load cards, change the ribbon, close the cover. Nothing happened."""

    next_step = "ask_operator"


class OutcomeUnknown(DeviceError):
    """Work had begun. Trying again could print a second card, so evidence or a person decides."""

    next_step = "check"


class Refused(DeviceError):
    """The device will never do this, and nothing happened. Trying again is pointless."""

    next_step = "give_up"
