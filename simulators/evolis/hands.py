"""The technician's hands at this family's printers: those of any card printer, and its ribbons."""

from __future__ import annotations

from typing import Any

from simulators.cards import hands
from simulators.cards.hands import Answer, Hand, Ways
from simulators.evolis.clock import CLOCK
from simulators.evolis.faults import CATALOGUE
from simulators.evolis.mechanism import cured
from simulators.evolis.model import Printer
from simulators.evolis.parts import CAPACITY, RIBBONS


def ribbon(printer: Printer, what: Any) -> Answer:
    """``"new"``: one of the same kind; a kind's name: one of that kind; ``"none"``: take it out."""
    if what == "none":
        printer.ribbon.code = -1
    elif what in RIBBONS:
        printer.ribbon.code = RIBBONS[what]
    elif what != "new":
        raise ValueError(f"ribbon knows new, none, {', '.join(RIBBONS)}")
    printer.ribbon.code = max(printer.ribbon.code, 0) if what == "new" else printer.ribbon.code
    printer.ribbon.left = CAPACITY.get(printer.ribbon.code, 0)
    printer.keep()
    cured(printer)
    return {"ribbon": printer.ribbon.left}


def clean(printer: Printer, what: Any) -> Answer:
    """``true``: a cleaning card has been run through."""
    if what is not True:
        raise ValueError("clean is true")
    printer.cleaned = printer.cards
    printer.keep()
    return {"cleaned": printer.cleaned}


HANDS: dict[str, Hand[Printer]] = {
    **Ways(
        parse=CATALOGUE.parse,
        clock=CLOCK,
        cured=cured,
        way_free=Printer.way_free,
        power_on=Printer.power_on,
    ).all(),
    "ribbon": ribbon,
    "clean": clean,
}


def do(printer: Printer, told: Any) -> Answer:
    """One line of the back door. A wrong one is answered, never raised."""
    return hands.do(HANDS, printer, told)
