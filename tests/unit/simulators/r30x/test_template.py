"""A template is 512 bytes with a sum; whatever else is put down is refused, and never breaks the reader."""

from __future__ import annotations

import zlib

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.r30x import matching
from simulators.r30x.template import BYTES, MOST, BadTemplate, Marks, pack, unpack, valid

MARK = st.tuples(
    st.integers(0, 255), st.integers(0, 32767), st.integers(0, 255), st.booleans(), st.integers(0, 255)
)


def marks(rows: list[tuple[int, int, int, bool, int]]) -> Marks:
    x, y, turn, fork, quality = zip(*rows, strict=True) if rows else ((),) * 5
    return Marks(
        np.array(x, np.float32),
        np.array(y, np.float32),
        np.array(turn, np.float32) * np.float32(2 * np.pi / 256),
        np.array(fork, np.bool_),
        np.array(quality, np.float32) / 255,
    )


@given(st.lists(MARK, min_size=1, max_size=MOST))
def test_a_template_says_back_what_was_packed(rows: list[tuple[int, int, int, bool, int]]) -> None:
    packed = pack(marks(rows))
    back = unpack(packed)
    assert len(packed) == BYTES and valid(packed) and pack(back) == packed
    told = zip(back.x, back.y, np.rint(back.turn / (2 * np.pi / 256)), back.fork, back.quality, strict=True)
    assert [(int(x), int(y), int(turn), bool(fork), round(q * 255)) for x, y, turn, fork, q in told] == rows


def test_more_marks_than_fit_leave_the_last_ones_out() -> None:
    packed = pack(marks([(each, each, each, False, 9) for each in range(120)]))
    assert len(packed) == BYTES and len(unpack(packed)) == MOST


@given(st.binary(max_size=600))
def test_strange_bytes_are_no_template(data: bytes) -> None:
    assert not valid(data)


@given(st.integers(0, BYTES * 8 - 1))
def test_one_wrong_bit_spoils_a_template(bit: int) -> None:
    data = bytearray(pack(marks([(10, 20, 30, True, 40), (50, 60, 70, False, 80)])))
    data[bit // 8] ^= 1 << bit % 8
    assert not valid(bytes(data))


def test_a_template_without_marks_is_none() -> None:
    empty = b"SIMF\x01\x00\x00\x00" + zlib.crc32(b"").to_bytes(4, "big")
    assert not valid(empty.ljust(BYTES, b"\0"))


@given(st.lists(MARK, min_size=1, max_size=12), st.lists(MARK, min_size=1, max_size=MOST))
def test_any_two_templates_can_be_compared(
    one: list[tuple[int, int, int, bool, int]], other: list[tuple[int, int, int, bool, int]]
) -> None:
    first, second = pack(marks(one)), pack(marks(other))
    assert 0 <= matching.score(first, second) <= matching.MOST_SCORE
    assert matching.combine(first, second) is None or matching.matches(first, second)


def test_what_is_no_template_is_not_compared() -> None:
    good = pack(marks([(10, 20, 30, True, 40)]))
    for call in (matching.score, matching.combine):
        with pytest.raises(BadTemplate):
            call(good, bytes(BYTES))
        with pytest.raises(BadTemplate):
            call(bytes(BYTES), good)
