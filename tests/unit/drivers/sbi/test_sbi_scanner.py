"""The scanner as the rest of Loket uses it: found, proved, captured from, lost, found again."""

from __future__ import annotations

import json
import socket
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from drivers import registry
from drivers.clock import MonotonicClock
from drivers.errors import Refused, Unreachable
from drivers.sbi import attestation, jws, search
from drivers.scanner import GROUPS, IRISES, LEFT_SLAP, Modality, Wanted
from tests.unit.drivers.sbi import papers
from tests.unit.drivers.sbi.bench import (
    CAMERA,
    FACE,
    IRIS,
    LEFT_WITHOUT_LITTLE,
    RIGHT,
    SLAP,
    TRANSACTION,
    Bench,
    Made,
    Script,
    bench,
    fails,
    record,
)
from tests.unit.drivers.sbi.papers import NOW_MS
from tests.unit.drivers.sbi.service import serving

# -- capturing ---------------------------------------------------------------------------------------


def test_a_whole_sitting_is_one_chain_over_all_devices(told: Bench) -> None:
    before = ""
    for kind, parts in GROUPS:
        samples = told.scanner.capture(Wanted(kind, parts, (), 40, 10_000))
        assert [sample.part for sample in samples] == list(parts or ("",))
        assert all(sample.record == record(kind, sample.part or "face") for sample in samples)
        assert {(sample.modality, sample.quality) for sample in samples} == {(kind, 61.5)}
        asked = told.script.bodies("RCAPTURE")[-1]
        assert asked["bio"][0]["previousHash"] == before and asked["transactionId"] == TRANSACTION
        before = json.loads(samples[-1].attestation)["hash"]
    told.scanner.begin(TRANSACTION + "2")
    told.scanner.capture(RIGHT)
    assert told.script.bodies("RCAPTURE")[-1]["bio"][0]["previousHash"] == ""


def test_a_sample_s_word_is_proof_of_its_record(told: Bench) -> None:
    for sample in told.scanner.capture(RIGHT):
        word = jws.read(attestation.restore(sample.attestation, sample.record))
        assert word.certificates[0] == papers.device().cert
        with pytest.raises(Refused, match="bad_signature"):
            jws.read(attestation.restore(sample.attestation, sample.record + b"x"))


def test_missing_fingers_are_told_and_the_others_come(told: Bench) -> None:
    samples = told.scanner.capture(LEFT_WITHOUT_LITTLE)
    assert [sample.part for sample in samples] == list(LEFT_SLAP[:3])
    bio = told.script.bodies("RCAPTURE")[-1]["bio"][0]
    assert (bio["count"], bio["exception"], bio["deviceSubId"]) == ("3", ["Left LittleFinger"], "1")


def test_an_exception_photo_is_taken_by_the_face_camera(told: Bench) -> None:
    (photo,) = told.scanner.capture(replace(FACE, missing=("Left Thumb",)))
    bio = told.script.bodies("RCAPTURE")[-1]["bio"][0]
    assert (bio["deviceId"], bio["exception"], photo.part) == (CAMERA.id, ["Left Thumb"], "")


def test_without_a_sitting_nothing_is_asked() -> None:
    with bench() as told:
        with pytest.raises(Refused, match="bad_command"):
            told.scanner.capture(RIGHT)
        assert told.script.asked == []


@pytest.mark.parametrize("name", ["abc", "a" * 51, "a b c d", "", "nama-é", "abcd\n"])
def test_a_sitting_has_a_name_that_every_service_takes(told: Bench, name: str) -> None:
    with pytest.raises(Refused, match="bad_command"):
        told.scanner.begin(name)


# -- before a capture --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("what", "cause"),
    [
        ({"status": "Busy"}, "busy"),
        ({"status": "Not Ready"}, "sensor_fault"),
        ({"status": "Not Registered"}, "not_registered"),
        ({"code": "code-9"}, "other_device"),
        ({"certification": "L1"}, "other_device"),
        ({"id": "9"}, "unplugged"),
    ],
)
def test_a_device_that_changed_since_it_proved_itself_is_asked_nothing(
    told: Bench, what: dict[str, Any], cause: str
) -> None:
    told.scanner.capture(RIGHT)
    told.made(0, **what)
    fails(told.scanner, cause)
    assert len(told.script.bodies("RCAPTURE")) == 1
    told.script.devices[0] = SLAP
    assert len(told.scanner.capture(RIGHT)) == 4


@pytest.mark.parametrize(
    ("what", "cause"),
    [
        ({"error": {"errorCode": "107"}}, "key_expired"),
        ({"deviceStatus": "Busy"}, "busy"),
        ({"deviceStatus": "Asleep"}, "sensor_fault"),
        ({"error": None, "deviceStatus": None}, "sensor_fault"),
    ],
)
def test_only_ready_and_no_error_is_ready(told: Bench, what: dict[str, Any], cause: str) -> None:
    told.script.change["found"] = lambda found: found | what
    fails(told.scanner, cause)
    assert told.script.bodies("RCAPTURE") == []


def test_a_device_that_changed_for_good_proves_itself_anew(told: Bench) -> None:
    told.scanner.capture(RIGHT)
    told.made(0, code="code-9", serial="SIM-NEW")
    fails(told.scanner, "other_device")
    assert len(told.scanner.capture(RIGHT)) == 4
    assert told.scanner.identify()[0].serial == "SIM-NEW"


def test_an_unregistered_device_that_hides_its_id_is_told_as_such(told: Bench) -> None:
    told.scanner.capture(RIGHT)
    told.made(0, status="Not Registered", id="")
    fails(told.scanner, "not_registered")


