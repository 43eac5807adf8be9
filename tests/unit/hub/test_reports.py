"""The province's questions, answered from what is held."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from domain.keys import OpenKey, SigningKey
from hub import ingest, orders, reports
from hub.database import Database
from hub.home import Keys
from hub.order_log import Writer
from hub.projections import Folder
from sync.log import Mark
from tests.unit.hub.lists import record, write
from tests.unit.hub.stations import MINUTE_MS, NOW_MS, TOKEN, FakeStation, card, consignment

WRITER = Writer(Keys(SigningKey.generate(), OpenKey.generate()), epoch=5, now_ms=NOW_MS)
DAY = "2020-05-12"
DAY_MS = 86_400_000


def folded(db: Database) -> None:
    Folder(db).catch_up()


def test_offices_tell_how_far_each_journal_is_held_and_what_is_still_owed(db: Database) -> None:
    station = FakeStation().join(db).write(*card("o1", "A"))
    ingest.take(db, station.name, station.batch(0, 3), NOW_MS)
    ingest.greet(db, station.name, Mark(5, 11), NOW_MS)
    ingest.invite(db, "64.02-2", "64.02", TOKEN)
    assert reports.offices(db) == [
        {
            "office": "64.02", "station": 2, "name": "64.02-2", "epoch": None, "seq": 0,
            "last_seen_at": None, "unsent_reported": 0, "state": "invited",
        },
        {
            "office": "64.11", "station": 1, "name": "64.11-1", "epoch": 11, "seq": 3,
            "last_seen_at": "2020-05-12T00:00:00.000+08:00", "unsent_reported": 2, "state": "joined",
        },
    ]  # fmt: skip


def test_a_good_day_reconciles(db: Database) -> None:
    FakeStation().join(db).write(consignment("A", "B"), *card("o1", "A"), *card("o2", "B")).send(db)
    folded(db)
    found = reports.reconcile(db)
    assert found == {
        "events": 11, "missing": 0, "duplicates": 0, "cards_per_order_max": 1, "blanks_unaccounted": [],
    }  # fmt: skip
    assert reports.holds(found)


def test_lines_told_of_and_not_held_are_missing(db: Database) -> None:
    station = FakeStation().join(db).write(*card("o1", None))
    ingest.take(db, station.name, station.batch(0, 3), NOW_MS)
    ingest.greet(db, station.name, Mark(5, 11), NOW_MS)
    folded(db)
    found = reports.reconcile(db)
    assert (found["missing"], found["events"], reports.holds(found)) == (2, 3, False)


@pytest.mark.parametrize(("gone", "still"), [(1, 0), (2, 1), (4, 3), (5, 4)])
def test_a_hole_in_the_tables_is_found_whatever_the_watermark_says(
    db: Database, gone: int, still: int
) -> None:
    FakeStation().join(db).write(*card("o1", None)).send(db)
    db.run("DELETE FROM event WHERE seq = ?", gone)
    assert ingest.contiguous(db, "64.11-1") == still
    assert reports.reconcile(db)["missing"] == 5 - still


def test_a_second_card_for_one_order_is_told(db: Database) -> None:
    FakeStation().join(db).write(consignment("A"), *card("o1", "A")).send(db)
    FakeStation("64.02-1").join(db).write(consignment("B"), *card("o1", "B")).send(db)
    folded(db)
    found = reports.reconcile(db)
    assert (found["cards_per_order_max"], found["duplicates"], reports.holds(found)) == (2, 0, False)


def test_a_job_told_printed_twice_is_a_duplicate(db: Database) -> None:
    lines = list(card("o1", "A"))
    FakeStation().join(db).write(consignment("A"), *lines, lines[-1]).send(db)
    folded(db)
    assert reports.reconcile(db)["duplicates"] == 1


def test_a_blank_nobody_received_is_told_by_name(db: Database) -> None:
    FakeStation().join(db).write(consignment("A"), *card("o1", "A"), *card("o2", "Z")).send(db)
    folded(db)
    assert reports.reconcile(db)["blanks_unaccounted"] == ["Z"]


def daily(db: Database, on: str = DAY, now_ms: int = NOW_MS + DAY_MS) -> dict[str, Any]:
    folded(db)
    return reports.daily(db, on, now_ms)


def test_an_empty_province_reports_ten_regencies_and_why_they_are_empty(db: Database) -> None:
    report = daily(db)
    assert list(report) == ["date", "blanks", "suket", "prr", "printed", "regencies", "flags"]
    assert len(report["regencies"]) == 10
    assert report["flags"] == ["NO_STATION"]
    assert {key: report[key] for key in ("blanks", "suket", "prr", "printed")} == {
        "blanks": 0, "suket": 0, "prr": 0, "printed": 0,
    }  # fmt: skip


def test_a_day_s_figures_are_computed_from_orders_and_journals(db: Database, tmp_path: Path) -> None:
    station = FakeStation().join(db)
    rows = [record("o1"), record("o2", reason="suket_prr"), record("o3", reason="suket_replacement")]
    rows.append(record("o4", requested="2020-05-13"))
    orders.bring_in(db, write(tmp_path, *rows), WRITER)
    station.now_ms = NOW_MS + 9 * 60 * MINUTE_MS
    station.write(consignment("A", "B", "C"), *card("o1", "A"))
    station.now_ms = NOW_MS + DAY_MS
    station.write(*card("o2", "B")).send(db)
    mahulu = daily(db)["regencies"]["64.11"]
    assert mahulu == {"blanks": 2, "suket": 2, "prr": 2, "printed": 1, "flags": []}
    assert daily(db, "2020-05-13")["regencies"]["64.11"]["prr"] == 2
    assert daily(db, "2020-05-13")["printed"] == 1
    assert daily(db, "2020-05-11")["regencies"]["64.11"]["blanks"] == 0


def test_the_day_is_the_counter_s_not_greenwich_s(db: Database) -> None:
    station = FakeStation().join(db).write(consignment("A", "B"))
    station.now_ms = NOW_MS - 10
    station.write(*card("o1", "A"))
    station.now_ms = NOW_MS
    station.write(*card("o2", "B")).send(db)
    assert (daily(db, "2020-05-11")["printed"], daily(db)["printed"]) == (1, 1)


def test_a_station_heard_late_yesterday_is_not_silent_this_morning(db: Database) -> None:
    station = FakeStation().join(db)
    ingest.greet(db, station.name, Mark(0, 11), NOW_MS - 60 * MINUTE_MS)
    morning = daily(db, now_ms=NOW_MS + 10 * 60 * MINUTE_MS)
    assert "STATION_SILENT" not in morning["regencies"]["64.11"]["flags"]
    assert "STATION_SILENT" in daily(db)["regencies"]["64.11"]["flags"]


def test_a_report_says_what_makes_its_figures_doubtful(db: Database, tmp_path: Path) -> None:
    station = FakeStation().join(db)
    orders.bring_in(db, write(tmp_path, record("o1"), record("o2")), WRITER)
    unsure = [*list(card("o1", "A"))[:-1], ("unsure", "o1-1", {"cause": "jam", "blank": "A"})]
    station.write(consignment("A"), *unsure, *card("o9", "Z")).send(db)
    ingest.greet(db, station.name, Mark(99, 11), NOW_MS)
    ingest.forked(db, station.name)
    report = daily(db, now_ms=NOW_MS + 3 * DAY_MS)
    assert report["regencies"]["64.11"]["flags"] == [
        "STATION_FORKED", "UNSENT", "BLANKS_SHORT", "BLANKS_UNACCOUNTED", "JOBS_UNSURE",
    ]  # fmt: skip
    late = daily(db, "2020-05-14", now_ms=NOW_MS + 3 * DAY_MS)
    assert "STATION_SILENT" in late["regencies"]["64.11"]["flags"]
