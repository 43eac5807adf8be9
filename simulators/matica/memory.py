"""What a power cut leaves: the non-volatile memory and where every thing lies, as one JSON object.

A motion under way is told as the power cut that it would become: one more error.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from simulators.cards.blank import Card, Feeder, serial_of, used_before
from simulators.cards.truth import Line, Witness
from simulators.matica.codes import Place
from simulators.matica.makes import CAPACITY, FILM_CARDS, INK, MAKES
from simulators.matica.model import ERRORS, Printer
from simulators.matica.parts import Film, Ribbon

VERSION = 1
SERIAL_LETTERS = 8  # what the machine has room for (PROTOCOL.md §2.2)
_PLAIN = (
    "seed", "serial", "now_ms", "cover_open", "stack_lifted", "jammed", "fusing", "chip_under", "turned",
    "missing", "frame_lost", "warming_ms",
)  # fmt: skip
_TRAYS = ("inside", "output", "reject", "hands")
_KEPT_DEADLINES = ("cover", "stack")


def freeze(printer: Printer) -> dict[str, Any]:
    """Everything that outlives the power."""
    counters = [*printer.counters]
    counters[ERRORS] += printer.motion is not None
    return {
        "version": VERSION,
        "make": "matica",
        "model": printer.make.name,
        "seed": printer.seed,
        "serial": printer.serial,
        "now_ms": printer.now_ms,
        "cover_open": printer.cover_open,
        "stack_lifted": printer.stack_lifted,
        "jammed": printer.jammed,
        "fusing": printer.fusing,
        "chip_under": printer.chip_under,
        "turned": printer.turned,
        "missing": printer.missing,
        "warming_ms": printer.warming_ms,
        "frame_lost": printer.frame_lost or bool(printer.film.frame),
        "counters": counters,
        "settings": printer.settings.hex(),
        "feeder": [printer.feeder.following, printer.feeder.left],
        "ribbon": [printer.ribbon.ink, printer.ribbon.left],
        "film": printer.film.left - bool(printer.film.frame),
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
    """The fields of a printer straight from its box, with ``cards`` blanks loaded."""
    ink = INK[ribbon]
    used = used_before(seed, model)
    return {
        "make": MAKES[model],
        "serial": serial_of(seed, model)[:SERIAL_LETTERS],
        "seed": seed,
        "remember": telling(witness),
        "counters": [used, used, used * 4, used % 1000, used // 200],
        "feeder": Feeder(1, cards),
        "ribbon": Ribbon(ink, CAPACITY[ink]),
        "film": Film(FILM_CARDS),
    }


def thaw_parts(kept: dict[str, Any], witness: Witness) -> dict[str, Any]:
    """The fields of a printer whose power went; ``kept`` is `freeze`'s. Raises ValueError, KeyError."""
    if kept.get("make") != "matica" or kept["version"] != VERSION:
        raise ValueError("this state is not one of this family's printers, or of another version")
    return {
        "make": MAKES[kept["model"]],
        "remember": telling(witness),
        **{name: kept[name] for name in _PLAIN},
        "counters": list(kept["counters"]),
        "settings": bytes.fromhex(kept["settings"]),
        "feeder": Feeder(*kept["feeder"]),
        "ribbon": Ribbon(*kept["ribbon"]),
        "film": Film(kept["film"]),
        "at": None if kept["at"] is None else Place(kept["at"]),
        **{name: [Card.from_json(told) for told in kept[name]] for name in _TRAYS},
        "deadlines": dict(kept["deadlines"]),
    }
