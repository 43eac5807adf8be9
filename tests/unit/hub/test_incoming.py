"""Pieces of packets at the province: taken, kept through any crash, and answered once."""

from __future__ import annotations

import os
import random
from base64 import b64decode
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from domain.keys import signed
from hub import ingest, order_log
from hub.database import Database
from hub.desk import Desk
from hub.recordings.incoming import Incoming
from hub.recordings.parts import FILES_MAX, NoRoom, Parts
from hub.recordings.receipts import AGAIN_MS, Receipts
from sync import topics, wire
from sync.pieces import PACKET_BYTES_MAX, PIECE_BYTES, Carrier, Held, Packet, Piece
from tests.unit.hub.stations import NOW_MS, FakeStation
from tests.unit.hub.test_orders import WRITER

COUNTS = {"fingers": 10, "irises": 2, "exceptions": 0, "forced": 0, "rechecked": "match", "endorsed": False}


def packet(number: int = 0, size: int = 3 * PIECE_BYTES + 5) -> bytes:
    return random.Random(number).randbytes(size)


def name_of(sealed: bytes) -> str:
    return sha256(sealed).hexdigest()


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


@pytest.fixture
def office(db: Database, tmp_path: Path) -> Iterator[Office]:
    yield Office(db, tmp_path / "incoming", FakeStation().join(db))


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


def test_a_packet_that_was_announced_arrives_and_gets_its_receipt_once(office: Office) -> None:
    sealed, shelf = packet(), Shelf()
    sha = office.seal(sealed)
    assert office.send(sealed) == 4
    assert office.rung, "the clerk is called"
    receipts = Receipts(office.incoming.parts, shelf)
    assert office.answers() == [], "to hold every byte is no receipt"
    assert receipts.settle(office.db, WRITER) == 1
    ((event, id, body),) = office.answers()
    assert (event, id) == ("recording_received", "R-64.11-1-1")
    assert (body["sha256"], body["size"]) == (sha, len(sealed))
    assert signed(WRITER.keys.sign.public(), office.station.name, id, body)
    assert len(b64decode(body["signature"])) == 64
    assert shelf.kept == [(office.station.name, id, sealed)]
    assert receipts.settle(office.db, WRITER) == 0
    assert list(office.folder.glob("*/*")) == []
    assert office.hear(Piece(sha, len(sealed), 0)).have == len(sealed), "it is not asked for again"
    assert len(office.answers()) == 1


def test_a_packet_that_opens_badly_is_answered_with_the_word(office: Office) -> None:
    sealed = packet()
    sha = office.seal(sealed)
    office.send(sealed)
    assert Receipts(office.incoming.parts, Shelf("BAD_SEAL")).settle(office.db, WRITER) == 1
    ((event, id, body),) = office.answers()
    assert (event, body["sha256"], body["word"]) == ("recording_rejected", sha, "BAD_SEAL")
    assert signed(WRITER.keys.sign.public(), office.station.name, id, body)


class Cut(Exception):
    """The hub dies here."""


@pytest.mark.parametrize("before_the_line", [True, False])
def test_a_hub_that_dies_while_it_answers_repeats_it_harmlessly(
    office: Office, monkeypatch: pytest.MonkeyPatch, before_the_line: bool
) -> None:
    sealed, shelf = packet(), Shelf()
    office.seal(sealed)
    office.send(sealed)

    def die(*_: object) -> None:
        raise Cut

    with monkeypatch.context() as patched:
        if before_the_line:
            patched.setattr(order_log, "append", die)
        else:
            patched.setattr(Parts, "remove", die)
        with pytest.raises(Cut):
            Receipts(office.incoming.parts, shelf).settle(office.db, WRITER)
    assert len(office.answers()) == (not before_the_line)
    office.restart()
    Receipts(office.incoming.parts, shelf).settle(office.db, WRITER)
    assert len(office.answers()) == 1
    assert len(shelf.kept) == 1
    assert office.incoming.parts.whole() == []


def test_after_any_restart_it_goes_on_where_the_disk_is(office: Office) -> None:
    sealed = packet()
    office.seal(sealed)
    assert office.send(sealed, upto=2 * PIECE_BYTES) == 2
    office.restart()
    assert office.hear(Piece(name_of(sealed), len(sealed), 0)) == Held(
        name_of(sealed), 2 * PIECE_BYTES, gap=True
    )
    assert office.send(sealed) == 2, "what is held is not sent again"
    assert office.incoming.parts.read(office.station.name, name_of(sealed)) == sealed


