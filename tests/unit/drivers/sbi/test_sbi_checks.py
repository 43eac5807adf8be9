"""Every check of an answer, one wrong answer each: its own word, and nothing of the answer is used."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable
from typing import Any

import pytest

from drivers.errors import DeviceError, NeedsHands, Refused, Unreachable
from drivers.scanner import LEFT_SLAP, RIGHT_SLAP
from tests.unit.drivers.sbi import papers
from tests.unit.drivers.sbi.bench import FACE, IRIS, RIGHT, SLAP, TRANSACTION, Bench, bench, record
from tests.unit.drivers.sbi.papers import NOW, jws

Told = dict[str, Any]


def put(**fields: Any) -> Callable[[Told], Told]:
    return lambda told: told | fields


def without(name: str) -> Callable[[Told], Told]:
    return lambda told: {key: value for key, value in told.items() if key != name}


def again(by: papers.Paper, **header: Any) -> Callable[[str], str]:
    """The same payload, signed by somebody else or under another header."""

    def change(word: str) -> str:
        body = word.split(".")[1]
        return jws(base64.urlsafe_b64decode(body + "=" * (-len(body) % 4)), by, **header)

    return change


def torn(word: str) -> str:
    head, body, signature = word.split(".")
    other = "A" if signature[0] != "A" else "B"
    return f"{head}.{body}.{other}{signature[1:]}"


def forged(word: str) -> str:
    """Another payload under the signature that was."""
    head, body, signature = word.split(".")
    told = json.loads(base64.urlsafe_b64decode(body + "=="))
    return f"{head}.{papers.b64url(json.dumps(told | {'qualityScore': '99'}).encode())}.{signature}"


def late() -> papers.Paper:
    return papers.paper("LATE DEVICE", papers.provider(), ends=NOW - papers.DAY / 2)


def early() -> papers.Paper:
    return papers.paper("EARLY DEVICE", papers.provider(), begins=NOW + papers.DAY / 2)


def small() -> papers.Paper:
    return papers.paper("SMALL DEVICE", papers.provider(), bits=1024)


def other_word() -> str:
    return SLAP.word.replace(SLAP.word, jws(SLAP.digital_id, papers.stranger()))


def other_serial() -> str:
    return jws(SLAP.digital_id | {"serialNo": "SIM-OTHER"}, papers.device())


WRONG: dict[str, tuple[str, Callable[[], Any], str, type[DeviceError]]] = {
    "a torn signature": ("data", lambda: torn, "bad_signature", Refused),
    "a payload under another's signature": ("data", lambda: forged, "bad_signature", Refused),
    "no signature": ("data", lambda: lambda w: w.rpartition(".")[0] + ".", "bad_signature", Refused),
    "algorithm none": ("data", lambda: again(papers.device(), alg="none"), "bad_signature", Refused),
    "algorithm HS256": ("data", lambda: again(papers.device(), alg="HS256"), "bad_signature", Refused),
    "no certificate": ("data", lambda: again(papers.device(), x5c=[]), "bad_signature", Refused),
    "a certificate that is none": (
        "data",
        lambda: again(papers.device(), x5c=["AAAA"]),
        "bad_signature",
        Refused,
    ),
    "a small key": ("data", lambda: again(small()), "bad_signature", Refused),
    "a stranger": ("data", lambda: again(papers.stranger()), "untrusted", Refused),
    "a certificate that ran out": ("data", lambda: again(late()), "key_expired", Refused),
    "a certificate of tomorrow": ("data", lambda: again(early()), "untrusted", Refused),
    "no JWS": ("data", lambda: lambda w: "nothing", "garbled_reply", Unreachable),
    "a padded JWS": ("data", lambda: lambda w: w + "=", "garbled_reply", Unreachable),
    "a stranger's identity": ("payload", lambda: put(digitalId=other_word()), "untrusted", Refused),
    "another device's identity": (
        "payload",
        lambda: put(digitalId=other_serial()),
        "other_device",
        Unreachable,
    ),
    "another device's code": ("payload", lambda: put(deviceCode="code-9"), "other_device", Unreachable),
    "another question's answer": (
        "payload",
        lambda: put(transactionId="other"),
        "other_transaction",
        Unreachable,
    ),
    "a clock that is late": (
        "payload",
        lambda: put(timestamp="2026-01-02T02:59:04Z"),
        "clock_off",
        NeedsHands,
    ),
    "a clock that is early": (
        "payload",
        lambda: put(timestamp="2026-01-02T03:09:06Z"),
        "clock_off",
        NeedsHands,
    ),
    "no time": ("payload", lambda: without("timestamp"), "garbled_reply", Unreachable),
    "a time of no zone": (
        "payload",
        lambda: put(timestamp="2026-01-02T03:04:05"),
        "garbled_reply",
        Unreachable,
    ),
    "another purpose": ("payload", lambda: put(purpose="Auth"), "garbled_reply", Unreachable),
    "another environment": ("payload", lambda: put(env="Production"), "garbled_reply", Unreachable),
    "no score": ("payload", lambda: without("qualityScore"), "garbled_reply", Unreachable),
    "a score above all": ("payload", lambda: put(qualityScore="100.5"), "garbled_reply", Unreachable),
    "half a score": ("payload", lambda: put(qualityScore="7."), "garbled_reply", Unreachable),
    "a score of words": ("payload", lambda: put(qualityScore="nan"), "garbled_reply", Unreachable),
    "another kind": ("payload", lambda: put(bioType="Iris"), "count_differs", Unreachable),
    "the other hand": ("parts", lambda: lambda p: list(LEFT_SLAP), "count_differs", Unreachable),
    "one finger less": ("parts", lambda: lambda p: p[:3], "count_differs", Unreachable),
    "one finger more": ("parts", lambda: lambda p: [*p, "Right Thumb"], "count_differs", Unreachable),
    "one finger twice": ("parts", lambda: lambda p: [*p[:3], p[0]], "count_differs", Unreachable),
    "nothing": ("elements", lambda: lambda e: [], "count_differs", Unreachable),
    "another version": ("element", lambda: put(specVersion="0.9.2"), "other_version", Refused),
    "an error among good ones": (
        "elements",
        lambda: lambda e: [*e[:3], e[3] | {"error": {"errorCode": "102", "errorInfo": "no"}}],
        "too_few_features",
        NeedsHands,
    ),
    "no picture": ("payload", lambda: put(bioValue=""), "garbled_reply", Unreachable),
    "a picture of no base64": ("payload", lambda: put(bioValue="+/+/"), "garbled_reply", Unreachable),
    "a record of another kind": (
        "record",
        lambda: lambda r: record("Iris", "x"),
        "garbled_reply",
        Unreachable,
    ),
    "a record that was cut": ("record", lambda: lambda r: r[:-1], "garbled_reply", Unreachable),
    "a hash that does not follow": ("element", lambda: put(hash="AB" * 32), "chain_broken", Unreachable),
    "no hash": ("element", lambda: put(hash=""), "chain_broken", Unreachable),
    "elements in another order": ("elements", lambda: lambda e: e[::-1], "chain_broken", Unreachable),
    "no object": ("answer", lambda: lambda a: b"[]", "garbled_reply", Unreachable),
    "too many": ("elements", lambda: lambda e: e * 3, "garbled_reply", Unreachable),
    "no JSON": ("answer", lambda: lambda a: a[:-1], "garbled_reply", Unreachable),
    "a nest": ("answer", lambda: lambda a: b"[" * 100_000, "garbled_reply", Unreachable),
}


@pytest.mark.parametrize("name", WRONG)
def test_a_wrong_answer_has_its_word_and_nothing_of_it_is_used(name: str) -> None:
    where, change, cause, reaction = WRONG[name]
    with bench() as told:
        told.scanner.begin(TRANSACTION)
        first = told.scanner.capture(RIGHT)
        told.script.change[where] = change() if where != "answer" else _only_captures(change())
        with pytest.raises(reaction) as error:
            told.scanner.capture(RIGHT)
        assert error.value.cause == cause
        assert "SPECIMEN" not in str(error.value) and "Right" not in str(error.value)
        told.script.change.clear()
        assert told.scanner.capture(RIGHT) != first
        sent = [body["bio"][0]["previousHash"] for body in told.script.bodies("RCAPTURE")]
        assert sent[0] == "" and len(sent[1]) == 64 and sent[1] == sent[2]


def _only_captures(change: Callable[[bytes], bytes]) -> Callable[[bytes], bytes]:
    return lambda raw: change(raw) if b"biometrics" in raw else raw


def captured(told: Bench) -> tuple[Any, ...]:
    told.scanner.begin(TRANSACTION)
    return told.scanner.capture(RIGHT)


@pytest.mark.parametrize("moment", ["2026-01-02T02:59:05Z", "2026-01-02T03:09:05.000+00:00"])
def test_five_minutes_is_near_enough(moment: str) -> None:
    with bench() as told:
        told.script.change["payload"] = put(timestamp=moment)
        assert len(captured(told)) == 4


def test_the_clock_meant_is_the_one_the_caller_gives() -> None:
    with bench() as told:
        told.now_ms += 301_000
        with pytest.raises(NeedsHands, match="clock_off: 301 s"):
            captured(told)


@pytest.mark.parametrize("ahead_ms", [600_000, -600_000])
def test_a_service_may_take_its_time_from_a_pc_that_is_wrong_or_have_the_province_s(ahead_ms: int) -> None:
    with bench() as told:
        told.scanner._pc_unix_ms = lambda: told.now_ms - ahead_ms
        assert len(captured(told)) == 4, "the province's"
        told.now_ms += ahead_ms
        assert len(captured(told)) == 4, "the PC's"
        assert told.scanner.status().state == "ready"
        told.now_ms += 2 * ahead_ms
        with pytest.raises(NeedsHands, match="clock_off"):
            captured(told)


@pytest.mark.parametrize("score", ["0", "100", "100.0", "44.00", 61, 61.5])
def test_a_score_is_read_as_text_or_as_a_number(score: object) -> None:
    with bench() as told:
        told.script.change["payload"] = put(qualityScore=score)
        assert captured(told)[0].quality == float(str(score))


@pytest.mark.parametrize("part", [None, "null", ""])
def test_a_face_has_no_part_in_whatever_way_it_is_told(part: str | None) -> None:
    with bench() as told:
        told.script.change["payload"] = put(bioSubType=part)
        told.scanner.begin(TRANSACTION)
        assert [sample.part for sample in told.scanner.capture(FACE)] == [""]


def test_a_picture_may_be_padded_and_still_comes_back_byte_for_byte() -> None:
    with bench() as told:
        told.script.change["payload"] = lambda told: told | {"bioValue": told["bioValue"] + "=="}
        assert len(captured(told)) == 4


def test_a_picture_told_twice_could_not_be_restored_and_is_refused() -> None:
    with bench() as told:
        told.script.change["payload"] = lambda told: told | {"extra": told["bioValue"]}
        with pytest.raises(Unreachable, match="garbled_reply"):
            captured(told)


def test_an_l1_device_signs_its_identity_with_another_key_of_the_same_trust() -> None:
    chip = papers.paper("SPECIMEN CHIP", papers.provider())
    with bench(SLAP.__class__("2", "Finger", ("2",), certification="L1", identity_signer=chip), IRIS) as told:
        assert len(captured(told)) == 4


def test_the_fingers_come_in_the_asked_order_and_the_chain_in_the_answer_s() -> None:
    with bench() as told:
        told.script.change["parts"] = lambda parts: parts[::-1]
        samples = captured(told)
        assert tuple(sample.part for sample in samples) == RIGHT_SLAP
        assert [sample.record for sample in samples] == [record("Finger", part) for part in RIGHT_SLAP]
