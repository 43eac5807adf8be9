"""Jobs and orders: pressed twice is one job; the row, the order, the blank and the line move together."""

from __future__ import annotations

import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.printing import jobs
from agent.printing.states import Event, IllegalMove, State
from agent.stock import blanks
from agent.store.journal import Journal
from domain.ledger import Place
from domain.policy import REASONS
from domain.wita import DAY_MS
from domain.words import RefusedByRule
from tests.unit.agent.stations import Clock, Province, events, make_home, open_at, take

FEED = {"printer": "SIM1", "session": 5, "before": {"cards": 1, "panels": 5}}
PRINT = {**FEED, "panels": 5, "artefact": "aa"}


@pytest.fixture(scope="module")
def province() -> Province:
    return Province()


@pytest.fixture
def journal(tmp_path: Path, province: Province) -> Iterator[Journal]:
    made = open_at(make_home(tmp_path / "home", province))
    take(made, province, *(province.order(f"O-{n}") for n in range(1, 4)))
    yield made
    made.close()


def press(journal: Journal, order: str = "O-1", asked: str | None = None) -> str:
    return journal.write(lambda tx: jobs.queue(tx, order, asked))


def move(journal: Journal, job: str, event: Event, **body: Any) -> State:
    return journal.write(lambda tx: jobs.move(tx, job, event, body))


def begin(journal: Journal, job: str, blank: str = "0401") -> None:
    move(journal, job, Event.FEED_INTENDED, **FEED)
    move(journal, job, Event.STAGED, blank=blank, witness="chip")
    move(journal, job, Event.PRINT_INTENDED, blank=blank, **PRINT)


def order_state(journal: Journal, order: str = "O-1") -> str:
    return str(journal.rows("SELECT state FROM order_ WHERE id = ?", order)[0][0])


def test_the_same_order_twice_is_the_same_job_and_one_line(journal: Journal) -> None:
    assert press(journal) == press(journal) == "O-1-1"
    assert [event for event, _ in events(journal)].count("job_queued") == 1
    assert order_state(journal) == "taken"


def test_a_printed_order_pressed_again_is_still_that_job(journal: Journal) -> None:
    begin(journal, press(journal))
    move(journal, "O-1-1", Event.PRINTED, blank="0401", by="evidence")
    assert press(journal) == "O-1-1"
    assert order_state(journal) == "printed"


def test_an_order_that_is_not_here_or_is_over_is_refused_by_its_word(
    journal: Journal, province: Province
) -> None:
    with pytest.raises(RefusedByRule) as refused:
        press(journal, "O-9")
    assert refused.value.word == "UNKNOWN_ORDER"
    take(journal, province, province.entry("order_withdrawn", "O-1", {}))
    with pytest.raises(RefusedByRule) as refused:
        press(journal)
    assert refused.value.word == "ORDER_CLOSED"


@pytest.mark.parametrize(
    ("ended", "body"),
    [
        (Event.SPOILED, {"reason": "jam", "by": "clerk", "blank": "0401"}),
        (Event.LOST, {"reason": "gone", "by": "clerk", "second": None, "blank": "0401"}),
    ],
)
def test_only_a_spoiled_card_lets_the_order_wait_for_a_new_attempt(
    journal: Journal, ended: Event, body: dict[str, Any]
) -> None:
    begin(journal, press(journal))
    move(journal, "O-1-1", Event.UNSURE, cause="jam", blank="0401")
    move(journal, "O-1-1", ended, **body)
    if ended is Event.LOST:
        assert order_state(journal) == "lost"
        with pytest.raises(RefusedByRule, match="cannot be printed again"):
            press(journal)
    else:
        assert order_state(journal) == "waiting"
        assert press(journal) == "O-1-2"


def test_every_attempt_after_a_picture_carries_its_day_so_that_one_order_draws_one_picture(
    tmp_path: Path, province: Province
) -> None:
    clock = Clock()
    journal = open_at(make_home(tmp_path / "home", province), clock=clock)
    take(journal, province, province.order("O-1"))
    begin(journal, press(journal))
    move(journal, "O-1-1", Event.UNSURE, cause="jam", blank="0401")
    move(journal, "O-1-1", Event.SPOILED, blank="0401", by="clerk", reason="jam")
    for attempt in (2, 3):
        clock.at_ms += 3 * DAY_MS
        assert press(journal) == f"O-1-{attempt}"
        move(journal, f"O-1-{attempt}", Event.CANCELLED, reason="clerk")
    assert [job.issued_on for job in jobs.listed(journal)] == ["2020-05-21"] * 3
    journal.close()


