"""The third kind of printer in the crash matrix: one behind a print queue, whose word proves nothing.

The clerk names each blank, and every card is settled by a scan. Its power never goes: what is cut is the
agent, and the spooler's line for a while. The trays are told by the physical truth, for the device itself
tells its queue nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any

from drivers.address import parse
from drivers.card_printer import SIDE_BYTES, Artefact, CardPrinter, Transport
from drivers.ipp.client import IppClient
from drivers.registry import prepare
from drivers.spool.ipp_queue import IppQueue
from drivers.spool.printer import SpoolPrinter
from simulators.cards.blank import blank_uid
from simulators.ipp import process
from tests.unit.drivers.ipp.bench import ADDRESS, Bench

AWAY_MS = 5_000
STATUS_BYTES = 2


class QueueInMemory:
    """A queue with its device, as the matrix looks at a printer."""

    def __init__(self, cards: int, faults: Sequence[str]) -> None:
        self.bench = Bench(process.spooler("card", both_sides=False), cards, faults)
        self.printer = self.bench.queue
        self.names = (f"loket-card-{number:016x}" for number in range(1_000_000))

    @property
    def truth(self) -> list[dict[str, Any]]:
        return self.bench.truth

    def now_ms(self) -> int:
        return self.bench.queue.now_ms

    def sleep_ms(self, ms: int) -> None:
        self.bench.pass_ms(ms)

    def hand(self, **told: Any) -> dict[str, Any]:
        """``power``: the spooler is away for a while; ``look``: the trays."""
        if "power" in told:
            self.bench.queue.go_away(AWAY_MS)
        cards: dict[str, dict[str, Any]] = {}
        for line in self.truth:
            card = cards.setdefault(line["blank"], {"blank": line["blank"], "panels": [], "tray": ""})
            card["tray"] = line["tray"]
            card["panels"] += [line["panel"]] if line["event"] == "panel" else []
        places = {
            place: [card for card in cards.values() if card["tray"] == place]
            for place in ("inside", "output", "reject", "hands")
        }
        device: Any = self.bench.queue.device
        return {"feeder": device.cards, "at": None, **places}


class PackedLine:
    """The line to the queue as a transport: status and answer in one reply."""

    def __init__(self, machine: QueueInMemory) -> None:
        self._machine = machine

    def exchange(self, data: Iterable[bytes | memoryview], timeout_s: float) -> bytes:
        status, raw = self._machine.bench.line.exchange(b"".join(data), timeout_s)
        return status.to_bytes(STATUS_BYTES, "big") + raw

    def close(self) -> None:
        return


@dataclass(frozen=True, slots=True)
class OverTransport:
    """drivers.ipp.line.Line over such a transport."""

    wire: Transport

    def exchange(self, body: bytes, timeout_s: float) -> tuple[int, bytes]:
        reply = self.wire.exchange((body,), timeout_s)
        return int.from_bytes(reply[:STATUS_BYTES], "big"), reply[STATUS_BYTES:]


@dataclass(frozen=True, slots=True)
class Spooler:
    """Any card printer that only a spooler reaches."""

    name: str = "spool"
    ribbons: tuple[str, ...] = ("rgb",)
    readers: tuple[str, ...] = ("clerk",)

    def machine(self, cards: int, ribbon: str, faults: Sequence[str]) -> QueueInMemory:
        return QueueInMemory(cards, faults)

    def wire(self, machine: Any) -> Transport:
        return PackedLine(machine)

    def driver(self, wire: Transport, machine: Any) -> CardPrinter:
        queue = IppQueue(IppClient(ADDRESS, OverTransport(wire)))
        return SpoolPrinter(
            queue, parse("spool+ipp://crash:631/printers/card"), machine, lambda: next(machine.names)
        )

    def artefact(self, ribbon: str) -> Artefact:
        return grey()

    def next_blank(self, machine: Any) -> str:
        return blank_uid(1, machine.printer.serial, machine.printer.device.fed + 1)


@cache
def grey() -> Artefact:
    """A card of one colour."""
    return prepare("spool", "", "", b"\x80" * SIDE_BYTES, None, 0)
