"""What each station is answered, and that none of them can end or hold up the hub for the others."""

from __future__ import annotations

import json
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.words import RefusedByRule
from hub import ingest, moves, order_log, orders
from hub.database import Database
from hub.desk import Desk
from hub.projections import Folder
from sync import topics, wire
from sync.dictionary import DICTIONARY
from sync.log import START, Batch, Fork, Mark
from tests.unit.hub.lists import record, write
from tests.unit.hub.stations import NOW_MS, TOKEN, FakeStation, card, consignment
from tests.unit.hub.test_orders import WRITER, told


class Room:
    """A desk, and the two ends of a line to it."""

    def __init__(self, db: Database) -> None:
        self.db = db
        self.desk = Desk(db, lambda: NOW_MS)

    def say(self, station: FakeStation, message: wire.Message, channel: str = "up") -> list[wire.Message]:
        return self.hear(
            station.name, wire.encode(message, topics.route_up(station.name), station.sign.sign), channel
        )

    def hear(self, name: str, payload: bytes, channel: str = "up") -> list[wire.Message]:
        said = self.desk.hear(f"loket/1/{name}/{channel}", payload, 0)
        assert {to for to, _ in said} <= {name}
        return [message for _, message in said]

    def hello(self, station: FakeStation, have: Mark = START, keys: wire.Keys | None = None) -> wire.Hello:
        head = Mark(len(station.journal), station.epoch) if station.journal else START
        return wire.Hello(head, have, NOW_MS, True, "", keys)


@pytest.fixture
def room(db: Database) -> Room:
    return Room(db)


def raw(told: Any, name: str, kind: int, station: FakeStation | None = None) -> bytes:
    """Any JSON as a message; signed by a station, or by nobody."""
    deflater = zlib.compressobj(9, zlib.DEFLATED, -15, 9, 0, DICTIONARY)
    body = deflater.compress(json.dumps(told).encode()) + deflater.flush()
    head = b"LK\x01" + bytes([kind])
    signed = b"loket-wire|" + topics.route_up(name).encode() + b"|" + head + body
    return head + (station.sign.sign(signed) if station else bytes(64)) + body


def words(messages: list[wire.Message]) -> list[str]:
    return [each.word if isinstance(each, wire.Refused) else type(each).__name__ for each in messages]


def test_a_station_joins_tells_its_journal_and_gets_its_orders(room: Room, tmp_path: Path) -> None:
    station = FakeStation().write(consignment("A"))
    ingest.invite(room.db, station.name, "64.11", TOKEN)
    orders.bring_in(room.db, write(tmp_path, record("o1")), WRITER)
    assert words(room.say(station, room.hello(station, keys=station.keys()))) == ["Hello"]
    assert room.say(station, station.batch()) == [wire.Have(Mark(1, 11))]
    orders.dispatch_all(room.db, WRITER)
    assert [type(message) for _, message in room.desk.due(0)] == [Batch]
    assert room.desk.due(0) == [], "each order leaves once"


def test_who_is_not_known_is_told_so_and_who_proves_nothing_is_refused(room: Room) -> None:
    station, other = FakeStation(), FakeStation()
    assert words(room.say(station, station.write(consignment("A")).batch())) == ["unknown_station"]
    assert words(room.say(station, room.hello(station, keys=station.keys()))) == ["unknown_station"]
    station.join(room.db)
    assert words(room.say(other, room.hello(other, keys=other.keys()))) == ["other_keys"]
    assert room.say(other, wire.Have(START)) == [wire.Refused("unknown_station")]
    assert sum(room.desk.dropped.values()) == 4


POISON: dict[str, tuple[Any, int]] = {
    "keys that are none": ({"head": [0, 0], "have": [0, 0], "at_ms": 1, "ask": True, "keys": ""}, 1),
    "keys of another shape": ({"head": [0, 0], "have": [0, 0], "at_ms": 1, "ask": True, "keys": [1]}, 1),
    "no hello at all": (0, 1),
    "a time before all time": ([[0, 0], [11, 1], [-1], [["x"]], [0], ["s"], [[]]], 2),
    "a time that ends below zero": ([[0, 0], [11, 2], [5, -9], [["x"]], [0, 0], ["s", "t"], [[]]], 2),
    "a mark of nowhere": ({"mark": [2**63, 1]}, 3),
}


