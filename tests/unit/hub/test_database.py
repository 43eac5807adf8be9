"""What the rest of the hub may rely on, whichever engine lies below."""

from __future__ import annotations

from pathlib import Path

import pytest

from hub import schema
from hub.database import Database, DatabaseTrouble, DatabaseUnmade, UnsafeSetup, open_database


def test_both_engines_give_back_what_was_written(db: Database) -> None:
    db.copy_rows("reader", ("name", "station", "seq"), [("a", "64.11-1", 7), ("a", "64.11-2", 2**62)])
    assert db.rows("SELECT * FROM reader ORDER BY station") == [("a", "64.11-1", 7), ("a", "64.11-2", 2**62)]
    assert db.one("SELECT seq FROM reader WHERE station = ?", "64.11-1") == (7,)
    assert db.one("SELECT seq FROM reader WHERE station = ?", "64.11-9") is None
    assert db.run("UPDATE reader SET seq = 0 WHERE name = ?", "a") == 2


def test_bytes_and_missing_values_survive(db: Database) -> None:
    db.many(
        "INSERT INTO station (station, office, state, token, epoch) VALUES (?, ?, ?, ?, ?)",
        [("64.11-1", "64.11", "invited", b"\x00\xff", None)],
    )
    assert db.one("SELECT token, epoch FROM station") == (b"\x00\xff", None)


def test_a_transaction_that_fails_leaves_nothing(db: Database) -> None:
    with pytest.raises(RuntimeError), db.transaction():
        db.copy_rows("reader", ("name", "station", "seq"), [("a", "64.11-1", 7)])
        raise RuntimeError
    assert db.rows("SELECT * FROM reader") == []


def test_a_copy_that_meets_a_known_key_keeps_nothing(db: Database) -> None:
    rows = [("a", "64.11-1", 1), ("a", "64.11-1", 2)]
    with pytest.raises(Exception, match=r"(?i)unique"), db.transaction():
        db.copy_rows("reader", ("name", "station", "seq"), rows)
    assert db.rows("SELECT * FROM reader") == []


def test_a_snapshot_does_not_see_what_others_commit_meanwhile(db: Database, url: str) -> None:
    other = open_database(url)
    with db.snapshot():
        assert db.rows("SELECT * FROM reader") == []
        other.run("INSERT INTO reader VALUES (?, ?, ?)", "a", "64.11-1", 1)
        assert db.rows("SELECT * FROM reader") == []
    assert len(db.rows("SELECT * FROM reader")) == 1
    other.close()


def test_the_tables_are_made_once(db: Database) -> None:
    assert schema.create(db, now_ms=1) == 0
    assert schema.version(db) == len(schema.STEPS)


def test_tables_of_a_newer_program_are_refused(db: Database) -> None:
    db.run("INSERT INTO schema_step (number, done_ms) VALUES (?, ?)", 99, 0)
    with pytest.raises(UnsafeSetup, match="newer"):
        schema.check(db)


def test_tables_of_an_older_program_say_what_to_do(db: Database) -> None:
    db.run("DELETE FROM schema_step WHERE number = ?", len(schema.STEPS))
    with pytest.raises(UnsafeSetup, match="loket-hub init"):
        schema.check(db)


def test_tables_that_are_not_there_are_told_apart_from_a_fault(url: str) -> None:
    empty = open_database(url)
    with pytest.raises(DatabaseUnmade, match="loket-hub init"):
        schema.check(empty)
    with pytest.raises(DatabaseUnmade):
        empty.rows("SELECT * FROM event")
    empty.close()


def test_a_database_that_takes_nothing_in_says_so_before_anything_is_lost(db: Database, url: str) -> None:
    schema.try_to_write(db)
    read_only = "PRAGMA query_only = ON"
    if url.startswith("postgresql"):
        read_only = "SET default_transaction_read_only = on"
        db.create(read_only)
    else:
        db.run(read_only)
    with pytest.raises(DatabaseTrouble, match="read-only"):
        schema.try_to_write(db)
    assert schema.version(db) == len(schema.STEPS)


def test_a_full_disk_is_told_and_the_rows_before_it_stay(tmp_path: Path) -> None:
    db = open_database(str(tmp_path / "hub.db"))
    schema.create(db, now_ms=0)
    db.run("INSERT INTO reader VALUES (?, ?, ?)", "kept", "64.11-1", 1)
    db.rows("PRAGMA max_page_count = 1")  # as many as there are: not one more
    with pytest.raises(DatabaseTrouble, match="full"), db.transaction():
        db.many("INSERT INTO reader VALUES (?, ?, ?)", [("x" * 900, str(n), n) for n in range(900)])
    assert db.rows("SELECT name FROM reader") == [("kept",)]
    db.close()


def test_an_address_that_is_none_is_not_repeated() -> None:
    with pytest.raises(DatabaseTrouble, match="address") as told:
        open_database("postgresql://me:hush%zz@x/y")
    assert "hush" not in str(told.value)
