"""Time handed in from outside, and everything that happens by the clock.

`advance` is the only way time passes: the mechanism wakes, accidents ordered for a moment strike, and what
ends by itself ends.
"""

from __future__ import annotations

from collections.abc import Callable

from simulators.cards.accidents import DARK_MS, dark_ms, unplug
from simulators.cards.faults import Fault
from simulators.evolis.mechanism import cured, set_cover, work
from simulators.evolis.model import Printer
from simulators.evolis.status import Err

STARVED_MS = 30_000


def next_ms(printer: Printer) -> int | None:
    """When something will happen by itself, or None."""
    times = [*printer.deadlines.values()]
    if (fault := printer.faults.coming("ms")) is not None:
        times.append(fault)
    if printer.motion is not None and printer.wakes_ms is not None:
        times.append(printer.wakes_ms)
    return min(times, default=None)


def advance(printer: Printer, to_ms: int) -> None:
    """Let time pass up to ``to_ms``. The same calls always give the same cards."""
    while (at := next_ms(printer)) is not None and at <= to_ms:
        printer.now_ms = max(printer.now_ms, at)
        _fire(printer)
    printer.now_ms = max(printer.now_ms, to_ms)


def _fire(printer: Printer) -> None:
    for fault in printer.faults.reached("ms", -1, printer.now_ms):
        strike_now(printer, fault)
    for name in [name for name, at in printer.deadlines.items() if at <= printer.now_ms]:
        if printer.deadlines.pop(name, None) is not None:
            _DEADLINES[name](printer)
    if printer.motion is not None and printer.wakes_ms is not None and printer.wakes_ms <= printer.now_ms:
        work(printer)


def strike_now(printer: Printer, fault: Fault) -> None:
    """A fault due by the clock, whatever the mechanism is doing."""
    match fault.name:
        case "power_cut":
            printer.power_off(dark_ms(fault))
        case "cover_open":
            set_cover(printer, is_open=True, for_ms=fault.for_ms)
        case "unplug":
            unplug(printer, fault)


def _plug_in(printer: Printer) -> None:
    printer.plugged = True
    printer.tell_watchers()


def _stack_down(printer: Printer) -> None:
    printer.stack_lifted = False
    cured(printer)


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


_DEADLINES: dict[str, Callable[[Printer], None]] = {
    "power": lambda printer: printer.power_on(),
    "restart": lambda printer: printer.power_off(DARK_MS),
    "plug": _plug_in,
    "cover": lambda printer: set_cover(printer, is_open=False),
    "stack": _stack_down,
    "cooling": cured,
    "counters": _counters_catch_up,
    "session": _session_over,
    "starved": _starved,
}
"""What happens by itself, by the deadline's name."""
