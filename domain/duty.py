"""How much a printer may work before it rests, as the province's policy says. Pure.

Offices learned it the hard way: a hundred cards and then a pause, or the print goes bad and the card warps
(Bangli, Bengkulu, Palembang). A card counts when its feed was intended, whatever became of it: the heater
was on for it all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from domain.policy import Duty
from domain.wita import day, day_bounds_ms

MINUTE_MS = 60_000


@dataclass(frozen=True, slots=True)
class Rest:
    """The printer rests: ``cause`` is ``day_full``, ``resting`` or ``cooling``; ``until_ms`` Unix ms."""

    cause: str
    until_ms: int


def rest(
    duty: Duty, hot_rest_minutes: int, fed_ms: Sequence[int], hot_ms: int | None, now_ms: int
) -> Rest | None:
    """Whether a printer has to rest now, and until when; the longest rest where several hold.

    ``fed_ms``: when its cards were fed, the latest first, at least today's and the last run's. ``hot_ms``:
    when it last complained of heat, None if it never did. A clock put back never makes a rest longer: what
    lies ahead of ``now_ms`` was told by a clock that was wrong, and counts only on the day it named.
    """
    fed = [at_ms for at_ms in fed_ms if at_ms <= now_ms]
    found = [
        each
        for each in (
            _day_full(duty, fed, now_ms),
            _run(duty, fed, now_ms),
            _hot(hot_rest_minutes, hot_ms, now_ms),
        )
        if each is not None and each.until_ms > now_ms
    ]
    return max(found, key=lambda each: each.until_ms, default=None)


def today(fed_ms: Sequence[int], now_ms: int) -> int:
    """How many of the cards were fed on this WITA day."""
    return sum(1 for at_ms in fed_ms if day(at_ms) == day(now_ms))


def _day_full(duty: Duty, fed: Sequence[int], now_ms: int) -> Rest | None:
    if not duty.cards_a_day or today(fed, now_ms) < duty.cards_a_day:
        return None
    return Rest("day_full", day_bounds_ms(day(now_ms))[1])


def _run(duty: Duty, fed: Sequence[int], now_ms: int) -> Rest | None:
    """So many cards without a pause: a pause is a time of rest_minutes in which none was fed."""
    pause_ms = duty.rest_minutes * MINUTE_MS
    if not duty.rest_after_cards or not pause_ms or not fed:
        return None
    in_a_row = 1
    for later, earlier in pairwise(fed):
        if later - earlier >= pause_ms:
            break
        in_a_row += 1
    return Rest("resting", fed[0] + pause_ms) if in_a_row >= duty.rest_after_cards else None


def _hot(minutes: int, hot_ms: int | None, now_ms: int) -> Rest | None:
    return None if hot_ms is None or hot_ms > now_ms else Rest("cooling", hot_ms + minutes * MINUTE_MS)
