"""The agent dies at every exchange with the spooler, before or after it is carried out; another clears up.

Not one of these deaths may leave a job that prints later, and none may make a second card.
"""

from __future__ import annotations

from contextlib import suppress

import pytest

from drivers.card_printer import SIDE_BYTES
from drivers.errors import Unreachable
from drivers.spool.artefact import prepare
from drivers.spool.printer import SpoolPrinter
from tests.unit.drivers.ipp.bench import Bench, driver, spooler

CARD = prepare(b"\x80" * SIDE_BYTES, None)
HOUR_MS = 3_600_000
MOMENTS = (*range(13), 16, 20, 28)
"""Eleven exchanges hand the card over; those after them watch."""


class Killed(BaseException):
    """The power is gone; nobody handles that."""


class Doomed:
    """drivers.ipp.line.Line that ends with the process, at exchange ``last``."""

    def __init__(self, bench: Bench, last: int, *, carried_out: bool) -> None:
        self._line, self._left, self._carried_out = bench.line, last, carried_out

    def exchange(self, body: bytes, timeout_s: float) -> tuple[int, bytes]:
        self._left -= 1
        if self._left >= 0:
            return self._line.exchange(body, timeout_s)
        if self._carried_out:
            self._line.exchange(body, timeout_s)
        raise Killed


def prints(printer: SpoolPrinter) -> None:
    printer.reserve(777)
    printer.print_card(CARD, printer.snapshot(), staged=False)


@pytest.mark.parametrize("fault", ["", "held", "restart", "slow", "half_document", "answer_lost"])
@pytest.mark.parametrize("carried_out", [False, True], ids=["before", "after"])
@pytest.mark.parametrize("last", MOMENTS)
def test_a_death_anywhere_leaves_nothing_that_prints_later(last: int, carried_out: bool, fault: str) -> None:
    bench, printer = spooler([f"{fault}@job=1"] if fault else [])
    bench.client._line = Doomed(bench, last, carried_out=carried_out)
    with pytest.raises(Killed) if last <= 10 else suppress(Killed):
        prints(printer)
    bench.client._line = bench.line
    successor = driver(bench)
    clears_up(bench, successor)
    assert all(job.ended for job in bench.client.jobs(ended=False, mine=True))
    for _ in range(2):
        bench.pass_ms(HOUR_MS)
        bench.hand({"release": True})
    assert len(bench.events("ejected")) <= 1
    assert not successor.snapshot().claim
    successor.reserve(777)


def clears_up(bench: Bench, successor: SpoolPrinter) -> None:
    """What recovery does, as often as the spooler needs."""
    for _ in range(100):
        try:
            successor.finish()
        except Unreachable:
            bench.pass_ms(500)
        else:
            return
    raise AssertionError("never cleared up")
