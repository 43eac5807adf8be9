"""The province's books: they hold for a good week, and name the blank of whatever is gone or cannot be."""

from __future__ import annotations

from typing import Any

import pytest

from hub.books import prove as proof
from hub.books import store
from hub.database import Database
from hub.projections import Folder
from tests.unit.hub.ledgers import TWO, WRITER, busy, counted, prove


def test_a_good_week_proves_to_the_last_blank(db: Database) -> None:
    busy(db)
    found = prove(db)
    assert {name: found[name] for name in ("unaccounted", "disputed", "altered", "missing", "below")} == {
        "unaccounted": [], "disputed": [], "altered": [], "missing": {}, "below": [],
    }  # fmt: skip
    assert proof.holds(found)
    assert found["in_transit"] == [
        {"consignment": "T-3", "to": "64.72-2", "kind": "ktp", "count": 1, "names": ["V001"]}
    ]
    assert [each["consignment"] for each in found["unannounced"]] == ["D-1", "D-2", "D-3"]
    assert found["shared"] == ["C001", "S001"]


def test_the_accounts_add_up_to_nothing_and_no_blank_is_in_two(db: Database) -> None:
    busy(db)
    accounts = prove(db)["accounts"]
    for kind in ("ktp", "kia"):
        assert sum(held.get(kind, 0) for held in accounts.values()) == 0
    assert accounts["centre"] == {"ktp": -(40 + 3 + 4 + 2 + 3), "kia": -9}
    assert accounts["fire"] == {"ktp": 3}
    assert accounts["province/unnamed"] == {"ktp": 40 - 12 - 5 + 1, "kia": 5}
    assert accounts["returned"] == {"ktp": 1}
    assert accounts["64.72-2/card"] == {"ktp": 1}
    assert accounts["64.11-1/lost"] == {"ktp": 3}
    assert accounts["64.72-1/unnamed"] == {"ktp": 2 + 3 - 1 - 1}


def test_each_row_of_the_ledger_that_is_gone_names_its_blank(db: Database) -> None:
    """Goal: no row can be taken out of the books unseen. Method: each in turn, in a transaction undone."""
    busy(db)
    rows = db.rows("SELECT station, seq, number, blank, subject FROM ledger ORDER BY station, seq, number")
    assert len(rows) > 60
    for station, seq, number, blank, subject in rows:
        found = _without(
            db, "DELETE FROM ledger WHERE station = ? AND seq = ? AND number = ?", station, seq, number
        )
        assert (blank or subject) in found["unaccounted"], (station, seq, number)
        assert found["altered"] == [{"holder": station, "seq": seq}]
    assert proof.holds(prove(db))


def test_each_line_about_a_blank_that_is_gone_names_its_blank(db: Database) -> None:
    busy(db)
    rows = db.rows("SELECT DISTINCT station, seq, blank, subject FROM ledger WHERE station <> 'province'")
    for station, seq, blank, subject in rows:
        found = _without(db, "DELETE FROM event WHERE station = ? AND seq = ?", station, seq)
        assert (blank or subject) in found["unaccounted"], (station, seq)
        assert station in found["missing"]
    for (number,) in db.rows("SELECT number FROM act"):
        (subject,) = db.one("SELECT subject FROM ledger WHERE station = 'province' AND seq = ?", number) or (
            "",
        )
        told = {
            blank or subject
            for (blank,) in db.rows("SELECT blank FROM ledger WHERE seq = ? AND station = 'province'", number)
        }
        assert told <= set(_without(db, "DELETE FROM act WHERE number = ?", number)["unaccounted"])


def test_an_act_that_is_gone_with_all_its_rows_is_missed_also_when_it_was_the_last(db: Database) -> None:
    busy(db)
    for (number,) in db.rows("SELECT number FROM act"):
        db.run("DELETE FROM ledger WHERE station = 'province' AND seq = ?", number)
        assert _without(db, "DELETE FROM act WHERE number = ?", number)["missing"] == {"province": 1}


@pytest.mark.parametrize(
    "change", ["credit = '64.11-1/lost'", "count = count + 1", "blank = 'Z999'", "kind = 'kia'"]
)
def test_a_row_that_was_changed_names_its_blank(db: Database, change: str) -> None:
    busy(db)
    rows = db.rows("SELECT station, seq, number, blank, subject FROM ledger ORDER BY station, seq, number")
    for station, seq, number, blank, subject in rows[::7]:
        sql = f"UPDATE ledger SET {change} WHERE station = ? AND seq = ? AND number = ?"  # noqa: S608
        assert (blank or subject) in _without(db, sql, station, seq, number)["unaccounted"]


def test_a_row_that_was_put_in_names_its_blank(db: Database) -> None:
    busy(db)
    sql = "INSERT INTO ledger VALUES ('64.11-1', 1, 77, 'ktp', 'A001', 1, '64.11-1/stock', 'fire', 'x')"
    assert "A001" in _without(db, sql)["unaccounted"]
    assert "A001" in _without(db, sql.replace("64.11-1", "64.99-1", 1))["unaccounted"]


class _Undone(Exception):
    pass


def _without(db: Database, sql: str, *values: Any) -> dict[str, Any]:
    """The proof after one change that is undone again."""
    found: dict[str, Any] = {}
    with pytest.raises(_Undone), db.transaction():
        assert db.run(sql, *values) == 1
        found = proof.prove(db)
        raise _Undone
    return found


def test_a_rebuild_folds_the_books_again_and_they_hold(db: Database) -> None:
    busy(db)
    kept = sorted(db.rows("SELECT * FROM ledger"), key=repr)
    Folder(db).rebuild()
    assert sorted(db.rows("SELECT * FROM ledger"), key=repr) == kept
    assert proof.holds(prove(db))


def test_a_box_booked_twice_is_settled_and_folded_again_alike(db: Database) -> None:
    offices = busy(db)
    offices.near.write(counted(12, "K-1"))
    offices.send(db)
    assert [each["elsewhere"] for each in prove(db)["disputed"]] == [["64.11-1"]]
    store.settle(db, "K-1", TWO, WRITER)
    found = prove(db)
    assert proof.holds(found)
    Folder(db).rebuild()
    assert prove(db) == found
