"""A spooler and a printer of paper whose answers are spoilt by a seeded dice, reply after reply.

Whatever comes back: no crash, no card called printed or untouched, one document at most for each attempt. A
failing seed replays exactly.
"""

from __future__ import annotations

import random

import pytest

from drivers.card_printer import Artefact, Judgement, Verdict
from drivers.errors import DeviceError
from drivers.ipp.words import Operation
from drivers.paper.printer import IppPaperPrinter
from drivers.paper_printer import PaperState
from drivers.spool.printer import SpoolPrinter
from tests.unit.drivers.ipp.bench import ADDRESS, Bench, driver, paper, spooler

LETTER = Artefact(b"%PDF of no card", 1, "00")
"""The device gives it up at once; what is tried here is the driver."""


class Spoilt:
    """drivers.ipp.line.Line that hands on what the dice leaves of an answer."""

    def __init__(self, bench: Bench, dice: random.Random, share: float) -> None:
        self._line, self._dice, self._share = bench.line, dice, share
        self._kept: list[bytes] = [b""]
        self.replies = 0

    def exchange(self, body: bytes, timeout_s: float) -> tuple[int, bytes]:
        status, raw = self._line.exchange(body, timeout_s)
        self.replies += 1
        self._kept = [*self._kept[-20:], raw]
        if self._dice.random() >= self._share:
            return status, raw
        return self._dice.choice((status, 200, 200, 200, 404, 500)), self._spoil(raw)

    def _spoil(self, raw: bytes) -> bytes:
        dice, at = self._dice, self._dice.randrange(len(raw) + 1)
        changed = bytearray(raw)
        match dice.randrange(6):
            case 0:
                return raw[:at]
            case 1:
                return raw[:at] + dice.randbytes(dice.randrange(9)) + raw[at:]
            case 2:  # another answer under this request's number
                return raw[:4] + raw[4:8] + dice.choice(self._kept)[8:]
            case 3:
                return raw[:at] + raw[at + dice.randrange(9) :]
            case 4:
                changed[2:4] = dice.choice(
                    (b"\x00\x00", b"\x04\x06", b"\x05\x07", b"\x04\x04", dice.randbytes(2))
                )
            case _:
                for _ in range(dice.randrange(1, 6)):
                    changed[dice.randrange(len(changed))] = dice.randrange(256)
        return bytes(changed)


def spooled(seed: int) -> int:
    """One card through a spoilt spooler; how many replies that took."""
    dice = random.Random(seed)
    bench, _ = spooler()
    line = Spoilt(bench, dice, dice.choice((0.05, 0.3, 0.9)))
    bench.client._line = line
    printer: SpoolPrinter = driver(bench)
    try:
        printer.status()
        printer.identify()
        printer.reserve(777)
        before = printer.snapshot()
        judged = printer.print_card(LETTER, before, staged=False)
        assert judged == Judgement(Verdict.UNSURE, "spooled"), seed
        assert printer.judge(before, printer.snapshot(), 1, named=True).verdict is Verdict.UNSURE
        printer.finish()
    except DeviceError:
        pass
    assert bench.line.said.count(Operation.SEND_DOCUMENT) <= 1, seed
    return line.replies


def on_paper(seed: int) -> int:
    """One sheet on a spoilt printer, asked for three times under one name."""
    dice = random.Random(seed)
    bench, _ = paper()
    line = Spoilt(bench, dice, dice.choice((0.02, 0.1, 0.5)))
    bench.client._line = line
    printer = IppPaperPrinter(bench.client, ADDRESS, bench.clock)
    for _ in range(3):
        try:
            job = printer.print_document(b"%PDF", "application/pdf", "suket-1")
            assert isinstance(printer.watch(job, 30_000), PaperState)
        except DeviceError:
            printer.status()
    return line.replies


@pytest.mark.parametrize("start", [0, 1_000_000])
def test_spoilt_answers_never_prove_a_card(start: int) -> None:
    assert many(start, 6_000) >= 6_000


@pytest.mark.long
def test_a_million_spoilt_answers_never_prove_a_card() -> None:
    assert many(10_000_000, 1_000_000) >= 1_000_000


def many(start: int, replies: int) -> int:
    seed, done = start, 0
    while done < replies:
        done += spooled(seed) + on_paper(seed)
        seed += 1
    return done
