"""The chain, the attestation, signed words and requests as pure values."""

from __future__ import annotations

import base64
import json
import re
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import drivers.sbi
from drivers.errors import DeviceError, Refused, Unreachable
from drivers.sbi import attestation, chain, groups, jws, messages
from drivers.sbi.verbs import Call
from drivers.scanner import GROUPS, IRISES, LEFT_SLAP, RIGHT_SLAP, THUMBS, Modality, Wanted
from tests.unit.drivers.sbi import papers
from tests.unit.drivers.sbi.bench import FACE, LEFT_WITHOUT_LITTLE, RIGHT, TRANSACTION
from tests.unit.drivers.sbi.papers import NOW_MS

PAGE = (Path(drivers.sbi.__file__).parent / "PROTOCOL.md").read_text("utf-8")
FIRST, SECOND = re.findall(r"`([0-9A-F]{64})`", PAGE)
WORD = papers.jws({"bioValue": "XXXX"}, papers.device())


# -- the chain ---------------------------------------------------------------------------------------


def test_the_chain_is_the_page_s_vector() -> None:
    assert chain.link("", b"FIR\0") == FIRST
    assert chain.link(FIRST, b"IIR\0") == SECOND
    assert chain.last_of("", [(b"FIR\0", FIRST), (b"IIR\0", SECOND.lower())]) == SECOND
    assert chain.last_of("", []) == ""


@pytest.mark.parametrize(
    "links",
    [[(b"FIR\0", SECOND)], [(b"FIR\0", FIRST), (b"IIR\0", FIRST)], [(b"FIR\0", "")], [(b"FIR\0", "é")]],
)
def test_a_chain_that_does_not_follow_has_no_last_hash(links: list[tuple[bytes, str]]) -> None:
    assert chain.last_of("", links) is None


@pytest.mark.parametrize("hash_told", ["AB", "Z" * 64])
def test_what_is_no_hash_is_followed_by_nothing(hash_told: str) -> None:
    with pytest.raises(ValueError):
        chain.link(hash_told, b"FIR\0")


# -- the device's word, kept without its picture -------------------------------------------------------


def read(text: str) -> jws.Jws:
    return jws.read(text)


@settings(max_examples=30)
@given(st.binary(min_size=8), st.text(max_size=20).filter(lambda text: "<" not in text))
def test_word_and_record_make_the_jws_again_byte_for_byte(record: bytes, other: str) -> None:
    payload = json.dumps({"other": other, "bioValue": papers.b64url(record)}, ensure_ascii=False)
    word = papers.jws(payload.encode("utf-8", "surrogatepass"), papers.device())
    try:
        kept = attestation.attest(read(word), record, "AB" * 32)
    except Unreachable:
        return
    assert papers.b64url(record) not in kept.decode()
    assert attestation.restore(kept, record) == word
    assert attestation.restore(kept, record + b"x") != word
    assert json.loads(kept)["hash"] == "AB" * 32


def test_a_word_that_would_not_come_back_is_not_kept() -> None:
    for payload in (
        b'{"bioValue":"<bioValue>","x":"AAAAAAAAAAA"}',
        b"AAAAAAAAAAAAAAAAAAAAAA",
        b"\xffAAAAAAAAAAA",
    ):
        with pytest.raises(Unreachable, match="garbled_reply"):
            attestation.attest(read(papers.jws(payload, papers.device())), bytes(8), "")


@pytest.mark.parametrize(
    "kept",
    [
        b"",
        b"{}",
        b"[]",
        b'{"header":"a","payload":1,"signature":"b"}',
        b"[" * 100_000,
        b'{"header":"a","payload":"none","signature":"b"}',
        b'{"header":1,"payload":"<bioValue>","signature":2}',
    ],
)
def test_what_is_no_attestation_restores_nothing(kept: bytes) -> None:
    with pytest.raises(ValueError):
        attestation.restore(kept, b"x")


# -- signed words --------------------------------------------------------------------------------------


@pytest.mark.filterwarnings("ignore::cryptography.utils.CryptographyDeprecationWarning")
@settings(max_examples=60)
@given(st.integers(0, len(WORD) - 1), st.sampled_from("Aa0-_.=é"))
def test_a_signed_word_with_one_other_sign_is_none(at: int, sign: str) -> None:
    other = WORD[:at] + sign + WORD[at + 1 :]
    if other != WORD:
        with pytest.raises(DeviceError):
            read(other)


