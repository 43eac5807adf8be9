"""The scanner as the rest of Loket uses it: found, proved, captured from, lost, found again."""

from __future__ import annotations

import json
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from typing import Any

import pytest

from drivers import registry
from drivers.clock import MonotonicClock
from drivers.errors import DeviceError, Refused, Unreachable
from drivers.sbi import attestation, authentication, jws, search
from drivers.scanner import GROUPS, IRISES, LEFT_SLAP, RIGHT_SLAP, Modality, ScannerStatus, Wanted
from tests.unit.drivers.sbi import papers
from tests.unit.drivers.sbi.bench import (
    CAMERA,
    FACE,
    IRIS,
    JPEG,
    LEFT_WITHOUT_LITTLE,
    RIGHT,
    SLAP,
    TRANSACTION,
    Bench,
    Made,
    Script,
    bench,
    record,
    serving,
)
from tests.unit.drivers.sbi.papers import NOW_MS


@pytest.fixture
def told() -> Iterator[Bench]:
    with bench() as made:
        made.scanner.begin(TRANSACTION)
        yield made


def fails(told: Bench, cause: str, wanted: Wanted = RIGHT) -> DeviceError:
    with pytest.raises(DeviceError) as error:
        told.scanner.capture(wanted)
    assert error.value.cause == cause
    return error.value


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
    fails(told, cause)
    assert len(told.script.bodies("RCAPTURE")) == 1
    told.script.devices[0] = SLAP
    assert len(told.scanner.capture(RIGHT)) == 4


def test_a_device_that_changed_for_good_proves_itself_anew(told: Bench) -> None:
    told.scanner.capture(RIGHT)
    told.made(0, code="code-9", serial="SIM-NEW")
    fails(told, "other_device")
    assert len(told.scanner.capture(RIGHT)) == 4
    assert told.scanner.identify()[0].serial == "SIM-NEW"


def test_an_unregistered_device_that_hides_its_id_is_told_as_such(told: Bench) -> None:
    told.scanner.capture(RIGHT)
    told.made(0, status="Not Registered", id="")
    fails(told, "not_registered")


def test_there_is_no_such_device(told: Bench) -> None:
    del told.script.devices[0]
    assert isinstance(fails(told, "unplugged"), Unreachable)
    told.script.devices.clear()
    fails(told, "unplugged")
    told.script.devices[:] = [replace(SLAP, purpose="Auth"), IRIS]
    assert isinstance(fails(told, "unsupported"), Refused)
    told.script.devices[:] = [replace(SLAP, sub_ids=("1",))]
    fails(told, "unsupported")


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
    fails(told, "nothing_there")
    fails(told, "nothing_there")
    assert len(told.script.bodies("MOSIPDINFO")) == 1


# -- who is there ------------------------------------------------------------------------------------


def test_every_device_says_who_it_is(told: Bench) -> None:
    told_of = [(who.modality, who.model, who.serial, who.firmware) for who in told.scanner.identify()]
    assert told_of[0] == (Modality.FINGER, "SPECIMEN Finger One", "SIM-2", "1.2")
    assert [each[0] for each in told_of] == list(Modality)


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
    fails(told, cause)
    assert told.script.bodies("RCAPTURE") == []
    assert (told.scanner.status().state, told.scanner.status().cause) == ("error", cause)


def test_one_device_s_trouble_is_not_another_s(told: Bench) -> None:
    told.made(0, signer=papers.stranger())
    assert len(told.scanner.identify()) == 2
    assert len(told.scanner.capture(FACE)) == 1
    fails(told, "untrusted")
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
    with pytest.raises(ValueError, match="no scanner of people"):
        opened("ipp://127.0.0.1/ipp/print")
    with pytest.raises(ValueError, match="holds no certificate"):
        registry.open_scanner("sbi://127.0.0.1", trust=b"", now_unix_ms=lambda: 0, clock=MonotonicClock())


# -- preview -----------------------------------------------------------------------------------------


def test_a_preview_shows_what_the_device_sees_until_it_is_closed(told: Bench) -> None:
    told.script.stays.clear()
    pictures = told.scanner.preview(Modality.FINGER, RIGHT_SLAP[:2], 60_000)
    assert [next(pictures) for _ in range(3)] == [JPEG, JPEG + b"2", JPEG + b"3"]
    assert told.script.bodies("STREAM") == [{"deviceId": "2", "deviceSubId": "2", "timeout": "60000"}]
    pictures.close()  # type: ignore[attr-defined]
    told.script.stays.set()
    assert len(told.scanner.capture(RIGHT)) == 4


