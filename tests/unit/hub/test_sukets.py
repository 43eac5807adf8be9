"""Who stands with a temporary certificate, each order once, as far as was told by the end of a day."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from domain import certificates, keys
from hub import ingest, moves, order_log, orders, reports, sukets
from hub.database import Database
from hub.projections import Folder
from tests.unit.hub.lists import record, write
from tests.unit.hub.stations import NOW_MS, FakeStation, Line, card
from tests.unit.hub.test_reports import DAY, DAY_MS, WRITER

NUMBER = "SPECIMEN-64.11-1-2020-00001"
END_MS = NOW_MS + DAY_MS


def issue(order: str, number: str = NUMBER, until: str = "2020-11-12") -> Line:
    told = {"order": order, "reason": "marriage", "valid_until": until, "sha256": "00"}
    return "suket_issued", number, told


def counted(db: Database, on: str = DAY, end_ms: int = END_MS) -> int:
    Folder(db).catch_up()
    return sukets.outstanding(db, on, end_ms)["64.11"]


@pytest.fixture
def station(db: Database, tmp_path: Path) -> FakeStation:
    one = FakeStation().join(db)
    rows = (
        record("urgent", reason="data_change"),
        record("old", reason="suket_prr"),
        record("lost", reason="suket_replacement"),
        record("later", reason="suket_prr", requested="2020-05-13"),
    )
    orders.bring_in(db, write(tmp_path, *rows), WRITER)
    return one


def test_those_known_from_their_orders_and_those_issued_here(db: Database, station: FakeStation) -> None:
    assert counted(db) == 2
    station.write(issue("urgent")).send(db)
    assert counted(db) == 3
    assert reports.daily(db, DAY, END_MS)["suket"] == 3
    assert counted(db, "2020-05-11", NOW_MS) == 2  # not issued yet, as of the day before
    assert counted(db, "2020-05-13", END_MS + DAY_MS) == 4  # one more was asked for


def test_nobody_counts_twice(db: Database, station: FakeStation) -> None:
    station.write(issue("old")).send(db)
    assert counted(db) == 2
    station.write(*card("old", "A")).send(db)
    assert counted(db) == 2  # its card is out, but the sheet is still in somebody's hand
    station.write(("suket_closed", NUMBER, {"job": "old-1"})).send(db)
    assert counted(db) == 1


@pytest.mark.parametrize(
    "end",
    [
        ("suket_void", NUMBER, {"reason": "jam"}),
        ("suket_closed", NUMBER, {"job": "urgent-1"}),
        (
            "handed_over",
            "urgent-1",
            dict.fromkeys(
                ("kind", "blank", "channel", "chip", "finger", "old", "exception", "second", "proof"), "x"
            )
            | {"order": "urgent"},
        ),
    ],
)
def test_void_closed_or_handed_over_it_counts_no_more(db: Database, station: FakeStation, end: Line) -> None:
    station.write(issue("urgent"), end).send(db)
    assert counted(db) == 2
    assert counted(db, DAY, station.now_ms - 1) == 3  # as of before that line


def test_one_that_has_run_out_stands_for_nothing(db: Database, station: FakeStation) -> None:
    station.write(issue("urgent", until="2020-05-12")).send(db)
    assert counted(db) == 3
    assert sukets.issued(db, "2020-05-13", END_MS + DAY_MS) == {}


def test_what_the_printer_and_the_clerk_say_of_the_sheet_changes_no_figure(
    db: Database, station: FakeStation
) -> None:
    station.write(issue("urgent")).send(db)
    before = counted(db)
    station.write(
        ("suket_sent", NUMBER, {"printer": "ipp://a"}),
        ("suket_unsure", NUMBER, {"cause": "link_lost"}),
        ("suket_confirmed", NUMBER, {"by": "rina"}),
    ).send(db)
    assert counted(db) == before == 3


def test_a_renewal_is_one_certificate(db: Database, station: FakeStation) -> None:
    station.write(
        issue("urgent"), ("suket_void", NUMBER, {"reason": "renewed"}), issue("urgent", "SPECIMEN-2")
    ).send(db)
    assert counted(db) == 3


def test_an_order_that_moved_counts_where_it_is_owed(db: Database, station: FakeStation) -> None:
    FakeStation("64.02-1").join(db)
    station.write(issue("urgent"), issue("stranger", "SPECIMEN-2")).send(db)
    db.run("UPDATE order_ SET station = '64.02-1' WHERE id = 'urgent'")
    Folder(db).catch_up()
    assert sukets.outstanding(db, DAY, END_MS) == {"64.11": 3, "64.02": 1}


def test_lines_that_say_too_little_are_passed_over_and_a_rebuild_ends_the_same(
    db: Database, station: FakeStation
) -> None:
    station.write(issue("urgent"), ("suket_issued", "SPECIMEN-3", {"order": "old"})).send(db)
    station.write(("suket_closed", "elsewhere", {"job": "x", "elsewhere": True})).send(db)
    before = counted(db), db.rows("SELECT * FROM suket ORDER BY seq")
    assert len(before[1]) == 2
    Folder(db).rebuild()
    assert (counted(db), db.rows("SELECT * FROM suket ORDER BY seq")) == before
    assert ingest.known(db, station.name).state == "joined"


ELSEWHERE = certificates.told(NUMBER, "marriage", DAY, "2020-11-12")


def moved(db: Database, first: FakeStation, told: object) -> dict[str, Any]:
    """The order's line at the second station, after the first gave it back with ``told`` of a certificate."""
    second = FakeStation("64.02-1").join(db)
    moves.move(db, "urgent", second.name, WRITER)
    first.write(("order_returned", "urgent", {} if told is None else {"suket": told})).send(db)
    assert moves.route(db, WRITER) == 1
    (line,) = order_log.log_after(db, second.name, 0, 10)
    assert keys.signed(WRITER.keys.sign.public(), second.name, "urgent", line.body)
    return dict(line.body)


