"""The journal keeps what it was told, whatever is cut off, and says so only when it is true."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.home import Home, Reserve
from agent.store import audit, sqlite
from agent.store.journal import DiskFull, Journal, JournalBroken, Tx, note_start, set_cursor
from tests.unit.agent.stations import Clock, events, make_home, open_at

CARD = {"printer": "SIM1", "session": 5, "before": {"cards": 1, "panels": 5}}


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path / "home")


@pytest.fixture
def journal(home: Home) -> Iterator[Journal]:
    made = open_at(home)
    yield made
    made.close()


def refuse(tx: Tx, order: str = "O-1") -> int:
    return tx.note("order_refused", order, {"word": "BAD_NIK"})


def test_the_settings_durability_hangs_on_are_what_sqlite_says_they_are(journal: Journal) -> None:
    told = {
        name: journal.rows(f"PRAGMA {name}")[0][0] for name in ("journal_mode", "synchronous", "mmap_size")
    }
    assert told == {"journal_mode": "wal", "synchronous": 2, "mmap_size": 0}


def test_a_line_says_who_when_and_in_which_epoch(journal: Journal) -> None:
    assert journal.write(refuse) == 1
    (line,) = journal.entries(0, 10)
    assert (line.seq, line.epoch, line.event, line.subject) == (1, 7, "order_refused", "O-1")
    assert line.body == {"word": "BAD_NIK"}
    assert journal.rows("SELECT epoch FROM epoch") == [(7,)]


def test_every_start_has_an_epoch_of_its_own_and_seq_goes_on(home: Home) -> None:
    for epoch in (3, 2**63 - 1):
        journal = open_at(home, epoch=epoch)
        journal.write(refuse)
        journal.close()
    journal = open_at(home, epoch=9)
    assert [(line.seq, line.epoch) for line in journal.entries(0, 9)] == [(1, 3), (2, 2**63 - 1)]
    assert journal.last() == (mark := type(journal.last()))(2, 2**63 - 1)
    assert mark.__name__ == "Mark"
    journal.close()


def test_a_body_without_a_needed_field_is_a_fault_of_ours_and_leaves_nothing(journal: Journal) -> None:
    with pytest.raises(ValueError, match="order_refused lacks word"):
        journal.write(lambda tx: tx.note("order_refused", "O-1", {}))
    assert (journal.head(), journal.entries(0, 9)) == (0, [])


def test_an_exception_inside_undoes_the_whole_transaction_and_the_chain_goes_on(journal: Journal) -> None:
    journal.write(refuse)
    with pytest.raises(KeyError), journal.transaction() as tx:
        refuse(tx, "O-2")
        set_cursor(tx, "hub_has", 1)
        raise KeyError
    journal.write(lambda tx: refuse(tx, "O-3"))
    assert events(journal) == [("order_refused", "O-1"), ("order_refused", "O-3")]
    assert journal.cursor("hub_has") == 0
    assert audit.verify(journal) == 2


def test_a_number_is_never_given_twice_even_after_pruning(home: Home) -> None:
    journal = open_at(home)
    for _ in range(3):
        journal.write(refuse)
    journal.write(lambda tx: tx.execute("DELETE FROM journal"))
    journal.close()
    journal = open_at(home)
    assert journal.write(refuse) == 4
    journal.close()


def test_a_second_writer_cannot_slip_a_line_in_between(home: Home, journal: Journal) -> None:
    """The lock forbids it; should it be got round, the numbers collide and nothing is written."""
    other = open_at(home, epoch=8)
    other.write(refuse)
    with pytest.raises(sqlite.Error, match="UNIQUE"):
        journal.write(refuse)
    assert events(other) == [("order_refused", "O-1")]
    assert audit.verify(other) == 1
    other.close()


def test_a_transaction_holds_the_pen_from_its_first_moment(home: Home, journal: Journal) -> None:
    """One that took it only at its first write could fail half way, on what it had read before."""
    journal.write(refuse)
    other = sqlite.connect(home.journal_path)
    other.execute("PRAGMA busy_timeout = 0")
    with journal.transaction(), pytest.raises(sqlite.Error, match="locked"):
        other.execute("BEGIN IMMEDIATE")
    other.execute("BEGIN IMMEDIATE")
    other.close()


def test_a_cursor_may_go_back_because_a_hub_may_be_restored(journal: Journal) -> None:
    journal.write(lambda tx: set_cursor(tx, "hub_has", 9, 77))
    assert (journal.mark("hub_has").seq, journal.mark("hub_has").epoch) == (9, 77)
    journal.write(lambda tx: set_cursor(tx, "hub_has", 4, 76))
    assert journal.cursor("hub_has") == 4
    with pytest.raises(KeyError):
        journal.cursor("nobody")


def test_a_start_says_how_the_last_run_ended(home: Home) -> None:
    told = []
    for clean in (False, True, False):
        journal = open_at(home)
        told.append(journal.write(lambda tx: note_start(tx, "0.1")))
        journal.close(clean=clean)
    assert told == ["first", "unclean", "clean"]


# ---- the disk says no -----------------------------------------------------------------------------


def fill(journal: Journal) -> int:
    """Write until the disk is full; how many lines were acknowledged."""
    kept = journal.head()
    with pytest.raises(DiskFull, match="nothing was lost"):
        for _ in range(10_000):
            kept = journal.write(lambda tx: tx.note("order_refused", "x" * 400, {"word": "BAD_NIK"}))
    return kept


def narrow(journal: Journal, pages: int) -> None:
    journal.rows(f"PRAGMA max_page_count = {journal.rows('PRAGMA page_count')[0][0] + pages}")


def test_a_full_disk_undoes_cleanly_and_keeps_every_acknowledged_line(home: Home, journal: Journal) -> None:
    narrow(journal, 10)
    kept = fill(journal)
    assert kept > 5
    assert journal.head() == kept == len(journal.entries(0, 10_000)) == audit.verify(journal)
    narrow(journal, 100)
    assert journal.write(refuse) == kept + 1
    assert audit.verify(home.reader()) == kept + 1


def test_a_full_disk_does_not_keep_the_station_from_ending(home: Home) -> None:
    journal = open_at(home)
    journal.write(lambda tx: note_start(tx, "0.1"))
    narrow(journal, 0)
    journal.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    fill(journal)
    journal.close(clean=True)


def test_the_reserve_is_given_back_and_the_write_is_done_after_all(home: Home) -> None:
    given: list[int] = []
    made: list[Journal] = []

    def make_room() -> bool:
        given.append(1)
        narrow(made[0], 50)
        return len(given) == 1

    journal = open_at(home, make_room=make_room)
    made.append(journal)
    narrow(journal, 5)
    kept = fill(journal)
    assert len(given) == 2
    assert audit.verify(journal) == kept
    journal.close()


def test_the_reserve_is_real_room_and_is_taken_again_when_there_is_plenty(tmp_path: Path) -> None:
    reserve = Reserve(tmp_path / "reserve", 2 << 20)
    assert reserve.keep()
    assert reserve.path.stat().st_blocks * 512 >= 2 << 20
    assert reserve.give_back()
    assert not reserve.held()
    assert not reserve.give_back()
    assert not Reserve(tmp_path / "reserve", 1 << 60).keep()


def test_a_damaged_disk_stops_the_process_before_anybody_is_told_anything(home: Home) -> None:
    stopped: list[str] = []
    journal = open_at(home, on_broken=stopped.append)
    for _ in range(50):
        journal.write(refuse)
    journal.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    with home.journal_path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xa5" * (file.seek(0, 2) - 4096 or 1))
        file.seek(4096)
        file.write(b"\xa5" * 60_000)
    journal.rows("PRAGMA shrink_memory")
    with pytest.raises(JournalBroken, match="disk failed"):
        journal.write(refuse)
    assert len(stopped) == 1
    with pytest.raises(JournalBroken):  # and it stays so: the same connection is never tried again
        journal.write(refuse)
    assert len(stopped) == 1
    journal.close(clean=True)


@settings(max_examples=30)
@given(
    bodies=st.lists(
        st.dictionaries(
            st.text(min_size=1, max_size=8),
            st.none() | st.booleans() | st.integers(-(2**62), 2**62) | st.text(max_size=20),
            max_size=4,
        ),
        min_size=1,
        max_size=6,
    ),
    where=st.data(),
)
def test_any_change_of_any_line_is_found_at_that_line(
    bodies: list[dict[str, object]], where: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    home = make_home(tmp_path_factory.mktemp("chain"))
    journal = open_at(home, clock=Clock())
    for body in bodies:
        journal.write(lambda tx, b=body: tx.note("something_new", "O-1", b))  # type: ignore[misc]
    assert audit.verify(journal) == len(bodies)
    seq = where.draw(st.integers(1, len(bodies)))
    column = where.draw(
        st.sampled_from(
            [
                "epoch = 8",
                "at_ms = at_ms + 1",
                "event = 'e'",
                "subject = 's'",
                "body = '{\"a\":[1]}'",
                "hash = zeroblob(32)",
                None,
            ]
        )
    )
    journal.write(lambda tx: tx.execute("INSERT OR IGNORE INTO epoch VALUES (8, 0)"))
    sql = f"UPDATE journal SET {column} WHERE seq = ?" if column else "DELETE FROM journal WHERE seq = ?"  # noqa: S608
    journal.write(lambda tx: tx.execute(sql, seq))
    found = audit.verify(journal)
    assert isinstance(found, audit.Finding)
    assert found.seq == seq
    journal.close()