def test_a_preview_that_ends_before_its_time_is_lost(told: Bench) -> None:
    with pytest.raises(Unreachable, match="stream_lost"):
        list(told.scanner.preview(Modality.FACE, (), 60_000))


def test_a_preview_that_ends_at_its_time_just_ends(told: Bench) -> None:
    got = []
    for picture in told.scanner.preview(Modality.FACE, (), 60_000):
        got.append(picture)
        told.clock.ms += 20_000
    assert len(got) == 3


def test_a_preview_of_nonsense_is_lost(told: Bench) -> None:
    told.script.frames = [b"x" * (5 << 20)]
    with pytest.raises(Unreachable, match="stream_lost"):
        next(told.scanner.preview(Modality.FACE, (), 60_000))


@pytest.mark.parametrize(("code", "cause"), [("606", "unsupported"), ("607", "busy"), ("610", "stream_lost")])
def test_a_preview_that_cannot_begin_says_why(told: Bench, code: str, cause: str) -> None:
    told.script.error["stream"] = code
    with pytest.raises(DeviceError, match=cause):
        next(told.scanner.preview(Modality.IRIS, IRISES, 60_000))


def test_a_capture_ends_the_preview_first_and_waits_until_the_device_has_settled(told: Bench) -> None:
    told.script.stays.clear()
    pictures = told.scanner.preview(Modality.FINGER, RIGHT_SLAP, 60_000)
    next(pictures)
    told.made(0, status="Busy")

    def settled() -> None:
        if told.clock.ms >= 1_500:
            told.made(0, status="Ready")

    told.clock.on_sleep = settled
    assert len(told.scanner.capture(RIGHT)) == 4
    assert list(pictures) == []


def test_a_device_that_stays_busy_after_a_preview_is_busy(told: Bench) -> None:
    next(told.scanner.preview(Modality.FINGER, RIGHT_SLAP, 60_000))
    told.made(0, status="Busy")
    fails(told, "busy")
    assert told.clock.ms == 2_000
    fails(told, "busy")
    assert told.clock.ms == 2_000


def test_closing_twice_is_harmless(told: Bench) -> None:
    next(told.scanner.preview(Modality.FACE, (), 60_000))
    told.scanner.close()
    told.scanner.close()
    assert len(told.scanner.capture(FACE)) == 1


# -- authentication ----------------------------------------------------------------------------------

PRESS = authentication.press(Modality.FINGER, RIGHT_SLAP[:2], 60, 5_000)


@pytest.fixture
def matching() -> Iterator[Bench]:
    with bench(replace(SLAP, purpose="Auth")) as made:
        yield made


def test_an_authentication_is_handed_on_as_it_came(matching: Bench) -> None:
    told = matching.scanner.authenticate(TRANSACTION, PRESS, "https://specimen.example")
    assert [each.part for each in told] == list(RIGHT_SLAP[:2])
    assert all(each.session_key and each.thumbprint == "AB" * 32 and each.quality == 61.5 for each in told)
    assert jws.read(told[0].data).certificates[0] == papers.device().cert
    (asked,) = matching.script.bodies("CAPTURE")
    assert (asked["purpose"], asked["bio"][0]["deviceSubId"], asked["domainUri"]) == (
        "Auth",
        "0",
        "https://specimen.example",
    )


@pytest.mark.parametrize("field", [{"sessionKey": ""}, {"thumbprint": "AB"}, {"hash": ""}])
def test_an_encrypted_picture_without_its_key_is_garbled(matching: Bench, field: dict[str, str]) -> None:
    matching.script.change["element"] = lambda element: element | field
    with pytest.raises(Unreachable, match="garbled_reply"):
        matching.scanner.authenticate(TRANSACTION, PRESS)


def test_an_encrypted_picture_is_checked_like_any_other(matching: Bench) -> None:
    matching.script.change["payload"] = lambda told: told | {"transactionId": "other"}
    with pytest.raises(Unreachable, match="other_transaction"):
        matching.scanner.authenticate(TRANSACTION, PRESS)


def test_a_device_for_registration_authenticates_nobody(told: Bench) -> None:
    with pytest.raises(Refused, match="unsupported"):
        told.scanner.authenticate(TRANSACTION, PRESS)
