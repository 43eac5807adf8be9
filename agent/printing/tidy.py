"""Keeping the lane clear: what no job owns is sent away, and what may not be used holds the lane.

A card inside that no begun job owns goes to the reject tray once it has rested; never one that somebody else
prints. A card that the cycle set aside holds the lane until stock or queue has changed, or somebody had the
feeder or the cover open, because the next blank of the same stack would waste itself in the same way.
"""

from __future__ import annotations

from agent.printing import jobs
from agent.printing.cycle import Cycle
from agent.printing.lane import Lane, Store
from agent.printing.patience import Patience
from agent.printing.recovery import in_path
from agent.printing.states import State
from drivers.card_printer import PrinterStatus

_AT_THE_BLANKS = frozenset({"feeder_empty", "cover_open"})  # somebody sees to what is fed next
CANCELLED = "job_cancelled"  # what is told of a job that was left in a queue


class Tidier:
    """Clears one lane between two jobs."""

    def __init__(self, lane: Lane, cycle: Cycle, store: Store, patience: Patience) -> None:
        self._lane = lane
        self._cycle = cycle
        self._store = store
        self._patience = patience
        self._strange: tuple[str, object] | None = None

    def tidy(self, status: PrinterStatus) -> int | None:
        """None when nothing lies inside and no job hangs there; else ms until the next look."""
        if not self._is_worth_a_look(status):
            return None
        snapshot = self._lane.snapshot()
        rested_ms = self._patience.rested(snapshot)
        if snapshot is None:
            return self._patience.growing()
        if not in_path(snapshot) and not snapshot.claim:
            return None
        pace = self._patience.pace
        if snapshot.claim and not self._lane.proves:
            self._lane.finish()  # ours, and nobody waits for it any more: it must not be printed by surprise
            self._lane.hold(CANCELLED)
        foreign = self._cycle.foreign(snapshot)
        if foreign or (snapshot.claim and not snapshot.errors):
            if rested_ms >= pace.stuck:
                self._lane.hold("busy" if foreign else "claim_stuck")
            return self._patience.growing()
        if rested_ms < pace.poll:
            return pace.poll
        self._patience.look_anew()
        unsure = jobs.in_state(self._store, State.UNSURE)
        cleared = self._lane.clear(snapshot, unsure[0].id if unsure else None)
        return pace.poll if cleared else self._patience.growing()

    def _is_worth_a_look(self, status: PrinterStatus) -> bool:
        """Whether something may lie or hang there; at a queue that complains, a job of ours may, too."""
        asleep = () if self._lane.proves else ("needs_hands", "error")
        return bool(in_path(status)) or status.state in ("busy", *asleep)

    def latched(self, status: PrinterStatus) -> bool:
        """Whether the printer still tells an error that is over: a reservation clears it."""
        if status.state not in ("error", "needs_hands"):
            return False
        snapshot = self._lane.snapshot()
        return snapshot is not None and bool(snapshot.errors)

    def hold_for(self, word: str) -> None:
        """A card of no account, or another's, was set aside: ``word`` holds the lane."""
        self._strange = (word.lower(), self._stock())

    def holding(self, status: PrinterStatus) -> bool:
        """Whether such a card still holds the lane."""
        if self._strange is None:
            return False
        if self._strange[1] != self._stock() or status.cause in _AT_THE_BLANKS:
            self._strange = None
            return False
        self._lane.hold(self._strange[0])
        return True

    def _stock(self) -> object:
        return self._store.rows("SELECT (SELECT count(*) FROM consignment), (SELECT max(queued_ms) FROM job)")
