"""A simulated printer or queue in this process, on virtual time, and the line to it below the client.

``Line`` plays accidents by the number of the exchange: ``unsaid`` (nobody answers the call), ``lost`` (it is
carried out, the answer is not heard) and ``garbled`` (the answer is noise).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from drivers.address import Address, parse
from drivers.card_printer import Clock
from drivers.errors import OutcomeUnknown, Unreachable
from drivers.ipp.client import IppClient
from drivers.paper.printer import IppPaperPrinter
from drivers.spool.ipp_queue import IppQueue
from drivers.spool.printer import SpoolPrinter
from simulators.ipp import faults, process
from simulators.ipp.face import Face, Kind
from simulators.ipp.model import Queue
from simulators.ipp.process import PAPER, Setup

ADDRESS = parse("ipp://bench:631/ipp/print")


class Bench:
    """The simulated world: its queue, its truth, its clock, and the line."""

    def __init__(
        self,
        kind: Kind = PAPER,
        cards: int | None = None,
        told: Sequence[str] = (),
        line: Mapping[int, str] | None = None,
    ) -> None:
        self.truth: list[dict[str, Any]] = []
        known = faults.PAPER if cards is None else faults.SPOOLER
        parsed = tuple(faults.parse(text, known) for text in told)
        setup = Setup(kind, ("", 0), cards, 1.0, 1, None, parsed)
        self.queue: Queue = process.build(setup, self.truth.append)
        self.face = Face(self.queue, kind)
        self.line = Line(self, line or {})
        self.clock: Clock = VirtualClock(self.queue)
        self.client = IppClient(ADDRESS, self.line)

    def pass_ms(self, ms: int) -> None:
        """Let the world go on."""
        self.queue.step(self.queue.now_ms + ms)

    def hand(self, told: dict[str, Any]) -> dict[str, Any]:
        """A technician's hands."""
        return process.hand(self.queue, told)

    def events(self, name: str) -> list[dict[str, Any]]:
        """The physical truth of one kind."""
        return [line for line in self.truth if line["event"] == name]


class VirtualClock:
    """The world's own clock."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def now_ms(self) -> int:
        return self._queue.now_ms

    def sleep_ms(self, ms: int) -> None:
        self._queue.step(self._queue.now_ms + ms)


class Line:
    """drivers.ipp.line.Line to the bench; ``said`` holds the operations in their order."""

    def __init__(self, bench: Bench, accidents: Mapping[int, str]) -> None:
        self._bench = bench
        self._accidents = accidents
        self.said: list[int] = []
        self.around: Callable[[int], None] = lambda operation: None

    def exchange(self, body: bytes, timeout_s: float) -> tuple[int, bytes]:
        """One request, as HTTP would carry it."""
        operation = int.from_bytes(body[2:4], "big")
        accident = self._accidents.get(len(self.said))
        self.said.append(operation)
        self.around(operation)
        self._bench.pass_ms(10)
        if accident == "unsaid" or self._bench.queue.away:
            raise Unreachable("refused_connection")
        answer = self._bench.face.answer(body)
        self._bench.pass_ms(0)
        if accident == "lost" or answer is None:
            raise OutcomeUnknown("no_answer")
        return (200, answer) if accident != "garbled" else (200, answer[: len(answer) // 2])


def paper(told: Sequence[str] = (), line: Mapping[int, str] | None = None) -> tuple[Bench, IppPaperPrinter]:
    """A printer of sheets and its driver."""
    bench = Bench(told=told, line=line)
    return bench, IppPaperPrinter(bench.client, ADDRESS, bench.clock)


def spooler(
    told: Sequence[str] = (),
    line: Mapping[int, str] | None = None,
    *,
    both_sides: bool = False,
    cards: int = 20,
) -> tuple[Bench, SpoolPrinter]:
    """A spooler with a card printer, and its driver; jobs' names count up."""
    bench = Bench(process.spooler("card", both_sides=both_sides), cards, told, line)
    return bench, driver(bench)


def driver(bench: Bench) -> SpoolPrinter:
    """A driver that has just been started, as after a restart of the agent."""
    names = (f"loket-card-{bench.queue.now_ms:08x}{n:08x}" for n in range(1_000_000))
    address: Address = parse("spool+ipp://bench:631/printers/card")
    return SpoolPrinter(IppQueue(bench.client), address, bench.clock, lambda: next(names))
