"""Supplies are told in working days, and nothing is foretold from nothing."""

from __future__ import annotations

import pytest

from domain.supplies import LOW_DAYS, a_day, by_day, days_left, is_low
from domain.wita import day_bounds_ms

TODAY = "2020-05-12"


def test_cards_are_counted_by_wita_day() -> None:
    midnight_ms = day_bounds_ms(TODAY)[0]
    assert by_day([midnight_ms - 1, midnight_ms, midnight_ms + 1]) == {"2020-05-11": 1, TODAY: 2}


def test_a_dead_day_makes_nothing_last_longer() -> None:
    cards = {"2020-05-08": 60, "2020-05-09": 0, "2020-05-11": 40, TODAY: 3}
    assert a_day(cards, TODAY) == 50
    assert days_left(200, cards, TODAY) == 4.0


def test_the_first_day_tells_by_itself() -> None:
    assert days_left(100, {TODAY: 25}, TODAY) == 4.0


@pytest.mark.parametrize(("left", "cards"), [(None, {TODAY: 25}), (100, {}), (100, {TODAY: 0})])
def test_nobody_can_say(left: int | None, cards: dict[str, int]) -> None:
    assert days_left(left, cards, TODAY) is None


def test_what_is_used_up_lasts_no_day() -> None:
    assert days_left(-3, {TODAY: 25}, TODAY) == 0.0


@pytest.mark.parametrize(
    ("days", "low"), [(None, False), (LOW_DAYS, False), (LOW_DAYS - 0.1, True), (0.0, True)]
)
def test_low_is_less_than_three_days(days: float | None, low: bool) -> None:
    assert is_low(days) is low
