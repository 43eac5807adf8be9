"""Does the journal hold? Every line bound to the one before, none missing, and every job where the
journal says it is.

Reads with a read-only connection, a piece at a time; changes nothing. Truncation of the very end is
seen by AUTOINCREMENT's own count; a whole older copy put back is for the hub to see, by epoch.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from agent.printing.states import FIRST, WORDS, Event, IllegalMove, State, step
from agent.store.journal import GENESIS, row_hash
from agent.store.sqlite import Reads

_PIECE = 2000


@dataclass(frozen=True, slots=True)
class Finding:
    """``seq`` is the first line that does not hold, or 0 where it is no single line."""

    seq: int
    text: str


def verify(reads: Reads) -> int | Finding:
    """The number of lines when everything holds, else the first thing that does not."""
    before, last, jobs = GENESIS, 0, dict[str, State]()
    for seq, epoch, at_ms, event, subject, body, told in _lines(reads):
        if seq != last + 1:
            return Finding(last + 1, "the line is missing")
        before = row_hash(before, (seq, epoch, at_ms, event, subject, body))
        if told != before:
            return Finding(seq, "the line or one before it was changed")
        if odd := _follow(jobs, event, subject):
            return Finding(seq, odd)
        last = seq
    given = reads.rows("SELECT seq FROM sqlite_sequence WHERE name = 'journal'")
    if given and given[0][0] != last:
        return Finding(last + 1, f"lines up to {given[0][0]} were written and are gone")
    for job, state in reads.rows("SELECT id, state FROM job ORDER BY id"):
        if jobs.pop(job, None) != state:
            return Finding(0, f"the row of job {job} says {state}, the journal does not")
    if jobs:
        return Finding(0, f"the row of job {min(jobs)} is gone")
    return last


def _lines(reads: Reads) -> Iterator[tuple[Any, ...]]:
    after = 0
    while True:
        found = reads.rows(
            "SELECT seq, epoch, at_ms, event, subject, body, hash FROM journal "
            "WHERE seq > ? ORDER BY seq LIMIT ?",
            after,
            _PIECE,
        )
        if not found:
            return
        yield from found
        after = found[-1][0]


def _follow(jobs: dict[str, State], event: str, subject: str) -> str:
    """Move ``subject`` as the journal says; empty, or why it cannot be."""
    if event == "job_queued":
        if subject in jobs:
            return f"job {subject} is queued a second time"
        jobs[subject] = FIRST
    elif event in WORDS:
        if subject not in jobs:
            return f"job {subject} moves and was never queued"
        try:
            jobs[subject] = step(jobs[subject], Event(event))
        except IllegalMove as error:
            return str(error)
    return ""


def as_line(row: tuple[Any, ...]) -> dict[str, Any]:
    """One line as ``loket journal --json`` prints it, of (seq, epoch, at_ms, event, subject, body)."""
    from agent.status import stamp

    seq, epoch, at_ms, event, subject, body = row
    detail = json.loads(body)
    return {"seq": seq, "epoch": epoch, "at": stamp(at_ms), "event": event, "job": subject, "detail": detail}
