"""What stands for a reservation: a number bound to one holding of the wire. Source: PROTOCOL.md §7.

It cannot be seen from outside this process, and it never comes back: once the wire was let go, or a motion's
good end was not seen, it is over, and with it whatever the counters could still have proved.
"""

from drivers.errors import Cause
from drivers.matica.line import Line
from drivers.matica.machine import Counters


class Session:
    """One printer's session. ``staged``: the card at the station was brought there in it."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._number = 0
        self._holding = 0
        self._errors: int | None = None  # the machine's error counter when it began
        self.staged = False

    @property
    def holding(self) -> int:
        """The holding of the wire it was begun on; 0 without a session."""
        return self._holding

    @property
    def number(self) -> int:
        """Its number, as long as the wire it was begun on is still held; else 0."""
        return self._number if self._holding and self._holding == self._line.holding else 0

    def begin(self, number: int, counted: Counters) -> None:
        """Begin it, or begin it anew: what was broken off before is settled, a card staged in it stays."""
        self.staged = self.staged and self.number == number
        self._number, self._holding, self._errors = number, self._line.holding, counted.errors
        self._line.forget()

    def end(self) -> None:
        """It is over."""
        self._number, self._holding, self._errors, self.staged = 0, 0, None, False

    def laid(self, counted: Counters) -> int | None:
        """Panels ever laid; None also where a motion that was broken off would not show."""
        blind = counted.errors is None or (self.number and self._errors is None)
        return None if blind else counted.head

    def broken_off(self, standing: Cause | None, counted: Counters) -> tuple[str, ...]:
        """Why work was broken off since it began: what stands now, or what was told of it, or the counter."""
        if standing is not None:
            return (standing,)
        if not self.number or self._errors is None or counted.errors in (None, self._errors):
            return ()
        return (self._line.broke or "hardware",)
