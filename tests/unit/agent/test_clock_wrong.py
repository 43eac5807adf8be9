"""A clock that cannot be right dates no card and decides nothing for good; set right, the work goes on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from agent import province_clock
from agent.actions import ACTIONS
from agent.config import Config
from agent.printing import jobs
from agent.printing.states import State
from agent.province_clock import ALONE_MS, DAY_MS, is_wrong
from agent.store.journal import Journal
from domain.words import SENTENCES, RefusedByRule
from tests.unit.agent.office import Office
from tests.unit.agent.paper import Paper
from tests.unit.agent.stations import START_MS, Clock, Province, make_home, open_at, take

CHIP = Config("64.11", 1, printer="evolis+tcp://127.0.0.1:9", chip="vpcd://127.0.0.1:9")
DEAD_BATTERY_MS = 1_420_070_400_000  # 1 January 2015
YEAR_MS = 365 * DAY_MS
WRONG_YEAR_MS = START_MS + 10 * YEAR_MS


@pytest.fixture
def journal(tmp_path: Path, province: Province, clock: Clock) -> Iterator[Journal]:
    made = open_at(make_home(tmp_path / "home", province), clock=clock)
    take(made, province, province.order("O-1"))
    yield made
    made.close()


@pytest.mark.parametrize(
    ("now_ms", "said_ms", "heard_ms", "ahead_ms", "wrong"),
    [
        (DEAD_BATTERY_MS, None, None, None, False),  # nobody ever told otherwise
        (DEAD_BATTERY_MS, START_MS, None, None, True),
        (START_MS - DAY_MS, START_MS, None, None, False),
        (START_MS - DAY_MS - 1, START_MS, None, None, True),
        (WRONG_YEAR_MS, START_MS, None, None, False),  # the line may have been written ten years ago
        (START_MS + 60 * DAY_MS, START_MS, START_MS, 0, False),  # two months switched off
        (START_MS + ALONE_MS, START_MS, START_MS, 0, False),
        (START_MS + ALONE_MS + 1, START_MS, START_MS, 0, True),
        (START_MS, START_MS - 2 * DAY_MS, START_MS, -2 * DAY_MS, True),  # ahead, says the province just now
        (START_MS - 2 * DAY_MS, START_MS - 2 * DAY_MS, START_MS, -2 * DAY_MS, False),  # put back since
        (START_MS, START_MS - 600_000, START_MS, -600_000, False),  # minutes are no matter of cards
    ],
)
def test_a_clock_is_doubted_by_what_the_province_told_and_by_nothing_else(
    now_ms: int, said_ms: int | None, heard_ms: int | None, ahead_ms: int | None, wrong: bool
) -> None:
    assert is_wrong(now_ms, said_ms, heard_ms, ahead_ms) is wrong


@pytest.mark.parametrize("wrong_ms", [DEAD_BATTERY_MS, WRONG_YEAR_MS])
def test_no_card_is_dated_by_a_wrong_clock_and_its_order_waits_for_the_right_one(
    journal: Journal, clock: Clock, wrong_ms: int
) -> None:
    journal.write(lambda tx: province_clock.remember(tx, 0))
    clock.at_ms = wrong_ms
    before = journal.head()
    with pytest.raises(RefusedByRule) as refused:
        ACTIONS["print"](journal, CHIP, {"next": 1})
    assert refused.value.word == "CLOCK_WRONG"
    assert "CLOCK_WRONG" in SENTENCES
    assert journal.head() == before
    clock.at_ms = START_MS
    job = jobs.get(journal, str(ACTIONS["print"](journal, CHIP, {"next": 1})["job"]))
    assert job is not None
    assert job.issued_on == "2020-05-21"
    clock.at_ms = wrong_ms
    assert ACTIONS["print"](journal, CHIP, {"order": "O-1"})["job"] == job.id, "pressed twice is no new card"


def test_a_wrong_clock_is_known_by_the_first_line_of_the_order_log(
    tmp_path: Path, province: Province
) -> None:
    """A fresh station that has not met the province's greeting yet."""
    journal = open_at(make_home(tmp_path / "home", province), clock=Clock(DEAD_BATTERY_MS))
    assert not province_clock.wrong(journal, DEAD_BATTERY_MS)
    take(journal, province, province.order("O-1"))
    assert province_clock.wrong(journal, DEAD_BATTERY_MS)
    assert province_clock.said(journal) == START_MS
    journal.close()


def test_an_old_line_of_the_order_log_takes_nothing_back_but_a_greeting_does(
    journal: Journal, province: Province, clock: Clock
) -> None:
    clock.at_ms = START_MS + 30 * DAY_MS
    journal.write(lambda tx: province_clock.remember(tx, 0))
    take(journal, province, province.order("O-2"))
    assert (province_clock.said(journal) or 0) >= START_MS + 30 * DAY_MS
    journal.write(lambda tx: province_clock.remember(tx, -30 * DAY_MS))  # its own clock was put right
    assert (province_clock.said(journal) or 0) < START_MS + DAY_MS


def test_a_line_that_the_province_wrote_by_a_wrong_clock_stands_against_no_greeting(
    tmp_path: Path, province: Province, clock: Clock
) -> None:
    journal = open_at(make_home(tmp_path / "home", province), clock=clock)
    journal.write(lambda tx: province_clock.remember(tx, 0))
    take(journal, province, replace(province.order("O-1"), at_ms=WRONG_YEAR_MS))
    assert not province_clock.wrong(journal, START_MS)
    journal.close()


def test_a_clock_that_was_put_right_is_believed_for_good(journal: Journal, clock: Clock) -> None:
    clock.at_ms = START_MS + 3 * DAY_MS
    journal.write(lambda tx: province_clock.remember(tx, -3 * DAY_MS))
    assert province_clock.wrong(journal, clock.at_ms) and not province_clock.put_back(journal, clock.at_ms)
    clock.at_ms = START_MS + 3_600_000
    assert province_clock.put_back(journal, clock.at_ms)
    journal.write(province_clock.forgive)
    assert not province_clock.put_back(journal, clock.at_ms)
    assert not any(province_clock.wrong(journal, START_MS + days * DAY_MS) for days in range(1, 60))
    assert province_clock.known(journal, None) is None
    assert province_clock.wrong(journal, DEAD_BATTERY_MS)


def test_a_card_in_the_queue_waits_for_the_right_time_and_goes_on_by_itself(
    office: Office, world: Paper
) -> None:
    office.journal.write(lambda tx: province_clock.remember(tx, 0))
    job = office.take()
    world.now_ms += 10 * YEAR_MS
    for _ in range(5):
        world.wait(office.worker.turn())
    assert (office.job(job).state, office.lane.seen.cause) == (State.QUEUED, "clock_wrong")
    assert world.cards == 100
    world.now_ms -= 10 * YEAR_MS
    office.turns()
    assert office.job(job).state is State.PRINTED
