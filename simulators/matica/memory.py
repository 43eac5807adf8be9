"""What a power cut leaves: the non-volatile memory and where every thing lies, as one JSON object.

A motion under way is told as the power cut that it would become: one more error.
"""

from __future__ import annotations

from typing import Any

from simulators.cards import memory
from simulators.cards.blank import Feeder, serial_of, used_before
from simulators.cards.truth import Witness
from simulators.matica.codes import Place
from simulators.matica.makes import CAPACITY, FILM_CARDS, INK, MAKES
from simulators.matica.model import ERRORS, Printer
from simulators.matica.parts import Film, Ribbon

VERSION = 1
SERIAL_LETTERS = 8  # what the machine has room for (PROTOCOL.md §2.2)
_PLAIN = ("fusing", "turned", "frame_lost", "warming_ms")


def freeze(printer: Printer) -> dict[str, Any]:
    """Everything that outlives the power."""
    counters = [*printer.counters]
    counters[ERRORS] += printer.motion is not None
    return {
        "version": VERSION,
        "make": "matica",
        "model": printer.make.name,
        **memory.freeze(printer),
        "fusing": printer.fusing,
        "turned": printer.turned,
        "warming_ms": printer.warming_ms,
        "frame_lost": printer.frame_lost or bool(printer.film.frame),
        "counters": counters,
        "settings": printer.settings.hex(),
        "ribbon": [printer.ribbon.ink, printer.ribbon.left],
        "film": printer.film.left - bool(printer.film.frame),
    }


def new_parts(model: str, seed: int, cards: int, ribbon: str, witness: Witness) -> dict[str, Any]:
    """The fields of a printer straight from its box, with ``cards`` blanks loaded."""
    ink = INK[ribbon]
    used = used_before(seed, model)
    return {
        "make": MAKES[model],
        "serial": serial_of(seed, model)[:SERIAL_LETTERS],
        "seed": seed,
        "remember": memory.telling(witness, freeze),
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
        "remember": memory.telling(witness, freeze),
        **memory.thaw(kept),
        **{name: kept[name] for name in _PLAIN},
        "counters": list(kept["counters"]),
        "settings": bytes.fromhex(kept["settings"]),
        "ribbon": Ribbon(*kept["ribbon"]),
        "film": Film(kept["film"]),
        "at": None if kept["at"] is None else Place(kept["at"]),
    }
