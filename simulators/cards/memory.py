"""What a power cut leaves of any card printer: where every thing lies, as the values of one JSON object.

A family's memory adds its own, and knows its printers by their names.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from simulators.cards.blank import Card, Feeder
from simulators.cards.body import Body
from simulators.cards.truth import Line, Witness

M = TypeVar("M", bound=Body)
_PLAIN = ("seed", "serial", "now_ms", "cover_open", "stack_lifted", "jammed", "chip_under", "missing")
_TRAYS = ("inside", "output", "reject", "hands")
_KEPT_DEADLINES = ("cover", "stack")


def freeze(printer: Body) -> dict[str, Any]:
    """Everything of the body that outlives the power."""
    trays = {
        "inside": printer.inside,
        "output": printer.output,
        "reject": printer.reject,
        "hands": printer.hands,
    }
    return {
        "seed": printer.seed,
        "serial": printer.serial,
        "now_ms": printer.now_ms,
        "cover_open": printer.cover_open,
        "stack_lifted": printer.stack_lifted,
        "jammed": printer.jammed,
        "chip_under": printer.chip_under,
        "missing": printer.missing,
        "feeder": [printer.feeder.following, printer.feeder.left],
        "at": printer.at,
        **{name: [card.to_json() for card in cards] for name, cards in trays.items()},
        "struck": list(printer.faults.struck),
        "deadlines": {name: printer.deadlines[name] for name in _KEPT_DEADLINES if name in printer.deadlines},
    }


def thaw(kept: dict[str, Any]) -> dict[str, Any]:
    """A body's fields from what `freeze` kept, but for the place ``at``. Raises KeyError."""
    return {
        **{name: kept[name] for name in _PLAIN},
        "feeder": Feeder(*kept["feeder"]),
        **{name: [Card.from_json(told) for told in kept[name]] for name in _TRAYS},
        "deadlines": dict(kept["deadlines"]),
    }


def telling(witness: Witness, kept: Callable[[M], dict[str, Any]]) -> Callable[[M, Line | None], None]:
    """A printer's `remember`: the witness hears of every change, and may ask what a power cut would leave."""
    return lambda printer, line: witness.note(line, lambda: kept(printer))