@pytest.mark.attack
@pytest.mark.parametrize("signed", [False, True])
@pytest.mark.parametrize("name", POISON)
def test_poison_costs_nobody_else_anything(room: Room, name: str, signed: bool) -> None:
    bad, good = FakeStation().join(room.db), FakeStation("64.02-1").join(room.db).write(consignment("B"))
    said, kind = POISON[name]
    for who in (bad.name, "64.03-1"):
        answer = room.hear(who, raw(said, who, kind, bad if signed else None))
        assert words(answer) in ([], ["unknown_station"])
    assert words(room.say(good, room.hello(good))) == ["Hello"]
    assert room.say(good, good.batch()) == [wire.Have(Mark(1, 11))]


def test_a_topic_that_names_no_station_is_passed_over(room: Room) -> None:
    for topic in ("", "loket/1/a b/up", "loket/1/\0/up", "loket/1/64.11-1/down"):
        assert room.desk.hear(topic, b"LK", 0) == []


def test_a_station_that_cannot_be_served_is_refused_and_the_others_are_served(room: Room) -> None:
    bad, good = FakeStation().join(room.db), FakeStation("64.02-1").join(room.db).write(consignment("B"))
    for seq in (1, 3):  # a log with a hole: nobody knows how, and nobody else may suffer
        room.db.run(
            "INSERT INTO order_log (station, seq, epoch, at_ms, event, subject, body) "
            "VALUES (?, ?, 5, 0, 'order_withdrawn', 'o1', '{}')",
            *(bad.name, seq),
        )
    assert words(room.say(bad, room.hello(bad))) == ["garbled"]
    room.db.run("UPDATE station SET order_head = 3 WHERE station = ?", bad.name)
    assert words([message for _, message in room.desk.due(0)]) in ([], ["garbled"])
    assert words(room.say(good, room.hello(good))) == ["Hello"]
    assert room.say(good, good.batch()) == [wire.Have(Mark(1, 11))]


@pytest.fixture
def forked(room: Room, tmp_path: Path) -> Iterator[tuple[FakeStation, FakeStation]]:
    """A station with three orders whose disk was put back, and its own first disk, still at work."""
    first = FakeStation().join(room.db).write(consignment("A", "B"), *card("o1", "A"))
    orders.bring_in(room.db, write(tmp_path, *(record(f"o{n}") for n in range(1, 4))), WRITER)
    first.send(room.db)
    other = FakeStation(epoch=12, sign=first.sign, open=first.open, journal=first.journal[:2])
    other.write(("job_queued", "o2-1", {"order": "o2", "kind": "ktp", "attempt": 1}))
    assert words(room.say(other, other.batch(2))) == ["fork"]
    yield first, other


def test_of_a_forked_station_nothing_is_taken_and_nothing_is_given(
    room: Room, forked: tuple[FakeStation, FakeStation], tmp_path: Path
) -> None:
    first, _ = forked
    first.write(("station_started", "", {"version": "0", "sqlite": "0", "after": "clean"}))
    held = ingest.entries(room.db, first.name, 0, 100)
    assert isinstance(first.send(room.db), Fork), (
        "even what would fit: nobody knows which disk is the true one"
    )
    assert ingest.entries(room.db, first.name, 0, 100) == held
    assert room.say(first, room.hello(first)) == [wire.Refused("fork", Mark(len(held), 11))]
    assert words(room.say(first, wire.Have(Mark(1, 5)))) in ([], ["fork"])
    before = told(room.db, first.name)
    orders.bring_in(room.db, write(tmp_path, record("o4")), WRITER)
    assert told(room.db, first.name) == before
    assert room.desk.due(0) == []
    assert order_log.OrderLog(room.db, first.name).read(0, 10) == []


