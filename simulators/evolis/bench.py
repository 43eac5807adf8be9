"""A printer in memory: the same model and face with a clock that jumps, for tests and benchmarks.

`exchange` behaves like a wire with all the patience in the world: it hands the bytes over and lets simulated
time jump from event to event until the reply is due. `sleep_ms` is the clock a driver waits on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any

from simulators.cards.faults import Faults
from simulators.cards.truth import Line, Memory, Witness
from simulators.evolis import clock, hands, memory
from simulators.evolis.face import Exchange, Face
from simulators.evolis.faults import CATALOGUE
from simulators.evolis.model import Printer
from simulators.ordered import still_ahead

PATIENCE_MS = 600_000


class MemoryPrinter:
    """One simulated printer, its clock and the hands beside it."""

    def __init__(
        self,
        model: str = "primacy2",
        seed: int = 1,
        cards: int = 100,
        faults: Sequence[str] = (),
        ribbon: str = "ymcko",
        witness: Witness | None = None,
    ) -> None:
        self.witness = witness or Memory()
        self._install(Printer(**memory.new_parts(model, seed, cards, ribbon, self.witness)), faults, [])

    @classmethod
    def revived(cls, kept: dict[str, Any], witness: Witness, faults: Sequence[str] = ()) -> MemoryPrinter:
        """The printer whose power went, from what `truth.recover` found."""
        again = cls.__new__(cls)
        again.witness = witness
        again._install(Printer(**memory.thaw_parts(kept, witness)), faults, kept["struck"])
        return again

    def _install(self, printer: Printer, faults: Sequence[str], struck: list[str]) -> None:
        self.printer = printer
        ordered = [CATALOGUE.parse(text) for text in faults]
        printer.faults = Faults(still_ahead(ordered, struck), [*struck])
        printer.power_on()
        self.face = Face(printer)
        self._live: list[Exchange] = []
        self._lost = False
        printer.watchers.append(self._check_wire)

    # The clock

    def now_ms(self) -> int:
        """Simulated ms since the printer's first power-on."""
        return self.printer.now_ms

    def sleep_ms(self, ms: int) -> None:
        """Let that much simulated time pass."""
        self._to(self.printer.now_ms + ms)

    def _to(self, at_ms: int) -> None:
        while (event := clock.next_ms(self.printer)) is not None and event <= at_ms:
            clock.advance(self.printer, event)
            for exchange in self._live:
                exchange.go_on()
        clock.advance(self.printer, at_ms)

    # The wire

    def exchange(
        self, data: bytes | Iterable[bytes | memoryview] = b"", timeout_ms: int = PATIENCE_MS
    ) -> bytes:
        """One exchange: all of ``data``, then the whole reply; empty data asks for the status only.

        An iterable is fed piece by piece, so that time may pass between the pieces. Raises
        ConnectionRefusedError when nobody is there, ConnectionResetError when the wire goes on the way,
        TimeoutError when no reply has come after ``timeout_ms`` of simulated time.
        """
        if not self.printer.there:
            raise ConnectionRefusedError("no printer is there")
        exchange = self.face.open()
        self._live, self._lost = [exchange], False
        until = self.printer.now_ms + timeout_ms
        for piece in [data] if isinstance(data, bytes) else data:
            if not self._lost:  # the wire may have gone while the host was making this piece
                exchange.feed(bytes(piece))
            self._wait(exchange, until, lambda: not exchange.blocked)
        if not self._lost:
            exchange.end()
        replies: list[bytes] = []
        self._wait(exchange, until, lambda: _collect(exchange, replies))
        self._live = []
        return replies[0]

    def _wait(self, exchange: Exchange, until: int, ready: Callable[[], bool]) -> None:
        while not self._lost and not ready():
            event = clock.next_ms(self.printer)
            if event is None or event > until:
                self._to(until)
                self._give_up(exchange)
                raise TimeoutError("the printer says nothing")
            self._to(event)
        if self._lost:
            self._give_up(exchange)
            raise ConnectionResetError("the wire went")

    def _give_up(self, exchange: Exchange) -> None:
        exchange.drop()
        self._live = []

    def _check_wire(self) -> None:
        self._lost = self._lost or not self.printer.there

    # Beside the printer

    @property
    def truth(self) -> list[Line]:
        """The physical truth so far; only with the usual witness."""
        return self.witness.lines if isinstance(self.witness, Memory) else []

    def chip(self) -> str | None:
        """The UID a reader at the contactless station would get now, or None."""
        there = self.printer.chip_there()
        return there[0] if there and not there[1] else None

    def hand(self, **told: Any) -> dict[str, Any]:
        """``hand(load=5)``, ``hand(take=UID)``, ``hand(ribbon="new")``, ``hand(cover="closed")``…"""
        return hands.do(self.printer, told)


def _collect(exchange: Exchange, replies: list[bytes]) -> bool:
    reply = exchange.reply()
    if reply is not None:
        replies.append(reply)
    return reply is not None
