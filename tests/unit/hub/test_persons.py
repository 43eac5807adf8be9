"""Nobody is owed two cards of one kind at a time, and what nobody owes any more is out of the way."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from domain.events import JOURNAL
from domain.words import RefusedByRule
from hub import ingest, moves, orders, reports
from hub.database import Database
from hub.order_form import person_of
from hub.projections import Folder
from hub.web.page import look
from tests.unit.hub.lists import nik_of, record, write
from tests.unit.hub.stations import NOW_MS, TOKEN, FakeStation, card
from tests.unit.hub.test_orders import WRITER, told

NIK = nik_of("o1")


@pytest.fixture
def station(db: Database, tmp_path: Path) -> FakeStation:
    one = FakeStation().join(db)
    assert orders.bring_in(db, write(tmp_path, record("o1")), WRITER).new == 1
    return one


def again(db: Database, tmp_path: Path, order: str = "o2", **changes: str) -> list[dict[str, Any]]:
    """What is refused of another order for the person of ``o1``."""
    Folder(db).catch_up()
    row = record(order, nik=NIK, **changes)
    return orders.bring_in(db, write(tmp_path, row), WRITER).refused


BODY: dict[str, Any] = dict.fromkeys(JOURNAL["handed_over"] | JOURNAL["lost"])
BODY |= {"order": "o1", "kind": "ktp", "blank": "A", "reason": "x", "by": "ani"}
REFUSED = [{"order": "o2", "word": "PERSON_ON_ORDER", "line": 2, "other": "o1"}]


def test_a_second_order_for_a_person_whose_first_is_open_is_refused(
    db: Database, station: FakeStation, tmp_path: Path
) -> None:
    assert again(db, tmp_path) == REFUSED
    assert again(db, tmp_path, reason="status_change", name="SPECIMEN DUA") == REFUSED
    station.write(*card("o1", "A")).send(db)
    assert again(db, tmp_path) == REFUSED, "its card lies on the shelf"
    assert told(db, station.name) == [(1, "order", "o1")]


def test_two_rows_of_one_list_for_one_person_are_one_order(db: Database, tmp_path: Path) -> None:
    FakeStation().join(db)
    done = orders.bring_in(db, write(tmp_path, record("o1"), record("o2", nik=NIK)), WRITER)
    assert (done.new, [each["word"] for each in done.refused]) == (1, ["PERSON_ON_ORDER"])


def test_another_station_owes_it_no_more_than_the_same_one(
    db: Database, station: FakeStation, tmp_path: Path
) -> None:
    FakeStation("64.02-1").join(db)
    assert again(db, tmp_path, office="64.02") == REFUSED


@pytest.mark.parametrize("ended", ["handed_over", "lost", "returned"])
def test_what_has_ended_is_in_nobody_s_way(
    db: Database, station: FakeStation, tmp_path: Path, ended: str
) -> None:
    station.write(*card("o1", "A"), (ended, "o1-1", BODY)).send(db)
    assert again(db, tmp_path) == []


def test_what_its_station_refused_may_come_mended(db: Database, station: FakeStation, tmp_path: Path) -> None:
    station.write(("order_refused", "o1", {"word": "BAD_PHOTO"})).send(db)
    assert again(db, tmp_path) == []


def test_what_one_station_refused_and_another_owes_is_open(
    db: Database, station: FakeStation, tmp_path: Path
) -> None:
    second = FakeStation("64.02-1").join(db)
    moves.move(db, "o1", second.name, WRITER)
    station.write(("order_returned", "o1", {}), ("order_refused", "o1", {"word": "BAD_PHOTO"})).send(db)
    moves.route(db, WRITER)
    assert again(db, tmp_path) == REFUSED


@pytest.mark.parametrize("event", ["withheld", "spoiled"])
def test_what_may_still_become_a_card_is_open(
    db: Database, station: FakeStation, tmp_path: Path, event: str
) -> None:
    station.write(*card("o1", "A"), (event, "o1-1", BODY)).send(db)
    assert again(db, tmp_path) == REFUSED


@pytest.mark.attack
def test_the_digest_tells_no_nik(db: Database, station: FakeStation) -> None:
    assert NIK not in repr(db.rows("SELECT * FROM person"))
    keys = [person_of(kind, NIK, key) for kind in ("ktp", "kia") for key in (b"a", b"b")]
    assert len(set(keys)) == 4


def test_orders_of_an_earlier_release_are_known_by_their_sealed_part(
    db: Database, station: FakeStation, tmp_path: Path
) -> None:
    db.run("DELETE FROM person")
    assert again(db, tmp_path) == REFUSED


# -- withdrawing ---------------------------------------------------------------------------------------------


def owed(db: Database) -> int:
    found = reports.daily(db, "2020-05-12", NOW_MS)["prr"]
    assert isinstance(found, int)
    return found


def test_an_order_is_withdrawn_once_its_station_gave_it_back(
    db: Database, station: FakeStation, tmp_path: Path
) -> None:
    asked = {"order": "o1", "from": station.name, "state": "asked"}
    assert [moves.withdraw(db, "o1", WRITER) for _ in range(2)] == [asked, asked]
    assert told(db, station.name) == [(1, "order", "o1"), (2, "order_withdrawn", "o1")]
    assert again(db, tmp_path) == REFUSED
    station.write(("order_returned", "o1", {})).send(db)
    assert moves.route(db, WRITER) == 0
    assert moves.withdraw(db, "o1", WRITER)["state"] == "withdrawn"
    assert orders.dispatch_all(db, WRITER) == 0
    assert (owed(db), look(db, NOW_MS).waiting) == (0, 0)
    assert again(db, tmp_path) == []
    assert told(db, station.name)[2:] == [(3, "order", "o2")]


def test_a_card_that_was_begun_is_not_withdrawn(db: Database, station: FakeStation, tmp_path: Path) -> None:
    moves.withdraw(db, "o1", WRITER)
    station.write(("order_kept", "o1", {"state": "printing"})).send(db)
    moves.route(db, WRITER)
    assert again(db, tmp_path) == REFUSED
    station.write(*card("o1", "A")).send(db)
    Folder(db).catch_up()
    assert word(db, "o1") == "ORDER_CLOSED"


def test_one_that_is_in_no_log_yet_never_comes_into_one(db: Database, tmp_path: Path) -> None:
    ingest.invite(db, "64.11-1", "64.11", TOKEN)
    orders.bring_in(db, write(tmp_path, record("o1")), WRITER)
    assert moves.withdraw(db, "o1", WRITER)["state"] == "withdrawn"
    FakeStation().join(db)
    assert orders.dispatch_all(db, WRITER) == 0
    with pytest.raises(RefusedByRule, match="cannot be printed"):
        moves.move(db, "o1", "64.11-1", WRITER)


def test_what_cannot_be_withdrawn_says_so(db: Database, station: FakeStation) -> None:
    second = FakeStation("64.02-1").join(db)
    assert word(db, "o9") == "UNKNOWN_ORDER"
    moves.move(db, "o1", second.name, WRITER)
    assert word(db, "o1") == "MOVE_OPEN"
    ingest.forked(db, station.name)
    moves.take_over(db, station.name, second.name, WRITER)
    ingest.forked(db, second.name)
    assert word(db, "o1") == "STATION_FORKED"


def test_nobody_takes_over_what_nobody_owes(db: Database, station: FakeStation) -> None:
    second = FakeStation("64.02-1").join(db)
    moves.withdraw(db, "o1", WRITER)
    station.write(("order_returned", "o1", {})).send(db)
    moves.route(db, WRITER)
    ingest.forked(db, station.name)
    assert moves.take_over(db, station.name, second.name, WRITER)["moved"] == []


def word(db: Database, order: str) -> str:
    with pytest.raises(RefusedByRule) as caught:
        moves.withdraw(db, order, WRITER)
    return caught.value.word
