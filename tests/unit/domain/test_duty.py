"""A printer rests when the province's rules say so, and never because a clock was put back."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.duty import MINUTE_MS, Rest, rest, today
from domain.policy import Duty
from domain.wita import DAY_MS, day_bounds_ms

MORNING_MS = day_bounds_ms("2020-05-12")[0] + 9 * 3_600_000
CARD_MS = 20_000


def fed(count: int, until_ms: int = MORNING_MS) -> list[int]:
    return [until_ms - number * CARD_MS for number in range(count)]


def test_without_rules_nothing_rests() -> None:
    assert rest(Duty(), 0, fed(500), None, MORNING_MS) is None


@pytest.mark.parametrize(("count", "expected"), [(99, None), (100, "day_full"), (130, "day_full")])
def test_a_full_day_ends_at_midnight_wita(count: int, expected: str | None) -> None:
    found = rest(Duty(cards_a_day=100), 0, fed(count), None, MORNING_MS)
    assert (found and found.cause) == expected
    assert found is None or found.until_ms == day_bounds_ms("2020-05-13")[0]


def test_yesterday_s_cards_are_not_today_s() -> None:
    midnight_ms = day_bounds_ms("2020-05-12")[0]
    assert today(fed(10, midnight_ms + 3 * CARD_MS), midnight_ms + 3 * CARD_MS) == 4
    assert rest(Duty(cards_a_day=5), 0, fed(10, midnight_ms), None, midnight_ms + MINUTE_MS) is None


def test_a_run_of_cards_is_followed_by_a_pause() -> None:
    duty = Duty(rest_after_cards=50, rest_minutes=15)
    assert rest(duty, 0, fed(49), None, MORNING_MS) is None
    assert rest(duty, 0, fed(50), None, MORNING_MS) == Rest("resting", MORNING_MS + 15 * MINUTE_MS)
    assert rest(duty, 0, fed(50), None, MORNING_MS + 15 * MINUTE_MS) is None


def test_a_pause_in_between_begins_the_run_anew() -> None:
    duty = Duty(rest_after_cards=50, rest_minutes=15)
    before = [at_ms - 40 * MINUTE_MS for at_ms in fed(40)]
    assert rest(duty, 0, fed(40) + before, None, MORNING_MS) is None


def test_after_heat_it_cools() -> None:
    hot_ms = MORNING_MS - 5 * MINUTE_MS
    assert rest(Duty(), 10, [], hot_ms, MORNING_MS) == Rest("cooling", hot_ms + 10 * MINUTE_MS)
    assert rest(Duty(), 5, [], hot_ms, MORNING_MS) is None


def test_the_longest_rest_is_told() -> None:
    duty = Duty(cards_a_day=10, rest_after_cards=10, rest_minutes=5)
    found = rest(duty, 60, fed(10), MORNING_MS, MORNING_MS)
    assert found is not None
    assert found.cause == "day_full"


@pytest.mark.parametrize(
    ("duty", "hot", "fed_ms", "hot_ms"),
    [
        (Duty(cards_a_day=3), 0, fed(3, MORNING_MS + 365 * DAY_MS), None),
        (Duty(rest_after_cards=3, rest_minutes=10), 0, fed(3, MORNING_MS + 365 * DAY_MS), None),
        (Duty(), 10, [], MORNING_MS + 365 * DAY_MS),
    ],
)
def test_what_a_clock_told_that_was_a_year_ahead_keeps_no_printer_from_work(
    duty: Duty, hot: int, fed_ms: list[int], hot_ms: int | None
) -> None:
    days = [MORNING_MS + day * DAY_MS for day in range(0, 365, 7)]
    assert [rest(duty, hot, fed_ms, hot_ms, now_ms) for now_ms in days] == [None] * len(days)
    after_ms = MORNING_MS + 366 * DAY_MS
    assert rest(duty, hot, fed_ms, hot_ms, after_ms) is None


@given(
    st.lists(st.integers(MORNING_MS - 10**8, MORNING_MS + 10**8), max_size=60),
    st.integers(0, 20), st.integers(0, 20), st.integers(0, 60), st.integers(0, 60),
    st.none() | st.integers(MORNING_MS - 10**8, MORNING_MS + 10**8),
)  # fmt: skip
def test_no_rest_is_longer_than_the_rules_allow_whatever_the_clock_did(
    times: list[int], cards: int, run: int, minutes: int, hot: int, hot_ms: int | None
) -> None:
    duty = Duty(cards_a_day=cards, rest_after_cards=run, rest_minutes=minutes)
    found = rest(duty, hot, sorted(times, reverse=True), hot_ms, MORNING_MS)
    if found is not None:
        longest = {"day_full": 86_400_000, "resting": minutes * MINUTE_MS, "cooling": hot * MINUTE_MS}
        assert 0 < found.until_ms - MORNING_MS <= longest[found.cause]
