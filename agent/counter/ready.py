"""The shelf: which cards wait for their holder, since when, who was told, and what has to come in for them.

Nothing here is personal but ``holder``, which opens a sealed part in memory for a screen beside the clerk.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from agent.counter import suket
from agent.printing.states import State
from agent.store.sqlite import Reads
from domain.handover import due
from domain.notices import masked_name
from domain.policy import HandOver
from domain.wita import days_between
from domain.words import RefusedByRule

if TYPE_CHECKING:
    from domain.keys import OpenKey


@dataclass(frozen=True, slots=True)
class Waiting:
    """One card on the shelf. ``comes_in``: words of domain.handover.Paper; ``channels``: told by which."""

    job: str
    order: str
    kind: str
    reason: str
    shelf: str | None
    since_ms: int
    days: int
    announced_ms: int | None
    channels: tuple[str, ...]
    comes_in: tuple[str, ...]


_SQL = """
    SELECT job.id, job.order_id, job.kind, order_.reason, job.shelf, job.at_ms, announcement.at_ms,
           announcement.channels,
           EXISTS (SELECT 1 FROM suket
                   WHERE order_id = order_.id AND state NOT IN ('issued', 'void', 'closed'))
    FROM job JOIN order_ ON order_.id = job.order_id LEFT JOIN announcement ON announcement.job = job.id
    WHERE job.state = ? ORDER BY job.at_ms, job.id
"""


def waiting(reads: Reads, rules: HandOver, now_ms: int) -> list[Waiting]:
    """Every card on the shelf, the longest waiting first; days are counted by WITA midnights."""
    return [
        Waiting(
            job,
            order,
            kind,
            reason,
            shelf,
            since_ms,
            days_between(since_ms, now_ms),
            announced_ms,
            tuple(channels.split(",")) if channels else (),
            tuple(sorted(due(rules, reason, bool(suket_open)))),
        )
        for job, order, kind, reason, shelf, since_ms, announced_ms, channels, suket_open in reads.rows(
            _SQL, State.READY
        )
    ]


def suket_open(reads: Reads, order: str) -> bool:
    """Whether a sheet that this office printed for ``order`` may be in the holder's hands."""
    there = suket.living(reads, order)
    return there is not None and there.in_hand


def holder(reads: Reads, key: OpenKey, station: str, order: str) -> str | None:
    """The holder's masked name; None where the personal part is forgotten."""
    from agent import sealed  # with the crypto library, which a list without names does not need

    try:
        return masked_name(sealed.fields(reads, key, station, order).get("name", ""))
    except RefusedByRule:
        return None
