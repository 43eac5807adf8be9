"""CAPTURE: sealed for the domain alone, and the golden numbers of the protocol."""

from __future__ import annotations

import io
from typing import Any

import numpy as np
import pytest
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import padding
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from simulators.sbi.answers import chained
from simulators.sbi.sealing import iv_and_aad
from tests.unit.simulators.sbi.bench import Bench, fits, hung_on, opened, request, some_keys, unb64
from tests.unit.simulators.sbi.test_records import lossless, read

OAEP = padding.OAEP(padding.MGF1(hashes.SHA256()), hashes.SHA256(), None)


def test_the_golden_vector_of_iv_and_aad() -> None:
    iv, aad = iv_and_aad("2026-01-02T03:04:05Z", "abcd-1234")
    assert iv.hex() == "30325451515954190b02066e"
    assert aad.hex() == "2d30312d30325451515954190b02066e"


def test_the_golden_vector_of_the_hash_chain() -> None:
    first = chained("", b"FIR\0")
    assert first == "B2E5710012435175C651A3B0954144B14B0004B360384D51D1DEA066067D7AA7"
    second = "F4EA82556E9D30ADD0919E283EF57E7B2A0514178386C3CF92550DF1D73B714B"
    assert chained(first, b"IIR\0") == second == chained(first.lower(), b"IIR\0")


@given(st.text("abc-123", min_size=4, max_size=50))
def test_the_longer_text_s_end_shows_whichever_is_longer(transaction: str) -> None:
    iv, aad = iv_and_aad("2026-01-02T03:04:05Z", transaction)
    assert (len(iv), len(aad)) == (12, 16)
    assert aad.endswith(iv)
    assert iv[-1] == ord("Z") ^ ord(transaction[-1])


@pytest.mark.parametrize("changes", [
    {}, {"bioSubType": ["UNKNOWN", "UNKNOWN"]}, {"type": "Iris"}, {"type": "Face"},
], ids=str)  # fmt: skip
def test_only_the_domain_opens_an_authentication(changes: dict[str, Any]) -> None:
    bench = Bench(purpose="Auth")
    asked = request("CAPTURE", **changes)
    told = bench.ask("CAPTURE", asked)
    fits("capture", told)
    assert len(told["biometrics"]) == (len(asked["bio"][0]["bioSubType"]) or 1)
    last = ""
    for element in told["biometrics"]:
        payload = opened(element["data"])
        fits("data-auth", payload)
        assert payload["domainUri"] == "loket.example"
        domain = some_keys().domain
        assert element["thumbprint"] == domain.certificate.fingerprint(hashes.SHA256()).hex().upper()
        session_key = domain.key.decrypt(unb64(element["sessionKey"]), OAEP)
        iv, aad = iv_and_aad(payload["timestamp"], payload["transactionId"])
        record = AESGCM(session_key).decrypt(iv, unb64(payload["bioValue"]), aad)
        told = read(record)
        assert told["lossy"] and not lossless(told["image"])
        picture = Image.open(io.BytesIO(told["image"]))
        assert (picture.format, picture.size) == ("JPEG2000", told["size"])
        last = hung_on(last, record)
        assert element["hash"] == last


def records_of(**changes: Any) -> list[bytes]:
    """The opened records of one authentication."""
    records = []
    for element in Bench(purpose="Auth").ask("CAPTURE", request("CAPTURE", **changes))["biometrics"]:
        payload = opened(element["data"])
        key = some_keys().domain.key.decrypt(unb64(element["sessionKey"]), OAEP)
        iv, aad = iv_and_aad(payload["timestamp"], payload["transactionId"])
        records.append(AESGCM(key).decrypt(iv, unb64(payload["bioValue"]), aad))
    return records


def test_of_a_finger_that_is_compared_no_more_is_lost_than_allowed() -> None:
    for record in records_of():
        told = read(record)
        width, height = told["size"]
        assert width * height / 15 <= len(told["image"]) <= width * height / 10


def test_of_an_eye_that_is_compared_nothing_is_sent_but_the_iris() -> None:
    for record in records_of(type="Iris"):
        told = read(record)
        x0, x1, y0, y1, least, most = told["rim"]
        seen = np.asarray(Image.open(io.BytesIO(told["image"])))
        down, across = np.mgrid[: seen.shape[0], : seen.shape[1]]
        far = np.hypot(across - (x0 + x1) / 2, down - (y0 + y1) / 2)
        outside = seen[far > most / 2 + 6].astype(int)
        assert (np.minimum(abs(outside - 200), abs(outside - 128)) <= 12).mean() > 0.98
        assert seen[far < least / 8].mean() < 60, "the pupil is in the middle"
        assert 150 <= least <= most
        margins = (seen.shape[1] - most) / most, (seen.shape[0] - most) / most
        assert margins == pytest.approx((0.6, 0.2), abs=0.05)


WRONG: list[tuple[dict[str, Any], str]] = [
    ({"transactionId": "x"}, "112"), ({"purpose": "Registration"}, "121"), ({"deviceId": ""}, "804"),
    ({"deviceId": "9"}, "106"), ({"deviceSubId": "1"}, "810"), ({"count": "1"}, "109"),
    ({"exception": ["Left Thumb"]}, "122"), ({"bioSubType": ["UNKNOWN"] * 11}, "109"),
    ({"type": "Iris", "bioSubType": ["Left", "Right", "UNKNOWN"]}, "109"),
]  # fmt: skip


@pytest.mark.parametrize(("changes", "code"), WRONG, ids=str)
def test_a_wrong_authentication_is_told_in_its_own_shape(changes: dict[str, Any], code: str) -> None:
    told = Bench(purpose="Auth").ask("CAPTURE", request("CAPTURE", **changes))
    fits("capture", told)
    assert told["biometrics"][0]["error"]["errorCode"] == code


@pytest.mark.parametrize(("accident", "code"), [
    ("no_domain_key@start", "108"), ("failed@capture=1", "810"), ("nothing@start", "101"),
])  # fmt: skip
def test_an_authentication_has_accidents_too(accident: str, code: str) -> None:
    told = Bench(accident, purpose="Auth").ask("CAPTURE", request("CAPTURE"))
    fits("capture", told)
    assert told["biometrics"][0]["error"]["errorCode"] == code
