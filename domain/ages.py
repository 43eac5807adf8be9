"""How old someone is on a WITA day, and which day lies some months or birthdays further. Pure.

Who was born on 29 February has a birthday on 1 March in a common year; a span of months that ends on no
date ends on the month's last.
"""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def age(born: date, day: date) -> int:
    """Whole years lived on ``day``; below 0 for somebody not yet born."""
    return day.year - born.year - (day < birthday(born, day.year - born.year))


def birthday(born: date, years: int) -> date:
    """The day someone turns ``years``. Raises ValueError beyond the calendar."""
    try:
        return born.replace(year=born.year + years)
    except ValueError:
        return date(born.year + years, 3, 1)


def months_later(day: date, months: int) -> date:
    """The same day of the month ``months`` later, or that month's last. Raises ValueError past year 9999."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))
