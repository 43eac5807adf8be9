"""What somebody whose key is not pinned can say: a hello that proves itself, and nothing else."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sync import wire
from sync.log import Mark
from tests.unit.sync.test_wire import SIGNER, UP, VERIFY, packed, values, word


def test_whoever_is_not_known_can_only_say_a_hello_with_keys_that_made_it() -> None:
    def made_by(key: str, signature: bytes, message: bytes) -> bool:
        return key == SIGNER.public().text and VERIFY(signature, message)

    token, station = bytes(32), "64.11-1"
    text = SIGNER.public().text
    keys = wire.Keys(text, "seal", wire.proof(token, station, text, "seal"))
    hello = wire.Hello(Mark(1, 9), Mark(0, 0), 5, True, "", keys)
    data = wire.encode(hello, UP, SIGNER.sign)
    assert wire.decode_joining(data, UP, made_by) == hello
    assert wire.proof_holds(token, station, keys)
    assert not wire.proof_holds(bytes([1]) * 32, station, keys)
    assert not wire.proof_holds(token, "64.11-2", keys)
    assert not wire.proof_holds(token, station, wire.Keys(text, "other", keys.proof))
    assert not wire.proof_holds(token, station, wire.Keys(text, "seal", "é"))
    for message, why in (
        (wire.Have(Mark(1, 9)), "unknown_signer"),
        (wire.Hello(Mark(1, 9), Mark(0, 0), 5, True), "unknown_signer"),
        (wire.Hello(Mark(1, 9), Mark(0, 0), 5, True, "", wire.Keys("x", "y", "z")), "bad_signature"),
    ):
        with pytest.raises(wire.Dropped, match=why):
            wire.decode_joining(wire.encode(message, UP, SIGNER.sign), UP, made_by)


HELLO: dict[str, Any] = {
    "head": [1, 9], "have": [0, 0], "at_ms": 5, "ask": True, "version": "", "keys": {
        "sign": SIGNER.public().text, "seal": "s", "proof": "p",
    },
}  # fmt: skip
odd = values | st.sampled_from(["", 0, False, [], {}, [1], [1, -1], {"sign": ""}, -5, 2**63])


@given(st.dictionaries(st.sampled_from([*HELLO, "sign", "seal", "proof"]), odd, max_size=5))
def test_whatever_a_stranger_says_is_dropped_or_a_hello_and_nothing_else(told: dict[str, Any]) -> None:
    keys = {**HELLO["keys"], **{name: told[name] for name in HELLO["keys"] if name in told}}
    whole = {**HELLO, "keys": keys, **{name: told[name] for name in HELLO if name in told}}
    for said in (whole, told, list(told.values())):
        data = packed(json.dumps(said), kind=1)
        try:
            assert isinstance(wire.decode_joining(data, UP, lambda *_: True), wire.Hello)
        except wire.Dropped:
            continue


@pytest.mark.parametrize("keys", ["", 0, False, [], {}, "x", 7, [1], {"sign": 1}])
def test_a_hello_whose_keys_are_none_is_garbled(keys: Any) -> None:
    data = packed(json.dumps({**HELLO, "keys": keys}), kind=1)
    with pytest.raises(wire.Dropped, match="garbled"):
        wire.decode_joining(data, UP, lambda *_: True)
    assert word(data) == "garbled"
