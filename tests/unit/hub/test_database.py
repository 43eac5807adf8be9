"""What the rest of the hub may rely on, whichever engine lies below."""

from __future__ import annotations

import pytest

from hub import schema
from hub.database import Database, UnsafeSetup, open_database


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
