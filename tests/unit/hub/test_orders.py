"""Orders are taken in once, sealed to one station, and never owed to two."""

from __future__ import annotations

import json
from base64 import b64decode
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from domain.keys import OpenKey, SigningKey, order_bytes, order_info
from domain.words import RefusedByRule
from hub import ingest, moves, order_log, orders
from hub.database import Database
from hub.home import Keys, Trouble
from hub.order_log import OrderLog, Writer
from hub.projections import Folder
from sync.log import Mark
from tests.unit.hub.lists import nik_of, record, write
from tests.unit.hub.stations import NOW_MS, TOKEN, FakeStation, card, consignment

KEYS = Keys(SigningKey.generate(), OpenKey.generate())
WRITER = Writer(KEYS, epoch=5, now_ms=NOW_MS)


def told(db: Database, name: str = "64.11-1") -> list[tuple[int, str, str]]:
    return [(line.seq, line.event, line.subject) for line in order_log.log_after(db, name, 0, 1000)]


def two_stations(db: Database, tmp_path: Path) -> tuple[FakeStation, FakeStation]:
    first, second = FakeStation().join(db), FakeStation("64.02-1").join(db)
    orders.bring_in(db, write(tmp_path, record("o1")), WRITER)
    return first, second


def test_a_good_list_becomes_orders_in_the_station_s_log(db: Database, tmp_path: Path) -> None:
    station = FakeStation().join(db)
    done = orders.bring_in(db, write(tmp_path, record("o1"), record("o2")), WRITER)
    assert done.to_json() == {"new": 2, "known": 0, "refused": []}
    (line, _) = order_log.log_after(db, station.name, 0, 10)
    body = line.body
    payload = b64decode(body["payload"])
    assert sha256(payload).hexdigest() == body["payload_sha256"]
    signature = b64decode(body["signature"])
    assert KEYS.sign.public().verify(signature, order_bytes(station.name, "o1", dict(body)))
    personal = json.loads(station.open.open(payload, order_info(station.name, "o1")))
    assert personal["name"] == "SPECIMEN SATU"


@pytest.mark.attack
def test_nothing_personal_rests_readable_in_any_table(db: Database, tmp_path: Path) -> None:
    FakeStation().join(db)
    ingest.invite(db, "64.02-1", "64.02", TOKEN)
    rows = (record("o1"), record("o2", office="64.02"), record("o3", nik="6411014503019x01"))
    orders.bring_in(db, write(tmp_path, *rows), WRITER)
    for table in ("order_", "order_log", "station", "event"):
        everything = repr(db.rows(f"SELECT * FROM {table}"))  # noqa: S608
        for secret in ("SPECIMEN", "6411014503019001", "6411014503019x01", "UJOH"):
            assert secret not in everything


def test_the_same_list_twice_brings_nothing_new(db: Database, tmp_path: Path) -> None:
    FakeStation().join(db)
    place = write(tmp_path, record("o1"), record("o2"))
    orders.bring_in(db, place, WRITER)
    assert orders.bring_in(db, place, WRITER).to_json() == {"new": 0, "known": 2, "refused": []}
    assert len(told(db)) == 2


def test_an_order_that_comes_again_with_other_content_is_refused(db: Database, tmp_path: Path) -> None:
    FakeStation().join(db)
    orders.bring_in(db, write(tmp_path, record("o1")), WRITER)
    done = orders.bring_in(db, write(tmp_path, record("o1", name="SPECIMEN DUA")), WRITER)
    assert done.refused == [{"order": "o1", "word": "ORDER_CHANGED", "line": 2}]
    assert len(told(db)) == 1


def test_a_refused_row_does_not_stop_the_others(db: Database, tmp_path: Path) -> None:
    FakeStation().join(db)
    rows = (record("o1", status="SFE"), record("o2"), record("o3", nik="1"), record("o2"))
    done = orders.bring_in(db, write(tmp_path, *rows), WRITER)
    assert (done.new, done.known) == (1, 1)
    assert [(each["order"], each["word"]) for each in done.refused] == [("o1", "NOT_PRR"), ("o3", "BAD_NIK")]


