"""The province's time, as far as it is known here: how far off this PC's clock was when it last spoke.

A PC in the field is without a line for days and its clock may be wrong by minutes, which biometric devices
are not forgiven (drivers/sbi/checks.py). The running agent knows best; what it learnt is kept for commands
that run without it, and until the province is heard again.

``wrong`` is the one place that says whether this PC's clock can be believed. Nothing is dated, decided or
forgotten for good by one that cannot: a dead battery's 2015 makes a grown man too young for his card, and
somebody's 2030 forgets whose cards lie on the shelf. Our own journal is no witness: the same clock dated it.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.store.journal import Tx, meta, set_meta
from agent.store.sqlite import Reads

CHANGED_MS = 2_000  # less is how long a message was on its way
LATER_MS = 3_600_000  # how far the province's last word may lie behind what it said since
DAY_MS = 86_400_000  # cards are dated by the day: less than one is no reason to stop an office
ALONE_MS = 180 * DAY_MS  # how long a clock is believed that nobody has confirmed; offices work weeks off line
_META = "province_ahead_ms"  # the province's clock less this one's
_HEARD = "province_heard_ms"  # this PC's clock when that was so
_SAID = "province_said_ms"  # the province's own time, as it was last told: it cannot be earlier now


def remember(tx: Tx, ahead_ms: int) -> None:
    """The province has just spoken: its clock is so much ahead of this PC's."""
    set_meta(tx, _META, str(ahead_ms))
    set_meta(tx, _HEARD, str(tx.at_ms))
    set_meta(tx, _SAID, str(tx.at_ms + ahead_ms))


def told(tx: Tx, line_ms: int) -> None:
    """A line of the order log came, which the province wrote at ``line_ms`` by its clock, or long ago.

    It counts only where nobody has greeted yet: one line of a province whose clock was wrong for an hour
    would else stand against every greeting.
    """
    if _number(tx, _HEARD) is None and line_ms > (said(tx) or 0):
        set_meta(tx, _SAID, str(line_ms))


def put_back(reads: Reads, now_ms: int) -> bool:
    """Whether this PC's clock was ahead when the province spoke, and has been put back since."""
    heard_ms, ahead_ms = _number(reads, _HEARD), _number(reads, _META)
    return heard_ms is not None and ahead_ms is not None and ahead_ms < -DAY_MS and now_ms < heard_ms


def forgive(tx: Tx) -> None:
    """It was put back: what was heard by the clock of before says nothing of the one of now."""
    for name in (_HEARD, _META):
        set_meta(tx, name, "")


def is_news(reads: Reads, ahead_ms: int, now_ms: int) -> bool:
    """Whether that is worth a write; ``now_ms``: this PC's clock."""
    known_ms, said_ms = known(reads, None), said(reads)
    if known_ms is None or said_ms is None or abs(ahead_ms - known_ms) >= CHANGED_MS:
        return True
    return abs(now_ms + ahead_ms - said_ms) >= LATER_MS


def said(reads: Reads) -> int | None:
    """The province's last known time (Unix ms); None where it never spoke. It is later now."""
    return _number(reads, _SAID)


def wrong(reads: Reads, now_ms: int) -> bool:
    """Whether this PC's clock cannot be right, by what the province has told."""
    return is_wrong(now_ms, said(reads), _number(reads, _HEARD), _number(reads, _META))


def is_wrong(now_ms: int, said_ms: int | None, heard_ms: int | None, ahead_ms: int | None) -> bool:
    """Behind what the province said, too long after it, or ahead when it spoke and not put back since."""
    if said_ms is None:
        return False
    if now_ms < said_ms - DAY_MS:
        return True
    if heard_ms is None or ahead_ms is None:  # a line of the order log may be old when it comes
        return False
    return now_ms > said_ms + ALONE_MS or (ahead_ms < -DAY_MS and now_ms >= heard_ms)


def known(reads: Reads, live: Mapping[str, Any] | None) -> int | None:
    """How many ms the province is ahead; None where it never spoke. ``live``: agent.control.Live's answer."""
    skew_s: float | None = (live or {}).get("clock", {}).get("skew_s")
    if skew_s is not None:
        return round(-1000 * skew_s)
    return _number(reads, _META)


def _number(reads: Reads, name: str) -> int | None:
    text = meta(reads, name)
    return int(text) if text else None
