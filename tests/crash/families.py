"""What the crash matrix needs of a family of printers: one in memory, its driver, and a card for it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, Protocol

from drivers.address import parse
from drivers.card_printer import HEIGHT, WIDTH, Artefact, CardPrinter, Transport
from drivers.evolis.printer import EvolisPrinter
from drivers.registry import prepare
from simulators.cards.blank import blank_uid
from simulators.evolis.bench import MemoryPrinter
from tests.journeys.killer_virtual import Wire

STAMP_S = 1_589_241_600


class Machine(Protocol):
    """A simulated printer in this process, with its own clock, truth and hands."""

    @property
    def truth(self) -> list[dict[str, Any]]: ...

    def now_ms(self) -> int: ...

    def sleep_ms(self, ms: int) -> None: ...

    def chip(self) -> str | None: ...

    def hand(self, **told: Any) -> dict[str, Any]: ...


class Family(Protocol):
    """One maker's printers. ``colour`` and ``black``: its ribbons, the richest and the plainest."""

    @property
    def name(self) -> str: ...

    @property
    def ribbons(self) -> tuple[str, ...]: ...

    def machine(self, cards: int, ribbon: str, faults: Sequence[str]) -> Machine: ...

    def wire(self, machine: Machine) -> Transport: ...

    def driver(self, wire: Transport, machine: Machine) -> CardPrinter: ...

    def artefact(self, ribbon: str) -> Artefact: ...

    def next_blank(self, machine: Machine) -> str: ...


@dataclass(frozen=True, slots=True)
class Evolis:
    """A Primacy 2: direct to the card, printing while it still receives."""

    name: str = "evolis"
    ribbons: tuple[str, ...] = ("k", "ymcko")

    def machine(self, cards: int, ribbon: str, faults: Sequence[str]) -> MemoryPrinter:
        return MemoryPrinter(cards=cards, ribbon=ribbon, faults=faults)

    def wire(self, machine: Any) -> Transport:
        return Wire(machine)

    def driver(self, wire: Transport, machine: Machine) -> CardPrinter:
        return EvolisPrinter(wire, parse("evolis+memory://crash"), machine)

    def artefact(self, ribbon: str) -> Artefact:
        return drawn("evolis", "primacy2", ribbon, ribbon in ("k", "ko"))

    def next_blank(self, machine: Any) -> str:
        printer = machine.printer
        if printer.at == "feeder":  # power left it between the rollers
            return str(printer.inside[0].uid)
        return blank_uid(printer.seed, printer.serial, printer.feeder.following)


@cache
def drawn(family: str, model: str, ribbon: str, plain: bool) -> Artefact:
    """A card with a black bar, on white or on colour, so that every panel of the ribbon is printed."""
    bar, white = bytes(30 * 3), b"\xff" * (WIDTH - 30) * 3
    colour = b"\x20\x90\xd0" * (WIDTH // 2)
    line = bar + (white if plain else colour + white[len(colour) :])
    return prepare(family, model, ribbon, line * HEIGHT, None, STAMP_S)


FAMILIES: dict[str, Family] = {"evolis": Evolis()}
