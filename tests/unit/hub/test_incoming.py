"""Pieces of packets at the province: taken, kept through any crash, and answered once."""

from __future__ import annotations

import os
import tracemalloc
from base64 import b64decode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.keys import signed
from hub import ingest
from hub.database import Database
from hub.desk import Desk
from hub.recordings.parts import FILES_MAX, NoRoom, Parts
from hub.recordings.receipts import Receipts
from sync import topics, wire
from sync.pieces import PIECE_BYTES, Held, Piece
from tests.unit.hub.packets import COUNTS, Cut, Office, Shelf, name_of, packet
from tests.unit.hub.stations import NOW_MS, FakeStation
from tests.unit.hub.test_orders import WRITER


@pytest.fixture
def office(db: Database, tmp_path: Path) -> Iterator[Office]:
    yield Office(db, tmp_path / "incoming", FakeStation().join(db))


def test_a_packet_that_was_announced_arrives_and_gets_its_receipt_once(office: Office) -> None:
    sealed, shelf = packet(), Shelf()
    sha = office.seal(sealed)
    assert office.send(sealed) == 4
    assert office.rung, "the clerk is called"
    receipts = Receipts(office.incoming.parts, shelf)
    for _ in range(2):
        assert office.hear(Piece(sha, len(sealed), 0)) == Held(sha, len(sealed), gap=True)
        office.restart()
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
    for tail in (whole[: len(whole) // 2][:torn], bytes(torn), b"\xff" * torn):
        path.write_bytes(whole + tail)
        office.restart()
        assert office.hear(Piece(sha, len(sealed), 0)).have == 2 * PIECE_BYTES
        assert path.read_bytes() == whole
    assert office.send(sealed) == 2
    assert office.incoming.parts.read(office.station.name, sha) == sealed


def test_a_torn_head_that_tells_of_gigabytes_takes_no_memory(tmp_path: Path) -> None:
    (tmp_path / "64.11-1").mkdir()
    (tmp_path / "64.11-1" / f"{'a' * 64}.part").write_bytes(b"\x7f\xff\xff\xff" * 9)
    tracemalloc.start()
    try:
        assert Parts(tmp_path).have("64.11-1", "a" * 64) == 0
        assert tracemalloc.get_traced_memory()[1] < 1 << 20
    finally:
        tracemalloc.stop()


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
    [{"sha256": "../../x"}, {"sha256": 7}, {"sha256": "A" * 64}, {"size": 0}, {"size": True}, {"size": "9"},
     {"size": 2**63}, {"size": 10**30}],
)  # fmt: skip
def test_a_line_that_tells_of_no_packet_is_passed_over(office: Office, changed: dict[str, Any]) -> None:
    office.seal(packet(), **changed)
    assert office.word(Piece("a" * 64, 9, 0)) == "unannounced"
    assert office.db.rows("SELECT * FROM recording_told") == []


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
