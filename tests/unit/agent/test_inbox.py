"""Orders from the province: applied once, in one transaction with the cursor; poison blocks nothing."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent import inbox
from agent.logs import JournalUp
from agent.printing import jobs
from agent.printing.states import Event
from agent.store import audit
from agent.store.journal import Journal, Tx
from domain.keys import SigningKey
from domain.words import RefusedByRule
from sync.log import Mark
from tests.unit.agent.stations import Province, events, make_home, open_at, take


@pytest.fixture(scope="module")
def province() -> Province:
    return Province()


@pytest.fixture
def journal(tmp_path: Path, province: Province) -> Iterator[Journal]:
    province.seq = 0
    made = open_at(make_home(tmp_path / "home", province))
    yield made
    made.close()


def refusal(journal: Journal) -> str:
    line = journal.entries(0, 99)[-1]
    assert line.event == "order_refused"
    return str(line.body["word"])


def test_a_good_order_waits_with_its_payload_and_moves_the_cursor(
    journal: Journal, province: Province
) -> None:
    take(journal, province, province.order("O-1", reason="disaster", requested="2020-04-07"))
    assert events(journal) == [("order_received", "O-1")]
    assert journal.rows("SELECT kind, reason, rank, requested, state FROM order_") == [
        ("ktp", "disaster", 1, "2020-04-07", "waiting")
    ]
    assert journal.rows("SELECT sealed FROM payload") == [(b"sealed O-1",)]
    assert (journal.mark("orders_have").seq, journal.mark("orders_have").epoch) == (1, 4242)


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"kind": "sim"}, "UNKNOWN_KIND"),
        ({"reason": "because"}, "UNKNOWN_REASON"),
        ({"requested": "2020-02-30"}, "BAD_DATE"),
        ({"requested": ""}, "BAD_DATE"),
        ({"payload_sha256": "0" * 64}, "BAD_PAYLOAD"),
        ({"payload": "not base64!"}, "BAD_PAYLOAD"),
        ({"kind": 7}, "BAD_ORDER"),
        ({"reason": ["first_card"]}, "BAD_ORDER"),
        ({"payload": None}, "BAD_ORDER"),
    ],
)
def test_an_order_that_does_not_hold_is_refused_by_its_word_and_the_cursor_moves_on(
    journal: Journal, province: Province, changed: dict[str, Any], word: str
) -> None:
    take(journal, province, province.order("O-1", **changed), province.order("O-2"))
    lines = journal.entries(0, 9)
    assert [(line.event, line.subject) for line in lines] == [
        ("order_refused", "O-1"),
        ("order_received", "O-2"),
    ]
    assert lines[0].body == {"word": word}
    assert journal.cursor("orders_have") == 2
    assert journal.rows("SELECT count(*) FROM payload") == [(1,)]


@pytest.mark.parametrize("field", ["kind", "reason", "requested", "payload_sha256"])
def test_a_field_changed_after_the_signature_is_seen(
    journal: Journal, province: Province, field: str
) -> None:
    good = province.order("O-1")
    other = {"kind": "kia", "reason": "disaster", "requested": "2020-05-02", "payload_sha256": "0" * 64}
    take(journal, province, province.changed(good, **{field: other[field]}))
    assert refusal(journal) == "BAD_SIGNATURE"


def test_a_payload_swapped_under_a_good_signature_is_seen(journal: Journal, province: Province) -> None:
    take(journal, province, province.changed(province.order("O-1"), payload=b64encode(b"another").decode()))
    assert refusal(journal) == "BAD_PAYLOAD"


@pytest.mark.parametrize("signature", ["", "AAAA", "!!!", b64encode(bytes(64)).decode()])
def test_a_signature_that_is_none_is_refused(journal: Journal, province: Province, signature: str) -> None:
    take(journal, province, province.changed(province.order("O-1"), signature=signature))
    assert refusal(journal) == "BAD_SIGNATURE"


def test_an_order_for_another_station_or_another_name_is_refused(
    journal: Journal, province: Province
) -> None:
    take(journal, province, province.order("O-1", station="64.11-2"))
    assert refusal(journal) == "BAD_SIGNATURE"
    stolen = province.order("O-2")
    take(journal, province, province.entry("order", "O-3", dict(stolen.body)))
    assert refusal(journal) == "BAD_SIGNATURE"


def test_another_provinces_order_is_refused(journal: Journal, province: Province) -> None:
    stranger = Province()
    stranger.key = SigningKey.generate()
    take(journal, province, stranger.order("O-1"))
    assert refusal(journal) == "BAD_SIGNATURE"


def test_a_missing_field_is_refused_not_a_fault(journal: Journal, province: Province) -> None:
    body = dict(province.order("O-1").body)
    del body["signature"]
    take(journal, province, province.entry("order", "O-1", body))
    assert refusal(journal) == "MISSING_FIELD"


def test_the_same_order_again_is_nothing_and_with_other_content_it_is_refused(
    journal: Journal, province: Province
) -> None:
    take(journal, province, province.order("O-1"), province.order("O-1"))
    assert events(journal) == [("order_received", "O-1")]
    take(journal, province, province.order("O-1", sealed=b"another face"))
    assert refusal(journal) == "ORDER_CHANGED"
    assert journal.rows("SELECT sealed FROM payload") == [(b"sealed O-1",)]


def test_an_unknown_line_of_a_newer_hub_is_passed_over(journal: Journal, province: Province) -> None:
    take(journal, province, province.entry("weather", "x", {"any": 1}))
    assert (events(journal), journal.cursor("orders_have")) == ([], 1)


def test_an_order_not_begun_is_given_back_and_can_come_again(journal: Journal, province: Province) -> None:
    withdrawn = province.entry("order_withdrawn", "O-1", {})
    take(journal, province, province.order("O-1"), withdrawn)
    assert events(journal)[-1] == ("order_returned", "O-1")
    assert jobs.next_waiting(journal, 9) == []
    take(journal, province, province.order("O-1", sealed=b"corrected"))
    assert jobs.next_waiting(journal, 9) == ["O-1"]


def test_a_cancelled_job_does_not_keep_an_order(journal: Journal, province: Province) -> None:
    take(journal, province, province.order("O-1"))
    journal.write(lambda tx: jobs.queue(tx, "O-1"))
    journal.write(lambda tx: jobs.move(tx, "O-1-1", Event.CANCELLED, {"reason": "clerk"}))
    take(journal, province, province.entry("order_withdrawn", "O-1", {}))
    assert events(journal)[-1] == ("order_returned", "O-1")
    take(journal, province, province.order("O-1"))
    assert jobs.next_waiting(journal, 9) == ["O-1"]


def test_an_order_with_a_job_is_kept_and_whoever_asked_is_told_how_far_it_is(
    journal: Journal, province: Province
) -> None:
    take(journal, province, province.order("O-1"))
    journal.write(lambda tx: jobs.queue(tx, "O-1"))
    take(journal, province, province.entry("order_withdrawn", "O-1", {}))
    line = journal.entries(0, 99)[-1]
    assert (line.event, line.subject, line.body) == ("order_kept", "O-1", {"state": "queued"})
    assert journal.write(lambda tx: jobs.queue(tx, "O-1")) == "O-1-1"


def end(journal: Journal, outcome: Event, order: str = "O-1") -> None:
    """One attempt at the order, ended by a clerk."""
    told = {"blank": "0401", "by": "clerk", "reason": "seen", "second": None}
    feed = {"printer": "SIM1", "session": 5, "before": {"cards": 1, "panels": 5}}

    def work(tx: Tx) -> None:
        job = jobs.queue(tx, order)
        jobs.move(tx, job, Event.FEED_INTENDED, feed)
        jobs.move(tx, job, Event.STAGED, {"blank": "0401", "witness": "chip"})
        jobs.move(tx, job, Event.PRINT_INTENDED, {"blank": "0401", **feed, "panels": 5, "artefact": "aa"})
        jobs.move(tx, job, Event.UNSURE, {"blank": "0401", "cause": "jam"})
        jobs.move(tx, job, outcome, told)

    journal.write(work)


def payloads(journal: Journal) -> list[bytes]:
    return [row[0] for row in journal.rows("SELECT sealed FROM payload ORDER BY sealed")]


def test_an_order_that_waits_again_after_a_spoiled_card_can_be_moved_away(
    journal: Journal, province: Province
) -> None:
    take(journal, province, province.order("O-1"))
    end(journal, Event.SPOILED)
    take(journal, province, province.entry("order_withdrawn", "O-1", {}))
    assert events(journal)[-1] == ("order_returned", "O-1")
    assert jobs.next_waiting(journal, 9) == []


@pytest.mark.parametrize("ended", [Event.PRINTED, Event.LOST])
def test_an_order_that_has_or_may_have_its_card_is_kept(
    journal: Journal, province: Province, ended: Event
) -> None:
    take(journal, province, province.order("O-1"))
    end(journal, ended)
    take(journal, province, province.entry("order_withdrawn", "O-1", {}))
    assert journal.entries(0, 99)[-1].body == {"state": ended.value}


def test_a_refused_order_never_waits_again_here_and_can_be_given_back(
    journal: Journal, province: Province
) -> None:
    take(journal, province, province.order("O-1"), province.order("O-2"))
    job = journal.write(lambda tx: jobs.queue(tx, "O-1"))
    journal.write(lambda tx: jobs.refuse(tx, job, "BAD_PHOTO"))
    assert events(journal)[-2:] == [("cancelled", "O-1-1"), ("order_refused", "O-1")]
    assert refusal(journal) == "BAD_PHOTO"
    assert jobs.next_waiting(journal, 9) == ["O-2"]
    with pytest.raises(RefusedByRule, match="refused"):
        journal.write(lambda tx: jobs.queue(tx, "O-1"))
    take(journal, province, province.entry("order_withdrawn", "O-1", {}))
    assert events(journal)[-1] == ("order_returned", "O-1")
    take(journal, province, province.order("O-1", sealed=b"a better photo"))
    assert jobs.next_waiting(journal, 9) == ["O-1", "O-2"]


def test_the_personal_part_goes_with_the_order_that_is_given_back_or_refused(
    journal: Journal, province: Province
) -> None:
    take(journal, province, *(province.order(f"O-{n}") for n in (1, 2, 3)))
    job = journal.write(lambda tx: jobs.queue(tx, "O-1"))
    journal.write(lambda tx: jobs.refuse(tx, job, "BAD_PHOTO"))
    take(journal, province, province.entry("order_withdrawn", "O-2", {}))
    assert payloads(journal) == [b"sealed O-3"]
    take(journal, province, province.order("O-2", sealed=b"corrected"))
    assert payloads(journal) == [b"corrected", b"sealed O-3"]


def test_the_personal_part_is_kept_until_the_province_holds_the_end(
    journal: Journal, province: Province
) -> None:
    take(journal, province, *(province.order(f"O-{n}") for n in (1, 2, 3)))
    up = JournalUp(journal)
    for order, ended in (("O-1", Event.PRINTED), ("O-2", Event.SPOILED), ("O-3", Event.LOST)):
        end(journal, ended, order)
    ends = {line.subject: line.seq for line in journal.entries(0, 99) if line.event == "lost"}
    up.acknowledged(Mark(ends["O-3-1"] - 1, 7))
    assert len(payloads(journal)) == 3
    up.acknowledged(journal.last())
    assert payloads(journal) == [b"sealed O-1", b"sealed O-2"], "a printed card is not handed over yet"
    assert journal.cursor("hub_has") == journal.head()


def test_a_personal_part_that_is_deleted_is_overwritten_on_the_disk(
    journal: Journal, province: Province
) -> None:
    face = b"SPECIMEN FACE " * 400
    take(journal, province, province.order("O-1", sealed=face))
    journal.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    assert face[:1000] in journal.path.read_bytes()
    take(journal, province, province.entry("order_withdrawn", "O-1", {}))
    journal.rows("PRAGMA wal_checkpoint(TRUNCATE)")
    assert face[:14] not in journal.path.read_bytes()


def test_an_order_never_taken_here_is_given_back(journal: Journal, province: Province) -> None:
    take(journal, province, province.entry("order_withdrawn", "O-9", {}))
    assert events(journal) == [("order_returned", "O-9")]


def test_a_fault_while_applying_leaves_neither_order_nor_cursor(journal: Journal, province: Province) -> None:
    entry = province.order("O-1")
    with pytest.raises(RuntimeError), journal.transaction() as tx:
        inbox.apply(tx, entry, station="64.11-1", hub=province.key.public())
        raise RuntimeError
    assert (events(journal), journal.cursor("orders_have")) == ([], 0)
    assert journal.rows("SELECT count(*) FROM order_") == [(0,)]
    take(journal, province, entry)
    assert audit.verify(journal) == 1
