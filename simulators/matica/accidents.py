"""Accidents in the middle of a motion: what each named fault does to the world the moment it strikes.

A strike changes the printer and, where it ends the motion, raises `Stopped` or `PowerGone`. What a broken
motion leaves behind is the business of `mechanism`; accidents by the clock, and those that end by themselves,
are in `clock`.
"""

from __future__ import annotations

from collections.abc import Callable

from simulators.cards import accidents
from simulators.cards.faults import Fault
from simulators.matica.codes import Code, Place
from simulators.matica.model import Printer

HEAT = frozenset({Code.HEAD_HOT, Code.ROLLER_HOT})
JAMS = {
    "fed": Code.JAM_HOPPER,
    "chip": Code.JAM_HOPPER,
    "flip": Code.JAM_TURN,
    "eject": Code.JAM_DISCHARGE,
    "out": Code.JAM_DISCHARGE,
}  # by moment; any other is in the transfer


class Stopped(Exception):
    """The motion ends here with ``code``; ``broken``: it was broken off, not refused."""

    def __init__(self, code: int, *, broken: bool = True) -> None:
        super().__init__(f"{code:08X}")
        self.code = code
        self.broken = broken


def strike(printer: Printer, moment: str, letter: str | None = None, card: int | None = None) -> None:
    """Every fault due at this moment of a motion. Raises Stopped or PowerGone when it ends the motion."""
    number = printer.inside[-1].number if card is None else card
    for fault in printer.faults.due(moment, number, printer.side, letter):
        _STRIKES[fault.name](printer, fault)


def unplug(printer: Printer, fault: Fault) -> None:
    """The wire is pulled; what moves ends as if nothing had happened, what waits in memory is gone."""
    printer.planes.clear()
    accidents.unplug(printer, fault)


def unplug_by_bytes(printer: Printer, before: int, now: int) -> None:
    """The wires call this as bytes come in."""
    for fault in printer.faults.reached("bytes", before, now):
        unplug(printer, fault)


def _door(printer: Printer, fault: Fault) -> None:
    printer.cover_open = True
    printer.deadline("cover", fault.for_ms)
    raise Stopped(Code.DOOR)


def _jam(printer: Printer, fault: Fault) -> None:
    if printer.inside:
        printer.at = Place.EJECT if fault.moment == "eject" else Place.PRINT
        printer.jammed = "hand=yes" in fault.words
        if printer.fusing is None:  # a transfer under way is told as the motion stops
            printer.note("stuck", printer.inside[-1])
    raise Stopped(JAMS.get(fault.moment, Code.JAM_TRANSFER))


def _ribbon_end(printer: Printer, fault: Fault) -> None:
    printer.ribbon.left = 0
    raise Stopped(Code.INK_OUT)


def _film_end(printer: Printer, fault: Fault) -> None:
    printer.film.left = 0
    raise Stopped(Code.FILM)


def _head_hot(printer: Printer, fault: Fault) -> None:
    accidents.cool(printer, fault)
    raise Stopped(Code.ROLLER_HOT if fault.moment == "transfer" else Code.HEAD_HOT)


def _job_lost(printer: Printer, fault: Fault) -> None:
    printer.planes.clear()


_STRIKES: dict[str, Callable[[Printer, Fault], None]] = {
    "power_cut": accidents.power_cut,
    "unplug": unplug,
    "cover_open": _door,
    "jam": _jam,
    "ribbon_end": _ribbon_end,
    "film_end": _film_end,
    "head_hot": _head_hot,
    "job_lost": _job_lost,
}
