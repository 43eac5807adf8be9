"""What happens by itself at this family's printers, beside what does at any card printer."""

from __future__ import annotations

from simulators.cards import clock
from simulators.cards.clock import Clock
from simulators.matica.accidents import HEAT, unplug
from simulators.matica.mechanism import go_on, set_cover
from simulators.matica.model import Printer

SILENCE_MS = 60_000


def _cooled(printer: Printer) -> None:
    if printer.fault in HEAT:
        printer.fault = 0


def _nothing_said(printer: Printer) -> None:
    if printer.motion is None:
        printer.silence()
    else:
        printer.deadline("silence", SILENCE_MS)


CLOCK: Clock[Printer] = Clock(
    go_on=go_on,
    set_cover=set_cover,
    unplug=unplug,
    power_off=Printer.power_off,
    deadlines={
        "power": lambda printer: printer.power_on(),
        "boot": lambda printer: printer.tell_watchers(),
        "init": lambda printer: None,
        "warm": lambda printer: None,
        "plug": clock.plug_in,
        "cover": lambda printer: set_cover(printer, False),
        "stack": clock.stack_down,
        "cooling": _cooled,
        "counters": clock.catch_up,
        "silence": _nothing_said,
    },
)
next_ms, advance = CLOCK.next_ms, CLOCK.advance
