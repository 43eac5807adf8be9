"""The mechanism at work: one motion at a time, begun by an order and answered when it has ended.

Strategy: a generator (`motions`) yields the milliseconds a movement takes and raises `Stopped` when it cannot
go on. What a broken motion leaves behind (the fault that stands, the count, the card's place) is decided
here. Time itself is the business of `clock`.
"""

from __future__ import annotations

from simulators.cards.accidents import PowerGone
from simulators.matica import sensors
from simulators.matica.accidents import Stopped
from simulators.matica.codes import Code, Order, Place
from simulators.matica.model import ERRORS, Printer, Work
from simulators.matica.motions import MOTIONS

RIBBON_CODES = frozenset({Code.INK_ERROR, Code.INK_SEARCH, Code.INK_OUT})


def look(printer: Printer) -> int:
    """A host asks how it is; that it has started up is told once, to whoever asks first."""
    return _start_up(printer) or sensors.look(printer)


def begin(printer: Printer, order: Order) -> Work:
    """Carry an order out, or refuse it; its `Work.code` stands when it has ended."""
    work = Work(order)
    work.code = _start_up(printer) or sensors.refusal(printer, order) or None
    if work.code is None:
        printer.work, printer.motion = work, MOTIONS[type(order)](printer, order)
        printer.keep()
        go_on(printer)
    return work


def _start_up(printer: Printer) -> int:
    if not printer.unasked:
        return 0
    printer.unasked = False
    return Code.STARTED_UP


def go_on(printer: Printer) -> None:
    """Until a movement takes time, or the motion has ended."""
    if printer.motion is None:
        return
    try:
        printer.wakes_ms = printer.now_ms + next(printer.motion)
    except StopIteration:
        _end(printer, Code.READY)
    except Stopped as stop:
        if stop.broken:
            break_off(printer, stop.code)
        else:
            _end(printer, stop.code)
    except PowerGone as gone:
        printer.power_off(gone.for_ms)


def break_off(printer: Printer, code: int) -> None:
    """The motion under way ends here, for good."""
    if printer.motion is not None:
        printer.motion.close()
    printer.spoil()
    printer.counters[ERRORS] += 1
    if code == Code.DOOR:
        printer.fault = Code.POWER_LOST
        printer.at = Place.PRINT if printer.inside else None
    elif code not in RIBBON_CODES:
        printer.fault = code
    _end(printer, code)


def _end(printer: Printer, code: int) -> None:
    if printer.work is not None:
        printer.work.code = code
    printer.work = printer.motion = None
    printer.keep()


def set_cover(printer: Printer, is_open: bool, for_ms: int | None = None) -> None:
    """A hand opens or closes the door; opening breaks off whatever moves."""
    printer.cover_open = is_open
    printer.deadline("cover", for_ms)
    if not is_open:
        printer.door_cycled()
    elif printer.motion is not None:
        break_off(printer, Code.DOOR)
    printer.keep()
