"""One sitting's surroundings: devices of straw, a clerk, a clock, and a plan to begin with."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Any

from agent.recording.biodata import Person
from agent.recording.conduct import Sitting
from agent.recording.plan import Devices, Plan
from domain.packet import Recording
from domain.policy import Capture
from tests.unit.agent.recording.desks import Album, Clerk, Clock, Machine, Pad, Reader, Scanner
from tests.unit.domain import recorded

PERSON = Person(recorded.BIODATA, date(2002, 5, 12))
PATIENCE_MS = 20_000


class Room:
    """One sitting's surroundings."""

    def __init__(self, *qualities: Any, **answers: list[str]) -> None:
        self.clock = Clock()
        self.scanner = Scanner(*qualities)
        self.reader: Reader | None = Reader()
        self.pad: Pad | None = Pad()
        self.clerk = Clerk(self.clock, **answers)
        self.album = Album()
        self.plan = Plan(
            "R-64.11-1-7", "64.11-1", 1000, "store_and_forward", "", PERSON, (), "ani", None, Capture(),
            PATIENCE_MS,
        )  # fmt: skip

    def sit(self, **other: Any) -> Recording:
        plan = replace(self.plan, **other)
        devices = Devices(self.scanner, self.reader, self.pad)
        return Sitting(plan, devices, self.clerk, self.album, self.clock, lambda: 2000).run()

    def machine(self, name: str) -> Machine:
        found = {"scanner": self.scanner, "reader": self.reader, "pad": self.pad}[name]
        assert found is not None
        return found
