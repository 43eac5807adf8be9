"""Looks after the printer in the lane: asks how it keeps, notices what changed, and lets it rest.

The worker asks ``objection`` before each card and ``look`` when nothing is to be printed; nobody else talks
to the printer. What was seen last is kept in ``seen`` (one frozen value, swapped whole) for the pages.
"""

from __future__ import annotations

from collections.abc import Callable

from agent import policies, province_clock
from agent.keeping import book, trial
from agent.keeping.trial import Trial
from agent.printing.lane import Lane, Store
from agent.printing.undrawn import NotDrawn
from domain import duty
from drivers.card_printer import Care, PrinterStatus
from drivers.errors import DeviceError

LOOK_MS = 60_000
"""How often an idle printer is asked; each card is another look."""


class Keeper:
    """For one lane. ``now_ms`` is the lane's steady clock, ``unix_ms`` the station's."""

    def __init__(
        self,
        lane: Lane,
        store: Store,
        now_ms: Callable[[], int],
        unix_ms: Callable[[], int],
        trial_cards: Trial,
    ) -> None:
        self._lane = lane
        self._store = store
        self._now_ms = now_ms
        self._unix_ms = unix_ms
        self._trial = trial_cards
        self._looked: tuple[str, int] | None = None
        self.seen: Care | None = None

    def objection(self) -> str:
        """Why no card may be begun now, as a cause; empty when one may."""
        now_ms = self._unix_ms()
        if province_clock.put_back(self._store, now_ms):
            self._store.write(province_clock.forgive)
        if province_clock.wrong(self._store, now_ms):
            return "clock_wrong"
        self._ask()
        if self.seen is not None and self.seen.cleaning == "due":
            return "cleaning_needed"
        rest = self._rest()
        return "" if rest is None else rest.cause

    def look(self, status: PrinterStatus) -> str:
        """An idle printer is asked once a minute, and at once when another stands there.

        A test card that is wanted is printed now; the cause where it has to wait.
        """
        last, now_ms = self._looked, self._now_ms()
        if last is None or last[0] != self._lane.serial or now_ms - last[1] >= LOOK_MS:
            self._ask()
        if status.state != "ready" or not trial.asked(self._store):
            return ""
        try:
            return self.objection() or self._trial.print_one()
        except NotDrawn as trouble:
            return trouble.cause

    def _ask(self) -> None:
        serial = self._lane.serial
        if not serial:
            return
        self._looked = (serial, self._now_ms())
        try:
            self.seen = self._lane.printer.care()
        except DeviceError:
            return  # whatever it is, the next look at its status meets it
        settings = dict(self.seen.settings)
        known = book.kept(self._store, serial).settings
        if settings and (settings != known or book.drifted(self._store, serial)):
            self._store.write(lambda tx: book.compare(tx, serial, settings))

    def _rest(self) -> duty.Rest | None:
        now_ms, serial = self._unix_ms(), self._lane.serial
        rules = policies.current(self._store, now_ms)
        if not (rules.duty.cards_a_day or rules.duty.rest_after_cards or rules.hot_rest_minutes):
            return None
        fed_ms, hot_ms = book.fed_ms(self._store, serial), book.hot_ms(self._store, serial)
        return duty.rest(rules.duty, rules.hot_rest_minutes, fed_ms, hot_ms, now_ms)
