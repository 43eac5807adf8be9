"""The wires the conformance checks run on: one driver, one simulated printer, something between them."""

import json
import subprocess
import sys
import time
from collections.abc import Sequence
from typing import Any

from drivers.address import Address
from drivers.card_printer import CardPrinter, Transport
from drivers.registry import EVOLIS_VENDOR, MATICA_VENDOR, open_printer, open_transport
from drivers.transports.bulk_only import BulkOnlyTransport
from drivers.transports.memory import MemoryTransport, ends_with_nul
from drivers.transports.usb import UsbTransport
from drivers.transports.usbip import UsbipBackend
from simulators.evolis.bench import MemoryPrinter as EvolisInMemory
from simulators.matica.bench import MemoryPrinter as MaticaInMemory
from tests.conformance.pipes import PipesTransport

SPEED = 25
SPEEDS = {("matica", "tcp"): 30, ("matica", "usbip"): 100}
"""Simulated milliseconds a real one, for printers that are processes of their own.

An Evolis gives up a job after 30 simulated seconds without a byte, a Matica a connection after 60, so a busy
machine may stall us for 1.2 and 2 s; over USB a Matica has no such patience to lose.
"""


def family_of(model: str) -> str:
    """Who makes it."""
    return "matica" if model.startswith("xid") else "evolis"


class MemoryWire:
    """A driver and a printer in this process, on the printer's own virtual clock.

    ``model`` may say ``NAME on usb`` where the family speaks another language there.
    """

    def __init__(
        self, model: str = "primacy2", *, faults: Sequence[str] = (), cards: int = 20, ribbon: str = ""
    ) -> None:
        family, (model, _, kind) = family_of(model), model.partition(" on ")
        self.simulated: Any = (
            MaticaInMemory(model, cards=cards, faults=faults, ribbon=ribbon or "ymck")
            if family == "matica"
            else EvolisInMemory(model, cards=cards, faults=faults, ribbon=ribbon or "ymcko")
        )
        self.clock = self.simulated
        self.transport: Transport = MemoryTransport(
            self.simulated, ends_with_nul if family == "evolis" else bool
        )
        address = f"{family}+memory://bench"
        if kind == "usb":
            address, self.transport = f"{family}+usb://2166", PipesTransport(self.simulated)
        self.printer: CardPrinter = open_printer(
            address, clock=self.clock, open_transport=lambda address: self.transport
        )

    def tell(self, told: dict[str, Any]) -> dict[str, Any]:
        answer: dict[str, Any] = self.simulated.hand(**told)
        return answer


class HurriedClock:
    """The machine's clock as a printer ``speed`` times too fast sees it, so that the driver's waits fit."""

    def __init__(self, speed: int = SPEED) -> None:
        self._speed = speed

    def now_ms(self) -> int:
        return time.monotonic_ns() * self._speed // 1_000_000

    def sleep_ms(self, ms: int) -> None:
        time.sleep(ms / 1000 / self._speed)


class ProcessWire:
    """A driver and a simulated printer that is a process of its own, over a real wire.

    ``wire`` is ``tcp``, ``usbip``, or ``usblp``: USB/IP on a machine whose kernel driver came first.
    """

    def __init__(self, wire: str, model: str = "primacy2") -> None:
        self._usblp = wire == "usblp"
        command = [sys.executable, "-c", "from simulators.cli import main; main()", "printer"]
        command += ["--make", "matica"] if family_of(model) == "matica" else []
        command += ["--model", model, "--cards", "60"]
        family, wire = family_of(model), "tcp" if wire == "tcp" else "usbip"
        speed = SPEEDS.get((family, wire), SPEED)
        command += [f"--{wire}", "127.0.0.1:0", "--speed", str(speed)]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = self._line()
        self.clock = HurriedClock(speed)
        self.address = self.ready["addresses"][0]
        self.backend: UsbipBackend | None = None
        opens = self._beside_usblp if self._usblp else open_transport
        self.printer = open_printer(self.address, clock=self.clock, open_transport=opens)

    def _beside_usblp(self, address: Address) -> Transport:
        self.backend = UsbipBackend(address.host, address.port, address.busid, kernel_driver_bound=True)
        if address.family == "matica":
            return BulkOnlyTransport(MATICA_VENDOR, backend=self.backend, release=self.backend.close)
        return UsbTransport(EVOLIS_VENDOR, backend=self.backend, release=self.backend.close)

    def tell(self, told: dict[str, Any]) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return self._line()

    def close(self) -> None:
        self.printer.close()
        self._process.terminate()
        self._process.communicate(timeout=10)

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told