def test_a_file_that_breaks_in_the_middle_imports_nothing(db: Database, tmp_path: Path) -> None:
    FakeStation().join(db)
    place = write(tmp_path, *(record(f"o{n}") for n in range(300)))
    place.write_bytes(place.read_bytes() + b"o300,64.11\n")
    with pytest.raises(Trouble, match="line 302"):
        orders.bring_in(db, place, WRITER)
    assert db.one("SELECT count(*) FROM order_") == (0,)


def test_orders_stand_in_the_log_by_priority_without_a_gap(db: Database, tmp_path: Path) -> None:
    FakeStation().join(db)
    rows = [record(f"o{n:03}", requested=f"2020-05-{n % 28 + 1:02}") for n in range(450)]
    rows.append(record("urgent", nik=nik_of("o900"), reason="status_change", requested="2020-05-28"))
    orders.bring_in(db, write(tmp_path, *rows), WRITER)
    lines = told(db)
    assert [seq for seq, _, _ in lines] == list(range(1, 452))
    assert lines[0][2] == "urgent"
    requested = [line.body["requested"] for line in order_log.log_after(db, "64.11-1", 1, 1000)]
    assert requested == sorted(requested)


def test_an_order_for_a_station_that_has_not_joined_waits_for_its_key(db: Database, tmp_path: Path) -> None:
    ingest.invite(db, "64.11-1", "64.11", TOKEN)
    assert orders.bring_in(db, write(tmp_path, record("o1")), WRITER).new == 1
    assert told(db) == []
    station = FakeStation()
    ingest.admit(db, station.name, station.keys())
    assert orders.dispatch(db, station.name, WRITER) == 1
    assert orders.dispatch(db, station.name, WRITER) == 0
    assert told(db) == [(1, "order", "o1")]


def test_the_log_speaks_as_an_owner_does(db: Database, tmp_path: Path) -> None:
    FakeStation().join(db)
    log = OrderLog(db, "64.11-1")
    assert (log.base(), log.head(), log.read(0, 5)) == (Mark(0, 0), Mark(0, 0), [])
    orders.bring_in(db, write(tmp_path, record("o1"), record("o2")), WRITER)
    assert log.head() == Mark(2, 5)
    assert [line.subject for line in log.read(1, 5)] == ["o2"]
    log.acknowledged(Mark(1, 5))
    assert ingest.known(db, "64.11-1").order_have == 1


def answer(db: Database, station: FakeStation, event: str, order: str = "o1") -> int:
    body: dict[str, Any] = {"state": "printed"} if event == "order_kept" else {}
    station.write((event, order, body)).send(db)
    return moves.route(db, WRITER)


def test_a_moved_order_is_owed_to_the_second_only_after_the_first_gave_it_back(
    db: Database, tmp_path: Path
) -> None:
    first, second = two_stations(db, tmp_path)
    assert moves.move(db, "o1", second.name, WRITER)["state"] == "asked"
    assert told(db, first.name) == [(1, "order", "o1"), (2, "order_withdrawn", "o1")]
    assert moves.route(db, WRITER) == 0
    assert told(db, second.name) == []
    assert answer(db, first, "order_returned") == 1
    (line,) = order_log.log_after(db, second.name, 0, 10)
    payload = b64decode(line.body["payload"])
    assert second.open.open(payload, order_info(second.name, "o1"))
    assert moves.route(db, WRITER) == 0


def test_an_order_that_was_begun_stays_where_it_is(db: Database, tmp_path: Path) -> None:
    first, second = two_stations(db, tmp_path)
    moves.move(db, "o1", second.name, WRITER)
    assert answer(db, first, "order_kept") == 0
    assert told(db, second.name) == []
    assert answer(db, first, "order_returned") == 0, "the question was answered already"
    assert told(db, second.name) == []


