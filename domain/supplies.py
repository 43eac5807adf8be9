"""How long a supply lasts, in working days: what is left over what a working day takes. Pure.

A working day is one on which at least one card was printed: holidays and dead days would make everything
seem to last. Nothing is foretold from less than a day's work.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping

from domain.wita import day

WINDOW_DAYS = 28
LOW_DAYS = 3.0


def by_day(printed_ms: Iterable[int]) -> Counter[str]:
    """Cards by WITA day."""
    return Counter(day(at_ms) for at_ms in printed_ms)


def a_day(cards: Mapping[str, int], today: str) -> float | None:
    """Cards of a working day, on average; today counts only where there is no other."""
    whole = {on: count for on, count in cards.items() if on != today and count} or dict(cards)
    return sum(whole.values()) / len(whole) if sum(whole.values()) else None


def days_left(left: int | None, cards: Mapping[str, int], today: str) -> float | None:
    """For how many working days ``left`` cards' worth of a supply lasts; None where nobody can say."""
    pace = a_day(cards, today)
    return None if left is None or pace is None else round(max(left, 0) / pace, 1)


def is_low(days: float | None) -> bool:
    """Whether somebody should order now."""
    return days is not None and days < LOW_DAYS
