"""Messages as bytes: golden ones, any batch there and back, and whatever else may come over a line."""

from __future__ import annotations

import json
import random
import zlib
from base64 import b64encode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from domain.keys import SigningKey
from sync import columns, wire
from sync.dictionary import DICTIONARY
from sync.log import BATCH_ENTRIES_MAX, Batch, Entry, Mark
from sync.pieces import Held, Piece
from tests.unit.sync import office

VECTORS = json.loads((Path(__file__).parents[2] / "vectors" / "sync" / "v1.json").read_text())
SIGNER = SigningKey(b64encode(bytes.fromhex(VECTORS["signer_seed"])).decode())
VERIFY = SIGNER.public().verify
UP = "up/64.11-1"

PACKET = sha256(b"loket").hexdigest()
before = {"before": {"cards": 3, "panels": 12}}
MEANINGS: dict[str, wire.Message] = {
    "a station greets and wants an answer": wire.Hello(
        Mark(12, 4611686018427387905), Mark(3, 77), 1790000000123, True, "0.1.0"
    ),
    "a station joins": wire.Hello(
        Mark(1, 9), Mark(0, 0), 1790000000000, True, "0.1.0", wire.Keys("c2lnbg==", "c2VhbA==", "00ff")
    ),
    "one line of a journal": Batch(
        Mark(7, 9),
        (
            Entry(8, 9, 1790000000500, "staged", "64.11-000123-1",
                  {"blank": "04A1B2C3D4E5F6", "kind": "ktp", "witness": "chip"}),
        ),
    ),
    "two cards, an epoch that changed between": Batch(
        Mark(0, 0),
        (
            Entry(1, 9, 1790000000000, "printed", "64.11-1-1",
                  {"order": "64.11-1", "kind": "ktp", "blank": "04AA", "by": "evidence"}),
            Entry(2, 9, 1790000000005, "printed", "64.11-2-1",
                  {"order": "64.11-2", "kind": "ktp", "blank": "04BB", "by": "evidence"}),
            Entry(3, 10, 1790000000002, "noted", "x", before),
        ),
    ),
    "the hub has it": wire.Have(Mark(8, 9)),
    "the hub misses something": wire.Have(Mark(7, 9), gap=True),
    "another history": wire.Refused("fork", Mark(8, 9)),
    "the last will": wire.Presence(False, 1790000000000),
    "a piece of a packet": Piece(PACKET, 20000, 8192, bytes(range(48))),
    "how far is the hub": Piece(PACKET, 20000, 0),
    "the hub holds so much": Held(PACKET, 16384),
    "the hub wants it from there": Held(PACKET, 0, gap=True),
}  # fmt: skip


def inflated(data: bytes) -> str:
    return zlib.decompressobj(-15, DICTIONARY).decompress(data[68:]).decode()


