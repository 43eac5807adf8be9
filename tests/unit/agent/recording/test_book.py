"""The book of recordings: it moves by its table, each move once, each a line that tells of nobody."""

from __future__ import annotations

import re
from typing import Any

import pytest

from agent.recording import book
from agent.recording.book import State
from agent.store.journal import Journal
from domain.packet import transaction
from domain.recording import MOVES, Status, follows, odd
from domain.words import RefusedByRule
from tests.unit.agent.stations import NAME, Clock, events, make_home, open_at

TOLD: dict[str, Any] = {
    "fingers": 10,
    "irises": 2,
    "exceptions": 0,
    "forced": 0,
    "rechecked": "match",
    "endorsed": True,
}
SHA = "ab" * 32


@pytest.fixture
def journal(tmp_path: Any, clock: Clock) -> Any:
    made = open_at(make_home(tmp_path / "home"), clock=clock)
    yield made
    made.close()


def begin(journal: Journal, **more: Any) -> str:
    told: dict[str, Any] = {"mode": "store_and_forward", "ticket": None, "place": None} | more
    return journal.write(lambda tx: book.begin(tx, NAME, **told))


def seal(journal: Journal, id: str, sha: str = SHA) -> None:
    journal.write(lambda tx: book.sealed(tx, id, sha, 400_000, TOLD))


def test_a_disk_put_back_from_an_older_copy_gives_no_name_a_second_time(tmp_path: Any) -> None:
    home = make_home(tmp_path / "home")
    older = home.journal_path.read_bytes()
    names = set()
    for epoch in (7, 8):
        journal = open_at(home, epoch=epoch)
        names.add(begin(journal))
        journal.close()
        home.journal_path.write_bytes(older)
    assert names == {f"R-{NAME}-1.0007", f"R-{NAME}-1.0008"}


def test_a_recording_goes_from_open_to_purged_and_each_step_is_one_line(
    journal: Journal, clock: Clock
) -> None:
    id = begin(journal)
    assert id.startswith(f"R-{NAME}-1.")
    seal(journal, id)
    assert book.unsent(journal) == [(id, SHA, 400_000)]
    assert journal.write(lambda tx: book.receipted(tx, id, SHA))
    assert book.unsent(journal) == []
    assert book.due_for_purge(journal, clock() + book.KEPT_AFTER_RECEIPT_MS - 10_000) == []
    assert book.due_for_purge(journal, clock() + book.KEPT_AFTER_RECEIPT_MS) == [(id, SHA)]
    assert journal.write(lambda tx: book.purged(tx, id))
    assert [event for event, subject in events(journal) if subject == id] == [
        "recording_begun",
        "recording_sealed",
        "recording_receipted",
        "recording_purged",
    ]
    assert book.counts(journal) == {"purged": 1}
    assert journal.entries(0, 10)[1].body == {"sha256": SHA, "size": 400_000, **TOLD}


def test_each_recording_has_a_transaction_of_its_own_that_scanners_take(journal: Journal) -> None:
    names = [begin(journal) for _ in range(12)]
    assert all("-" not in name.removeprefix(f"R-{NAME}-") for name in names), "as the province asks"
    told = {transaction(name) for name in names}
    assert len(told) == 12 and all(re.fullmatch("[a-zA-Z0-9-]{4,50}", each) for each in told)


def test_a_packet_stays_for_a_whole_day_after_its_receipt(journal: Journal, clock: Clock) -> None:
    id = begin(journal)
    seal(journal, id)
    journal.write(lambda tx: book.receipted(tx, id, SHA))
    received_ms = clock.at_ms
    assert book.due_for_purge(journal, received_ms + 24 * 3_600_000 - 60_000) == []
    assert book.due_for_purge(journal, received_ms + 24 * 3_600_000 + 60_000) == [(id, SHA)]


def test_what_is_told_twice_is_booked_once(journal: Journal) -> None:
    id = begin(journal)
    seal(journal, id)
    assert [journal.write(lambda tx: book.receipted(tx, id, SHA)) for _ in range(2)] == [True, False]
    later = "RECEIVED_AT_CENTRAL"
    assert [journal.write(lambda tx: book.status(tx, id, later)) for _ in range(2)] == [True, False]
    assert [journal.write(lambda tx: book.purged(tx, id)) for _ in range(2)] == [True, False]
    with pytest.raises(RefusedByRule, match="not where"):
        seal(journal, id)


