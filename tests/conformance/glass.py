"""Fingerprint readers with a simulated person beside them, in memory and as processes, by their wire."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from drivers.clock import MonotonicClock
from drivers.finger_reader import FingerReader
from drivers.registry import open_reader
from simulators.r30x.bench import MemoryModule
from tests.conformance.person import SPEED, Person
from tests.journeys.technician import Technician

MOVES: dict[str, dict[str, Any]] = {
    "lay_finger": {"finger": "7:1"},
    "lay_other_finger": {"finger": "8:1"},
    "lift_finger": {"no-finger": ""},
    "unplug_reader": {"unplug": ""},
    "plug_reader": {"plug": ""},
}
"""What the simulator is told for each task: person 7's right index finger, and another person's."""


@dataclass
class Glass:
    """A reader, and whoever lays fingers on it. Nobody's lies there."""

    reader: FingerReader
    hands: Person


def glass(stack: ExitStack, wire: str, folder: Path) -> Glass:
    """A reader on ``wire``, for as long as ``stack`` lasts."""
    if wire == "memory":
        far = MemoryModule()
        reader = open_reader("r30x+memory://bench", clock=far, open_stream=far.connect)
        return _empty(stack, reader, lambda told: far.hand(**told))
    options = ("--tcp", "127.0.0.1:0") if wire == "tcp" else ("--pty", str(folder / "reader"))
    process = stack.enter_context(Technician(*options, "--speed", SPEED, command="reader"))
    reader = open_reader(process.address("r30x+"), clock=MonotonicClock())
    return _empty(stack, reader, lambda told: process.hand(**told))


def _empty(stack: ExitStack, reader: FingerReader, tell: Callable[[dict[str, Any]], dict[str, Any]]) -> Glass:
    stack.callback(reader.close)
    person = Person(tell, MOVES)
    person.do("lift_finger")
    return Glass(reader, person)
