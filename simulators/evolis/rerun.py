"""Error mode 0, in which the printer itself prints a card again: the classic maker of second cards.

After the cause of an interruption has gone, the card that was begun is rejected and all of it is printed on a
fresh blank from the bitmaps still held. A host that also tries again then has two. Under any other mode
nothing is ever repeated.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING

from simulators.evolis import motions
from simulators.evolis.orders import Order, Stopped
from simulators.evolis.sensors import blocking
from simulators.evolis.status import Err

if TYPE_CHECKING:
    from simulators.evolis.model import Printer

CURABLE = Err.FEEDER | Err.RIBBON_ENDED | Err.COVER_OPENED


def hold(printer: Printer, order: Order, stop: Stopped) -> bool:
    """Whether the printer keeps the card's orders to repeat them; they wait in ``held``."""
    if printer.error_mode != 0 or not (stop.error & CURABLE) or order not in printer.replay:
        return False
    printer.held = list(printer.replay)
    printer.doing = printer.motion = None
    return True


def resume(printer: Printer) -> None:
    """A hand has changed something: go on if nothing stands in the way any more."""
    if printer.held is not None and not blocking(printer):
        again, printer.held = printer.held, None
        if printer.inside:
            again.insert(0, Order(motions.reject, again[0].job))
        printer.orders = deque([*again, *printer.orders])
    if printer.motion is None or printer.waiting:
        printer.work()
