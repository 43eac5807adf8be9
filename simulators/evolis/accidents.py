"""Accidents as they strike: what each named fault does to the world, and what ends by itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from simulators.evolis.cards import Place
from simulators.evolis.faults import Fault
from simulators.evolis.orders import PowerGone, Stopped
from simulators.evolis.status import Err

if TYPE_CHECKING:
    from simulators.evolis.model import Printer

BOOT_MS = 5000
REPLUG_MS = 5000
COOL_MS = 60_000
STARVED_MS = 30_000


def strike(
    printer: Printer, moment: str, face: str | None = None, letter: str | None = None, card: int | None = None
) -> None:
    """Every fault due at this moment of a motion. Raises Stopped or PowerGone when it ends the motion."""
    number = printer.inside[-1].number if card is None else card
    for fault in printer.faults.due(moment, number, face, letter):
        _STRIKES[fault.name](printer, fault)


def strike_now(printer: Printer, fault: Fault) -> None:
    """A fault due by the clock, whatever the mechanism is doing."""
    match fault.name:
        case "power_cut":
            printer.power_off(BOOT_MS if fault.for_ms is None else fault.for_ms)
        case "cover_open":
            printer.set_cover(is_open=True, for_ms=fault.for_ms)
        case "unplug":
            _unplug(printer, fault)


def check_stack(printer: Printer) -> None:
    """Whether the stack still reaches the rollers for the blank that is next."""
    for fault in printer.faults.due("stack", printer.feeder.following):
        printer.stack_lifted = True
        printer.deadline("stack", fault.for_ms)


def unplug_by_bytes(printer: Printer, before: int, now: int) -> None:
    """The wire calls this as bytes come in."""
    for fault in printer.faults.reached("bytes", before, now):
        _unplug(printer, fault)


def _power_cut(printer: Printer, fault: Fault) -> None:
    raise PowerGone(BOOT_MS if fault.for_ms is None else fault.for_ms)


def _unplug(printer: Printer, fault: Fault) -> None:
    printer.plugged = False
    printer.deadline("plug", REPLUG_MS if fault.for_ms is None else fault.for_ms)
    printer.tell_watchers()


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


def _head_hot(printer: Printer, fault: Fault) -> None:
    printer.deadline("cooling", COOL_MS if fault.for_ms is None else fault.for_ms)
    raise Stopped("ERR HEAD", Err.HEAD_TEMPERATURE)


_STRIKES: dict[str, Callable[[Printer, Fault], None]] = {
    "power_cut": _power_cut,
    "unplug": _unplug,
    "cover_open": _cover,
    "jam": _jam,
    "ribbon_end": _ribbon_end,
    "head_hot": _head_hot,
}


def _plug_in(printer: Printer) -> None:
    printer.plugged = True
    printer.tell_watchers()


def _stack_down(printer: Printer) -> None:
    printer.stack_lifted = False
    printer.cured()


def _counters_catch_up(printer: Printer) -> None:
    printer.told = None


def _session_over(printer: Printer) -> None:
    printer.session = 0


def _starved(printer: Printer) -> None:
    """No byte of a begun job for too long: the printer gives up on it (PROTOCOL.md, the wire goes)."""
    job = printer.starving
    if job is None or job.ended or job.word:
        return
    if job.blocked or printer.motion is not None or printer.orders or printer.held is not None:
        printer.deadline("starved", STARVED_MS)
        return
    printer.error |= Err.MECHANICAL | Err.INTERNAL
    printer.drop_job(job, "ERR MECHANICAL")


DEADLINES: dict[str, Callable[[Printer], None]] = {
    "power": lambda printer: printer.power_on(),
    "restart": lambda printer: printer.power_off(BOOT_MS),
    "plug": _plug_in,
    "cover": lambda printer: printer.set_cover(is_open=False),
    "stack": _stack_down,
    "cooling": lambda printer: printer.cured(),
    "counters": _counters_catch_up,
    "session": _session_over,
    "starved": _starved,
}
"""What happens by itself, by the deadline's name."""
