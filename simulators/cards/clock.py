"""Time handed in from outside, and everything that happens by the clock at any card printer.

`Clock.advance` is the only way time passes: the mechanism wakes, accidents ordered for a moment strike, and
what ends by itself ends. What differs between families is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar

from simulators.cards.accidents import dark_ms
from simulators.cards.body import Body
from simulators.cards.faults import Fault

M = TypeVar("M", bound=Body)
M_in = TypeVar("M_in", bound=Body, contravariant=True)


class SetCover(Protocol[M_in]):
    """What a hand at the cover, or an accident, is to a family."""

    def __call__(self, printer: M_in, is_open: bool, for_ms: int | None = None) -> None:
        """Open or close it; ``for_ms``: it closes by itself."""


@dataclass(frozen=True, slots=True)
class Clock(Generic[M]):
    """One family's. ``go_on``: the motion under way has waited long enough; ``deadlines``: what happens by
    itself, by the deadline's name, beside what does at any card printer.
    """

    go_on: Callable[[M], None]
    set_cover: SetCover[M]
    unplug: Callable[[M, Fault], None]
    power_off: Callable[[M, int], None]
    deadlines: Mapping[str, Callable[[M], None]]

    def next_ms(self, printer: M) -> int | None:
        """When something will happen by itself, or None."""
        times = [*printer.deadlines.values()]
        if (fault := printer.faults.coming("ms")) is not None:
            times.append(fault)
        if printer.motion is not None and printer.wakes_ms is not None:
            times.append(printer.wakes_ms)
        return min(times, default=None)

    def advance(self, printer: M, to_ms: int) -> None:
        """Let time pass up to ``to_ms``. The same calls always give the same cards."""
        while (at := self.next_ms(printer)) is not None and at <= to_ms:
            printer.now_ms = max(printer.now_ms, at)
            self._fire(printer)
        printer.now_ms = max(printer.now_ms, to_ms)

    def strike_now(self, printer: M, fault: Fault) -> None:
        """A fault due by the clock, whatever the mechanism is doing."""
        match fault.name:
            case "power_cut":
                self.power_off(printer, dark_ms(fault))
            case "cover_open":
                self.set_cover(printer, True, fault.for_ms)
            case "unplug":
                self.unplug(printer, fault)

    def _fire(self, printer: M) -> None:
        for fault in printer.faults.reached("ms", -1, printer.now_ms):
            self.strike_now(printer, fault)
        for name in [name for name, at in printer.deadlines.items() if at <= printer.now_ms]:
            if printer.deadlines.pop(name, None) is not None:
                self.deadlines[name](printer)
        if printer.motion is not None and printer.wakes_ms is not None and printer.wakes_ms <= printer.now_ms:
            self.go_on(printer)


def plug_in(printer: Body) -> None:
    """Deadline ``plug``: the wire is back."""
    printer.plugged = True
    printer.tell_watchers()


def catch_up(printer: Body) -> None:
    """Deadline ``counters``: they say what is so."""
    printer.told = None


def stack_down(printer: Body) -> None:
    """Deadline ``stack``: the blanks reach the rollers again."""
    printer.stack_lifted = False
