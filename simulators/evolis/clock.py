"""What happens by itself at this family's printers, beside what does at any card printer."""

from __future__ import annotations

from simulators.cards import clock
from simulators.cards.accidents import DARK_MS, unplug
from simulators.cards.clock import Clock
from simulators.evolis.mechanism import cured, set_cover, work
from simulators.evolis.model import Printer
from simulators.evolis.status import Err

STARVED_MS = 30_000


def _stack_down(printer: Printer) -> None:
    clock.stack_down(printer)
    cured(printer)


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


CLOCK: Clock[Printer] = Clock(
    go_on=work,
    set_cover=set_cover,
    unplug=unplug,
    power_off=Printer.power_off,
    deadlines={
        "power": Printer.power_on,
        "restart": lambda printer: printer.power_off(DARK_MS),
        "plug": clock.plug_in,
        "cover": lambda printer: set_cover(printer, False),
        "stack": _stack_down,
        "cooling": cured,
        "counters": clock.catch_up,
        "session": _session_over,
        "starved": _starved,
    },
)
next_ms, advance = CLOCK.next_ms, CLOCK.advance