def test_an_answer_from_before_the_question_is_not_its_answer(db: Database, tmp_path: Path) -> None:
    first, second = two_stations(db, tmp_path)
    first.write(("order_returned", "o1", {})).send(db)
    moves.move(db, "o1", second.name, WRITER)
    assert moves.route(db, WRITER) == 0
    assert told(db, second.name) == []


def test_moving_there_and_back_again_ends_where_it_began(db: Database, tmp_path: Path) -> None:
    first, second = two_stations(db, tmp_path)
    moves.move(db, "o1", second.name, WRITER)
    answer(db, first, "order_returned")
    moves.move(db, "o1", first.name, WRITER)
    answer(db, second, "order_returned")
    assert [event for _, event, _ in told(db, first.name)] == ["order", "order_withdrawn", "order"]
    assert [event for _, event, _ in told(db, second.name)] == ["order", "order_withdrawn"]
    db.run("DELETE FROM reader WHERE name = ?", moves.READER)
    assert moves.route(db, WRITER) == 0, "reading every answer again moves nothing"
    assert len(told(db, second.name)) == 2


def test_asking_for_the_same_move_twice_asks_the_station_once(db: Database, tmp_path: Path) -> None:
    first, second = two_stations(db, tmp_path)
    for _ in range(2):
        assert moves.move(db, "o1", second.name, WRITER)["state"] == "asked"
    assert len(told(db, first.name)) == 2
    assert moves.move(db, "o1", second.name, WRITER)["from"] == first.name


def test_an_order_that_is_in_no_log_yet_moves_at_once(db: Database, tmp_path: Path) -> None:
    ingest.invite(db, "64.11-1", "64.11", TOKEN)
    FakeStation("64.02-1").join(db)
    orders.bring_in(db, write(tmp_path, record("o1")), WRITER)
    assert moves.move(db, "o1", "64.02-1", WRITER)["state"] == "moved"
    assert told(db, "64.02-1") == [(1, "order", "o1")]
    assert moves.move(db, "o1", "64.02-1", WRITER)["state"] == "there"


def test_a_move_that_cannot_be_is_refused_with_its_word(db: Database, tmp_path: Path) -> None:
    _, second = two_stations(db, tmp_path)
    FakeStation("64.03-1").join(db)
    for order, to, word in (
        ("o9", second.name, "UNKNOWN_ORDER"),
        ("o1", "64.74-1", "UNKNOWN_STATION"),
    ):
        with pytest.raises(RefusedByRule) as refused:
            moves.move(db, order, to, WRITER)
        assert refused.value.word == word
    moves.move(db, "o1", second.name, WRITER)
    with pytest.raises(RefusedByRule) as refused:
        moves.move(db, "o1", "64.03-1", WRITER)
    assert refused.value.word == "MOVE_OPEN"


def test_a_printed_order_is_not_moved(db: Database, tmp_path: Path) -> None:
    first, second = two_stations(db, tmp_path)
    first.write(consignment("A"), *card("o1", "A")).send(db)
    Folder(db).catch_up()
    with pytest.raises(RefusedByRule) as refused:
        moves.move(db, "o1", second.name, WRITER)
    assert refused.value.word == "ORDER_CLOSED"
    assert len(told(db, first.name)) == 1


def test_a_hub_that_dies_between_the_answer_and_the_new_log_line_goes_on(
    db: Database, tmp_path: Path
) -> None:
    first, second = two_stations(db, tmp_path)
    moves.move(db, "o1", second.name, WRITER)
    first.write(*card("o2", "A"), ("order_returned", "o1", {})).send(db)
    moves._turn(db, first.name)  # and here the power goes
    assert told(db, second.name) == []
    assert orders.dispatch_all(db, WRITER) == 1
    assert told(db, second.name) == [(1, "order", "o1")]
