"""Every answer has the published shape, whatever was asked and whatever went wrong."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.unit.simulators.sbi.bench import THUMBS, Bench, fits, hung_on, opened, request, unb64

STATES = [(), ("not_ready@start",), ("not_registered@start",), ("busy@start",), ("unplug@start",),
          ("unplug@start,of=Face",)]  # fmt: skip


@pytest.mark.parametrize("accidents", STATES, ids=str)
@pytest.mark.parametrize("verb", ["MOSIPDISC", "SBIDISC"])
@pytest.mark.parametrize("kind", ["Biometric Device", "Finger", "Iris", "Face", "Ear", None, 7])
def test_discovery_has_its_shape(accidents: tuple[str, ...], verb: str, kind: Any) -> None:
    fits("discovery", Bench(*accidents).ask(verb, {"type": kind}))


@pytest.mark.parametrize("accidents", STATES, ids=str)
@pytest.mark.parametrize("verb", ["MOSIPDINFO", "SBIINFO"])
def test_information_has_its_shape_down_to_the_digital_id(accidents: tuple[str, ...], verb: str) -> None:
    told = Bench(*accidents).ask(verb, b"")
    fits("information", told)
    for each in told:
        if each["deviceInfo"] and "." in each["deviceInfo"]:
            payload = opened(each["deviceInfo"])
            fits("device-info", payload)
            fits("digital-id", opened(payload["digitalId"]))


def test_the_digital_id_of_a_discovery_is_not_signed() -> None:
    for device in Bench().ask("MOSIPDISC", {"type": "Biometric Device"}):
        fits("digital-id", json.loads(unb64(device["digitalId"])))


def test_what_is_not_registered_signs_nothing() -> None:
    for each in Bench("not_registered@start").ask("MOSIPDINFO", {}):
        payload = json.loads(unb64(each["deviceInfo"]))
        fits("device-info", payload)
        fits("digital-id", json.loads(unb64(payload["digitalId"])))
        assert each["error"]["errorCode"] == "100"


@pytest.mark.parametrize(("accident", "status", "code"), [
    ("not_ready@start", "Not Ready", "110"), ("busy@start", "Busy", "111"),
    ("not_registered@start", "Not Registered", "100"),
])  # fmt: skip
def test_a_state_has_its_word_and_its_code(accident: str, status: str, code: str) -> None:
    for device in Bench(accident).ask("MOSIPDISC", {"type": "Biometric Device"}):
        assert (device["deviceStatus"], device["error"]["errorCode"]) == (status, code)
        assert (device["purpose"] == "") == (status == "Not Registered")


def test_without_any_device_discovery_and_information_say_so() -> None:
    bench = Bench("unplug@start")
    assert bench.ask("MOSIPDISC", {"type": "Face"})[0]["error"]["errorCode"] == "202"
    assert bench.ask("MOSIPDINFO", {})[0]["error"]["errorCode"] == "202"


def test_a_type_that_is_not_there_is_not_found() -> None:
    bench = Bench("unplug@start,of=Face")
    assert bench.ask("MOSIPDISC", {"type": "Face"})[0]["error"]["errorCode"] == "106"
    assert len(bench.ask("MOSIPDISC", {"type": "Biometric Device"})) == 2


CAPTURES = [
    {},
    {"bioSubType": [*THUMBS], "deviceSubId": "3"},
    {"bioSubType": ["Left IndexFinger", "Left RingFinger"],
     "exception": ["Left LittleFinger", "Left MiddleFinger"]},
    {"type": "Iris"},
    {"type": "Iris", "deviceSubId": "2", "bioSubType": ["Right"]},
    {"type": "Iris", "bioSubType": ["Left"], "exception": ["Right"]},
    {"type": "Face"},
    {"type": "Face", "exception": ["Left Thumb", "Right"]},
    {"requestedScore": "100", "timeout": "2500"},
]  # fmt: skip


@pytest.mark.parametrize("changes", CAPTURES, ids=str)
def test_a_capture_has_its_shape_its_parts_and_an_unbroken_chain(changes: dict[str, Any]) -> None:
    told = Bench().capture(**changes)
    fits("rcapture", told)
    asked = request(**changes)
    last, found = "", []
    for element in told["biometrics"]:
        payload = opened(element["data"])
        fits("data", payload)
        fits("digital-id", opened(payload["digitalId"]))
        found.append(payload.get("bioSubType"))
        last = hung_on(last, unb64(payload["bioValue"]))
        assert element["hash"] == last
        assert payload["transactionId"] == asked["transactionId"]
        assert payload["requestedScore"] == asked["bio"][0]["requestedScore"]
    assert found == (asked["bio"][0]["bioSubType"] or [None])


def test_a_sitting_is_one_chain_over_every_device() -> None:
    bench, last = Bench(), ""
    for changes in ({}, {"type": "Iris"}, {"type": "Face"}):
        for element in bench.capture(previousHash=last, **changes)["biometrics"]:
            last = hung_on(last, unb64(opened(element["data"])["bioValue"]))
            assert element["hash"] == last


def test_who_asks_in_another_order_is_answered_in_the_slap_s() -> None:
    told = Bench().capture(bioSubType=["Left RingFinger", "Left IndexFinger", "Left LittleFinger",
                                       "Left MiddleFinger"])  # fmt: skip
    found = [opened(each["data"])["bioSubType"].split()[1] for each in told["biometrics"]]
    assert found == ["IndexFinger", "MiddleFinger", "RingFinger", "LittleFinger"]


def test_the_same_seeds_give_the_same_pictures() -> None:
    one, other = (opened(Bench().capture()["biometrics"][0]["data"])["bioValue"] for _ in range(2))
    assert one == other
