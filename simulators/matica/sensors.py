"""What the machine says of itself: the code of a look, what a motion is refused with, its counters."""

from __future__ import annotations

from simulators.matica.codes import (
    Code,
    Engage,
    Load,
    Move,
    Order,
    Place,
    Print,
    Release,
    Transfer,
)
from simulators.matica.model import ERRORS, HEAD, TOTAL, Printer

HEATED = (Load, Print, Transfer)
MAY_BE_MISSING = (TOTAL, HEAD, ERRORS)


def look(printer: Printer) -> int:
    """The first that fits (PROTOCOL.md §1), but for the start-up, which is told once by `mechanism`."""
    if printer.cover_open:
        return Code.DOOR
    if "init" in printer.deadlines:
        return Code.INITIALISING
    if code := printer.fault or ribbon(printer) or moving(printer):
        return code
    if "warm" in printer.deadlines:
        return Code.WARMING
    return Code.NO_CARDS if not printer.inside and not printer.blank_ready else Code.READY


def ribbon(printer: Printer) -> int:
    """What is wrong with the ribbon, or 0."""
    if printer.ribbon.missing:
        return Code.INK_SEARCH
    if printer.ribbon.foreign:
        return Code.INK_ERROR
    return Code.INK_OUT if printer.ribbon.left <= 0 else 0


def moving(printer: Printer) -> int:
    """The code of a motion under way, or 0."""
    if printer.motion is None or printer.work is None:
        return 0
    return Code.PRINTING if isinstance(printer.work.order, Print | Transfer) else Code.BUSY


def refusal(printer: Printer, order: Order) -> int:
    """The code a motion is refused with before anything has moved, or 0."""
    if printer.cover_open:
        return Code.DOOR
    if "init" in printer.deadlines:
        return Code.INITIALISING
    if "warm" in printer.deadlines and isinstance(order, HEATED):
        return Code.WARMING
    if code := moving(printer):
        return code
    if printer.fault and order != Move(Place.REJECT) and not isinstance(order, Release):
        return printer.fault
    return _misfit(printer, order)


def _misfit(printer: Printer, order: Order) -> int:
    holds = False
    match order:
        case Load():
            if not printer.inside and not printer.blank_ready:
                return Code.NO_CARDS
            if order.fresh_film and (code := ribbon(printer)):
                return code
            holds = bool(printer.inside)
        case Move():
            holds = not printer.inside or printer.engaged is not None
        case Print():
            if code := ribbon(printer):
                return code
            if not printer.ribbon.has(order.letters):
                return Code.INK_ERROR
            if not set(order.letters) <= set(printer.planes):
                return Code.BAD_COMMAND
            holds = not printer.inside
        case Transfer():
            holds = not printer.inside or printer.at is not Place.PRINT
        case Engage():
            holds = not printer.inside or printer.at is not order.at
        case Release():
            pass
    return Code.CARD_POSITION if holds else 0


def counters(printer: Printer) -> dict[int, int]:
    """What the counters say now, by code; a look at them may be the last at which they lag."""
    told = [*(printer.told or printer.counters)]
    if printer.lag_over:
        printer.told, printer.lag_over = None, False
    return {
        code: count
        for code, count in enumerate(told)
        if not (printer.missing and code in MAY_BE_MISSING)
    }  # fmt: skip
