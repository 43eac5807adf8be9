"""Days as the counters count them: eight hours ahead, and written in one way only."""

from __future__ import annotations

import pytest

from domain.wita import DAY_MS, day, day_bounds_ms


def test_a_day_begins_and_ends_at_midnight_in_samarinda() -> None:
    first, end = day_bounds_ms("2020-02-29")
    assert (day(first - 1), day(first), day(end - 1), day(end)) == (
        "2020-02-28", "2020-02-29", "2020-02-29", "2020-03-01",
    )  # fmt: skip
    assert end - first == DAY_MS and first % DAY_MS == 16 * 3_600_000


@pytest.mark.parametrize("told", ["20200512", "2020-W20-2", "2020-02-30", "12-05-2020", "2020-5-1", "today"])
def test_days_are_compared_as_text_so_no_other_form_is_one(told: str) -> None:
    with pytest.raises(ValueError):
        day_bounds_ms(told)
