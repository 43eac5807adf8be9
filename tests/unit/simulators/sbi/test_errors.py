"""Every code has a cause, and the causes stand in the protocol's order."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from simulators.sbi import keys
from tests.unit.simulators.sbi.bench import LEFT, NOW, RIGHT, Bench, fits, request

WRONG: list[tuple[dict[str, Any], str]] = [
    ({"transactionId": "abc"}, "112"),
    ({"transactionId": "A. Person"}, "112"),
    ({"transactionId": None}, "112"),
    ({"env": "Production"}, "115"),
    ({"purpose": "Auth"}, "121"),
    ({"specVersion": "1.0"}, "101"),
    ({"timeout": "soon"}, "101"),
    ({"timeout": 500}, "101"),
    ({"requestedScore": "100.5"}, "101"),
    ({"requestedScore": 40}, "101"),
    ({"deviceId": ""}, "704"),
    ({"deviceId": "9"}, "106"),
    ({"type": "Ear"}, "114"),
    ({"type": "Iris", "deviceId": "1"}, "120"),
    ({"bioSubType": [*LEFT[:3], "Left Toe"]}, "119"),
    ({"bioSubType": "Left IndexFinger", "count": "1"}, "119"),
    ({"bioSubType": [*LEFT[:3]], "exception": ["Left Toe"]}, "117"),
    ({"bioSubType": [*LEFT[:3]], "exception": ["Right IndexFinger"]}, "118"),
    ({"bioSubType": [*LEFT[:3]], "exception": ["Left IndexFinger"]}, "122"),
    ({"bioSubType": [*RIGHT]}, "122"),
    ({"bioSubType": ["UNKNOWN"] * 4}, "122"),
    ({"type": "Face", "bioSubType": ["Left"]}, "122"),
    ({"count": "four"}, "116"),
    ({"count": 4}, "116"),
    ({"count": "0"}, "109"),
    ({"count": "3"}, "109"),
    ({"bioSubType": [*LEFT[:3]]}, "109"),
    ({"type": "Iris", "bioSubType": ["Left"]}, "109"),
    ({"type": "Iris", "bioSubType": [], "exception": ["Left", "Right"], "count": "0"}, "109"),
    ({"deviceSubId": "3", "bioSubType": [], "exception": ["Left Thumb", "Right Thumb"], "count": "0"}, "109"),
    ({"type": "Face", "count": "2"}, "109"),
    ({"deviceSubId": "7"}, "708"),
    ({"type": "Face", "deviceSubId": "1"}, "708"),
    ({"previousHash": "abc"}, "123"),
    ({"previousHash": "Z" * 64}, "123"),
]


@pytest.mark.parametrize(("changes", "code"), WRONG, ids=str)
def test_a_wrong_request_is_told_by_its_code(changes: dict[str, Any], code: str) -> None:
    bench = Bench()
    told = bench.capture(**changes)
    fits("rcapture", told)
    assert [each["error"]["errorCode"] for each in told["biometrics"]] == [code]
    assert bench.clock.at_ms == 0, "nobody waits for what cannot be"


PUBLISHED = {
    "100": "Device not registered",
    "109": "Requested number of biometric (Finger/IRIS) not supported",
    "110": "Device is not ready",
    "111": "Device is Busy",
    "112": "Invalid Transaction ID",
}
"""What the compliance toolkit compares letter by letter (PROTOCOL.md §2)."""


@pytest.mark.parametrize(("accident", "code"), [
    ("not_registered@start", "100"), ("not_ready@start", "110"), ("busy@start", "111"),
])  # fmt: skip
def test_what_a_device_is_not_is_told_in_the_published_words(accident: str, code: str) -> None:
    bench = Bench(accident)
    told = [*bench.ask("MOSIPDINFO", {}), *bench.ask("MOSIPDISC", {"type": "Biometric Device"})]
    assert [each["error"] for each in told] == [{"errorCode": code, "errorInfo": PUBLISHED[code]}] * 6


@pytest.mark.parametrize(("changes", "code"), [({"transactionId": "abc"}, "112"), ({"count": "3"}, "109")])
def test_what_a_request_is_not_is_told_in_the_published_words(changes: dict[str, Any], code: str) -> None:
    (element,) = Bench().capture(**changes)["biometrics"]
    assert element["error"] == {"errorCode": code, "errorInfo": PUBLISHED[code]}


def test_a_first_capture_without_a_previous_hash_hangs_on_nothing() -> None:
    assert Bench().code(previousHash=None, type="Face") == "0"


ACCIDENTS = [
    ("not_registered@start", "100"), ("not_ready@start", "110"), ("busy@start", "111"),
    ("tampered@start", "103"), ("no_management@start", "104"), ("key_expired@start", "107"),
    ("unplug@start", "202"), ("unplug@start,of=Finger", "106"), ("clock@start,by=4000000", "107"),
    ("nothing@start", "101"), ("missing@start,part=Left RingFinger", "102"), ("partial@capture=1", "102"),
    ("wrong_hand@capture=1", "522"), ("dry@capture=1,hard=yes", "520"), ("wet@capture=1,hard=yes", "521"),
    ("dirty@capture=1,hard=yes", "523"), ("bad_placement@capture=1,hard=yes", "105"),
    ("sensor@capture=1", "524"), ("failed@capture=1", "710"),
]  # fmt: skip


@pytest.mark.parametrize(("accident", "code"), ACCIDENTS, ids=str)
def test_an_accident_is_told_by_its_code(accident: str, code: str) -> None:
    assert Bench(accident).code() == code


@pytest.mark.parametrize(("accident", "code", "kind"), [
    ("blurred@capture=1,hard=yes", "102", "Iris"), ("eyelid@capture=1,hard=yes", "102", "Iris"),
    ("dirty@capture=1,hard=yes", "523", "Iris"), ("wrong_hand@capture=1", "522", "Iris"),
    ("blurred@capture=1,hard=yes", "102", "Face"), ("turned@capture=1,hard=yes", "105", "Face"),
])  # fmt: skip
def test_eyes_and_faces_have_theirs(accident: str, code: str, kind: str) -> None:
    assert Bench(accident).code(type=kind) == code


def test_a_device_for_the_other_purpose_refuses() -> None:
    (element,) = Bench(purpose="Auth").capture()["biometrics"]
    assert element["error"]["errorCode"] == "709"
    (element,) = Bench().ask("CAPTURE", request("CAPTURE"))["biometrics"]
    assert element["error"]["errorCode"] == "809"


def test_what_is_asked_first_is_answered_first() -> None:
    order = [("transactionId", "x", "112"), ("env", "None", "115"), ("purpose", "Auth", "121"),
             ("deviceId", "9", "106"), ("type", "Iris", "120"), ("bioSubType", ["Toe"], "119"),
             ("count", "x", "116")]  # fmt: skip
    for first in range(len(order)):
        changes = {"deviceId": "1"} | {key: value for key, value, _ in order[first:]}
        assert Bench().code(**changes) == order[first][2]


@pytest.mark.parametrize("body", [b"{", b"[]", b"7", b"\xff\xfe", b'{"bio": []}', b'{"bio": [7]}', b"{}",
                                  b"[" * 50_000])  # fmt: skip
def test_what_is_no_request_is_101_in_the_call_s_own_shape(body: bytes) -> None:
    told = Bench().ask("RCAPTURE", body)
    fits("rcapture", told)
    assert told["biometrics"][0]["error"]["errorCode"] == "101"


def test_another_path_is_500_in_the_call_s_own_shape() -> None:
    bench = Bench()
    for verb, name in (("MOSIPDISC", "discovery"), ("MOSIPDINFO", "information"), ("RCAPTURE", "rcapture")):
        told = bench.ask(verb, {}, path="/elsewhere")
        fits(name, told)
        assert '"500"' in str(told).replace("'", '"')


def test_a_key_whose_days_are_over_is_told_until_it_is_rotated() -> None:
    bench = Bench(kept=keys.make(("1", "2", "3"), NOW - timedelta(days=40)))
    assert bench.code(type="Face") == "107"
    bench.keys.rotate(NOW)
    assert bench.code(type="Face") == "0"
