"""The wires the conformance checks run on: one driver, one simulated printer, something between them."""

from collections.abc import Sequence
from typing import Any

from drivers.address import parse
from drivers.evolis.printer import EvolisPrinter
from drivers.transports.memory import MemoryTransport
from simulators.evolis.bench import MemoryPrinter, WireLost


class Wireless:
    """A simulated printer as the memory transport's far end: its lost wire is a socket's exception."""

    def __init__(self, simulated: MemoryPrinter) -> None:
        self._simulated = simulated

    def exchange(self, data: bytes, timeout_ms: int) -> bytes:
        try:
            return self._simulated.exchange(data, timeout_ms)
        except WireLost as lost:
            raise (ConnectionResetError if lost.sent else ConnectionRefusedError)(str(lost)) from lost


class MemoryWire:
    """A driver and a printer in this process, on the printer's own virtual clock."""

    def __init__(
        self, model: str = "primacy2", *, faults: Sequence[str] = (), cards: int = 20, ribbon: str = "ymcko"
    ) -> None:
        self.simulated = MemoryPrinter(model, cards=cards, faults=faults, ribbon=ribbon)
        self.clock = self.simulated
        transport = MemoryTransport(Wireless(self.simulated))
        self.printer = EvolisPrinter(transport, parse("evolis+memory://bench"), self.clock)

    def tell(self, told: dict[str, Any]) -> dict[str, Any]:
        return self.simulated.hand(**told)
