"""The province's clock: what the machine takes for the time."""

from __future__ import annotations

import time


def unix_ms() -> int:
    """Now, Unix milliseconds."""
    return time.time_ns() // 1_000_000
