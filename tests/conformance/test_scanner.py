"""The checks of scanners of people on the simulated service, and every accident it can have, by its word."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace

import pytest
from click.testing import CliRunner

from agent.commands.bench import conformance
from drivers.clock import unix_ms
from drivers.conformance.scanner import CHECKS, TASKS, run_one
from drivers.errors import DeviceError
from drivers.registry import open_scanner
from drivers.scanner import LEFT_SLAP, RIGHT_SLAP, Modality, Scanner, Wanted
from tests.conformance.people import DONE, Service
from tests.conformance.wires import HurriedClock

SPEED = 3
"""Not more: a busy machine may stall a picture, or a capture, for a third of what the checks allow."""
RIGHT = Wanted(Modality.FINGER, RIGHT_SLAP, (), 30, 10_000)


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with closing(Service(tmp_path_factory.mktemp("sbi"), speed=SPEED)) as one:
        yield one


@pytest.fixture
def scanner(service: Service) -> Iterator[Scanner]:
    clock = HurriedClock(SPEED)
    with closing(open_scanner(service.address, trust=service.trust, now_unix_ms=unix_ms, clock=clock)) as one:
        yield one


@pytest.mark.parametrize("name", CHECKS)
def test_a_scanner_passes(name: str, service: Service, scanner: Scanner) -> None:
    result = run_one(name, scanner, HurriedClock(SPEED), service)
    assert result["result"] == "passed", result


def test_without_hands_what_needs_none_is_run_and_the_rest_is_named(scanner: Scanner) -> None:
    results = [run_one(name, scanner, HurriedClock(SPEED)) for name in CHECKS]
    assert [each["result"] for each in results] == ["passed"] * 3 + ["skipped"] * (len(CHECKS) - 3)
    assert all(each["detail"].startswith("needs hands") for each in results[3:])


def test_whoever_stands_there_knows_every_task() -> None:
    assert set(DONE) == set(TASKS)


ACCIDENTS = {
    "dry@now,hard=yes": "finger_dry",
    "wet@now,hard=yes": "finger_wet",
    "bad_placement@now,hard=yes": "bad_placement",
    "wrong_hand@now": "wrong_hand",
    "dirty@now,hard=yes": "lens_dirty",
    "partial@now": "too_few_features",
    "sensor@now": "sensor_fault",
    "failed@now": "sensor_fault",
    "tampered@now": "hardware",
    "no_management@now": "link_lost",
    "busy@now": "busy",
    "not_ready@now": "sensor_fault",
    "not_registered@now": "not_registered",
    "key_expired@now": "key_expired",
    "stale_key@now": "key_expired",
    "answer_lost@now": "no_answer",
    "garbled@now": "garbled_reply",
    "wrong_signature@now": "bad_signature",
    "untrusted@now": "untrusted",
    "other_transaction@now": "other_transaction",
    "other_version@now": "other_version",
    "count_differs@now": "count_differs",
    "chain_broken@now": "chain_broken",
    "clock@now,by=400": "clock_off",
    "clock@now,by=-400": "clock_off",
    "gone@now": "no_answer",
}


OFTEN = frozenset(
    {
        "finger_dry",
        "wrong_hand",
        "too_few_features",
        "not_registered",
        "no_answer",
        "bad_signature",
        "untrusted",
    }
    | {"other_transaction", "count_differs", "chain_broken", "clock_off"}
)
"""The others differ in a row of a table, which has tests of its own."""
WAITS = frozenset(
    {"finger_dry", "finger_wet", "bad_placement", "wrong_hand", "lens_dirty", "too_few_features"}
)
"""Told at the timeout, which therefore is short."""


@pytest.mark.parametrize(
    "accident",
    [pytest.param(name, marks=[] if word in OFTEN else pytest.mark.long) for name, word in ACCIDENTS.items()],
)
def test_an_accident_has_its_word_and_is_over_when_it_is_over(
    accident: str, service: Service, scanner: Scanner
) -> None:
    service.do("show_right_slap")
    scanner.begin("accident-1")
    service.tell(f"fault {accident}")
    try:
        with pytest.raises(DeviceError) as error:
            scanner.capture(replace(RIGHT, timeout_ms=1_500) if ACCIDENTS[accident] in WAITS else RIGHT)
    finally:
        service.tell("cure")
    assert error.value.cause == ACCIDENTS[accident]
    assert len(scanner.capture(RIGHT)) == 4


def test_another_key_of_the_device_goes_through(service: Service, scanner: Scanner) -> None:
    service.do("show_left_slap")
    scanner.begin("rotation-1")
    wanted = Wanted(Modality.FINGER, LEFT_SLAP, (), 30, 10_000)
    before = scanner.capture(wanted)
    service.tell("rotate")
    after = scanner.capture(wanted)
    assert before[0].attestation[:2_000] != after[0].attestation[:2_000]


def test_the_command_takes_the_file_of_trust_and_says_when_it_lacks(service: Service) -> None:
    told = CliRunner().invoke(conformance, [service.address, "--trust", str(service.ca), "--json"])
    assert (told.exit_code, [each["result"] for each in json.loads(told.stdout)[:3]]) == (0, ["passed"] * 3)
    assert "who vouches" in str(CliRunner().invoke(conformance, [service.address]).exception)