def test_a_job_that_was_cancelled_before_its_print_dates_no_later_card(
    tmp_path: Path, province: Province
) -> None:
    """Between the two the child was five: the card that was asked for first would be none any more."""
    clock = Clock()
    journal = open_at(make_home(tmp_path / "home", province), clock=clock)
    take(journal, province, province.order("O-1", kind="kia"))
    press(journal)
    move(journal, "O-1-1", Event.CANCELLED, reason="clerk")
    clock.at_ms += 200 * DAY_MS
    press(journal)
    move(journal, "O-1-2", Event.FEED_INTENDED, **FEED)
    move(journal, "O-1-2", Event.STAGED, blank="0401", witness="chip")
    move(journal, "O-1-2", Event.SPOILED, blank="0401", by="clerk", reason="chip_dead")
    clock.at_ms += DAY_MS
    press(journal)
    days = [job.issued_on for job in jobs.listed(journal)]
    assert days == ["2020-05-21", "2020-12-07", "2020-12-08"]
    journal.close()


def test_an_untouched_job_is_armed_again_from_the_beginning(journal: Journal) -> None:
    press(journal, asked="0401")
    move(journal, "O-1-1", Event.FEED_INTENDED, **FEED)
    move(journal, "O-1-1", Event.STAGED, blank="0401", witness="clerk")
    assert (
        move(journal, "O-1-1", Event.UNTOUCHED, blank="0401", by="evidence", reason="nothing_fed") == "queued"
    )
    job = jobs.get(journal, "O-1-1")
    assert job
    assert (job.asked, job.blank, job.before, job.session, job.printer) == ("0401", None, None, None, None)
    assert blanks.fold(journal).place("0401") is Place.STOCK


def test_what_recovery_needs_is_in_the_row(journal: Journal) -> None:
    begin(journal, press(journal))
    job = jobs.get(journal, "O-1-1")
    assert job
    assert (job.state, job.blank, job.session, job.panels, job.before) == (
        State.PRINTING,
        "0401",
        5,
        5,
        {"cards": 1, "panels": 5},
    )
    assert jobs.open_jobs(journal) == [job]


def test_another_blank_than_the_jobs_own_is_never_written(journal: Journal) -> None:
    begin(journal, press(journal))
    before = events(journal)
    with pytest.raises(RefusedByRule) as refused:
        move(journal, "O-1-1", Event.PRINTED, blank="0402", by="evidence")
    assert refused.value.word == "WRONG_BLANK"
    assert events(journal) == before


def test_a_move_the_table_does_not_know_changes_nothing(journal: Journal) -> None:
    press(journal)
    before = events(journal)
    with pytest.raises(IllegalMove):
        move(journal, "O-1-1", Event.PRINTED, blank="0401", by="evidence")
    with pytest.raises(RefusedByRule, match="no such job"):
        move(journal, "O-7-1", Event.CANCELLED, reason="x")
    with pytest.raises(ValueError, match="lacks"):
        move(journal, "O-1-1", Event.FEED_INTENDED)
    assert events(journal) == before
    assert (job := jobs.get(journal, "O-1-1")) is not None and job.state is State.QUEUED


def test_orders_wait_by_reason_then_by_the_older_request_then_by_name(
    tmp_path: Path, province: Province
) -> None:
    """The order of reasons is domain.policy's own; a shuffled arrival must not matter."""
    wanted = [
        (reason, day, f"{index}-{day}")
        for index, reason in enumerate(REASONS)
        for day in ("2020-03-01", "2020-04-01")
    ]
    arrival = list(wanted)
    random.Random(7).shuffle(arrival)
    journal = open_at(make_home(tmp_path / "home", province))
    take(
        journal,
        province,
        *(province.order(name, reason=reason, requested=day) for reason, day, name in arrival),
    )
    assert jobs.next_waiting(journal, 99) == [name for _, _, name in wanted]
    assert jobs.next_waiting(journal, 2) == [name for _, _, name in wanted[:2]]
    journal.close()


def test_a_card_to_be_printed_at_once_passes_the_jobs_that_wait(tmp_path: Path, province: Province) -> None:
    journal = open_at(make_home(tmp_path / "home", province))
    for name, reason in (("a", "data_change"), ("b", "first_card"), ("c", "status_change")):
        take(journal, province, province.order(name, reason=reason))
        journal.write(lambda tx, order=name: jobs.queue(tx, order))  # type: ignore[misc]
    assert [job.order for job in jobs.next_queued(journal, 9)] == ["c", "a", "b"]
    journal.close()


@pytest.mark.parametrize(("by", "asked"), [("clerk", None), ("ani", None), ("evidence", "0401")])
def test_a_blank_that_a_clerk_took_out_has_to_be_named_again(
    journal: Journal, by: str, asked: str | None
) -> None:
    """What the printer feeds next is another one, and without a chip nobody would tell."""
    job = press(journal, asked="0401")
    begin(journal, job)
    move(journal, job, Event.UNSURE, cause="jam", blank="0401")
    move(journal, job, Event.UNTOUCHED, blank="0401", by=by, reason="clean")
    found = jobs.get(journal, job)
    assert found is not None
    assert found.asked == asked
