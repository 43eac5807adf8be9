"""The conformance checks of chip readers, by name, in memory and as vpcd; a real pcscd has its own file."""

from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import ExitStack

import pytest

from drivers.conformance.chip import CHECKS, TASKS, run_one
from drivers.registry import open_chip
from tests.conformance.desks import LAID, Desk, as_process, in_memory


@pytest.fixture(scope="module", params=["memory", "vpcd"])
def desk(request: pytest.FixtureRequest) -> Iterator[Desk]:
    with ExitStack() as stack:
        if request.param == "memory":
            yield in_memory()
            return
        port = free_port()
        reader = open_chip(f"vpcd://127.0.0.1:{port}")
        stack.callback(reader.close)
        yield as_process(stack, port, reader)


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as one:
        return int(one.getsockname()[1])


@pytest.mark.parametrize("name", CHECKS)
def test_a_chip_reader_passes(name: str, desk: Desk) -> None:
    result = run_one(name, desk.reader, desk.hands)
    assert result["result"] == "passed", result


def test_without_hands_what_needs_none_is_run_and_the_rest_is_named(desk: Desk) -> None:
    results = [run_one(name, desk.reader) for name in CHECKS]
    assert [each["result"] for each in results] == ["passed"] * 4 + ["skipped"] * 5
    assert all(each["detail"].startswith("needs hands") for each in results[4:])


def test_the_technician_knows_every_task() -> None:
    assert set(LAID) | {"take_card_away"} == set(TASKS)
