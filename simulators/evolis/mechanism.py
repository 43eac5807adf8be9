"""The mechanism at work: one queue of orders, carried out strictly one after another.

Strategy: one generator at a time (`motions`), which yields the milliseconds a movement takes and raises
`Stopped` when it cannot go on. What a failure leaves of its job, and whether it is repeated (`rerun`), is
decided here. Time itself is the business of `clock`.
"""

from __future__ import annotations

from simulators.cards.accidents import PowerGone
from simulators.evolis import rerun
from simulators.evolis.model import Printer
from simulators.evolis.motions import MOTIONS
from simulators.evolis.orders import UNTIL_TOLD, Order, Stopped
from simulators.evolis.status import Err


def submit(printer: Printer, order: Order) -> Order:
    """Queue one order; it is begun at once when the mechanism is free."""
    printer.orders.append(order)
    if printer.motion is None:
        work(printer)
    return order


def work(printer: Printer) -> None:
    """Go on until a movement takes time or nothing is left to do."""
    while printer.powered and printer.held is None:
        if printer.motion is None:
            if not printer.orders:
                return
            printer.doing = printer.orders.popleft()
            printer.motion = MOTIONS[printer.doing.do](printer, printer.doing)
        try:
            wait_ms = next(printer.motion)
        except StopIteration:
            _done(printer, "OK")
        except Stopped as stop:
            _stopped(printer, stop)
        except PowerGone as gone:
            printer.power_off(gone.for_ms)
        else:
            printer.wakes_ms = None if wait_ms == UNTIL_TOLD else printer.now_ms + wait_ms
            return


def cured(printer: Printer) -> None:
    """A hand, or time, has taken a cause away: go on if nothing stands in the way any more."""
    rerun.take_up(printer)
    if printer.motion is None or printer.waiting:
        work(printer)


def set_cover(printer: Printer, is_open: bool, for_ms: int | None = None) -> None:
    """A hand opens or closes the cover; opening interrupts whatever moves."""
    printer.cover_open = is_open
    printer.deadline("cover", for_ms)
    printer.keep()
    if not is_open:
        cured(printer)
    elif printer.motion is not None and not printer.waiting:
        printer.motion.close()
        _stopped(printer, Stopped("ERR COVER", Err.COVER_OPENED))
        work(printer)


def _done(printer: Printer, reply: str) -> None:
    if printer.doing is not None:
        printer.doing.reply = reply
    printer.doing = printer.motion = None


def _stopped(printer: Printer, stop: Stopped) -> None:
    order = printer.doing
    printer.spoil_panel()
    printer.error |= stop.error
    if order is not None and rerun.hold(printer, order, stop):
        return
    _done(printer, stop.reply)
    if order is not None and stop.error:
        printer.free_bitmap(order)
        printer.drop_job(order.job, stop.reply)
