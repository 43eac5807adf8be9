"""How long to wait before the line is tried again: tenacity's full jitter, cut short by a stop event.

Full jitter spreads the stations that a broker's restart threw off at the same moment. Only connecting
is ever repeated here; nothing that prints is.
"""

from __future__ import annotations

import threading
from collections.abc import Callable

from tenacity import RetryError, Retrying, retry_if_exception_type
from tenacity.nap import sleep_using_event
from tenacity.stop import stop_when_event_set
from tenacity.wait import wait_random_exponential

FIRST_S = 1.0
LONGEST_S = 120.0


def until_done(
    attempt: Callable[[], None],
    again_after: type[Exception],
    stop: threading.Event,
    *,
    first_s: float = FIRST_S,
    longest_s: float = LONGEST_S,
) -> bool:
    """Call ``attempt`` until it returns; wait in between, longer each time, after ``again_after``.

    Whether it returned; False when ``stop`` was set first. Any other exception goes through.
    """
    retrying = Retrying(
        retry=retry_if_exception_type(again_after),
        wait=wait_random_exponential(multiplier=first_s, max=longest_s),
        sleep=sleep_using_event(stop),
        stop=stop_when_event_set(stop),
    )

    def unless_stopped() -> bool:
        if stop.is_set():
            return False
        attempt()
        return True

    try:
        return retrying(unless_stopped)
    except RetryError:
        return False
