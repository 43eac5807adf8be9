"""Pieces over the worst line: whatever is lost, swapped or said twice, and whoever dies, all arrives."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

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


@dataclass
class HubSide:
    """The hub by its rules. What is not synced is gone when it dies: here that is nothing, or all of it."""

    have: int = 0
    kept: bytearray = field(default_factory=bytearray)
    written: Counter[int] = field(default_factory=Counter)

    def hear(self, piece: Piece) -> Held | None:
        if refusal(piece, len(SEALED)):
            return None
        if fits(piece, len(self.kept)):
            self.kept += piece.data
            self.written.update(range(piece.offset, piece.offset + len(piece.data), PIECE_BYTES))
            if len(self.kept) == len(SEALED) and sha256(self.kept).hexdigest() != SHA:
                self.lose()
        return answer(piece, len(self.kept))

    def lose(self) -> None:
        self.kept.clear()
        self.written.clear()


class World:
    """A station, a hub, and a line with dice between them."""

    def __init__(self, dice: random.Random) -> None:
        self.dice = dice
        self.now_ms = 0
        self.hub = HubSide()
        self.up: list[Piece] = []
        self.down: list[Held] = []
        self.start()

    def start(self) -> None:
        self.station = Carrier(read)
        self.station.carry(PACKET)

    def say(self) -> None:
        self.up += self.station.next(self.now_ms)
        assert sum(len(piece.data) for piece in self.up) <= 40 * PIECE_BYTES, "the line is flooded"

    def carry(self, *, kindly: bool = False) -> None:
        """One message of either direction arrives: in order, or lost, late, twice."""
        line: list[Any] = self.dice.choice([self.up, self.down])
        if not line:
            return
        fate = 1.0 if kindly else self.dice.random()
        at = self.dice.randrange(len(line)) if fate < 0.2 else 0
        message = line[at] if 0.2 <= fate < 0.3 else line.pop(at)
        if 0.3 <= fate < 0.45:
            return
        if isinstance(message, Piece):
            held = self.hub.hear(message)
            self.down += [] if held is None else [held]
        else:
            self.station.on_held(message)

    def misfortune(self) -> None:
        self.dice.choice([self.restart_station, self.new_line, self.wait, self.lose_some])()

    def restart_station(self) -> None:
        self.start()

    def new_line(self) -> None:
        self.up.clear()
        self.down.clear()
        self.station.apart()

    def wait(self) -> None:
        self.now_ms += self.dice.randrange(2 * PATIENCE_MS)

    def lose_some(self) -> None:
        if self.dice.random() < 0.2:  # an older backup of the hub, or a disk that went wrong
            self.hub.lose()

    def calm(self) -> int:
        """The line stays good; the number of pieces with data that it took to be whole."""
        carried = 0
        self.new_line()
        for _ in range(1_000):
            self.say()
            carried += sum(bool(piece.data) for piece in self.up)
            if not (self.up or self.down):
                return carried
            while self.up or self.down:
                self.carry(kindly=True)
        raise AssertionError("it never ends")


@pytest.mark.parametrize("start", range(0, 1_000, 100))
def test_whatever_the_line_does_the_packet_arrives_and_each_byte_is_kept_once(start: int) -> None:
    for seed in range(start, start + 100):
        dice = random.Random(seed)
        world = World(dice)
        for _ in range(dice.randrange(120)):
            world.say()
            world.carry()
            if dice.random() < 0.1:
                world.misfortune()
        had = len(world.hub.kept)
        carried = world.calm()
        assert bytes(world.hub.kept) == SEALED, f"seed {seed}"
        assert set(world.hub.written.values()) == {1}, f"seed {seed}"
        assert world.station.whole
        assert carried == -(-(len(SEALED) - had) // PIECE_BYTES), f"seed {seed}: held bytes were sent again"


@pytest.mark.parametrize("window", [1, 2, 3])
def test_a_lost_answer_costs_one_question(window: int) -> None:
    world = World(random.Random(0))
    world.station = Carrier(read, window)
    world.station.carry(PACKET)
    world.say()
    for _ in range(2):
        for piece in world.up:
            assert world.hub.hear(piece)
        world.up.clear()
        assert world.station.next(world.now_ms) == [], "nothing is said twice before patience is over"
        assert world.station.deadline_ms is not None
        world.now_ms = world.station.deadline_ms
        (question,) = world.station.next(world.now_ms)
        assert question == Piece(SHA, len(SEALED), 0)
        held = world.hub.hear(question)
        assert held == Held(SHA, len(world.hub.kept), gap=True)
        world.station.on_held(held)
        world.say()


def test_no_more_than_the_window_is_on_its_way() -> None:
    station = Carrier(read)
    station.carry(PACKET)
    assert station.next(0) == [Piece(SHA, len(SEALED), 0)]
    assert station.next(0) == [], "one question is enough"
    station.on_held(Held(SHA, 0, gap=True))
    pieces = station.next(0)
    assert [piece.offset for piece in pieces] == [place * PIECE_BYTES for place in range(WINDOW)]
    assert station.next(1) == []
    station.on_held(Held(SHA, PIECE_BYTES))
    assert [piece.offset for piece in station.next(2)] == [WINDOW * PIECE_BYTES]


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
