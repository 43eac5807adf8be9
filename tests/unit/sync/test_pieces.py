"""A packet in pieces: what the station sends when, and what the hub takes and answers."""

from __future__ import annotations

import random
from hashlib import sha256

import pytest

from domain.packet import PACKET_BYTES_MAX as PACKED_BYTES_MAX
from sync.log import PATIENCE_MAX_MS, PATIENCE_MS
from sync.pieces import (
    PACKET_BYTES_MAX,
    PIECE_BYTES,
    PIECE_BYTES_MAX,
    WINDOW,
    Carrier,
    Held,
    Packet,
    Piece,
    Read,
    answer,
    fits,
    refusal,
)

SEALED = random.Random(3).randbytes(5 * PIECE_BYTES + 777)
SHA = sha256(SEALED).hexdigest()
PACKET = Packet(SHA, len(SEALED))


def read(sha: str, offset: int, size: int) -> bytes:
    assert sha == SHA
    return SEALED[offset : offset + size]


def test_no_more_than_the_window_is_on_its_way() -> None:
    station = Carrier(read)
    station.carry(PACKET)
    assert station.next(0) == [Piece(SHA, len(SEALED), 0)]
    assert station.next(0) == [], "one question is enough"
    station.on_held(Held(SHA, 0, gap=True))
    pieces = station.next(0)
    assert [piece.offset for piece in pieces] == [place * PIECE_BYTES for place in range(WINDOW)]
    assert station.next(1) == []
    assert station.deadline_ms == PATIENCE_MS, "looking again makes nobody more patient"
    station.on_held(Held(SHA, PIECE_BYTES))
    assert [piece.offset for piece in station.next(2)] == [WINDOW * PIECE_BYTES]
    station.on_held(Held(SHA, 0))
    station.on_held(Held(SHA, PIECE_BYTES))
    assert station.deadline_ms == PATIENCE_MS + 2, "a late answer is none"


def test_a_lost_piece_is_sent_again_as_soon_as_the_hub_misses_it() -> None:
    station = Carrier(read)
    station.carry(PACKET)
    station.on_held(Held(SHA, 0, gap=True))
    station.next(0)
    station.on_held(Held(SHA, 0, gap=True))
    assert [piece.offset for piece in station.next(1)] == [0, PIECE_BYTES]


def test_a_hub_that_has_more_than_was_sent_is_believed() -> None:
    station = Carrier(read)
    station.carry(PACKET)
    station.on_held(Held(SHA, 0, gap=True))
    station.next(0)
    station.on_held(Held(SHA, 4 * PIECE_BYTES))
    assert [piece.offset for piece in station.next(1)] == [4 * PIECE_BYTES, 5 * PIECE_BYTES]


def test_a_question_is_nothing_to_append() -> None:
    assert not fits(Piece(SHA, len(SEALED), 8), 8)
    assert fits(Piece(SHA, len(SEALED), 8, b"x"), 8)


def test_patience_grows_and_an_answer_makes_it_short_again() -> None:
    station = Carrier(read)
    station.carry(PACKET)
    now_ms, waits = 0, []
    for _ in range(6):
        assert station.next(now_ms)
        assert station.deadline_ms is not None
        waits.append(station.deadline_ms - now_ms)
        now_ms = station.deadline_ms
    assert waits[:2] == [PATIENCE_MS, 2 * PATIENCE_MS]
    assert waits[-1] == PATIENCE_MAX_MS
    station.on_held(Held(SHA, 0, gap=True))
    assert station.next(now_ms)
    assert station.deadline_ms == now_ms + PATIENCE_MS
    for _ in range(3):
        now_ms = station.deadline_ms or 0
        station.next(now_ms)
    station.apart()
    assert station.next(now_ms)
    assert station.deadline_ms == now_ms + PATIENCE_MS


def test_a_hub_that_has_less_than_it_said_is_sent_the_rest_again() -> None:
    station = Carrier(read)
    station.carry(PACKET)
    station.on_held(Held(SHA, 4 * PIECE_BYTES, gap=True))
    assert [piece.offset for piece in station.next(0)] == [4 * PIECE_BYTES, 5 * PIECE_BYTES]
    station.on_held(Held(SHA, PIECE_BYTES))
    assert station.next(0) == [], "a late answer tells nothing"
    station.on_held(Held(SHA, 0, gap=True))
    assert [piece.offset for piece in station.next(0)] == [0, PIECE_BYTES]
    station.on_held(Held(SHA, 0, gap=True))
    assert station.next(0) == [], "once per place"
    assert station.deadline_ms is not None
    assert station.next(station.deadline_ms) == [Piece(SHA, len(SEALED), 0)]
    station.on_held(Held(SHA, 0, gap=True))
    assert [piece.offset for piece in station.next(0)] == [0, PIECE_BYTES]


