"""What the same accident does to any card printer, and how a motion ends by it.

Which of them strikes when is its `Kind`; what it does to one family's electronics is the family's.
"""

from __future__ import annotations

from simulators.cards.body import Body
from simulators.cards.faults import Fault

DARK_MS = 5000
REPLUG_MS = 5000
COOL_MS = 60_000
LAG_MS = 5000


class PowerGone(Exception):
    """The power goes in the middle of a motion, for ``for_ms``."""

    def __init__(self, for_ms: int) -> None:
        super().__init__("power cut")
        self.for_ms = for_ms


def dark_ms(fault: Fault) -> int:
    """How long the power stays away."""
    return DARK_MS if fault.for_ms is None else fault.for_ms


def power_cut(printer: Body, fault: Fault) -> None:
    """In the middle of a motion. Raises PowerGone."""
    raise PowerGone(dark_ms(fault))


def unplug(printer: Body, fault: Fault) -> None:
    """The wire is pulled; power and memory stay."""
    printer.plugged = False
    printer.deadline("plug", REPLUG_MS if fault.for_ms is None else fault.for_ms)
    printer.tell_watchers()


def cool(printer: Body, fault: Fault) -> None:
    """Too hot; it has cooled after a while."""
    printer.deadline("cooling", COOL_MS if fault.for_ms is None else fault.for_ms)


def lag(printer: Body, counters: tuple[int, ...], fault: Fault) -> None:
    """Counters stay behind until some ms after the card has left, a look at them, or the next power-on."""
    printer.told, printer.lag_over = counters, False
    printer.lag_until = next((word[6:] for word in fault.words if word.startswith("until=")), "")
    printer.lag_ms = None if printer.lag_until else LAG_MS if fault.for_ms is None else fault.for_ms