def test_with_the_receipt_a_recording_is_processed_unless_the_centre_said_more(journal: Journal) -> None:
    early, late = begin(journal), begin(journal)
    seal(journal, early, "11" * 32)
    seal(journal, late, "22" * 32)
    journal.write(lambda tx: book.status(tx, late, "RECEIVED_AT_CENTRAL"))
    for id, sha in ((early, "11" * 32), (late, "22" * 32)):
        journal.write(lambda tx, i=id, s=sha: book.receipted(tx, i, s))  # type: ignore[misc]
    assert [each.status for each in book.every(journal)] == ["PROCESSING", "RECEIVED_AT_CENTRAL"]
    assert not journal.write(lambda tx: book.status(tx, early, "PROCESSING")), "known already"
    assert journal.write(lambda tx: book.status(tx, early, "SENT_FOR_ENROLLMENT"))
    assert not any(each.odd for each in book.every(journal))


def test_a_receipt_for_another_packet_lets_nothing_go(journal: Journal) -> None:
    id = begin(journal)
    seal(journal, id)
    assert not journal.write(lambda tx: book.receipted(tx, id, "cd" * 32))
    assert not journal.write(lambda tx: book.receipted(tx, "R-64.11-1-9", SHA))
    assert not journal.write(lambda tx: book.purged(tx, id))
    assert book.unsent(journal) != []


def test_a_rejected_packet_is_kept_and_no_longer_sent_until_the_province_looks_again(
    journal: Journal,
) -> None:
    id = begin(journal)
    seal(journal, id)
    assert journal.write(lambda tx: book.rejected(tx, id, SHA, "BAD_PACKET"))
    there = book.get(journal, id)
    assert there is not None
    assert (there.state, there.cause) == (State.REJECTED, "BAD_PACKET")
    assert book.unsent(journal) == []
    assert SHA in book.files_known(journal)
    assert not journal.write(lambda tx: book.purged(tx, id))
    assert journal.write(lambda tx: book.receipted(tx, id, SHA))
    assert book.counts(journal) == {"receipted": 1}


def test_packets_go_in_the_order_they_were_sealed(journal: Journal) -> None:
    first, second = begin(journal), begin(journal)
    seal(journal, second, "11" * 32)
    seal(journal, first, "00" * 32)
    assert book.unsent(journal) == [(second, "11" * 32, 400_000), (first, "00" * 32, 400_000)]


def test_a_packet_that_is_about_to_be_written_is_known_and_not_sent(journal: Journal) -> None:
    id = begin(journal)
    journal.write(lambda tx: book.about(tx, id, SHA, 5, TOLD))
    assert book.about_told(journal, id) == (SHA, 5, TOLD)
    assert (book.unsent(journal), book.files_known(journal)) == ([], {SHA})
    journal.write(lambda tx: book.abandoned(tx, id, "died"))
    assert (book.about_told(journal, id), book.files_known(journal)) == (None, set())


def test_an_answer_of_the_centre_that_does_not_follow_is_kept_and_flagged(journal: Journal) -> None:
    id = begin(journal)
    seal(journal, id)
    for word, flagged in (
        ("PRINT_READY_RECORD", False),  # what lay between was never told here
        ("PROCESSING", True),
        ("SENT_TO_THE_MOON", True),
        ("DUPLICATE_RECORD", True),
    ):
        assert journal.write(lambda tx, w=word: book.status(tx, id, w))  # type: ignore[misc]
        there = book.get(journal, id)
        assert there is not None
        assert (there.status, there.odd) == (word, flagged)
    assert not journal.write(lambda tx: book.status(tx, id, "Siti, 0812"))
    assert not journal.write(lambda tx: book.status(tx, "R-64.11-1-9", "PROCESSING"))


def test_every_status_has_its_moves_and_all_but_the_first_can_be_reached() -> None:
    assert set(MOVES) == set(Status)
    assert {status for status in Status if follows(Status.UNREGISTERED, status)} == set(Status) - {
        Status.UNREGISTERED
    }
    assert not any(follows(status, status) for status in Status)
    assert not follows(Status.DUPLICATE_RECORD, Status.CARD_PRINTED)
    assert odd(None, "BIO_CAPTURED") is False


def test_the_states_are_a_table_whose_ends_are_purged_and_abandoned() -> None:
    assert set(book.MOVES) == set(State)
    assert [state for state, after in book.MOVES.items() if not after] == [State.PURGED, State.ABANDONED]
