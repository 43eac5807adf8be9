"""What a power cut leaves: the non-volatile memory and where every thing lies, as one JSON object."""

from __future__ import annotations

from typing import Any

from simulators.cards import memory
from simulators.cards.blank import Feeder, serial_of, used_before
from simulators.cards.truth import Witness
from simulators.evolis.makes import MAKES
from simulators.evolis.model import Printer
from simulators.evolis.parts import CAPACITY, RIBBONS, Place, Ribbon

VERSION = 1
_PLAIN = ("hopper_full", "reject_full", "laying", "saved_mode", "trays", "cleaned")


def freeze(printer: Printer) -> dict[str, Any]:
    """Everything that outlives the power."""
    return {
        "version": VERSION,
        "model": printer.make.name,
        **memory.freeze(printer),
        "hopper_full": printer.hopper_full,
        "reject_full": printer.reject_full,
        "laying": printer.laying,
        "saved_mode": printer.saved_mode,
        "trays": dict(printer.trays),
        "cleaned": printer.cleaned,
        "counters": [printer.cards, printer.panels],
        "ribbon": [printer.ribbon.code, printer.ribbon.left],
    }


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
        "remember": memory.telling(witness, freeze),
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
    return {
        "make": MAKES[kept["model"]],
        "remember": memory.telling(witness, freeze),
        **memory.thaw(kept),
        **{name: kept[name] for name in _PLAIN},
        "cards": kept["counters"][0],
        "panels": kept["counters"][1],
        "ribbon": Ribbon(*kept["ribbon"]),
        "at": None if kept["at"] is None else Place(kept["at"]),
    }
