"""Signature pads with a simulated person beside them, in memory and as processes, by their wire."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.clock import MonotonicClock
from drivers.registry import open_pad
from drivers.signature_pad import SignaturePad
from simulators.topaz.bench import MemoryPad
from tests.conformance.person import SPEED, Person
from tests.journeys.technician import Technician

MOVES: dict[str, dict[str, Any]] = {
    "leave_pad": {"hand": "off"},
    "sign": {"hand": "on"},
    "unplug_pad": {"unplug": ""},
    "plug_pad": {"plug": ""},
}
"""What the simulator is told for each task: from then on nobody signs, or somebody whenever it is cleared."""


@dataclass
class Desk:
    """A pad, and whoever signs on it."""

    pad: SignaturePad
    hands: Person


def desk(stack: ExitStack, wire: str, folder: Path) -> Desk:
    """A pad on ``wire``, for as long as ``stack`` lasts; as it starts, whoever stands there signs unasked."""
    if wire == "memory":
        far = MemoryPad()
        address = "topaz+memory://desk?model=siglitelcd1x5"
        pad = open_pad(address, clock=far, open_stream=far.connect)
        stack.callback(pad.close)
        return Desk(pad, Person(lambda told: far.hand(**told), MOVES))
    options = ("--tcp", "127.0.0.1:0") if wire == "tcp" else ("--pty", str(folder / "pad"))
    process = stack.enter_context(Technician(*options, "--speed", SPEED, command="pad"))
    pad = open_pad(process.address("topaz+"), clock=MonotonicClock())
    stack.callback(pad.close)
    return Desk(pad, Person(lambda told: process.hand(**told), MOVES))
