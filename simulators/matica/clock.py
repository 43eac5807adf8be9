"""Time handed in from outside, and everything that happens by the clock.

`advance` is the only way time passes: the mechanism wakes, accidents ordered for a moment strike, and what
ends by itself ends.
"""

from __future__ import annotations

from collections.abc import Callable

from simulators.cards.accidents import dark_ms
from simulators.cards.faults import Fault
from simulators.matica.accidents import HEAT, unplug
from simulators.matica.mechanism import go_on, set_cover
from simulators.matica.model import Printer

SILENCE_MS = 60_000


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
        go_on(printer)


def strike_now(printer: Printer, fault: Fault) -> None:
    """A fault due by the clock, whatever the mechanism is doing."""
    match fault.name:
        case "power_cut":
            printer.power_off(dark_ms(fault))
        case "cover_open":
            set_cover(printer, True, fault.for_ms)
        case "unplug":
            unplug(printer, fault)


def _plug_in(printer: Printer) -> None:
    printer.plugged = True
    printer.tell_watchers()


def _stack_down(printer: Printer) -> None:
    printer.stack_lifted = False


def _cooled(printer: Printer) -> None:
    if printer.fault in HEAT:
        printer.fault = 0


def _counters_catch_up(printer: Printer) -> None:
    printer.told = None


def _nothing_said(printer: Printer) -> None:
    if printer.motion is None:
        printer.silence()
    else:
        printer.deadline("silence", SILENCE_MS)


_DEADLINES: dict[str, Callable[[Printer], None]] = {
    "power": lambda printer: printer.power_on(),
    "boot": lambda printer: printer.tell_watchers(),
    "init": lambda printer: None,
    "warm": lambda printer: None,
    "plug": _plug_in,
    "cover": lambda printer: set_cover(printer, False),
    "stack": _stack_down,
    "cooling": _cooled,
    "counters": _counters_catch_up,
    "silence": _nothing_said,
}
"""What happens by itself, by the deadline's name."""