def test_a_station_that_forks_while_it_is_talked_to_gets_no_further_order(room: Room, tmp_path: Path) -> None:
    station = FakeStation().join(room.db)
    assert words(room.say(station, room.hello(station))) == ["Hello"]
    orders.bring_in(room.db, write(tmp_path, record("o1")), WRITER)
    ingest.forked(room.db, station.name)  # another hub at the same database heard it
    assert room.desk.due(0) == []


def test_a_forked_station_is_owed_nothing_new_and_asked_nothing(
    room: Room, forked: tuple[FakeStation, FakeStation], tmp_path: Path
) -> None:
    second = FakeStation("64.02-1").join(room.db)
    orders.bring_in(room.db, write(tmp_path, record("o9", office="64.02")), WRITER)
    for order, to in (("o9", "64.11-1"), ("o2", second.name)):
        with pytest.raises(RefusedByRule) as refused:
            moves.move(room.db, order, to, WRITER)
        assert refused.value.word == "STATION_FORKED"


def test_what_a_forked_station_owes_is_taken_over_by_another(
    room: Room, forked: tuple[FakeStation, FakeStation]
) -> None:
    db, second = room.db, FakeStation("64.11-2").join(room.db)
    Folder(db).catch_up()
    done = moves.take_over(db, "64.11-1", second.name, WRITER)
    assert done == {"from": "64.11-1", "to": second.name, "moved": ["o2", "o3"], "kept": []}
    assert [(event, order) for _, event, order in told(db, second.name)] == [("order", "o2"), ("order", "o3")]
    assert moves.take_over(db, "64.11-1", second.name, WRITER)["moved"] == []
    with pytest.raises(RefusedByRule) as refused:
        moves.take_over(db, "64.11-1", second.name, WRITER, ["o1"])
    assert refused.value.word == "ORDER_CLOSED", "its card is out"


def test_an_order_whose_card_was_begun_is_taken_over_only_by_name(db: Database, tmp_path: Path) -> None:
    first, second = FakeStation().join(db), FakeStation("64.11-2").join(db)
    orders.bring_in(db, write(tmp_path, record("o1"), record("o2")), WRITER)
    moves.move(db, "o2", second.name, WRITER)
    first.write(consignment("A"), *list(card("o1", "A"))[:-1]).send(db)
    ingest.forked(db, first.name)
    Folder(db).catch_up()
    done = moves.take_over(db, first.name, second.name, WRITER)
    assert (done["moved"], done["kept"]) == (["o2"], [{"order": "o1", "state": "printing"}])
    assert db.rows("SELECT answer FROM order_move") == [(moves.TAKEN_OVER,)], "the open question is answered"
    assert moves.take_over(db, first.name, second.name, WRITER, ["o1"])["moved"] == ["o1"]
    assert {order for _, event, order in told(db, second.name)} == {"o1", "o2"}


def test_only_a_forked_station_s_orders_are_taken_over(db: Database, tmp_path: Path) -> None:
    first, second = FakeStation().join(db), FakeStation("64.11-2").join(db)
    orders.bring_in(db, write(tmp_path, record("o1")), WRITER)
    for start, word in ((first.name, "NOT_FORKED"), ("64.74-9", "UNKNOWN_STATION")):
        with pytest.raises(RefusedByRule) as refused:
            moves.take_over(db, start, second.name, WRITER)
        assert refused.value.word == word
    ingest.forked(db, first.name)
    cases: list[tuple[str, list[str], str]] = [
        (first.name, [], "STATION_FORKED"),
        ("64.74-9", [], "UNKNOWN_STATION"),
        (second.name, ["o7"], "UNKNOWN_ORDER"),
    ]
    for to, named, word in cases:
        with pytest.raises(RefusedByRule) as refused:
            moves.take_over(db, first.name, to, WRITER, named)
        assert refused.value.word == word
    assert told(db, second.name) == []
