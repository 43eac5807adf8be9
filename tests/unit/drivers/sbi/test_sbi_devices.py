"""Who is there: devices that prove themselves, those that cannot, and how they all stand."""

from __future__ import annotations

from typing import Any

import pytest

from drivers import registry
from drivers.clock import MonotonicClock
from drivers.errors import DeviceError, Unreachable
from drivers.scanner import Modality, ScannerStatus
from drivers.shown import SHOWN_MAX
from tests.unit.drivers.sbi import papers
from tests.unit.drivers.sbi.bench import (
    FACE,
    RIGHT,
    Bench,
    fails,
)

# -- who is there ------------------------------------------------------------------------------------


def test_every_device_says_who_it_is(told: Bench) -> None:
    told_of = [(who.modality, who.model, who.serial, who.firmware) for who in told.scanner.identify()]
    assert told_of[0] == (Modality.FINGER, "SPECIMEN Finger One", "SIM-2", "1.2")
    assert [each[0] for each in told_of] == list(Modality)


@pytest.mark.parametrize("odd", ["\n", "\0\0", "\t", "\u00a0", "\x1b", "\u200b"])
def test_what_a_device_pads_its_texts_with_is_not_shown_and_it_is_known_again(told: Bench, odd: str) -> None:
    told.made(2, serial=f"SIM-7{odd}", make=f"{odd}SPECIMEN{odd}")
    told.script.change = {"info": lambda word: word | {"firmware": f"1.2{odd}"}}
    (face,) = (who for who in told.scanner.identify() if who.modality is Modality.FACE)
    assert (face.model, face.serial, face.firmware) == ("SPECIMEN Face One", "SIM-7", "1.2")
    assert len(told.scanner.capture(FACE)) == 1


def test_a_text_without_end_is_cut(told: Bench) -> None:
    told.made(0, make="M" * 900, serial="S" * 900)
    who = told.scanner.identify()[0]
    assert (len(who.model), len(who.serial)) == (SHOWN_MAX, SHOWN_MAX)
    assert len(told.scanner.capture(RIGHT)) == 4


def test_a_status_that_a_technician_reads_cannot_steer_the_terminal(told: Bench) -> None:
    told.script.change = {"found": lambda found: found | {"deviceStatus": "\x1b[2J"}}
    assert told.scanner.status().raw.isprintable()


INFO: dict[str, tuple[dict[str, Any], str]] = {
    "unsigned": ({"word": lambda word: word.split(".")[1]}, "not_registered"),
    "empty": ({"word": lambda word: ""}, "sensor_fault"),
    "torn": ({"word": lambda word: word[:-9] + "AAAAAAAAA"}, "bad_signature"),
    "of another version": ({"info": lambda told: told | {"specVersion": ["0.9.2"]}}, "other_version"),
    "without an id": ({"info": lambda told: told | {"deviceId": ""}}, "garbled_reply"),
    "without an identity": ({"info": lambda told: told | {"digitalId": ""}}, "garbled_reply"),
}


@pytest.mark.parametrize("name", INFO)
def test_a_device_that_cannot_prove_itself_is_not_used(told: Bench, name: str) -> None:
    change, cause = INFO[name]
    told.script.change = change
    with pytest.raises(DeviceError, match=cause):
        told.scanner.identify()
    fails(told.scanner, cause)
    assert told.script.bodies("RCAPTURE") == []
    assert (told.scanner.status().state, told.scanner.status().cause) == ("error", cause)


def test_one_device_s_trouble_is_not_another_s(told: Bench) -> None:
    told.made(0, signer=papers.stranger())
    assert len(told.scanner.identify()) == 2
    assert len(told.scanner.capture(FACE)) == 1
    fails(told.scanner, "untrusted")
    assert told.scanner.status().cause == "untrusted"


@pytest.mark.parametrize(
    ("states", "state", "cause"),
    [
        (("Ready", "Ready", "Ready"), "ready", None),
        (("Ready", "Busy", "Ready"), "busy", "busy"),
        (("Busy", "Ready", "Not Ready"), "error", "sensor_fault"),
    ],
)
def test_the_status_is_the_worst_of_all_devices(
    told: Bench, states: tuple[str, ...], state: str, cause: str | None
) -> None:
    for place, word in enumerate(states):
        told.made(place, status=word)
    now = told.scanner.status()
    assert (now.state, now.cause) == (state, cause)
    assert now.raw.startswith(f"Finger {states[0]}; Iris {states[1]}; Face {states[2]}")


def test_a_wrong_clock_is_told_before_anybody_sits_down(told: Bench) -> None:
    told.now_ms += 300_001
    assert (told.scanner.status().state, told.scanner.status().cause) == ("needs_hands", "clock_off")
    assert len(told.scanner.identify()) == 3


def test_no_device_is_offline(told: Bench) -> None:
    told.script.devices.clear()
    assert told.scanner.status() == ScannerStatus("offline", "unplugged", "no device")
    with pytest.raises(Unreachable, match="unplugged"):
        told.scanner.identify()


@pytest.mark.parametrize("answer", [b"", b"{}", b"[1]", b"[" * 100_000, b"[" + b"{}," * 16 + b"{}]"])
def test_a_service_that_talks_nonsense_is_offline(told: Bench, answer: bytes) -> None:
    told.script.change["answer"] = lambda raw: answer
    assert (told.scanner.status().state, told.scanner.status().cause) == ("offline", "garbled_reply")


def test_only_a_scanner_s_address_opens_one() -> None:
    for address, pem, sentence in (
        ("ipp://127.0.0.1/ipp/print", papers.country().pem, "no scanner of people"),
        ("sbi://127.0.0.1", b"", "holds no certificate"),
    ):
        with pytest.raises(ValueError, match=sentence):
            registry.open_scanner(address, trust=pem, now_unix_ms=lambda: 0, clock=MonotonicClock())
