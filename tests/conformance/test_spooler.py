"""The conformance checks on a card printer behind a spooler: what asks for proof is skipped by name."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from drivers.conformance.card_printer import CHECKS, NEEDS_NO_PROOF, run, run_one
from tests.conformance.ipp_process import IppProcess
from tests.conformance.wires import HurriedClock
from tests.unit.drivers.ipp.bench import spooler


@pytest.fixture(scope="module")
def process() -> Iterator[IppProcess]:
    started = IppProcess("spooler", "--cards", "20")
    yield started
    started.close()


def expected(name: str) -> str:
    return "passed" if name in NEEDS_NO_PROOF else "skipped"


@pytest.mark.parametrize("name", CHECKS)
def test_a_spooler_in_memory_passes_what_needs_no_proof(name: str) -> None:
    bench, printer = spooler()
    result = run_one(name, printer, bench.clock)
    assert result["result"] == expected(name), result
    if name not in NEEDS_NO_PROOF:
        assert result["detail"].startswith("its word proves nothing")


def test_so_does_one_over_http_and_one_card_comes_out(process: IppProcess) -> None:
    results = {each["name"]: each for each in run(process.address, clock=HurriedClock())}
    assert {name: each["result"] for name, each in results.items()} == {
        name: expected(name) for name in CHECKS
    }, results
    assert len(process.truth("ejected")) == 1
