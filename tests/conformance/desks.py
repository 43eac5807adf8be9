"""Chip readers on a desk, and a simulated technician who lays a simulated printer's cards on them.

The cards are fed, named and sent to the reject tray before. One lacks the specimen application, one is mute,
one tears its first write.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from drivers.chip import ChipReader
from simulators.evolis.bench import MemoryPrinter
from tests.chips import MemoryChip
from tests.conformance.technician import Tell
from tests.journeys.technician import Technician as Process

FAULTS = ("chip_plain@card=3", "chip_mute@card=4", "chip_torn@card=5")
LAID = {
    "lay_card": 1,
    "lay_another_card": 2,
    "lay_plain_card": 3,
    "lay_mute_card": 4,
    "lay_card_to_tear": 5,
    "lay_it_back": 5,
}


@dataclass
class Hands:
    """Lays the printer's cards on the desk; ``cards`` by their number, from 1."""

    tell: Tell
    cards: list[str] = field(default_factory=list)

    def do(self, task: str) -> bool:
        uid = self.cards[LAID[task] - 1] if task in LAID else "none"
        assert self.tell({"desk": uid}) == {"desk": uid}
        return True


@dataclass
class Desk:
    """A reader, and whoever lays cards on it. The first card lies there."""

    reader: ChipReader
    hands: Hands


def in_memory() -> Desk:
    printer = MemoryPrinter(faults=FAULTS)
    printer.exchange(b"\x1bScs\r")
    for _ in range(5):
        printer.exchange(b"\x1bSic\r\0")
        printer.exchange(b"\x1bSer\r\0")
    return laid(MemoryChip(printer.printer, desk=True), lambda told: printer.hand(**told))


def laid(reader: ChipReader, tell: Tell) -> Desk:
    hands = Hands(tell, [card["blank"] for card in tell({"look": True})["reject"]])
    hands.do("lay_card")
    return Desk(reader, hands)


def as_process(stack: ExitStack, desk: int, reader: ChipReader) -> Desk:
    options = [option for fault in FAULTS for option in ("--fault", fault)]
    printer = stack.enter_context(
        Process("--tcp", "127.0.0.1:0", "--desk", f"127.0.0.1:{desk}", "--speed", "200", *options)
    )
    printer.ask("Scs")
    for _ in range(5):
        assert (printer.ask("Sic"), printer.ask("Ser")) == ("OK", "OK")

    def tell(told: dict[str, Any]) -> dict[str, Any]:
        return printer.hand(**told)

    return laid(reader, tell)
