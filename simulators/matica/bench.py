"""A printer in memory: the same model and faces with a clock that jumps, for tests and benchmarks.

`exchange` speaks the Ethernet wire's bytes (PROTOCOL.md §11), `write` and `read` are the two USB pipes. Both
let simulated time jump from event to event until the answer is due. `sleep_ms` is the driver's clock.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from itertools import chain
from typing import Any

from simulators.cards.faults import Faults
from simulators.cards.truth import Line, Memory, Witness
from simulators.matica import clock, hands, memory, messages
from simulators.matica.counts import Counts
from simulators.matica.ethernet import Face, Session
from simulators.matica.faults import CATALOGUE
from simulators.matica.makes import WARMING_MS
from simulators.matica.model import Printer
from simulators.matica.usb import Pipes
from simulators.ordered import still_ahead
from simulators.usbip.device import Stall

PATIENCE_MS = 600_000
_UDP = frozenset({messages.INFO, messages.SET, messages.SETTINGS})


class MemoryPrinter:
    """One simulated printer, its clock and the hands beside it. ``cold``: only just switched on."""

    def __init__(
        self,
        model: str = "xid580",
        seed: int = 1,
        cards: int = 100,
        faults: Sequence[str] = (),
        ribbon: str = "ymck",
        witness: Witness | None = None,
        *,
        cold: bool = False,
        warming_ms: int = WARMING_MS,
    ) -> None:
        self.witness = witness or Memory()
        parts = memory.new_parts(model, seed, cards, ribbon, self.witness)
        self._install(Printer(**parts, warming_ms=warming_ms), faults, [], warm=not cold)

    @classmethod
    def revived(cls, kept: dict[str, Any], witness: Witness, faults: Sequence[str] = ()) -> MemoryPrinter:
        """The printer whose power went, from what `truth.recover` found."""
        again = cls.__new__(cls)
        again.witness = witness
        again._install(Printer(**memory.thaw_parts(kept, witness)), faults, kept["struck"], warm=False)
        return again

    def _install(self, printer: Printer, faults: Sequence[str], struck: list[str], *, warm: bool) -> None:
        self.printer = printer
        ordered = [CATALOGUE.parse(text) for text in faults]
        printer.faults = Faults(still_ahead(ordered, struck), [*struck])
        printer.power_on(warm=warm)
        self.counts = Counts(printer)
        self.face = Face(self.counts)
        self.pipes = Pipes(self.counts)
        self._session: Session | None = None

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
            if self._session is not None:
                self._session.go_on()
        clock.advance(self.printer, at_ms)

    def _wait(self, until_ms: int, ready: Callable[[], bool]) -> None:
        """Raises TimeoutError."""
        while not ready():
            event = clock.next_ms(self.printer)
            if event is None or event > until_ms:
                self._to(until_ms)
                if ready():
                    return
                raise TimeoutError("the printer says nothing")
            self._to(event)

    # Ethernet

    def exchange(
        self, data: bytes | Iterable[bytes | memoryview] = b"", timeout_ms: int = PATIENCE_MS
    ) -> bytes:
        """Nothing: connect, the greeting comes back. A question of UDP: its answer. Else whole messages:
        as many whole replies.

        An iterable is fed piece by piece, so that time may pass between the pieces; a question is one.
        Raises ConnectionRefusedError when nobody is there or another host is connected, ConnectionResetError
        when the connection goes on the way or there is none, TimeoutError after ``timeout_ms`` of simulated
        time.
        """
        pieces = iter([data] if isinstance(data, bytes) else data)
        first = next(pieces, b"")
        if not first:
            return self._connect()
        if int.from_bytes(first[:4], "big") in _UDP:
            return self._ask(bytes(first))
        session = self._session
        if session is None or session.ended:
            raise ConnectionResetError("there is no connection")
        until = self.printer.now_ms + timeout_ms
        said = []
        for piece in chain([first], pieces):
            session.feed(bytes(piece))
            said.append(piece)
        wanted, size = _count(b"".join(said)), [0]

        def ready() -> bool:
            size[0] = _span(session.out, wanted)
            return bool(size[0]) or session.ended

        self._wait(until, ready)
        if not size[0]:
            raise ConnectionResetError("the wire went")
        reply = bytes(session.out[: size[0]])
        del session.out[: size[0]]
        return reply

    def hang_up(self) -> None:
        """The host goes, or dies."""
        if self._session is not None:
            self._session.end()
            self._session = None

    def _connect(self) -> bytes:
        self.hang_up()
        self._session = self.face.open()
        if self._session is None:
            raise ConnectionRefusedError("no printer is there, or it is taken")
        greeting = bytes(self._session.out)
        self._session.out.clear()
        return greeting

    def _ask(self, data: bytes) -> bytes:
        if not self.printer.there:
            raise ConnectionRefusedError("no printer is there")
        answer = self.face.ask(data)
        if answer is None:
            raise TimeoutError("the printer says nothing to that")
        return answer

    # USB

    def write(self, data: bytes, timeout_ms: int = PATIENCE_MS) -> None:
        """One transfer into the OUT pipe.

        Raises ConnectionRefusedError when nobody is there, BrokenPipeError when it stalls, TimeoutError.
        """
        self._wait(self.printer.now_ms + timeout_ms, lambda: not self.printer.there or self.pipes.room() > 0)
        if not self.printer.there:
            raise ConnectionRefusedError("no printer is there")
        try:
            self.pipes.write(data)
        except Stall:
            raise BrokenPipeError("the OUT pipe has stalled") from None

    def read(self, timeout_ms: int = PATIENCE_MS) -> bytes:
        """One transfer out of the IN pipe. Raises as `write`; ConnectionResetError when it goes meanwhile."""
        if not self.printer.there:
            raise ConnectionRefusedError("no printer is there")
        got: list[bytes] = []

        def ready() -> bool:
            answer = self.pipes.reply() if self.printer.there else None
            if answer is not None:
                got.append(answer)
            return bool(got) or not self.printer.there

        try:
            self._wait(self.printer.now_ms + timeout_ms, ready)
        except Stall:
            raise BrokenPipeError("the IN pipe has stalled") from None
        if not got:
            raise ConnectionResetError("the cable is out")
        return got[0]

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
        """``hand(load=5)``, ``hand(take=UID)``, ``hand(film="new")``, ``hand(cover="closed")``…"""
        return hands.do(self.printer, told)


def _span(raw: bytes | bytearray, wanted: int) -> int:
    """Bytes of the first ``wanted`` whole messages of ``raw``; 0: they are not all there."""
    at = 0
    for _ in range(wanted):
        if len(raw) < at + 8:
            return 0
        at += 8 + 4 * int.from_bytes(raw[at + 4 : at + 8], "big")
    return at if len(raw) >= at else 0


def _count(raw: bytes) -> int:
    """How many whole messages ``raw`` is."""
    at = count = 0
    while at + 8 <= len(raw):
        at += 8 + 4 * int.from_bytes(raw[at + 4 : at + 8], "big")
        count += 1
    return count