@pytest.mark.parametrize("torn", [1, 7, 8, 9, 100, PIECE_BYTES + 7])
def test_a_tail_torn_by_a_power_cut_is_cut_off(office: Office, torn: int) -> None:
    sealed = packet()
    sha = office.seal(sealed)
    office.send(sealed, upto=2 * PIECE_BYTES)
    path = office.folder / office.station.name / f"{sha}.part"
    whole = path.read_bytes()
    for tail in (whole[: len(whole) // 2][:torn], bytes(torn)):
        path.write_bytes(whole + tail)
        office.restart()
        assert office.hear(Piece(sha, len(sealed), 0)).have == 2 * PIECE_BYTES
        assert path.read_bytes() == whole
    assert office.send(sealed) == 2
    assert office.incoming.parts.read(office.station.name, sha) == sealed


def test_a_byte_that_went_wrong_on_the_disk_costs_what_follows_it(office: Office) -> None:
    sealed = packet()
    sha = office.seal(sealed)
    office.send(sealed, upto=3 * PIECE_BYTES)
    path = office.folder / office.station.name / f"{sha}.part"
    held = bytearray(path.read_bytes())
    held[PIECE_BYTES + 50] ^= 1
    path.write_bytes(held)
    office.restart()
    assert office.hear(Piece(sha, len(sealed), 0)).have == PIECE_BYTES


def test_a_whole_packet_with_another_hash_is_dropped_and_asked_for_again(office: Office) -> None:
    sealed, other = packet(1), packet(2)
    sha = office.seal(sealed)
    for offset in range(0, len(sealed), PIECE_BYTES):
        held = office.hear(Piece(sha, len(sealed), offset, other[offset : offset + PIECE_BYTES]))
    assert held == Held(sha, 0, gap=True)
    assert office.incoming.spoiled == 1
    assert list(office.folder.glob("*/*")) == []
    assert office.send(sealed) == 4


def test_a_hub_that_died_between_the_last_byte_and_its_name_finishes_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = packet()
    sha = office.seal(sealed)

    def die(*_: object) -> bool:
        raise Cut

    with monkeypatch.context() as patched:
        patched.setattr(Parts, "finish", die)
        with pytest.raises(Cut):
            office.send(sealed)
    office.restart()
    assert office.hear(Piece(sha, len(sealed), 0)).have == len(sealed)
    assert office.incoming.parts.whole() == [(office.station.name, sha)]


def test_only_what_that_stations_own_journal_told_is_taken(office: Office) -> None:
    sealed = packet()
    sha = name_of(sealed)
    assert office.word(Piece(sha, len(sealed), 0)) == "unannounced"
    FakeStation("64.02-1", journal=[]).join(office.db).write(
        ("recording_sealed", "R-64.02-1-1", {"sha256": sha, "size": len(sealed), **COUNTS})
    ).send(office.db)
    assert office.word(Piece(sha, len(sealed), 0)) == "unannounced"
    office.seal(sealed)
    assert office.word(Piece(sha, len(sealed) + 1, 0)) == "unannounced"
    assert office.word(Piece(sha, len(sealed), len(sealed), b"x")) == "beyond_end"
    assert not office.folder.exists()
    assert office.hear(Piece(sha, len(sealed), 0)) == Held(sha, 0, gap=True)
    ingest.forked(office.db, office.station.name)
    assert office.word(Piece(sha, len(sealed), 0, b"x")) == "forked"


@pytest.mark.parametrize(
    "changed",
    [{"sha256": "../../x"}, {"sha256": 7}, {"sha256": "A" * 64}, {"size": 0}, {"size": True}, {"size": "9"}],
)
def test_a_line_that_tells_of_no_packet_is_passed_over(office: Office, changed: dict[str, Any]) -> None:
    office.seal(packet(), **changed)
    assert office.word(Piece("a" * 64, 9, 0)) == "unannounced"
    assert office.db.rows("SELECT * FROM recording_told") == []


def test_a_packet_above_the_bound_is_refused_in_the_log_and_none_of_it_is_taken(office: Office) -> None:
    sha = office.seal(packet(), size=PACKET_BYTES_MAX + 1)
    assert office.word(Piece(sha, PACKET_BYTES_MAX + 1, 0)) == "too_large"
    receipts = Receipts(office.incoming.parts, Shelf())
    assert receipts.settle(office.db, WRITER) == 1
    assert receipts.settle(office.db, WRITER) == 0
    ((event, _, body),) = office.answers()
    assert (event, body["word"]) == ("recording_rejected", "PACKET_LARGE")


def test_what_waited_longest_makes_room_and_whole_ones_never_do(office: Office) -> None:
    begun = [packet(number) for number in range(FILES_MAX + 1)]
    for number, sealed in enumerate(begun):
        office.seal(sealed, number)
        office.send(sealed, upto=PIECE_BYTES)
    there = {path.stem for path in office.folder.glob("*/*.part")}
    assert there == {name_of(sealed) for sealed in begun[1:]}
    assert office.hear(Piece(name_of(begun[0]), len(begun[0]), 0)).have == 0
    for sealed in begun[1:]:
        office.send(sealed)
    first = Piece(name_of(begun[0]), len(begun[0]), 0, begun[0][:PIECE_BYTES])
    assert office.word(first) == "no_room"
    assert Receipts(office.incoming.parts, Shelf()).settle(office.db, WRITER) == FILES_MAX
    assert office.send(begun[0]) == 4


def test_a_disk_that_takes_nothing_drops_the_piece_and_keeps_what_is_there(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    sealed = packet()
    sha = office.seal(sealed)
    office.send(sealed, upto=PIECE_BYTES)

    def full(_descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(os, "fsync", full)
        with pytest.raises(NoRoom):
            office.incoming.parts.append(office.station.name, sha, b"x" * 100)
        assert office.word(Piece(sha, len(sealed), PIECE_BYTES, sealed[PIECE_BYTES : 2 * PIECE_BYTES])) == (
            "no_room"
        )
    assert office.hear(Piece(sha, len(sealed), 0)).have == PIECE_BYTES
    assert office.send(sealed) == 3


def test_a_store_that_takes_nothing_is_tried_again_later_and_nothing_is_answered(office: Office) -> None:
    sealed, shelf = packet(), Shelf()
    office.seal(sealed)
    office.send(sealed)

    def full(_db: Database, _station: str, _id: str, _sealed: bytes) -> str | None:
        shelf.asked += 1
        raise OSError(28, "No space left on device")

    receipts = Receipts(office.incoming.parts, full)
    for _ in range(3):
        assert receipts.settle(office.db, WRITER) == 0
    assert shelf.asked == 1
    later = replace(WRITER, now_ms=WRITER.now_ms + AGAIN_MS)
    assert receipts.settle(office.db, later) == 0
    assert shelf.asked == 2
    assert Receipts(office.incoming.parts, shelf).settle(office.db, later) == 1


def test_a_whole_packet_that_this_disk_lost_is_not_refused_but_asked_for_again(office: Office) -> None:
    sealed, shelf = packet(), Shelf("BAD_SEAL")
    sha = office.seal(sealed)
    office.send(sealed)
    path = office.folder / office.station.name / f"{sha}.whole"
    path.write_bytes(path.read_bytes()[:-1])
    assert Receipts(office.incoming.parts, shelf).settle(office.db, WRITER) == 0
    assert shelf.asked == 0
    assert office.answers() == []
    assert office.send(sealed) == 4


def test_pieces_come_over_the_line_and_are_answered_on_it(office: Office) -> None:
    sealed = packet()
    sha = office.seal(sealed)
    desk = Desk(office.db, lambda: NOW_MS, pieces=office.incoming.hear)

    def say(message: wire.Message, channel: str = "up") -> list[tuple[str, wire.Message]]:
        name = office.station.name
        data = wire.encode(message, topics.route_up(name), office.station.sign.sign)
        return desk.hear(f"loket/1/{name}/{channel}", data, 0)

    assert say(Piece(sha, len(sealed), 0)) == [(office.station.name, Held(sha, 0, gap=True))]
    assert say(Piece("0" * 64, len(sealed), 0)) == []
    assert desk.dropped["unannounced"] == 1
    assert say(Piece(sha, len(sealed), 0), "presence") == []
    assert say(Held(sha, 5)) == []
    assert (
        Desk(office.db, lambda: NOW_MS).hear(
            f"loket/1/{office.station.name}/up",
            wire.encode(Piece(sha, 9, 0), topics.route_up(office.station.name), office.station.sign.sign),
            0,
        )
        == []
    )
