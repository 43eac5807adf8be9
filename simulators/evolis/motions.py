"""What the mechanism does for each order, as generators that yield the milliseconds a movement takes.

Yielding `UNTIL_TOLD` waits for a hand. `Stopped` ends an order. The order of lines matters: the witness is
told the instant the world changes, before anything else may happen, and the power can go at every yield.
The table of motions is in PROTOCOL.md ("Motion of a card").
"""

from __future__ import annotations

from collections.abc import Callable, Generator

from simulators.cards import accidents, path
from simulators.cards.body import Motion
from simulators.evolis.accidents import strike
from simulators.evolis.model import Printer
from simulators.evolis.orders import UNTIL_TOLD, Do, Order, Stopped
from simulators.evolis.parts import Place
from simulators.evolis.sensors import blocking, error_reply
from simulators.evolis.status import Err


def start(printer: Printer, order: Order) -> Motion:
    """``Ss``: a card to the print position; one waiting at a station is taken, else a blank is fed."""
    printer.error = Err(0)
    printer.replay = [order]
    if printer.jammed or printer.at in (Place.PRINT, Place.EJECT):
        raise Stopped("ERR MECHANICAL", Err.MECHANICAL)
    _check_ribbon(printer, order)
    while blocking(printer) or (not printer.inside and not printer.blank_ready):
        yield UNTIL_TOLD
        _check_ribbon(printer, order)
    if printer.inside:
        yield printer.make.station_ms
    else:
        yield from _feed(printer)
    printer.arrive(Place.PRINT)
    strike(printer, "start")


def _check_ribbon(printer: Printer, order: Order) -> None:
    """A card for another ribbon than the one in the machine is refused before anything moves."""
    if order.ribbon is not None and not printer.ribbon.missing and order.ribbon != printer.ribbon.kind:
        printer.wanted = order.ribbon
        raise Stopped("ERR RIBBON", Err.BAD_RIBBON)


def to_contactless(printer: Printer, order: Order) -> Motion:
    """``Sic``: a blank to where its chip can be read."""
    if (yield from _insert(printer, Place.CONTACTLESS)):
        path.present_chip(printer)
        strike(printer, "chip")


def to_contact(printer: Printer, order: Order) -> Motion:
    """``Sis``: a blank to the contact station."""
    yield from _insert(printer, Place.CONTACT)


def to_print(printer: Printer, order: Order) -> Motion:
    """``Si``: a blank to the print position, for a lone command."""
    yield from _insert(printer, Place.PRINT)


def _insert(printer: Printer, place: Place) -> Generator[int, None, bool]:
    """Bring a blank to ``place``; False when a card lay there already."""
    if printer.error:
        raise Stopped(error_reply(printer.error))
    if printer.inside:
        if printer.at is place and not printer.jammed:
            return False
        raise Stopped("ERR CARD")
    if refusal := blocking(printer):
        raise Stopped(refusal)
    if not printer.blank_ready:
        raise Stopped("NO CARD")
    yield from _feed(printer)
    if place is not Place.PRINT:
        yield printer.make.station_ms
    printer.arrive(place)
    return True


def _feed(printer: Printer) -> Motion:
    pending = {fault.name: fault for fault in printer.faults.due("feed", printer.feeder.following)}
    if "feeder_fault" in pending:
        yield printer.make.feed_ms
        raise Stopped("ERR FEEDER", Err.FEEDER)
    yield printer.make.feed_ms // 2
    printer.missing = "counter_missing" in pending
    if lag := pending.get("counter_lag"):
        accidents.lag(printer, (printer.cards, printer.panels), lag)
    printer.face_begun = False
    path.leave_feeder(printer, Place.FEEDER, pending.get("double_feed"), lambda: _seen(printer))
    strike(printer, "fed")
    yield printer.make.feed_ms - printer.make.feed_ms // 2


def _seen(printer: Printer) -> None:
    printer.cards += 1


