"""The audit finds what a forger, a bad disk or a fault of ours would leave, and names the first line."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.counter import suket
from agent.printing import jobs
from agent.printing.states import Event
from agent.store.audit import Finding, as_line, verify
from agent.store.journal import Journal
from tests.unit.agent.stations import START_MS, Province, make_home, open_at, take


@pytest.fixture
def journal(tmp_path: Path) -> Iterator[Journal]:
    province = Province()
    made = open_at(make_home(tmp_path / "home", province))
    take(made, province, province.order("O-1"), province.order("O-2"))
    made.write(lambda tx: jobs.queue(tx, "O-1"))
    made.write(lambda tx: jobs.move(tx, "O-1-1", Event.CANCELLED, {"reason": "clerk"}))
    yield made
    made.close()


def forge(journal: Journal, sql: str) -> Finding:
    journal.write(lambda tx: tx.execute(sql))
    found = verify(journal)
    assert isinstance(found, Finding)
    return found


def test_a_journal_that_holds_is_counted(journal: Journal) -> None:
    assert verify(journal) == 4


@pytest.mark.parametrize(
    ("sql", "seq", "text"),
    [
        ("DELETE FROM journal WHERE seq = 2", 2, "missing"),
        ("DELETE FROM journal WHERE seq = 1", 1, "missing"),
        ("DELETE FROM journal WHERE seq = 4", 4, "were written and are gone"),
        ("DELETE FROM journal", 1, "lines up to 4"),
        ("UPDATE journal SET subject = 'O-9' WHERE seq = 1", 1, "changed"),
        ("UPDATE job SET state = 'printed'", 0, "says printed, the journal does not"),
        ("DELETE FROM job", 0, "row of job O-1-1 is gone"),
    ],
)
def test_the_first_thing_that_does_not_hold_is_named(journal: Journal, sql: str, seq: int, text: str) -> None:
    found = forge(journal, sql)
    assert found.seq == seq
    assert text in found.text


def test_a_job_that_was_never_queued_is_found(journal: Journal) -> None:
    found = forge(
        journal,
        "INSERT INTO job (id, order_id, kind, attempt, state, issued_on, queued_ms, at_ms) "
        "VALUES ('O-2-1', 'O-2', 'ktp', 1, 'queued', '2020-05-21', 1, 1)",
    )
    assert "O-2-1" in found.text


@pytest.mark.parametrize(
    ("event", "subject", "body", "text"),
    [
        ("job_queued", "O-1-1", {"order": "O-1", "kind": "ktp", "attempt": 1}, "begun a second time"),
        ("cancelled", "O-1-1", {"order": "O-1", "kind": "ktp", "reason": "x"}, "cannot become cancelled"),
        ("cancelled", "O-2-1", {"order": "O-2", "kind": "ktp", "reason": "x"}, "never begun"),
    ],
)
def test_a_line_that_the_states_do_not_allow_is_found_though_its_hash_holds(
    journal: Journal, event: str, subject: str, body: dict[str, Any], text: str
) -> None:
    journal.write(lambda tx: tx.note(event, subject, body))
    found = verify(journal)
    assert isinstance(found, Finding)
    assert (found.seq, text in found.text) == (5, True)


def test_a_certificate_is_followed_through_its_life_too(journal: Journal) -> None:
    journal.write(lambda tx: tx.execute("UPDATE order_ SET reason = 'data_change'"))
    plan = suket.plan(journal, "64.11-1", "O-2", "marriage", START_MS)
    journal.write(lambda tx: suket.issue(tx, plan, "ab" * 32, None))
    journal.write(lambda tx: suket.move(tx, plan.number, suket.Event.SENT, {"printer": "file"}))
    journal.write(lambda tx: tx.note("suket_closed", "SPECIMEN-OLD", {"job": "O-1-1", "elsewhere": True}))
    assert verify(journal) == 7
    found = forge(journal, "UPDATE suket SET state = 'confirmed'")
    assert "says confirmed" in found.text
    found = forge(journal, "DELETE FROM suket")
    assert f"certificate {plan.number} is gone" in found.text
    journal.write(lambda tx: tx.note("suket_unsent", "SPECIMEN-9", {"cause": "x"}))
    odd = verify(journal)
    assert isinstance(odd, Finding) and (odd.seq, "never begun" in odd.text) == (8, True)


def test_a_line_for_a_script_has_the_contracts_keys(journal: Journal) -> None:
    (row,) = journal.rows("SELECT seq, epoch, at_ms, event, subject, body FROM journal WHERE seq = 3")
    line = as_line(row)
    assert list(line) == ["seq", "epoch", "at", "event", "job", "detail"]
    assert (line["job"], line["detail"]["order"]) == ("O-1-1", "O-1")


@pytest.mark.parametrize(
    ("column", "value"), [("body", b"{}"), ("subject", b"O-1"), ("epoch", b"1"), ("at_ms", float("inf"))]
)
def test_a_line_whose_parts_are_of_another_kind_is_found(
    journal: Journal, column: str, value: object
) -> None:
    """As a flipped bit on the disk makes them; the database itself would take none of these."""

    class Flipped:
        def rows(self, sql: str, *values: object) -> list[tuple[Any, ...]]:
            rows = journal.rows(sql, *values)
            if "FROM journal" not in sql or not rows or len(rows[0]) < 7:
                return rows
            place = ("seq", "epoch", "at_ms", "event", "subject", "body").index(column)
            return [(*row[:place], value, *row[place + 1 :]) if row[0] == 2 else row for row in rows]

    found = verify(Flipped())
    assert isinstance(found, Finding)
    assert (found.seq, "damaged" in found.text) == (2, True)
