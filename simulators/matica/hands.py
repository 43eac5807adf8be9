"""The technician's hands at this family's printers: those of any card printer, ribbon, film and settings."""

from __future__ import annotations

from typing import Any

from simulators.cards import hands
from simulators.cards.hands import Answer, Hand, Ways
from simulators.matica.clock import CLOCK
from simulators.matica.faults import CATALOGUE
from simulators.matica.makes import CAPACITY, FEATURES, FILM_CARDS, FOREIGN, INK, NO_RIBBON
from simulators.matica.model import CLEANED, Printer

RIBBONS = {**INK, "none": NO_RIBBON, "foreign": FOREIGN}


def ribbon(printer: Printer, what: Any) -> Answer:
    """``"new"``: one of the same kind; a kind's name: one of that kind; ``"none"``; ``"foreign"``."""
    if what in RIBBONS:
        printer.ribbon.ink = RIBBONS[what]
    elif what != "new":
        raise ValueError(f"ribbon knows new, {', '.join(RIBBONS)}")
    elif printer.ribbon.missing or printer.ribbon.foreign:
        printer.ribbon.ink = INK["ymck"]
    printer.ribbon.left = CAPACITY.get(printer.ribbon.ink, 0)
    printer.door_cycled()
    printer.keep()
    return {"ribbon": printer.ribbon.left}


def film(printer: Printer, what: Any) -> Answer:
    """``"new"``, or the number of cards it is still good for."""
    if isinstance(what, bool) or not (what == "new" or (isinstance(what, int) and what >= 0)):
        raise ValueError("film is new, or a number of cards")
    printer.film.left = FILM_CARDS if what == "new" else what
    printer.door_cycled()
    printer.keep()
    return {"film": printer.film.left}


def settings(printer: Printer, what: Any) -> Answer:
    """The settings bytes as hexadecimal digits: somebody has changed them at the machine itself."""
    given = bytes.fromhex(what)
    if len(given) != len(FEATURES):
        raise ValueError(f"settings are {len(FEATURES)} bytes")
    printer.settings = given
    printer.keep()
    return {"settings": given.hex()}


def clean(printer: Printer, _: Any = True) -> Answer:
    """The machine has been cleaned."""
    printer.counters[CLEANED] = 0
    printer.keep()
    return {"clean": True}


HANDS: dict[str, Hand[Printer]] = {
    **Ways(
        parse=CATALOGUE.parse,
        clock=CLOCK,
        cured=lambda printer: None,
        way_free=Printer.way_free,
        power_on=lambda printer: printer.power_on(),
    ).all(),
    "ribbon": ribbon,
    "film": film,
    "settings": settings,
    "clean": clean,
}


def do(printer: Printer, told: Any) -> Answer:
    """One line of the back door. A wrong one is answered, never raised."""
    return hands.do(HANDS, printer, told)
