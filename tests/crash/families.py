"""What the crash matrix needs of a family of printers: one in memory, its driver, and a card for it.

The third, a printer behind a queue, is in tests/crash/spooler.py.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Protocol

from drivers.address import parse
from drivers.card_printer import Artefact, CardPrinter, Transport
from drivers.errors import Cause, OutcomeUnknown, Unreachable
from drivers.evolis.printer import EvolisPrinter
from drivers.matica import job
from drivers.matica.net_machine import NetMachine
from drivers.matica.printer import MaticaPrinter
from simulators.cards.blank import blank_uid
from simulators.evolis.bench import MemoryPrinter
from simulators.matica.bench import MemoryPrinter as MaticaInMemory
from tests.crash.spooler import Spooler
from tests.journeys.killer_virtual import Killed, Wire, artefact

READERS = ("chip", "clerk", "plain")
COLUMNS, ROWS = 16, 4
WARMING_MS = 20_000


class Machine(Protocol):
    """A simulated printer in this process, with its own clock, truth and hands."""

    @property
    def printer(self) -> Any: ...

    @property
    def truth(self) -> list[dict[str, Any]]: ...

    def now_ms(self) -> int: ...

    def sleep_ms(self, ms: int) -> None: ...

    def hand(self, **told: Any) -> dict[str, Any]: ...


class Family(Protocol):
    """One maker's printers. ``ribbons``: the plainest first, then the richest; ``readers``: see Variant."""

    @property
    def name(self) -> str: ...

    @property
    def ribbons(self) -> tuple[str, ...]: ...

    @property
    def readers(self) -> tuple[str, ...]: ...

    def machine(self, cards: int, ribbon: str, faults: Sequence[str]) -> Machine: ...

    def wire(self, machine: Machine) -> Transport:
        """The line of a new process; closed when that process dies."""
        ...

    def driver(self, wire: Transport, machine: Machine) -> CardPrinter: ...

    def artefact(self, ribbon: str) -> Artefact: ...

    def next_blank(self, machine: Machine) -> str: ...


@dataclass(frozen=True, slots=True)
class Evolis:
    """A Primacy 2: direct to the card, printing while it still receives."""

    name: str = "evolis"
    ribbons: tuple[str, ...] = ("k", "ymcko")
    readers: tuple[str, ...] = READERS

    def machine(self, cards: int, ribbon: str, faults: Sequence[str]) -> MemoryPrinter:
        return MemoryPrinter(cards=cards, ribbon=ribbon, faults=faults)

    def wire(self, machine: Any) -> Transport:
        return Wire(machine)

    def driver(self, wire: Transport, machine: Machine) -> CardPrinter:
        return EvolisPrinter(wire, parse("evolis+memory://crash"), machine)

    def artefact(self, ribbon: str) -> Artefact:
        return artefact(ribbon)

    def next_blank(self, machine: Any) -> str:
        printer = machine.printer
        if printer.at == "feeder":  # power left it between the rollers
            return str(printer.inside[0].uid)
        return blank_uid(printer.seed, printer.serial, printer.feeder.following)


@dataclass(frozen=True, slots=True)
class Matica:
    """An XID: on to a film first, motion by motion as the host says them. Its image is of a few dots here."""

    name: str = "matica"
    ribbons: tuple[str, ...] = ("ymck", "ymckk")
    readers: tuple[str, ...] = READERS

    def machine(self, cards: int, ribbon: str, faults: Sequence[str]) -> MaticaInMemory:
        machine = MaticaInMemory(cards=cards, ribbon=ribbon, faults=faults, warming_ms=WARMING_MS)
        machine.printer.make = replace(machine.printer.make, columns=COLUMNS, rows=ROWS)
        return machine

    def wire(self, machine: Any) -> Transport:
        return HeldWire(machine)

    def driver(self, wire: Transport, machine: Machine) -> CardPrinter:
        return MaticaPrinter(NetMachine(wire), parse("matica+memory://crash"), machine)

    def artefact(self, ribbon: str) -> Artefact:
        return planes("ymck", *(("k",) if ribbon == "ymckk" else ()))

    def next_blank(self, machine: Any) -> str:
        printer = machine.printer
        return blank_uid(printer.seed, printer.serial, printer.feeder.following)


class HeldWire:
    """The one connection to a Matica in memory. Whatever goes wrong closes it, and so does a death."""

    def __init__(self, machine: MaticaInMemory) -> None:
        self._machine = machine

    def exchange(self, data: Iterable[bytes | memoryview], timeout_s: float) -> bytes:
        said = False

        def pieces() -> Iterator[bytes | memoryview]:
            nonlocal said
            for piece in data:
                said = True
                yield piece

        try:
            return self._machine.exchange(pieces(), int(timeout_s * 1000))
        except Killed:
            self.close()
            raise
        except ConnectionRefusedError as error:
            raise Unreachable("refused_connection") from error
        except OSError as error:
            self.close()
            word: Cause = "no_answer" if isinstance(error, TimeoutError) else "link_lost"
            raise (OutcomeUnknown if said else Unreachable)(word) from error

    def close(self) -> None:
        self._machine.hang_up()


@cache
def planes(*faces: str) -> Artefact:
    """A card of which every panel differs from every other."""
    card = [
        tuple(job.Plane(letter, f"{side}{letter}".encode() * (COLUMNS * ROWS // 2)) for letter in letters)
        for side, letters in enumerate(faces)
    ]
    return Artefact(job.pack(card), job.count(card), job.picture(card))


FAMILIES: dict[str, Family] = {"evolis": Evolis(), "matica": Matica(), "spool": Spooler()}
