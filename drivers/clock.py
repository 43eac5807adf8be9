"""The machine's own clocks, in whole milliseconds. The only place where a driver's waits are real."""

import time


class MonotonicClock:
    """drivers.card_printer.Clock on time.monotonic."""

    def now_ms(self) -> int:
        """Milliseconds since the machine started, or thereabouts."""
        return time.monotonic_ns() // 1_000_000

    def sleep_ms(self, ms: int) -> None:
        """Wait."""
        time.sleep(ms / 1000)


def unix_ms() -> int:
    """What the machine takes for the time; nobody has corrected it."""
    return time.time_ns() // 1_000_000
