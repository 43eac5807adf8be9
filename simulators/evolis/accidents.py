"""Accidents in the middle of a movement: what each named fault does to the world the moment it strikes.

A strike changes the printer and, where it ends the movement, raises `Stopped` or `PowerGone`. Accidents by
the clock, and those that end by themselves, are in `clock`.
"""

from __future__ import annotations

from collections.abc import Callable

from simulators.cards.accidents import cool, power_cut, unplug
from simulators.cards.faults import Fault
from simulators.evolis.model import Printer
from simulators.evolis.orders import Stopped
from simulators.evolis.parts import Place
from simulators.evolis.status import Err


def strike(
    printer: Printer, moment: str, face: str | None = None, letter: str | None = None, card: int | None = None
) -> None:
    """Every fault due at this moment of a motion. Raises Stopped or PowerGone when it ends the motion."""
    number = printer.inside[-1].number if card is None else card
    for fault in printer.faults.due(moment, number, face, letter):
        _STRIKES[fault.name](printer, fault)


def unplug_by_bytes(printer: Printer, before: int, now: int) -> None:
    """The wire calls this as bytes come in."""
    for fault in printer.faults.reached("bytes", before, now):
        unplug(printer, fault)


def _cover(printer: Printer, fault: Fault) -> None:
    printer.cover_open = True
    printer.deadline("cover", fault.for_ms)
    printer.keep()
    raise Stopped("ERR COVER", Err.COVER_OPENED)


def _jam(printer: Printer, fault: Fault) -> None:
    if printer.at is Place.FEEDER:
        printer.at = Place.PRINT
    printer.jammed = "hand=yes" in fault.words
    if printer.laying is None and printer.inside:  # a panel under way is told as the motion stops
        printer.note("stuck", printer.inside[-1])
    raise Stopped("ERR MECHANICAL", Err.MECHANICAL)


def _ribbon_end(printer: Printer, fault: Fault) -> None:
    printer.ribbon.left = 0
    printer.keep()
    raise Stopped("ERR RIBBON", Err.RIBBON_ENDED)


def _job_lost(printer: Printer, fault: Fault) -> None:
    order = printer.doing
    if order is None or not order.job.begun:
        return  # a lone command is no job
    printer.drop_job(order.job, "OK")
    printer.free_bitmap(order)
    raise Stopped("OK")


def _head_hot(printer: Printer, fault: Fault) -> None:
    cool(printer, fault)
    raise Stopped("ERR HEAD", Err.HEAD_TEMPERATURE)


_STRIKES: dict[str, Callable[[Printer, Fault], None]] = {
    "power_cut": power_cut,
    "unplug": unplug,
    "cover_open": _cover,
    "jam": _jam,
    "ribbon_end": _ribbon_end,
    "head_hot": _head_hot,
    "job_lost": _job_lost,
}
