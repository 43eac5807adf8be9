"""The shelf as the screen shows it: how many cards wait, the oldest of them, and what needs a supervisor.

Cards are told by their job's number and their place. Nobody's name stands on a screen that a queue of people
can read.
"""

from __future__ import annotations

from dataclasses import dataclass

from agent.printing import jobs
from agent.printing.states import State
from agent.store.sqlite import Reads
from agent.web import words
from domain.wita import days_between

SHOWN = 3
_SQL = "SELECT id, shelf, at_ms FROM job WHERE state = 'ready' ORDER BY at_ms, id LIMIT ?"
_UNTOLD = (
    "SELECT count(*) FROM job WHERE state = 'ready' AND NOT EXISTS "
    "(SELECT 1 FROM announcement WHERE announcement.job = job.id)"
)


@dataclass(frozen=True, slots=True)
class Card:
    """One card: how long it waits, its job, and where it lies."""

    word: str
    name: str
    remark: str


@dataclass(frozen=True, slots=True)
class Shelf:
    """``held``: what needs a supervisor, empty when nothing does; ``notes``: what else is to be known."""

    count: str
    oldest: str
    held: str
    rows: tuple[Card, ...]
    notes: str


def shelf(reads: Reads, now_ms: int) -> Shelf:
    """The shelf as it stands at ``now_ms``."""
    counts = jobs.counts(reads)
    found = reads.rows(_SQL, SHOWN)
    ((untold,),) = reads.rows(_UNTOLD)
    held, sent = counts.get(State.WITHHELD, 0), counts.get(State.SENT, 0)
    oldest = days_between(found[0][2], now_ms) if found else 0
    notes = ((untold, "belum diumumkan"), (sent, "dalam pengiriman"))
    return Shelf(
        count=words.number(counts.get(State.READY, 0)),
        oldest=f"terlama {_days(oldest)}" if oldest else "",
        held=f"{words.number(held)} ditahan, panggil penyelia" if held else "",
        rows=tuple(
            Card(_days(days_between(since_ms, now_ms)), job, f"rak {place}" if place else "")
            for job, place, since_ms in found
        ),
        notes=" · ".join(f"{words.number(count)} {what}" for count, what in notes if count),
    )


def _days(count: int) -> str:
    return f"{words.number(count)} hari" if count else "hari ini"
