"""What the mechanism does for each order, as generators that yield the milliseconds a movement takes.

`Stopped` ends an order. The order of lines matters: the witness is told the instant the world changes,
before anything else may happen, and the power can go at every yield. The table is PROTOCOL.md §6: panels go
on the film, and only a transfer brings them to the card.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulators.cards import accidents, path
from simulators.cards.blank import Card
from simulators.cards.body import Motion
from simulators.matica import makes
from simulators.matica.accidents import HEAT, Stopped, strike
from simulators.matica.codes import Code, Engage, Load, Move, Place, Print, Release, Transfer
from simulators.matica.model import CLEANED, FREE, HEAD, TOTAL, Printer


def load(printer: Printer, order: Load) -> Motion:
    """A blank to a station; with a fresh film, whatever lay on the last frame is thrown away."""
    if order.fresh_film and printer.film.frame:
        printer.fresh_frame()
    if order.fresh_film and printer.film.left <= 0:
        raise Stopped(Code.FILM)
    pending = {fault.name: fault for fault in printer.faults.due("feed", printer.feeder.following)}
    yield makes.LOAD_MS // 2
    if "feeder_fault" in pending:
        raise Stopped(Code.JAM_HOPPER)
    printer.missing = "counter_missing" in pending
    if lag := pending.get("counter_lag"):
        accidents.lag(printer, (*printer.counters,), lag)
    printer.turned = False
    path.leave_feeder(printer, order.to, pending.get("double_feed"), lambda: _seen(printer))
    strike(printer, "fed")
    yield makes.LOAD_MS - makes.LOAD_MS // 2
    if order.turned:
        yield makes.FLIP_MS
        printer.turned = True
        printer.keep()


def _seen(printer: Printer) -> None:
    for counter in (TOTAL, FREE, CLEANED):
        printer.counters[counter] += 1


def move(printer: Printer, order: Move) -> Motion:
    """The card to a station or out."""
    if order.to is Place.REJECT:
        yield from _reject(printer)
    elif order.to is Place.EJECT:
        yield from _eject(printer)
    else:
        yield makes.MOVE_MS
        printer.at = order.to


def _reject(printer: Printer) -> Motion:
    """The way out of every trouble but a jam that still holds; the film's frame goes with it."""
    if printer.jammed:
        raise Stopped(printer.fault or Code.JAM_TRANSFER, broken=False)
    number = printer.inside[-1].number
    strike(printer, "eject")
    yield makes.REJECT_MS
    if printer.film.frame:
        printer.fresh_frame()
    if printer.fault not in HEAT:
        printer.fault = 0
    path.leave(printer, printer.reject, "rejected", "reject")
    strike(printer, "out", card=number)


def _eject(printer: Printer) -> Motion:
    number = printer.inside[-1].number
    strike(printer, "eject")
    yield makes.EJECT_MS
    path.leave(printer, printer.output, "ejected", "output")
    strike(printer, "out", card=number)


def lay(printer: Printer, order: Print) -> Motion:
    """Panels from memory on to the film; they are counted as each lies whole, and forgotten at the end."""
    strike(printer, "start")
    if not set(order.letters) <= set(printer.planes):
        raise Stopped(Code.BAD_COMMAND, broken=False)
    data = {letter: printer.planes[letter] for letter in order.letters}
    for letter in order.letters:
        strike(printer, "ribbon", letter)
        strike(printer, "film", letter)
        yield from _panel(printer, letter, data[letter])
    for letter in order.letters:
        printer.planes.pop(letter, None)


def _panel(printer: Printer, letter: str, data: bytes) -> Motion:
    film, ribbon = printer.film, printer.ribbon
    beside_front = letter == "k" and printer.turned and ribbon.ink == makes.INK["ymckk"]
    if not film.frame and not beside_front:
        ribbon.left -= 1
        printer.keep()
    whole, whole_ms = False, makes.panel_ms(letter)
    try:
        yield whole_ms // 2
        strike(printer, "panel", letter)
        yield whole_ms - whole_ms // 2
        whole = True
    finally:
        film.frame.append((letter, data, whole))
    printer.counters[HEAD] += 1
    printer.note("film", panel=f"{printer.side} {letter}")


def transfer(printer: Printer, order: Transfer) -> Motion:
    """What lies on the film is fused to the upper side; then the card stays, is turned, or goes out."""
    printer.fusing = f"{printer.side} film"
    printer.keep()
    yield makes.TRANSFER_MS // 2
    strike(printer, "transfer")
    yield makes.TRANSFER_MS - makes.TRANSFER_MS // 2
    printer.fusing = None
    _fuse(printer, printer.inside[-1])
    if order.then == "flip":
        yield makes.FLIP_MS // 2
        strike(printer, "flip")
        yield makes.FLIP_MS - makes.FLIP_MS // 2
        printer.turned = not printer.turned
        printer.keep()
    elif order.then == "eject":
        yield from _eject(printer)


def _fuse(printer: Printer, card: Card) -> None:
    frame = [*printer.film.frame]
    printer.film.go_on()
    for letter, data, whole in frame:
        panel = f"{printer.side} {letter}"
        if whole:
            card.lay(printer.side, letter, data)
        else:
            card.half = panel
        printer.note("panel" if whole else "stuck", card, panel=panel)


def engage(printer: Printer, order: Engage) -> Motion:
    """The reader beside the machine reaches the chip from now on."""
    yield makes.ENGAGE_MS
    printer.engaged = order.at
    if order.at is Place.CONTACTLESS:
        path.present_chip(printer)
        strike(printer, "chip")


def release(printer: Printer, order: Release) -> Motion:
    """Harmless when nothing is engaged."""
    yield makes.ENGAGE_MS
    if printer.engaged is order.at:
        printer.engaged = None
    printer.tell_watchers()


MOTIONS: dict[type, Callable[[Printer, Any], Motion]] = {
    Load: load,
    Move: move,
    Print: lay,
    Transfer: transfer,
    Engage: engage,
    Release: release,
}
"""How each order is carried out."""