def lay(printer: Printer, order: Order) -> Motion:
    """One panel onto the card at the print position; its bitmap is free again at the end."""
    if printer.at is not Place.PRINT or not printer.inside:
        raise Stopped("ERR MECHANICAL", Err.MECHANICAL)
    printer.replay.append(order)
    card = printer.inside[-1]
    strike(printer, "ribbon", order.face, order.letter)
    if not printer.face_begun:
        if printer.ribbon.left <= 0:
            raise Stopped("ERR RIBBON", Err.RIBBON_ENDED)
        printer.ribbon.left -= 1
        printer.face_begun = True
    printer.laying = f"{order.face} {order.letter}"
    printer.keep()
    whole = printer.make.panel_ms(order.letter)
    yield whole // 2
    strike(printer, "panel", order.face, order.letter)
    yield whole - whole // 2
    printer.laying = None
    printer.panels += 1
    card.lay(order.face, order.letter, order.data)
    printer.note("panel", card, panel=f"{order.face} {order.letter}")
    printer.free_bitmap(order)


def turn(printer: Printer, order: Order) -> Motion:
    """``Sv``: through the flip station and back, other side up."""
    if not printer.make.duplex:
        raise Stopped("ERR OPTION", Err.NO_OPTION)
    if printer.at is not Place.PRINT:
        raise Stopped("ERR MECHANICAL", Err.MECHANICAL)
    printer.replay.append(order)
    printer.arrive(Place.FLIP)
    yield printer.make.flip_ms // 2
    strike(printer, "flip")
    yield printer.make.flip_ms - printer.make.flip_ms // 2
    printer.arrive(Place.PRINT)
    printer.face_begun = False


def eject(printer: Printer, order: Order) -> Motion:
    """``Se``: out to the output hopper."""
    if not printer.inside or printer.jammed:
        raise Stopped("ERR MECHANICAL", Err.MECHANICAL)
    printer.replay.append(order)
    yield from _out(printer)
    printer.replay.clear()


def eject_alone(printer: Printer, order: Order) -> Motion:
    """``Sce``: as `eject`, for a lone command."""
    if printer.error:
        raise Stopped(error_reply(printer.error))
    if not printer.inside:
        raise Stopped("NO CARD")
    if printer.cover_open:
        raise Stopped("ERR COVER")
    yield from _out(printer)


def insert_and_eject(printer: Printer, order: Order) -> Motion:
    """``Sie``: feeds a blank first when none is inside."""
    if not printer.inside:
        yield from _insert(printer, Place.PRINT)
    yield from eject_alone(printer, order)


def _out(printer: Printer) -> Motion:
    card = printer.inside[-1]
    strike(printer, "eject")
    yield printer.make.eject_ms
    printer.hopper_full |= bool(printer.faults.due("hopper", card.number))
    if printer.hopper_full:
        printer.arrive(Place.EJECT)
        raise Stopped("ERR HOPPER", Err.HOPPER_FULL)
    path.leave(printer, printer.output, "ejected", "output")
    strike(printer, "out", card=card.number)


def reject(printer: Printer, order: Order) -> Motion:
    """``Ser``: to the reject tray, also in spite of a latched error."""
    if not printer.inside:
        raise Stopped("NO CARD")
    if printer.cover_open:
        raise Stopped("ERR COVER")
    if printer.jammed:
        raise Stopped("ERR MECHANICAL", Err.MECHANICAL)
    card = printer.inside[-1]
    strike(printer, "eject")
    yield printer.make.eject_ms
    printer.reject_full |= bool(printer.faults.due("reject", card.number))
    if printer.reject_full:
        printer.arrive(Place.EJECT)
        raise Stopped("ERR REJECT", Err.REJECT_FULL)
    path.leave(printer, printer.reject, "rejected", "reject")
    strike(printer, "out", card=card.number)


def end_claim(printer: Printer, order: Order) -> Motion:
    """``Pcla;0`` when it is reached."""
    if printer.faults.due("claim", printer.feeder.following - 1):
        printer.claim_stuck = True
    printer.claim = None
    yield from ()


MOTIONS: dict[Do, Callable[[Printer, Order], Motion]] = {
    Do.START: start,
    Do.LAY: lay,
    Do.TURN: turn,
    Do.EJECT: eject,
    Do.END_CLAIM: end_claim,
    Do.TO_CONTACTLESS: to_contactless,
    Do.TO_CONTACT: to_contact,
    Do.TO_PRINT: to_print,
    Do.REJECT: reject,
    Do.EJECT_ALONE: eject_alone,
    Do.INSERT_AND_EJECT: insert_and_eject,
}
"""How each order is carried out."""
