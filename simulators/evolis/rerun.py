"""Error mode 0, in which the printer itself prints a card again: the classic maker of second cards.

After the cause of an interruption has gone, the card that was begun is rejected and all of it is printed on a
fresh blank from the bitmaps still held. A host that also tries again then has two. Under any other mode
nothing is ever repeated.
"""

from __future__ import annotations

from collections import deque

from simulators.evolis.model import Printer
from simulators.evolis.orders import Do, Order, Stopped
from simulators.evolis.sensors import blocking
from simulators.evolis.status import Err

CURABLE = Err.FEEDER | Err.RIBBON_ENDED | Err.COVER_OPENED


def hold(printer: Printer, order: Order, stop: Stopped) -> bool:
    """Whether the printer keeps the card's orders to repeat them; they wait in ``held``."""
    if printer.error_mode != 0 or not (stop.error & CURABLE) or order not in printer.replay:
        return False
    printer.held = list(printer.replay)
    printer.doing = printer.motion = None
    return True


def take_up(printer: Printer) -> None:
    """Queue what is held once more, if nothing stands in the way any more."""
    if printer.held is None or blocking(printer):
        return
    again, printer.held = printer.held, None
    if printer.inside:
        again.insert(0, Order(Do.REJECT, again[0].job))
    printer.orders = deque([*again, *printer.orders])
