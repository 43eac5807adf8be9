"""Days as the counters of East Kalimantan count them.

All ten regencies keep Waktu Indonesia Tengah, UTC+8 with no summer time, so a day is a fixed
shift of the clock and needs no time-zone database (Windows ships none).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

ZONE = timezone(timedelta(hours=8), "WITA")
DAY_MS = 86_400_000


def day(at_ms: int) -> str:
    """The WITA date of an instant, ``YYYY-MM-DD``; ``at_ms`` is Unix time in milliseconds."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZONE).date().isoformat()


def day_bounds_ms(on: str) -> tuple[int, int]:
    """First millisecond of the WITA day ``on`` (YYYY-MM-DD, for days are compared as text) and first one
    after it. Raises ValueError on no date."""
    told = date.fromisoformat(on)
    if told.isoformat() != on:
        raise ValueError("a day is written YYYY-MM-DD")
    start = datetime.combine(told, datetime.min.time(), ZONE)
    first = int(start.timestamp() * 1000)
    return first, first + DAY_MS


def days_between(since_ms: int, now_ms: int) -> int:
    """Midnights between two instants; none where the clock went back."""
    passed = date.fromisoformat(day(now_ms)) - date.fromisoformat(day(since_ms))
    return max(0, passed.days)
