"""What the printer's sensors say: the words of its status block, and what keeps a card from starting."""

from __future__ import annotations

from simulators.evolis.model import Printer
from simulators.evolis.parts import Place
from simulators.evolis.status import Err, Info, Warn

CLEANING_AFTER = 1_000
"""Cards from one cleaning to the next."""

_BIT_OF_PLACE = {
    Place.FEEDER: Info(0),  # between two sensors
    Place.FLIP: Info.FLIP,
    Place.CONTACTLESS: Info.CONTACTLESS,
    Place.CONTACT: Info.CONTACT,
    Place.PRINT: Info.PRINT,
    Place.EJECT: Info.EJECT,
}
_REPLY_OF_ERROR = {
    Err.COVER_OPENED: "ERR COVER",
    Err.RIBBON_ENDED: "ERR RIBBON",
    Err.BAD_RIBBON: "ERR RIBBON",
    Err.FEEDER: "ERR FEEDER",
    Err.HOPPER_FULL: "ERR HOPPER",
    Err.REJECT_FULL: "ERR REJECT",
    Err.HEAD_TEMPERATURE: "ERR HEAD",
    Err.NO_OPTION: "ERR OPTION",
}


def info(printer: Printer) -> int:
    """The INFORMATION word."""
    word = Info(0) if printer.at is None else _BIT_OF_PLACE[printer.at]
    for holds, bit in (
        (printer.claim or printer.claim_stuck, Info.CLAIM),
        (bool(printer.output), Info.HOPPER),
        (printer.blank_ready, Info.FEEDER),
        (printer.error_mode == 0, Info.PRINTER_MANAGES),
        (printer.ribbon.low, Info.RIBBON_LOW),
        (printer.cards - printer.cleaned >= CLEANING_AFTER, Info.CLEANING_ADVISED),
        (printer.reset, Info.RESET),
        (printer.laying is not None, Info.PRINTING),
        (printer.motion is not None, Info.BUSY),
    ):
        if holds:
            word |= bit
    return int(word)


def warning(printer: Printer) -> int:
    """The WARNING word: there while its cause is."""
    word = Warn(0)
    for holds, bit in (
        (not printer.blank_ready, Warn.FEEDER_EMPTY),
        (printer.cover_open, Warn.COVER_OPEN),
        (printer.ribbon.missing, Warn.NO_RIBBON),
        (not printer.ribbon.missing and printer.ribbon.left <= 0, Warn.RIBBON_ENDED),
        (bool(printer.error & Err.BAD_RIBBON) and _misfit(printer), Warn.RIBBON_UNSUPPORTED),
        (printer.hopper_full, Warn.HOPPER_FULL),
        (printer.reject_full, Warn.REJECT_FULL),
        ("cooling" in printer.deadlines, Warn.COOLING),
    ):
        if holds:
            word |= bit
    return int(word)


def _misfit(printer: Printer) -> bool:
    return not printer.ribbon.missing and printer.wanted != printer.ribbon.kind


def blocking(printer: Printer) -> str | None:
    """The refusal of a start by anything but an empty feeder, or None."""
    for holds, reply in (
        (printer.cover_open, "ERR COVER"),
        (printer.ribbon.missing or printer.ribbon.left <= 0, "ERR RIBBON"),
        (printer.hopper_full, "ERR HOPPER"),
        (printer.reject_full, "ERR REJECT"),
        ("cooling" in printer.deadlines, "ERR HEAD"),
    ):
        if holds:
            return reply
    return None


def error_reply(error: Err) -> str:
    """The text a motion is refused with while ``error`` is latched."""
    return next((reply for bit, reply in _REPLY_OF_ERROR.items() if error & bit), "ERR MECHANICAL")


def port_status(printer: Printer) -> int:
    """The USB printer class's port status byte (PROTOCOL.md, USB)."""
    if printer.error:
        return 0x10
    wanting = printer.cover_open or not printer.blank_ready or printer.ribbon.missing
    return 0x30 if wanting else 0x18
