"""Packets as they come to the hub in pieces, random bytes that nobody opens, and a shelf to keep them on."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from hub import order_log
from hub.database import Database
from hub.recordings.incoming import Incoming
from hub.recordings.parts import Parts
from sync import wire
from sync.pieces import PIECE_BYTES, Carrier, Held, Packet, Piece
from tests.unit.hub.stations import FakeStation

COUNTS = {"fingers": 10, "irises": 2, "exceptions": 0, "forced": 0, "rechecked": "match", "endorsed": False}


def packet(number: int = 0, size: int = 3 * PIECE_BYTES + 5) -> bytes:
    return random.Random(number).randbytes(size)


def name_of(sealed: bytes) -> str:
    return sha256(sealed).hexdigest()


class Cut(Exception):
    """The hub dies here."""


@dataclass
class Office:
    """A station that is joined, and the hub's folder of incoming packets."""

    db: Database
    folder: Path
    station: FakeStation
    rung: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.restart()

    def restart(self) -> None:
        self.incoming = Incoming(Parts(self.folder), lambda: self.rung.append(1))

    def seal(self, sealed: bytes, number: int = 1, **changed: Any) -> str:
        """The journal tells of a packet, and the hub holds the line."""
        sha = name_of(sealed)
        body = {"sha256": sha, "size": len(sealed), **COUNTS, **changed}
        self.station.write(("recording_sealed", f"R-{self.station.name}-{number}", body)).send(self.db)
        return sha

    def hear(self, piece: Piece) -> Held:
        return self.incoming.hear(self.db, self.station.name, piece)

    def word(self, piece: Piece) -> str:
        with pytest.raises(wire.Dropped) as dropped:
            self.hear(piece)
        return dropped.value.word

    def send(self, sealed: bytes, upto: int | None = None) -> int:
        """Carry it as a station does; how many pieces that took."""
        carrier = Carrier(lambda _sha, offset, size: sealed[offset : offset + size])
        carrier.carry(Packet(name_of(sealed), len(sealed)))
        sent = 0
        while pieces := carrier.next(0):
            for piece in pieces:
                if upto is not None and piece.offset >= upto:
                    return sent
                sent += bool(piece.data)
                carrier.on_held(self.hear(piece))
        assert carrier.whole
        return sent

    def answers(self) -> list[tuple[str, str, dict[str, Any]]]:
        lines = order_log.log_after(self.db, self.station.name, 0, 99)
        return [(line.event, line.subject, dict(line.body)) for line in lines]


class Shelf:
    """What is kept, as hub.recordings keeps it: the same packet once."""

    def __init__(self, word: str | None = None) -> None:
        self.word = word
        self.kept: list[tuple[str, str, bytes]] = []
        self.asked = 0

    def __call__(self, _db: Database, station: str, id: str, sealed: bytes) -> str | None:
        self.asked += 1
        if self.word is None and (station, id, sealed) not in self.kept:
            self.kept.append((station, id, sealed))
        return self.word
