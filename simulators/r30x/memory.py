"""A module new from its box, or as its power went; what of it outlives a SIGKILL as one JSON object."""

from __future__ import annotations

import random
from typing import Any

from simulators.cards.blank import serial_of
from simulators.cards.truth import Witness
from simulators.lines.faults import Fault, Faults
from simulators.ordered import still_ahead
from simulators.r30x.codes import MAKES
from simulators.r30x.flash import Flash, thaw
from simulators.r30x.glass import Finger, Glass
from simulators.r30x.model import Eye, Module

RIGHT_INDEX = 1
SERIAL_LETTERS = 8  # what the product information has room for (PROTOCOL.md 4)


def build(
    make: str, seed: int, eye: Eye, faults: list[Fault], kept: dict[str, Any] | None, witness: Witness
) -> Module:
    """Not switched on yet. ``kept``: what `freeze` told before the power went. The right index finger of the
    person ``seed`` lies on the glass. Raises ValueError on a state that is none of ours.
    """
    dice = random.Random(f"r30x|{seed}")
    if kept is not None and kept.get("model") != make:
        raise ValueError("this state is no finger module's, or of another model")
    flash = Flash() if kept is None else thaw(kept)
    glass = Glass(Finger(seed, RIGHT_INDEX), random.Random(f"glass|{seed}"))
    module = Module(MAKES[make], serial_of(seed, make)[:SERIAL_LETTERS], eye, flash, glass, dice)
    struck = [] if kept is None else kept["struck"]
    module.faults = Faults(still_ahead(faults, struck), [*struck])
    module.exchanges = 0 if kept is None else kept["exchanges"]
    module.remember = lambda: witness.note(None, lambda: freeze(module))
    return module


def freeze(module: Module) -> dict[str, Any]:
    """Everything that outlives the power."""
    told = module.flash.freeze()
    return told | {
        "model": module.make.name,
        "struck": module.faults.struck,
        "exchanges": module.exchanges,
    }
