"""The province's time, as far as it is known here: how far off this PC's clock was when it last spoke.

A PC in the field is without a line for days and its clock may be wrong by minutes, which biometric devices
are not forgiven (drivers/sbi/checks.py). The running agent knows best; what it learnt is kept for commands
that run without it, and until the province is heard again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from agent.store.journal import Tx, meta, set_meta
from agent.store.sqlite import Reads

CHANGED_MS = 2_000  # less is how long a message was on its way
_META = "province_ahead_ms"  # the province's clock less this one's


def remember(tx: Tx, ahead_ms: int) -> None:
    """The province's clock is so much ahead of this PC's."""
    set_meta(tx, _META, str(ahead_ms))


def is_news(reads: Reads, ahead_ms: int) -> bool:
    """Whether that is worth a write."""
    known_ms = known(reads, None)
    return known_ms is None or abs(ahead_ms - known_ms) >= CHANGED_MS


def known(reads: Reads, live: Mapping[str, Any] | None) -> int | None:
    """How many ms the province is ahead; None where it never spoke. ``live``: agent.control.Live's answer."""
    skew_s: float | None = (live or {}).get("clock", {}).get("skew_s")
    if skew_s is not None:
        return round(-1000 * skew_s)
    told = meta(reads, _META)
    return int(told) if told else None
