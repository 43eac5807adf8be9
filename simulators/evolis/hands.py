"""The technician's hands: what a person at the printer does, as JSON objects in and out.

Each hand is a function of the printer and the object's value to the answer. Hands work whether the printer
has power or not; they are what ends the accidents that do not end by themselves.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulators.evolis import clock, faults
from simulators.evolis.accidents import BOOT_MS
from simulators.evolis.cards import CAPACITY, RIBBONS, Card
from simulators.evolis.mechanism import cured, set_cover
from simulators.evolis.model import Printer

Answer = dict[str, Any]


def load(printer: Printer, count: Any) -> Answer:
    """Put ``count`` new blanks on the stack; 0 pushes the stack down onto the rollers."""
    if isinstance(count, bool) or not isinstance(count, int) or count < 0:
        raise ValueError("load needs a number of cards")
    printer.feeder.left += count
    printer.stack_lifted = False
    printer.deadline("stack", None)
    printer.keep()
    cured(printer)
    return {"feeder": printer.feeder.left}


def look(printer: Printer, _: Any = True) -> Answer:
    """What a person sees with the cover lifted off."""
    return {
        "feeder": printer.feeder.left,
        "inside": [_seen(card) for card in printer.inside],
        "at": printer.at,
        "output": [_seen(card) for card in printer.output],
        "reject": [_seen(card) for card in printer.reject],
        "hands": [_seen(card) for card in printer.hands],
    }


def _seen(card: Card) -> Answer:
    seen: Answer = {"blank": card.uid, "panels": list(card.panels)}
    return seen | {"half": card.half} if card.half else seen


def take(printer: Printer, uid: Any) -> Answer:
    """Take the card ``uid`` out of a tray or the path; ``"output"`` or ``"reject"`` empties that tray."""
    where = {"output": printer.output, "reject": printer.reject}
    places = [*where.values(), *([printer.inside] if printer.motion is None or printer.waiting else [])]
    taken = [*where[uid]] if uid in where else [card for place in places for card in place if card.uid == uid]
    if uid not in where and not taken:
        raise ValueError("no such card lies where a hand reaches it")
    for card in taken:
        _out_of(printer, places, card)
    if not printer.output:
        printer.hopper_full = False
    if not printer.reject:
        printer.reject_full = False
    printer.keep()
    cured(printer)
    return {"taken": [card.uid for card in taken]}


def _out_of(printer: Printer, places: list[list[Card]], card: Card) -> None:
    for place in places:
        if card in place:
            place.remove(card)
            tray = "inside" if place is printer.inside else "output" if place is printer.output else "reject"
            printer.hands.append(card)
            if not printer.inside:
                printer.at, printer.jammed = None, False
            printer.note("removed", card, tray=tray)
            printer.tell_watchers()
            return


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


def cover(printer: Printer, what: Any) -> Answer:
    """``"open"`` or ``"closed"``."""
    if what not in ("open", "closed"):
        raise ValueError("cover is open or closed")
    set_cover(printer, is_open=what == "open")
    return {"cover": what}


def fault(printer: Printer, text: Any) -> Answer:
    """Order an accident while the printer runs; with ``@now`` it strikes at once."""
    name, _, when = str(text).partition("@")
    if when == "now" or when.startswith("now,"):
        due = faults.parse(f"{name}@ms={printer.now_ms}{when[3:]}")
        clock.strike_now(printer, due)
    else:
        printer.faults.ahead.append(faults.parse(str(text)))
        printer.check_stack()
        printer.tell_watchers()
    return {"fault": text}


def power(printer: Printer, what: Any) -> Answer:
    """``"cut"``: the power goes and comes back after the usual time; ``"on"``: it comes back at once."""
    if what == "cut":
        printer.power_off(BOOT_MS)
    elif what == "on" and not printer.powered:
        printer.deadline("power", None)
        printer.power_on()
    return {"power": "on" if printer.powered else "off"}


HANDS: dict[str, Callable[[Printer, Any], Answer]] = {
    "load": load,
    "look": look,
    "take": take,
    "ribbon": ribbon,
    "cover": cover,
    "fault": fault,
    "power": power,
}


def do(printer: Printer, told: Any) -> Answer:
    """One line of the back door: ``{"load": 20}`` and the like. A wrong one is answered, never raised."""
    try:
        ((name, value),) = told.items()
        return HANDS[name](printer, value)
    except (AttributeError, TypeError, KeyError, ValueError) as wrong:
        return {"error": str(wrong) or "one hand at a time, please", "hands": sorted(HANDS)}
