"""The technician's hands: what a person at any card printer does, as JSON objects in and out.

Each hand is a function of the printer and the object's value to the answer. Hands work whether the printer
has power or not; they are what ends the accidents that do not end by themselves. What differs between
families (`Ways`) is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, TypeVar

from simulators.cards.accidents import DARK_MS
from simulators.cards.blank import Card
from simulators.cards.body import Body
from simulators.cards.clock import Clock
from simulators.cards.faults import Fault

Answer = dict[str, Any]


M = TypeVar("M", bound=Body)
Hand = Callable[[M, Any], Answer]


@dataclass(frozen=True, slots=True)
class Ways(Generic[M]):
    """How one family's printers take what hands do. ``cured(printer)``: a cause may have gone away;
    ``way_free(printer)``: the last card in the path is out.
    """

    parse: Callable[[str], Fault]
    clock: Clock[M]
    cured: Callable[[M], None]
    way_free: Callable[[M], None]
    power_on: Callable[[M], None]

    def load(self, printer: M, count: Any) -> Answer:
        """Put ``count`` new blanks on the stack; 0 pushes the stack down onto the rollers."""
        if isinstance(count, bool) or not isinstance(count, int) or count < 0:
            raise ValueError("load needs a number of cards")
        printer.feeder.left += count
        printer.stack_lifted = False
        printer.deadline("stack", None)
        printer.keep()
        self.cured(printer)
        return {"feeder": printer.feeder.left}

    def take(self, printer: M, uid: Any) -> Answer:
        """Take the card ``uid`` out of a tray or the path; ``"output"`` or ``"reject"`` empties that tray."""
        where = {"output": printer.output, "reject": printer.reject}
        places = where | ({"inside": printer.inside} if printer.still else {})
        if uid in where:
            taken = [*where[uid]]
        else:
            taken = [card for place in places.values() for card in place if card.uid == uid]
            if not taken:
                raise ValueError("no such card lies where a hand reaches it")
        for card in taken:
            self._out_of(printer, places, card)
        if not printer.output:
            printer.hopper_full = False
        if not printer.reject:
            printer.reject_full = False
        printer.keep()
        self.cured(printer)
        return {"taken": [card.uid for card in taken]}

    def desk(self, printer: M, uid: Any) -> Answer:
        """Lay the card ``uid``, from a tray or in hand, on the desk's chip reader; ``"none"`` lifts it."""
        within_reach = [*printer.output, *printer.reject, *printer.hands]
        if uid != "none" and all(card.uid != uid for card in within_reach):
            raise ValueError("no such card lies in a tray or in anybody's hands")
        if uid != "none" and all(card.uid != uid for card in printer.hands):
            self.take(printer, uid)
        for card in printer.hands:
            card.on_desk = card.uid == uid
        printer.keep()
        printer.tell_watchers()
        return {"desk": uid}

    def cover(self, printer: M, what: Any) -> Answer:
        """``"open"`` or ``"closed"``."""
        if what not in ("open", "closed"):
            raise ValueError("cover is open or closed")
        self.clock.set_cover(printer, what == "open")
        return {"cover": what}

    def fault(self, printer: M, text: Any) -> Answer:
        """Order an accident while the printer runs; with ``@now`` it strikes at once."""
        name, _, when = str(text).partition("@")
        if when == "now" or when.startswith("now,"):
            self.clock.strike_now(printer, self.parse(f"{name}@ms={printer.now_ms}{when[3:]}"))
        else:
            printer.faults.add(self.parse(str(text)))
            printer.check_stack()
            printer.tell_watchers()
        return {"fault": text}

    def power(self, printer: M, what: Any) -> Answer:
        """``"cut"``: the power goes and comes back after the usual time; ``"on"``: it comes back at once."""
        if what == "cut":
            self.clock.power_off(printer, DARK_MS)
        elif what == "on" and not printer.powered:
            printer.deadline("power", None)
            self.power_on(printer)
        return {"power": "on" if printer.powered else "off"}

    def _out_of(self, printer: M, places: Mapping[str, list[Card]], card: Card) -> None:
        for tray, place in places.items():
            if card in place:
                place.remove(card)
                printer.hands.append(card)
                if not printer.inside:
                    self.way_free(printer)
                printer.note("removed", card, tray=tray)
                printer.tell_watchers()
                return

    def all(self) -> dict[str, Hand[M]]:
        """The hands every card printer knows, by the word a technician says."""
        return {
            "load": self.load,
            "look": look,
            "take": self.take,
            "desk": self.desk,
            "cover": self.cover,
            "fault": self.fault,
            "power": self.power,
        }


def look(printer: Body, _: Any = True) -> Answer:
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


def do(hands: Mapping[str, Hand[M]], printer: M, told: Any) -> Answer:
    """One line of the back door: ``{"load": 20}`` and the like. A wrong one is answered, never raised."""
    try:
        ((name, value),) = told.items()
        return hands[name](printer, value)
    except (AttributeError, TypeError, KeyError, ValueError) as wrong:
        return {"error": str(wrong) or "one hand at a time, please", "hands": sorted(hands)}
