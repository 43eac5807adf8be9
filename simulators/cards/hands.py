"""The technician's hands: what a person at any card printer does, as JSON objects in and out.

Each hand is a function of the printer and the object's value to the answer. Hands work whether the printer
has power or not; they are what ends the accidents that do not end by themselves. What differs between
families (`Ways`) is handed in.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from simulators.cards.blank import Card, Feeder
from simulators.cards.faults import Fault, Faults

Answer = dict[str, Any]


class Machine(Protocol):
    """What hands touch of a printer."""

    now_ms: int
    stack_lifted: bool
    hopper_full: bool
    reject_full: bool

    @property
    def powered(self) -> bool:
        """Whether it has power."""

    @property
    def still(self) -> bool:
        """Whether nothing moves, so that a hand may reach in."""

    @property
    def at(self) -> str | None:
        """Where the card inside lies."""

    @property
    def feeder(self) -> Feeder:
        """The stack."""

    @property
    def faults(self) -> Faults:
        """The accidents to come."""

    @property
    def inside(self) -> list[Card]:
        """The cards in the path."""

    @property
    def output(self) -> list[Card]:
        """The output tray."""

    @property
    def reject(self) -> list[Card]:
        """The reject tray."""

    @property
    def hands(self) -> list[Card]:
        """The cards somebody has taken."""

    def way_free(self) -> None:
        """The last card in the path is out."""

    def deadline(self, name: str, after_ms: int | None) -> None:
        """Something named will happen by itself; None: it will not."""

    def check_stack(self) -> None:
        """Whether the stack reaches the rollers."""

    def keep(self) -> None:
        """Make the change outlive the power."""

    def note(self, event: str, card: Card | None = None, *, tray: str = "inside") -> None:
        """A physical change."""

    def tell_watchers(self) -> None:
        """The wires and the chip follow."""

    def power_off(self, for_ms: int) -> None:
        """The power goes."""

    def power_on(self) -> None:
        """The power comes."""


M = TypeVar("M", bound=Machine)
Hand = Callable[[M, Any], Answer]


@dataclass(frozen=True, slots=True)
class Ways(Generic[M]):
    """How one family's printers take what hands do. ``cured(printer)``: a cause may have gone away."""

    parse: Callable[[str], Fault]
    strike_now: Callable[[M, Fault], None]
    set_cover: Callable[[M, bool], None]
    cured: Callable[[M], None]
    boot_ms: int

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
        places = [*where.values(), *([printer.inside] if printer.still else [])]
        if uid in where:
            taken = [*where[uid]]
        else:
            taken = [card for place in places for card in place if card.uid == uid]
            if not taken:
                raise ValueError("no such card lies where a hand reaches it")
        for card in taken:
            _out_of(printer, places, card)
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
        self.set_cover(printer, what == "open")
        return {"cover": what}

    def fault(self, printer: M, text: Any) -> Answer:
        """Order an accident while the printer runs; with ``@now`` it strikes at once."""
        name, _, when = str(text).partition("@")
        if when == "now" or when.startswith("now,"):
            self.strike_now(printer, self.parse(f"{name}@ms={printer.now_ms}{when[3:]}"))
        else:
            printer.faults.ahead.append(self.parse(str(text)))
            printer.check_stack()
            printer.tell_watchers()
        return {"fault": text}

    def power(self, printer: M, what: Any) -> Answer:
        """``"cut"``: the power goes and comes back after the usual time; ``"on"``: it comes back at once."""
        if what == "cut":
            printer.power_off(self.boot_ms)
        elif what == "on" and not printer.powered:
            printer.deadline("power", None)
            printer.power_on()
        return {"power": "on" if printer.powered else "off"}

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


def look(printer: Machine, _: Any = True) -> Answer:
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


def _out_of(printer: Machine, places: list[list[Card]], card: Card) -> None:
    for place in places:
        if card in place:
            place.remove(card)
            tray = "inside" if place is printer.inside else "output" if place is printer.output else "reject"
            printer.hands.append(card)
            if not printer.inside:
                printer.way_free()
            printer.note("removed", card, tray=tray)
            printer.tell_watchers()
            return


def do(hands: Mapping[str, Hand[M]], printer: M, told: Any) -> Answer:
    """One line of the back door: ``{"load": 20}`` and the like. A wrong one is answered, never raised."""
    try:
        ((name, value),) = told.items()
        return hands[name](printer, value)
    except (AttributeError, TypeError, KeyError, ValueError) as wrong:
        return {"error": str(wrong) or "one hand at a time, please", "hands": sorted(hands)}