def test_even_a_packet_that_was_whole_is_sent_again_when_the_hub_begins_anew() -> None:
    station = Carrier(read)
    station.carry(PACKET)
    station.on_held(Held(SHA, len(SEALED), gap=True))
    assert station.whole
    assert station.next(0) == []
    station.on_held(Held(SHA, 0, gap=True))
    assert [piece.offset for piece in station.next(0)] == [0, PIECE_BYTES]


def test_what_is_said_of_another_packet_or_beyond_its_end_is_passed_over() -> None:
    station = Carrier(read)
    station.on_held(Held(SHA, 5))
    assert station.next(0) == []
    station.carry(PACKET)
    station.on_held(Held("0" * 64, 5))
    station.on_held(Held(SHA, len(SEALED) + 1))
    assert station.next(0) == [Piece(SHA, len(SEALED), 0)]


def test_another_packet_begins_with_a_question_and_the_same_goes_on() -> None:
    station = Carrier(read)
    station.carry(PACKET)
    station.on_held(Held(SHA, 2 * PIECE_BYTES))
    station.carry(Packet(SHA, len(SEALED)))
    assert station.next(0)[0].offset == 2 * PIECE_BYTES
    other = Packet("0" * 64, 9)
    station.carry(other)
    assert station.next(0) == [Piece("0" * 64, 9, 0)]
    station.carry(None)
    assert station.next(0) == []
    assert not station.whole


def missing(_sha: str, _offset: int, _size: int) -> bytes:
    raise FileNotFoundError


def torn(_sha: str, _offset: int, _size: int) -> bytes:
    return b"short"


@pytest.mark.parametrize("gone", [missing, torn])
def test_a_file_that_is_not_what_it_was_is_told_and_nothing_of_it_sent(gone: Read) -> None:
    station = Carrier(gone)
    station.carry(PACKET)
    station.on_held(Held(SHA, 0))
    assert station.next(0) == []
    assert station.lost
    assert station.deadline_ms is None
    station.carry(Packet("0" * 64, 9))
    assert not station.lost


@pytest.mark.parametrize(
    ("piece", "announced", "word"),
    [
        (Piece(SHA, 9, 0, b"x"), 9, None),
        (Piece(SHA, 9, 8, b"x"), 9, None),
        (Piece(SHA, 9, 9), 9, None),
        (Piece(SHA, 9, 0, b"x"), None, "unannounced"),
        (Piece(SHA, 9, 0, b"x"), 10, "unannounced"),
        (Piece(SHA, 9, 9, b"x"), 9, "beyond_end"),
        (Piece(SHA, PACKET_BYTES_MAX, 0), PACKET_BYTES_MAX, None),
        (Piece(SHA, PACKET_BYTES_MAX + 1, 0), PACKET_BYTES_MAX + 1, "too_large"),
        (Piece(SHA, 1 << 20, 0, bytes(PIECE_BYTES_MAX)), 1 << 20, None),
        (Piece(SHA, 1 << 20, 0, bytes(PIECE_BYTES_MAX + 1)), 1 << 20, "too_large"),
    ],
)
def test_only_announced_packets_within_their_bounds_are_taken(
    piece: Piece, announced: int | None, word: str | None
) -> None:
    assert refusal(piece, announced) == word


@pytest.mark.parametrize(
    ("offset", "size", "have", "gap"),
    [
        (0, 0, 0, True),  # a question
        (8, 0, 4, True),
        (0, 4, 4, False),  # appended
        (4, 4, 8, False),
        (0, 4, 8, False),  # held before
        (4, 8, 8, True),  # its end is missing
        (8, 4, 4, True),  # what is before it is missing
        (4, 4, 0, True),  # it was the last, and the whole was another
        (0, 4, 0, True),
    ],
)
def test_every_piece_is_answered_with_what_is_held_and_whether_to_go_back_to_it(
    offset: int, size: int, have: int, gap: bool
) -> None:
    assert answer(Piece(SHA, 99, offset, bytes(size)), have) == Held(SHA, have, gap)


def test_both_ends_agree_on_how_large_a_packet_may_be() -> None:
    assert PACKET_BYTES_MAX == PACKED_BYTES_MAX
