"""The conformance checks of fingerprint readers, by name, against the simulated module on every wire."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from drivers.conformance.finger_reader import CHECKS, TASKS, run_one
from tests.conformance.glass import MOVES, Glass, glass
from tests.conformance.person import WIRES

NEED_HANDS = 8


@pytest.fixture(scope="module", params=WIRES)
def reader(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Glass]:
    with ExitStack() as stack:
        yield glass(stack, request.param, tmp_path_factory.mktemp("reader"))


@pytest.mark.parametrize("name", CHECKS)
def test_a_fingerprint_reader_passes(name: str, reader: Glass) -> None:
    result = run_one(name, reader.reader, reader.hands)
    assert result["result"] == "passed", result


def test_without_hands_what_needs_none_is_run_and_the_rest_is_named_though_a_finger_lies_there(
    reader: Glass,
) -> None:
    assert reader.hands.do("lay_finger")
    results = [run_one(name, reader.reader) for name in CHECKS]
    skipped = [each for each in results if each["result"] == "skipped"]
    assert (len(skipped), {each["result"] for each in results}) == (NEED_HANDS, {"passed", "skipped"})
    assert all(each["detail"].startswith("needs hands") for each in skipped)


def test_the_simulated_person_knows_every_task() -> None:
    assert set(MOVES) == set(TASKS)