def test_an_order_that_moves_takes_its_certificate_along_signed(db: Database, station: FakeStation) -> None:
    station.write(issue("urgent")).send(db)
    assert moved(db, station, ELSEWHERE)["suket"] == ELSEWHERE


@pytest.mark.attack
@pytest.mark.parametrize("told", [None, "x", {}, {**ELSEWHERE, "number": ["x"]}])
def test_what_no_one_can_read_holds_no_order_up(db: Database, station: FakeStation, told: object) -> None:
    assert "suket" not in moved(db, station, told)


def test_a_forked_station_s_certificate_is_known_from_what_was_held_of_it(
    db: Database, station: FakeStation
) -> None:
    second = FakeStation("64.02-1").join(db)
    station.write(issue("urgent"), issue("old", "N-2"), ("suket_void", "N-2", {"reason": "jam"})).send(db)
    Folder(db).catch_up()
    ingest.forked(db, station.name)
    moves.take_over(db, station.name, second.name, WRITER)
    lines = {line.subject: line.body for line in order_log.log_after(db, second.name, 0, 10)}
    assert lines["urgent"]["suket"] == ELSEWHERE
    assert "suket" not in lines["old"]


def test_a_certificate_ends_wherever_its_order_went(db: Database, station: FakeStation) -> None:
    second = FakeStation("64.02-1").join(db)
    station.write(issue("urgent")).send(db)
    second.write(("suket_closed", NUMBER, {"job": "urgent-1", "elsewhere": True})).send(db)
    assert counted(db) == 2


def test_the_last_station_s_word_goes_on(db: Database, station: FakeStation) -> None:
    renewed = {**ELSEWHERE, "number": "SPECIMEN-64.02-1-2020-00001"}
    moved(db, station, ELSEWHERE)
    second, third = FakeStation("64.02-1"), FakeStation("64.03-1").join(db)
    moves.move(db, "urgent", third.name, WRITER)
    second.write(("order_returned", "urgent", {"suket": renewed})).send(db)
    moves.route(db, WRITER)
    (line,) = order_log.log_after(db, third.name, 0, 10)
    assert line.body["suket"] == renewed


def test_a_record_that_was_withdrawn_stands_with_none_from_then_on(
    db: Database, station: FakeStation
) -> None:
    moves.withdraw(db, "old", WRITER)
    station.write(("order_returned", "old", {})).send(db)
    moves.route(db, WRITER)
    assert (counted(db, end_ms=NOW_MS), counted(db)) == (2, 1)
