"""What a power cut leaves: the non-volatile memory and where every thing lies, as one JSON object."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulators.cards.blank import Card, Feeder, serial_of, used_before
from simulators.cards.truth import Line, Witness
from simulators.evolis.makes import MAKES
from simulators.evolis.model import Printer
from simulators.evolis.parts import CAPACITY, RIBBONS, Place, Ribbon

VERSION = 1
_PLAIN = (
    "seed", "serial", "now_ms", "cover_open", "stack_lifted", "hopper_full", "reject_full", "jammed",
    "laying", "chip_under", "saved_mode", "missing", "trays", "cleaned",
)  # fmt: skip
_KEPT_DEADLINES = ("cover", "stack")


def freeze(printer: Printer) -> dict[str, Any]:
    """Everything that outlives the power."""
    return {
        "version": VERSION,
        "model": printer.make.name,
        "seed": printer.seed,
        "serial": printer.serial,
        "now_ms": printer.now_ms,
        "cover_open": printer.cover_open,
        "stack_lifted": printer.stack_lifted,
        "hopper_full": printer.hopper_full,
        "reject_full": printer.reject_full,
        "jammed": printer.jammed,
        "laying": printer.laying,
        "chip_under": printer.chip_under,
        "saved_mode": printer.saved_mode,
        "missing": printer.missing,
        "trays": dict(printer.trays),
        "cleaned": printer.cleaned,
        "counters": [printer.cards, printer.panels],
        "feeder": [printer.feeder.following, printer.feeder.left],
        "ribbon": [printer.ribbon.code, printer.ribbon.left],
        "at": printer.at,
        "inside": [card.to_json() for card in printer.inside],
        "output": [card.to_json() for card in printer.output],
        "reject": [card.to_json() for card in printer.reject],
        "hands": [card.to_json() for card in printer.hands],
        "struck": list(printer.faults.struck),
        "deadlines": {name: printer.deadlines[name] for name in _KEPT_DEADLINES if name in printer.deadlines},
    }


def telling(witness: Witness) -> Callable[[Printer, Line | None], None]:
    """A printer's `remember`: the witness hears of every change, and may ask what a power cut would leave."""
    return lambda printer, line: witness.note(line, lambda: freeze(printer))


def new_parts(model: str, seed: int, cards: int, ribbon: str, witness: Witness) -> dict[str, Any]:
    """The fields of a printer straight from its box, with ``cards`` blanks loaded.

    Its counters do not begin at zero: a real one has printed before, and a host must not assume zero.
    """
    code = RIBBONS[ribbon]
    used = used_before(seed, model)
    return {
        "make": MAKES[model],
        "serial": serial_of(seed, model),
        "seed": seed,
        "remember": telling(witness),
        "cards": used,
        "panels": used * 5,
        "cleaned": used,
        "feeder": Feeder(1, cards),
        "ribbon": Ribbon(code, CAPACITY[code]),
    }


def thaw_parts(kept: dict[str, Any], witness: Witness) -> dict[str, Any]:
    """The fields of a printer whose power went; ``kept`` is `freeze`'s. Raises ValueError, KeyError."""
    if kept["version"] != VERSION:
        raise ValueError(f"this state is of version {kept['version']}, not {VERSION}")
    if kept["model"] not in MAKES:
        raise ValueError(f"this state is that of a {kept['model']}, none of this family's printers")
    trays = ("inside", "output", "reject", "hands")
    return {
        "make": MAKES[kept["model"]],
        "remember": telling(witness),
        **{name: kept[name] for name in _PLAIN},
        "cards": kept["counters"][0],
        "panels": kept["counters"][1],
        "feeder": Feeder(*kept["feeder"]),
        "ribbon": Ribbon(*kept["ribbon"]),
        "at": None if kept["at"] is None else Place(kept["at"]),
        **{name: [Card.from_json(told) for told in kept[name]] for name in trays},
        "deadlines": dict(kept["deadlines"]),
    }
