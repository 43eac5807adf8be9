"""Keys: what is signed or sealed for one purpose is worth nothing for another."""

from __future__ import annotations

from base64 import b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import keys


def test_a_signature_holds_for_its_message_and_its_signer_only() -> None:
    signer, other = keys.SigningKey.generate(), keys.SigningKey.generate()
    signature = signer.sign(b"one")
    assert signer.public().verify(signature, b"one")
    assert not signer.public().verify(signature, b"two")
    assert not other.public().verify(signature, b"one")
    assert not signer.public().verify(signature[:-1], b"one")


def test_keys_survive_being_written_down() -> None:
    signer, opener = keys.SigningKey.generate(), keys.OpenKey.generate()
    assert keys.VerifyKey(signer.public().text).verify(keys.SigningKey(signer.text).sign(b"x"), b"x")
    sealed = keys.SealKey(opener.public().text).seal(b"secret", b"info")
    assert keys.OpenKey(opener.text).open(sealed, b"info") == b"secret"
    assert len(sealed) == len(b"secret") + 1136


@given(st.integers(0, 1141), st.integers(0, 7))
def test_no_flipped_bit_opens(index: int, bit: int) -> None:
    opener = OPENER
    sealed = bytearray(SEALED)
    sealed[index] ^= 1 << bit
    with pytest.raises(keys.CannotOpen):
        opener.open(bytes(sealed), b"info")


OPENER = keys.OpenKey.generate()
SEALED = OPENER.public().seal(b"secret", b"info")


def test_a_sealed_thing_opens_for_its_purpose_only() -> None:
    with pytest.raises(keys.CannotOpen):
        OPENER.open(SEALED, b"other")
    with pytest.raises(keys.CannotOpen):
        OPENER.open(b"", b"info")
    with pytest.raises(keys.CannotOpen):
        keys.OpenKey.generate().open(SEALED, b"info")


def test_an_order_is_signed_without_its_bulk_but_with_its_hash() -> None:
    body = {"kind": "ktp", "payload_sha256": "aa", "payload": "AAAA", "signature": "s"}
    told = keys.order_bytes("64.11-1", "o1", body)
    assert told == keys.order_bytes("64.11-1", "o1", {**body, "payload": "BBBB", "signature": ""})
    assert told != keys.order_bytes("64.11-1", "o1", {**body, "payload_sha256": "bb"})
    assert told != keys.order_bytes("64.11-2", "o1", body)


def test_canonical_json_has_one_form() -> None:
    assert keys.canonical({"b": 1, "a": "é"}) == '{"a":"é","b":1}'.encode()
    with pytest.raises(ValueError, match="JSON"):
        keys.canonical(float("nan"))


@pytest.mark.parametrize("raw", [b"", bytes(95), bytes(97)], ids=len)
def test_a_secret_of_another_length_is_refused_before_anything_is_opened_with_it(raw: bytes) -> None:
    with pytest.raises(ValueError, match="length"):
        keys.OpenKey(b64encode(raw).decode())
