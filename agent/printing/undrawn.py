"""Cards that could not be drawn: whose fault it is, and when an order is given up.

The printer's side of it (no answer, a ribbon nobody knows) is waited for, and no order suffers. When the
drawing itself fails, the order may be at fault after all, and must not keep the others waiting for ever;
but when nothing at all can be drawn, the fault is this machine's, and no second order is given up for it.
"""

from __future__ import annotations

NOT_DRAWN = "not_drawn"
DRAWS_MAX = 3


class NotDrawn(Exception):
    """The card could not be drawn this time. ``cause``: a word for the screen."""

    def __init__(self, sentence: str, cause: str = NOT_DRAWN) -> None:
        super().__init__(sentence)
        self.cause = cause


class Attempts:
    """Counts how often the drawing failed for one job on end."""

    def __init__(self) -> None:
        self._job = ""
        self._times = 0
        self._gave_up = False  # an order was given up, and nothing has been drawn since

    def drawn(self) -> None:
        """A card was drawn: this machine can."""
        self._job, self._times, self._gave_up = "", 0, False

    def failed(self, job: str, cause: str) -> bool:
        """Whether the job's order is to be given up, now that it failed once more."""
        if cause != NOT_DRAWN:
            return False
        self._times = self._times + 1 if self._job == job else 1
        self._job = job
        if self._times < DRAWS_MAX or self._gave_up:
            return False
        self._gave_up = True
        return True
