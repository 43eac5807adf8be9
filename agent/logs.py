"""The station's two logs as sync asks for them: the journal it writes, and the orders it follows.

What is stored, is stored through the journal, in the same transaction as the cursor; ``hub_has`` moves when
the hub says so after its commit, never because a broker took something.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from agent import policies
from agent.inbox import CURSOR, apply
from agent.printing import jobs
from agent.store import behind
from agent.store.journal import Journal, Tx, cursor, set_cursor
from domain.keys import VerifyKey
from sync.log import START, WITHHELD, Batch, Entry, Fork, Gap, Mark, Taken, epoch_at, on_batch


class JournalUp:
    """The journal as sync.log.OwnedLog asks for it; nothing of it is pruned yet."""

    def __init__(self, journal: Journal) -> None:
        self._journal = journal

    def base(self) -> Mark:
        """Where the journal begins."""
        return START

    def head(self) -> Mark:
        """The mark after its last line."""
        return self._journal.last()

    def read(self, after: int, limit: int) -> Sequence[Entry]:
        """Lines above ``after``."""
        return self._journal.entries(after, limit)

    def acknowledged(self, mark: Mark) -> None:
        """The province holds the journal up to ``mark``; when it said so is a receipt of its own.

        An order whose end it holds needs no personal part any more.
        """

        def receipt(tx: Tx) -> None:
            jobs.forget_told(tx, cursor(tx, "hub_has"), mark.seq)
            jobs.forget_old(tx, policies.current(tx, tx.at_ms).keep_personal_days)
            set_cursor(tx, "hub_has", mark.seq, mark.epoch)

        self._journal.write(receipt)

    def holds(self, mark: Mark) -> bool:
        """Whether this journal has the line that ``mark`` stands at, or has pruned it."""
        return mark.seq < self.base().seq or epoch_at(self, mark.seq) == mark.epoch


class _Any:
    """The station keeps one mark of its orders, not every epoch; the hub finds what this lets pass."""

    def __contains__(self, epoch: object) -> bool:
        return True


class OrdersDown:
    """The order log as sync.log.FollowedLog asks for it: the agent's inbox."""

    def __init__(self, journal: Journal, station: str, hub: VerifyKey) -> None:
        self._journal = journal
        self._station = station
        self._hub = hub

    def have(self) -> Mark:
        """The mark after the last order applied."""
        return self._journal.mark(CURSOR)

    def take(self, batch: Batch) -> Taken | Gap | Fork:
        """Apply what is new, each line with its cursor, all in one transaction.

        Nothing while this disk lacks lines that the province holds: an order may be printed already.
        """
        have = self.have()
        if behind.is_behind(self._journal):
            return Fork(have)
        judged = on_batch(have, batch, _Any(), _carried)
        if isinstance(judged, Taken) and judged.have != have:
            self._journal.write(lambda tx: self._store(tx, judged))
        return judged

    def _store(self, tx: Tx, taken: Taken) -> None:
        words = {entry.seq: word for entry, word in taken.aside}
        for entry in sorted([*taken.fresh, *(entry for entry, _ in taken.aside)], key=lambda each: each.seq):
            if word := words.get(entry.seq):
                tx.note("order_refused", entry.subject, {"word": word})
                set_cursor(tx, CURSOR, entry.seq, entry.epoch)
            else:
                apply(tx, entry, station=self._station, hub=self._hub)


def _carried(event: str, _body: Mapping[str, Any]) -> str | None:
    """Whether the line itself came; what an order must hold is the inbox's to judge."""
    return "WITHHELD" if event == WITHHELD else None
