"""Pieces over the worst line: whatever is lost, swapped or said twice, and whoever dies, all arrives."""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass, field
from hashlib import sha256
from typing import Any

import pytest

from sync.log import PATIENCE_MS
from sync.pieces import PIECE_BYTES, Carrier, Held, Piece, answer, fits, refusal
from tests.unit.sync.test_pieces import PACKET, SEALED, SHA, read


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