def test_there_is_no_such_device(told: Bench) -> None:
    del told.script.devices[0]
    assert isinstance(fails(told.scanner, "unplugged"), Unreachable)
    told.script.devices.clear()
    fails(told.scanner, "unplugged")
    told.script.devices[:] = [replace(SLAP, purpose="Auth"), IRIS]
    assert isinstance(fails(told.scanner, "unsupported"), Refused)
    told.script.devices[:] = [replace(SLAP, sub_ids=("1",))]
    fails(told.scanner, "unsupported")


def test_of_two_devices_the_one_that_can_is_asked(told: Bench) -> None:
    single = Made("1", "Finger", ("0",), serial="SIM-1")
    told.script.devices.insert(0, single)
    told.scanner.capture(RIGHT)
    assert told.script.bodies("RCAPTURE")[-1]["bio"][0]["deviceId"] == SLAP.id


# -- coming back -------------------------------------------------------------------------------------


@pytest.fixture
def ports(monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """Two free neighbours, which are all that is searched."""
    while True:
        with socket.create_server(("127.0.0.1", 0)) as one, suppress(OSError):
            first = int(one.getsockname()[1])
            with socket.create_server(("127.0.0.1", first + 1)):
                monkeypatch.setattr(search, "FIRST_PORT", first)
                monkeypatch.setattr(search, "LAST_PORT", first + 1)
                return first, first + 1


def opened(address: str = "sbi://127.0.0.1") -> Any:
    pem = papers.country().pem + papers.provider().pem
    return registry.open_scanner(address, trust=pem, now_unix_ms=lambda: NOW_MS, clock=MonotonicClock())


def test_a_service_that_went_is_found_again_without_a_restart(ports: tuple[int, int]) -> None:
    scanner = opened()
    scanner.begin(TRANSACTION)
    with pytest.raises(Unreachable, match="refused_connection"):
        scanner.capture(RIGHT)
    assert (scanner.status().state, scanner.status().cause) == ("offline", "refused_connection")
    for port in (*ports, ports[0]):
        with serving(Script(SLAP), port):
            assert len(scanner.capture(RIGHT)) == 4
            assert scanner.status().state == "ready"
        with pytest.raises(Unreachable):
            scanner.capture(RIGHT)


def test_devices_of_several_services_are_one_scanner(ports: tuple[int, int]) -> None:
    fingers, eyes = Script(SLAP), Script(replace(IRIS, id=SLAP.id))
    scanner = opened()
    scanner.begin(TRANSACTION)
    with serving(fingers, ports[0]):
        scanner.capture(RIGHT)
        with serving(eyes, ports[1]):
            scanner.capture(Wanted(Modality.IRIS, IRISES, (), 60, 1_000))
            assert {who.modality for who in scanner.identify()} == {Modality.FINGER, Modality.IRIS}
        scanner.capture(RIGHT)
        assert [who.modality for who in scanner.identify()] == [Modality.FINGER]
    assert (len(fingers.bodies("RCAPTURE")), len(eyes.bodies("RCAPTURE"))) == (2, 1)


def test_another_program_on_a_searched_port_disturbs_nobody(ports: tuple[int, int]) -> None:
    nonsense = Script()
    nonsense.change["answer"] = lambda raw: b"hello"
    with serving(nonsense, ports[0]):
        with pytest.raises(Unreachable, match="garbled_reply"):
            opened().identify()
        with serving(Script(SLAP), ports[1]):
            assert len(opened().identify()) == 1


class Speechless(Script):
    """Is found, and says of its devices what nobody can read."""

    def information(self, _: dict[str, Any]) -> Any:
        return {}


def test_a_service_that_cannot_say_who_its_devices_are_keeps_nobody_from_those_of_another(
    ports: tuple[int, int],
) -> None:
    scanner = opened()
    scanner.begin(TRANSACTION)
    with serving(Speechless(IRIS), ports[0]), serving(Script(SLAP), ports[1]):
        assert len(scanner.capture(RIGHT)) == 4
        assert [who.modality for who in scanner.identify()] == [Modality.FINGER]
        fails(scanner, "garbled_reply", Wanted(Modality.IRIS, IRISES, (), 60, 1_000))
        assert (scanner.status().state, scanner.status().cause) == ("error", "garbled_reply")


def test_a_service_that_is_named_is_looked_for_nowhere_else() -> None:
    with serving(Script()) as port:
        pass
    with pytest.raises(Unreachable, match="refused_connection"):
        opened(f"sbi://127.0.0.1:{port}").identify()


def test_names_of_the_draft_are_spoken_where_those_of_the_standard_are_not(told: Bench) -> None:
    told.script.verbs_of_1 = True
    assert len(told.scanner.capture(RIGHT)) == 4
    assert {verb for verb, _, _ in told.script.asked} == {"MOSIPDISC", "SBIDISC", "SBIINFO", "RCAPTURE"}


def test_a_new_key_of_the_device_goes_through_in_the_middle_of_a_sitting(told: Bench) -> None:
    told.scanner.capture(RIGHT)
    told.made(0, signer=papers.paper("SPECIMEN DEVICE NEXT", papers.provider()))
    assert len(told.scanner.capture(RIGHT)) == 4


def test_hands_cost_no_proof(told: Bench) -> None:
    told.script.error["capture"] = "101"
    fails(told.scanner, "nothing_there")
    fails(told.scanner, "nothing_there")
    assert len(told.script.bodies("MOSIPDINFO")) == 1