@settings(max_examples=100)
@given(st.text(max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with pytest.raises(DeviceError):
        read(text)


def test_x5c_may_be_one_text() -> None:
    word = papers.jws({}, papers.device(), x5c=papers.device().x5c)
    assert read(word).certificates[0] == papers.device().cert


@pytest.mark.parametrize(
    "header", [b"[]", b"{}", b'{"alg":"RS256"}', b'{"alg":"RS256","x5c":[1]}', b'{"alg":"RS256","x5c":7}']
)
def test_a_head_without_algorithm_and_certificate_is_no_signature(header: bytes) -> None:
    with pytest.raises(Refused, match="bad_signature"):
        read(f"{papers.b64url(header)}.{papers.b64url(b'{}')}.{papers.b64url(b'x')}")


def test_a_certificate_with_a_key_of_a_kind_nobody_knows_signs_nothing() -> None:
    rsa, other = bytes.fromhex("06092a864886f70d010101"), bytes.fromhex("06092a864886f70d01017f")
    der = base64.b64decode(papers.device().x5c)
    with pytest.raises(Refused, match="bad_signature"):
        read(papers.jws({}, papers.device(), x5c=[base64.b64encode(der.replace(rsa, other)).decode()]))


def test_more_certificates_than_a_chain_needs_are_not_read() -> None:
    with pytest.raises(Refused, match="bad_signature"):
        read(papers.jws({}, *[papers.device()] * 7))


# -- requests ------------------------------------------------------------------------------------------


def test_a_capture_is_asked_for_as_on_the_page() -> None:
    raw = messages.capture(
        groups.press(LEFT_WITHOUT_LITTLE),
        "2",
        purpose="Registration",
        env="Developer",
        transaction=TRANSACTION,
        now_unix_ms=NOW_MS + 999,
    )
    assert json.loads(raw) == {
        "env": "Developer",
        "purpose": "Registration",
        "specVersion": "0.9.5",
        "timeout": "10000",
        "captureTime": "2026-01-02T03:04:05Z",
        "transactionId": TRANSACTION,
        "bio": [
            {
                "type": "Finger",
                "count": "3",
                "bioSubType": ["Left IndexFinger", "Left MiddleFinger", "Left RingFinger"],
                "exception": ["Left LittleFinger"],
                "requestedScore": "40",
                "deviceId": "2",
                "deviceSubId": "1",
                "previousHash": "",
            }
        ],
    }


def test_an_authentication_names_its_domain_and_no_exceptions() -> None:
    raw = messages.capture(
        groups.press(RIGHT),
        "2",
        purpose="Auth",
        env="Developer",
        transaction=TRANSACTION,
        now_unix_ms=NOW_MS,
        domain_uri="https://specimen.example",
    )
    told = json.loads(raw)
    assert told["domainUri"] == "https://specimen.example" and "exception" not in told["bio"][0]


def test_every_group_has_its_sub_device() -> None:
    assert [groups.sub_device(kind, parts) for kind, parts in GROUPS] == ["2", "1", "3", "3", "0"]


def test_an_exception_photo_is_a_face_with_exceptions() -> None:
    press = groups.press(Wanted(Modality.FACE, (), ("Left Thumb", "Right"), 60, 5_000))
    assert (press.sub_id, press.count, press.parts) == ("0", 1, ())
    assert press.exceptions == ("Left Thumb", "Right")


@pytest.mark.parametrize(
    "wanted",
    [
        Wanted(Modality.FINGER, LEFT_SLAP[:3], (), 40, 1),
        Wanted(Modality.FINGER, (), LEFT_SLAP, 40, 1),
        Wanted(Modality.FINGER, (*LEFT_SLAP, "Left Thumb"), (), 40, 1),
        Wanted(Modality.FINGER, LEFT_SLAP, LEFT_SLAP[:1], 40, 1),
        Wanted(Modality.FINGER, RIGHT_SLAP[:2] + LEFT_SLAP[2:], (), 40, 1),
        Wanted(Modality.IRIS, THUMBS, (), 40, 1),
        Wanted(Modality.FACE, ("Left",), (), 40, 1),
        Wanted(Modality.IRIS, IRISES, (), 101, 1),
        Wanted(Modality.IRIS, IRISES, (), -1, 1),
        Wanted(Modality.IRIS, IRISES, (), 40, 0),
    ],
)
def test_what_no_press_can_give_is_refused(wanted: Wanted) -> None:
    with pytest.raises(Refused, match="bad_command"):
        groups.press(wanted)


def test_a_preview_needs_only_some_of_the_parts() -> None:
    assert groups.seeing(Modality.FINGER, RIGHT_SLAP[1:]) == "2"
    assert groups.seeing(Modality.FINGER, THUMBS[:1]) == "3"
    assert groups.seeing(Modality.FACE, ()) == "0"
    for kind, parts in ((Modality.FINGER, ()), (Modality.FINGER, ("Left Toe",)), (Modality.FACE, ("Left",))):
        with pytest.raises(Refused):
            groups.seeing(kind, parts)


# -- answers -------------------------------------------------------------------------------------------

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(["deviceId", "error", "errorCode", "biometrics", "data", "digitalId"]), inner
        )
    ),
    max_leaves=8,
)


@settings(max_examples=150)
@given(JSON)
def test_any_json_is_read_or_is_a_device_s_error(told: object) -> None:
    raw = json.dumps(told).encode()
    readers = (
        messages.found,
        messages.words,
        lambda raw: messages.elements(raw, Call.REGISTRATION, ""),
        lambda raw: messages.preview_error(raw, ""),
    )
    for reader in readers:
        try:
            reader(raw)
        except DeviceError as error:
            assert error.cause in {"garbled_reply", "sensor_fault"}


def test_numbers_are_read_where_texts_are_due() -> None:
    (found,) = messages.found(json.dumps([{"deviceId": 2, "deviceSubId": [1, 2], "deviceCode": 7}]).encode())
    assert (found.id, found.sub_ids, found.code) == ("2", ("1", "2"), "7")
    assert messages.texts({"deviceSubId": 3}, "deviceSubId") == ("3",)
    assert messages.text({"deviceId": True}, "deviceId") == ""


@pytest.mark.parametrize("code", ["106", "202"])
def test_a_service_without_devices_is_an_answer(code: str) -> None:
    assert messages.found(json.dumps([{"deviceId": None, "error": {"errorCode": code}}]).encode()) == ()


def test_a_service_in_trouble_is_an_error() -> None:
    with pytest.raises(Refused, match="bad_command"):
        messages.found(json.dumps([{"error": {"errorCode": "101"}}]).encode())


def test_a_face_is_one_picture() -> None:
    assert groups.press(FACE).count == 1
