"""The shelf: what waits, since when, what has to come in, and a name for the clerk's eyes alone."""

from __future__ import annotations

from typing import Any

from agent import province_clock
from agent.counter.ready import holder, waiting
from agent.printing import jobs
from agent.store.journal import Tx, set_meta
from domain.policy import HandOver
from domain.wita import DAY_MS
from tests.unit.agent.counter.shelf import Shelf
from tests.unit.agent.stations import NAME, START_MS


def test_the_longest_waiting_comes_first_with_what_has_to_come_in(shelf: Shelf) -> None:
    first = shelf.card(reason="data_change", shelf="B-1")
    shelf.clock.at_ms += 3 * DAY_MS
    second = shelf.card(kind="kia")
    shelf.printed()  # not on the shelf yet
    found = waiting(shelf.journal, HandOver(), shelf.clock.at_ms + DAY_MS)
    told = [(card.job, card.kind, card.shelf, card.days, card.comes_in) for card in found]
    assert told == [(first, "ktp", "B-1", 4, ("card",)), (second, "kia", "A-1", 1, ())]


def test_what_is_given_sent_or_withheld_is_not_on_the_shelf(shelf: Shelf) -> None:
    shelf.give(shelf.card())
    shelf.give(shelf.card(), channel="post", proof="R-1", finger=None)
    assert waiting(shelf.journal, HandOver(), shelf.clock.at_ms) == []


def test_a_day_is_counted_by_midnights_and_never_backwards(shelf: Shelf) -> None:
    shelf.clock.at_ms = START_MS - START_MS % DAY_MS + 16 * 3_600_000 - 60_000  # a minute to midnight WITA
    shelf.card()
    (card,) = waiting(shelf.journal, HandOver(), shelf.clock.at_ms + 120_000)
    assert card.days == 1
    assert waiting(shelf.journal, HandOver(), shelf.clock.at_ms - 9 * DAY_MS)[0].days == 0


def test_a_name_is_opened_masked_and_missing_once_forgotten(shelf: Shelf) -> None:
    shelf.card("O-1")
    assert holder(shelf.journal, shelf.keys.open, NAME, "O-1") == "A*** A*** S***"
    assert holder(shelf.journal, shelf.keys.open, "64.11-2", "O-1") is None, "sealed for this station alone"
    shelf.journal.write(lambda tx: jobs.forget(tx, "O-1"))
    assert holder(shelf.journal, shelf.keys.open, NAME, "O-1") is None


# -- what is forgotten, and when ---------------------------------------------------------------------------


def kept(shelf: Shelf) -> set[str]:
    sql = "SELECT id FROM order_ JOIN payload ON sha256 = payload_sha256"
    return {row[0] for row in shelf.journal.rows(sql)}


def forget(shelf: Shelf, days: int = 90) -> None:
    def work(tx: Tx) -> None:
        province_clock.remember(tx, 0)
        set_meta(tx, "forgot_on", "")
        jobs.forget_old(tx, days)

    shelf.journal.write(work)


def test_a_personal_part_goes_with_the_card_once_the_province_knows(shelf: Shelf) -> None:
    gone = shelf.card("O-1"), shelf.card("O-2"), shelf.card("O-3")
    shelf.card("O-4")
    shelf.give(gone[0])
    withheld(shelf, gone[1])
    shelf.give(gone[2], channel="post", proof="R-1", finger=None)
    assert kept(shelf) == {"O-1", "O-2", "O-3", "O-4"}, "nobody knows yet"
    shelf.journal.write(lambda tx: jobs.forget_told(tx, 0, tx.seq))
    assert kept(shelf) == {"O-3", "O-4"}, "a sent card may come back, a ready one is waited for"


def withheld(shelf: Shelf, job: str) -> None:
    from agent.counter import handover
    from agent.printing.states import Event

    shelf.move(job, Event.WITHHELD, blank=shelf.blank(job), reason="FINGER_MISMATCH", by="ani")
    handover.withheld(shelf.journal, shelf.config, {"job": job, "up": True, "by": "ani"})


def test_a_card_that_nobody_comes_for_keeps_its_shelf_and_loses_its_name(shelf: Shelf) -> None:
    job = shelf.card("O-1")
    shelf.clock.at_ms += 50 * DAY_MS
    shelf.card("O-2")
    shelf.order("O-3")  # waits for its print, however long
    shelf.clock.at_ms += 39 * DAY_MS
    forget(shelf)
    assert kept(shelf) == {"O-1", "O-2", "O-3"}
    shelf.clock.at_ms += 2 * DAY_MS
    forget(shelf)
    assert kept(shelf) == {"O-2", "O-3"}
    assert shelf.give(job)["state"] == "handed_over"


def test_a_card_that_is_on_its_way_for_months_loses_its_name_too(shelf: Shelf) -> None:
    shelf.give(shelf.card("O-1"), channel="post", proof="R-1", finger=None)
    shelf.clock.at_ms += 91 * DAY_MS
    forget(shelf)
    assert kept(shelf) == set()


def test_the_days_count_from_the_print_and_not_from_the_last_move(shelf: Shelf) -> None:
    job = shelf.printed("O-1")
    shelf.clock.at_ms += 89 * DAY_MS
    shelf.verify(job)
    shelf.clock.at_ms += 2 * DAY_MS
    forget(shelf)
    assert kept(shelf) == set()


def test_a_second_attempt_counts_from_its_own_print(shelf: Shelf) -> None:
    from agent.printing.states import Event

    job = shelf.printed("O-1")
    shelf.move(job, Event.SPOILED, blank=shelf.blank(job), reason="smeared", by="ani")
    shelf.clock.at_ms += 100 * DAY_MS
    forget(shelf)
    assert kept(shelf) == {"O-1"}, "it waits for another card"
    shelf.print("O-1", "0477777777")
    forget(shelf)
    assert kept(shelf) == {"O-1"}


def test_it_is_looked_for_once_a_day(shelf: Shelf) -> None:
    shelf.card("O-1")
    shelf.journal.write(lambda tx: jobs.forget_old(tx, 1))
    shelf.clock.at_ms += 5 * DAY_MS
    shelf.journal.write(lambda tx: province_clock.remember(tx, 0))
    told: list[Any] = [shelf.journal.write(lambda tx: jobs.forget_old(tx, 1)) for _ in range(2)]
    assert told == [None, None]
    assert kept(shelf) == set()


def test_a_clock_that_runs_ahead_alone_forgets_nobody_until_the_province_has_seen_the_days(
    shelf: Shelf,
) -> None:
    shelf.card("O-1")
    shelf.clock.at_ms += 3650 * DAY_MS  # the PC starts once with the year 2030
    shelf.journal.write(lambda tx: jobs.forget_old(tx, 90))
    assert kept(shelf) == {"O-1"}
    shelf.journal.write(
        lambda tx: province_clock.remember(tx, -3649 * DAY_MS)
    )  # and the province with its own
    shelf.journal.write(lambda tx: jobs.forget_old(tx, 90))
    assert kept(shelf) == {"O-1"}
    shelf.clock.at_ms -= 3550 * DAY_MS  # put right; a hundred days later the province speaks again
    shelf.journal.write(lambda tx: jobs.forget_old(tx, 90))
    assert kept(shelf) == {"O-1"}
    shelf.journal.write(lambda tx: province_clock.remember(tx, 0))
    shelf.journal.write(lambda tx: jobs.forget_old(tx, 90))
    assert kept(shelf) == set()