def packed(
    text: str, kind: int = 2, *, head: bytes = b"LK\x01", route: str = UP, after: bytes = b"", cut: int = 0
) -> bytes:
    """Bytes as an enemy with a pinned key could make them."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15, 9, 0, DICTIONARY)
    deflated = deflater.compress(text.encode()) + deflater.flush() + after
    deflated = deflated[: len(deflated) - cut]
    start = head + bytes([kind])
    return start + SIGNER.sign(b"loket-wire|" + route.encode() + b"|" + start + deflated) + deflated


def word(data: bytes, route: str = UP) -> str:
    with pytest.raises(wire.Dropped) as dropped:
        wire.decode(data, route, VERIFY)
    return dropped.value.word


def test_the_dictionary_is_part_of_the_wire_and_never_changes() -> None:
    assert sha256(DICTIONARY).hexdigest() == VECTORS["dictionary_sha256"]


@pytest.mark.parametrize("vector", VECTORS["messages"], ids=lambda vector: vector["name"])
def test_golden_messages_both_ways(vector: dict[str, Any]) -> None:
    data, meaning = bytes.fromhex(vector["bytes"]), MEANINGS[vector["name"]]
    assert wire.decode(data, vector["route"], VERIFY) == meaning
    ours = wire.encode(meaning, vector["route"], SIGNER.sign)
    assert inflated(ours) == vector["text"], "deflate may differ between machines, what it says may not"
    assert ours[:4] == data[:4]
    assert wire.decode(ours, vector["route"], VERIFY) == meaning


numbers = st.integers(0, 2**63 - 1)
floats = st.floats(allow_nan=False, allow_infinity=False)
scalars = st.none() | st.booleans() | st.integers(-(2**70), 2**70) | st.text(max_size=20) | floats
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)
bodies = st.dictionaries(st.sampled_from(["blank", "kind", "before", "", "c", "é"]), values, max_size=4)


@st.composite
def batches(draw: st.DrawFn) -> Batch:
    start = draw(st.integers(0, 2**40))
    entries = draw(
        st.lists(
            st.builds(
                Entry, st.just(0), st.sampled_from([1, 2**63 - 1]) | numbers, st.integers(0, 2**62),
                st.sampled_from(["staged", "printed", ""]),
                st.sampled_from(["a", "b", ""]) | st.text(max_size=9),
                bodies,
            ),
            max_size=12,
        )
    )  # fmt: skip
    placed = (
        Entry(start + n, e.epoch, e.at_ms, e.event, e.subject, e.body) for n, e in enumerate(entries, 1)
    )
    return Batch(Mark(start, draw(numbers)), tuple(placed))


@given(batches())
def test_any_batch_comes_out_as_it_went_in(batch: Batch) -> None:
    data = wire.encode(batch, UP, lambda _: bytes(64))
    got = wire.decode(data, UP, lambda _signature, _message: True)
    assert repr(got) == repr(batch) or got == batch
    assert got == batch


def test_values_that_only_seem_equal_stay_what_they_are() -> None:
    lines = [Entry(n, 1, 0, "noted", "", {"a": value}) for n, value in enumerate([1, True, 1.0], 1)]
    got = wire.decode(wire.encode(Batch(Mark(0, 0), tuple(lines)), UP, SIGNER.sign), UP, VERIFY)
    assert isinstance(got, Batch)
    assert [type(entry.body["a"]) for entry in got.entries] == [int, bool, float]
    pair = wire.decode(wire.encode(Batch(Mark(0, 0), tuple(lines[:2])), UP, SIGNER.sign), UP, VERIFY)
    assert isinstance(pair, Batch)
    assert [type(entry.body["a"]) for entry in pair.entries] == [int, bool]


@given(st.binary(max_size=300))
def test_noise_is_dropped_with_a_word_and_never_anything_else(noise: bytes) -> None:
    for data in (noise, b"LK\x01\x02" + bytes(64) + noise, b"LK\x01\x01" + bytes(64) + noise):
        with pytest.raises(wire.Dropped):
            wire.decode(data, UP, VERIFY)
        with pytest.raises(wire.Dropped):
            wire.decode(data, UP, lambda _signature, message: b"\x01\x07" in message)


@given(st.data())
def test_a_single_changed_byte_is_dropped(data: st.DataObject) -> None:
    whole = bytearray(wire.encode(office.batch(20), UP, SIGNER.sign))
    place = data.draw(st.integers(0, len(whole) - 1))
    whole[place] ^= data.draw(st.integers(1, 255))
    with pytest.raises(wire.Dropped):
        wire.decode(bytes(whole), UP, VERIFY)


def test_a_message_is_bound_to_who_says_it_to_whom() -> None:
    data = wire.encode(wire.Have(Mark(8, 9)), "down/64.11-1", SIGNER.sign)
    assert word(data, "down/64.11-2") == "bad_signature"
    assert word(data, "up/64.11-1") == "bad_signature"
    other = SigningKey.generate()
    assert word(wire.encode(wire.Have(Mark(8, 9)), UP, other.sign)) == "bad_signature"


def test_a_later_version_or_kind_is_dropped_by_name() -> None:
    assert word(packed("{}", head=b"LK\x02")) == "unknown_version"
    assert word(packed("{}", kind=9)) == "unknown_kind"
    assert word(b"MQ" + bytes(80)) == "not_ours"
    assert word(b"LK\x01\x02" + bytes(10)) == "not_ours"


def test_fields_that_a_later_version_adds_are_passed_over() -> None:
    data = packed('{"mark":[8,9],"gap":true,"mood":"fine"}', kind=3)
    assert wire.decode(data, UP, VERIFY) == wire.Have(Mark(8, 9), gap=True)


HAVE = '{"mark":[8,9],"gap":true}'
BOMBS = {
    "inflates without end": packed(HAVE + " " * wire.INFLATED_BYTES_MAX, kind=3),
    "nested without end": packed("[" * 200_000 + "]" * 200_000),
    "a long text meant a thousand times": packed(
        json.dumps([[0, 0], [1, 500], [0] * 500, [["x", "a"]], [0] * 500, {"c": ""}, [[{"c": "y" * 50_000}]]])
    ),
    "a text referred to again and again": packed(
        json.dumps(
            [
                *([0, 0], [1, 500], [0] * 500, [["x", "a"]], [0] * 500, {"c": ""}),
                [[{"s": ["y" * 9000] + [0] * 499}]],
            ]
        )
    ),
    "deep inside a body": packed(
        json.dumps([[0, 0], [1, 1], [0], [["x", "a"]], [0], [""], [[[json.loads("[" * 40 + "]" * 40)]]]])
    ),
    "more entries than a batch has": packed(
        json.dumps([[0, 0], [1, 501], [0] * 501, [["x"]], [0] * 501, {"c": ""}, [[]]])
    ),
    "more bytes than a message has": packed(
        HAVE[:-1] + ',"pad":"' + random.Random(1).randbytes(1_000_000).hex() + '"}', kind=3
    ),
    "bytes after the end": packed(HAVE, kind=3, after=b"x"),
    "no end": packed(HAVE, kind=3, cut=1),
}  # fmt: skip


@pytest.mark.parametrize("data", BOMBS.values(), ids=BOMBS)
def test_what_is_small_on_the_line_and_huge_inside_is_dropped(data: bytes) -> None:
    assert word(data) in ("garbled", "too_large")


BAD_COLUMNS = [
    "[]",
    "{}",
    "[[0],[1,1],[0],[],[],[],[]]",
    '[[0,0],[1,1],[0],[["x","a"]],[0],["s"],[[[1,2]]]]',
    '[[0,0],[1,1],[0],[["x","a","a"]],[0],["s"],[[[1],[2]]]]',
    '[[0,0],[1,1],[0],[["x",["a","b"],"a"]],[0],["s"],[[[1],[2]]]]',
    '[[0,0],[1,1],[0],[["x","a"]],[1],["s"],[[[1]]]]',
    '[[0,0],[1,1],[0],[["x","a"]],[-1],["s"],[[[1]]]]',
    '[[0,0],[1,2],[0],[["x","a"]],[0],["s"],[[[1]]]]',
    '[[0,0],[1,1],[0,1],[["x","a"]],[0],["s"],[[[1]]]]',
    '[[0,0],[1,1],[],[["x","a"]],[0],["s"],[[[1]]]]',
    '[[0,0],[1,1],[0],[["x","a"]],[0],["s"],[[{"q":[1]}]]]',
    '[[0,0],[1,1],[0],[["x","a"]],[0],["s"],[[{"s":[5]}]]]',
    '[[0,0],[1,1],[0],[["x","a"]],[0],["s"],[[{}]]]',
    '[[0,0],[1,1],[0],[["x","a"]],[0],[3],[[[1]]]]',
    '[[0,0],[1,1],[0],[["x",[]]],[0],["s"],[[[1]]]]',
    '[[0,0],[1,1],[9223372036854775808],[["x","a"]],[0],["s"],[[[1]]]]',
    '[[0,0],[1,1],[-1],[["x","a"]],[0],["s"],[[[1]]]]',
    '[[0,0],[1,2],[5,-6],[["x"]],[0,0],["s","t"],[[]]]',
    '[[9223372036854775807,0],[1,1],[0],[["x","a"]],[0],["s"],[[[1]]]]',
    '[[0,-1],[1,1],[0],[["x","a"]],[0],["s"],[[[1]]]]',
    '[[0,true],[1,1],[0],[["x","a"]],[0],["s"],[[[1]]]]',
    '[[0,0],[1,1],[0],[["x","a"]],[0],["s"],[[[NaN]]]]',
    '{"mark":[1,2],"gap":true}',
]


@pytest.mark.parametrize("text", BAD_COLUMNS)
def test_columns_that_do_not_fit_are_garbled(text: str) -> None:
    assert word(packed(text)) == "garbled"


def test_the_signer_of_the_vectors_is_the_published_test_key() -> None:
    key = Ed25519PrivateKey.from_private_bytes(bytes.fromhex(VECTORS["signer_seed"]))
    published = "d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a"
    assert key.public_key().public_bytes_raw().hex() == published


@pytest.mark.parametrize(("count", "most"), [(1, 190), (50, 20), (BATCH_ENTRIES_MAX, 14)])
def test_a_counters_day_stays_small_signature_included(count: int, most: float) -> None:
    sizes = [len(wire.encode(office.batch(count, seed), UP, SIGNER.sign)) / count for seed in range(8)]
    assert sum(sizes) / len(sizes) <= most


def test_an_unfolded_batch_is_counted_by_what_it_holds() -> None:
    folded = columns.fold(office.batch(50))
    assert columns.unfold(folded) == office.batch(50)
