"""Whether a line still lives, told by what the broker owes us an answer for. No I/O, no clock.

A far end that went without a word (a *ghost*) shows in nothing but silence, and TCP keeps what we say for
many minutes. The broker answers every message it got (PUBACK); while it owes answers and nothing at all
comes in for as long as the slowest line needs to carry what is owed, and then some, the line is given up.
Silence while nothing is owed means nothing here: for that there is the keepalive.
"""

from __future__ import annotations

SILENCE_S = 45.0  # three times the mean outage of a 2G line; what was under way arrives after most of them
SLOWEST_BYTES_PER_S = 2_500  # a bad 2G line


class Pulse:
    """Times are seconds of any steady clock."""

    def __init__(self) -> None:
        self._owed_bytes = 0
        self._quiet_since_s = 0.0

    def sent(self, size: int, now_s: float) -> None:
        """A message of ``size`` bytes was handed to the line; an answer to it is owed."""
        if not self._owed_bytes:
            self._quiet_since_s = now_s
        self._owed_bytes += size

    def answered(self, size: int) -> None:
        """The broker got a message of ``size`` bytes."""
        self._owed_bytes -= size

    def heard(self, now_s: float) -> None:
        """Something came in, whatever it was."""
        self._quiet_since_s = now_s

    @property
    def gives_up_s(self) -> float | None:
        """When silence has lasted too long; None while nothing is owed."""
        if not self._owed_bytes:
            return None
        return self._quiet_since_s + SILENCE_S + self._owed_bytes / SLOWEST_BYTES_PER_S

    def gone(self, now_s: float) -> bool:
        """Whether there is nobody on the other side any more, as far as anyone can tell."""
        end_s = self.gives_up_s
        return end_s is not None and now_s >= end_s
