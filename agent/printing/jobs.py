"""Jobs: what should happen to one card, moved only through the table in agent.printing.states.

Each function takes an open transaction and does its rows and its journal line in it, so that the
two can never disagree. One order is one job at a time: pressing print twice gives the same job,
and a new attempt is made only after the last one ended without a good card.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent import province_clock
from agent.printing.states import FIRST, Event, State, step
from agent.stock import blanks
from agent.store.journal import Tx, meta, set_meta
from agent.store.sqlite import Reads
from domain.people import EVIDENCE
from domain.wita import day
from domain.words import RefusedByRule

DAY_MS = 86_400_000
_COLUMNS = (
    "id, order_id, kind, attempt, state, asked, blank, cause, issued_on, printer, session, before, "
    "panels, artefact, chip, shelf, queued_ms, at_ms"
)
_ORDER_AFTER: dict[State, str] = {
    State.PRINTED: "printed",
    State.SPOILED: "waiting",  # the order waits again; the next press makes the next attempt
    State.CANCELLED: "waiting",
    State.LOST: "lost",
    State.HANDED_OVER: "handed_over",
    State.WITHHELD: "withheld",
    State.READY: "printed",
    State.SENT: "printed",
    State.RETURNED: "withheld",  # its card lies with the province; no other is printed for this order
}


_TELLS_ORDER = frozenset(
    {
        *(Event.PRINTED, Event.SPOILED, Event.LOST, Event.CANCELLED, Event.VERIFIED, Event.READY),
        *(Event.WITHHELD, Event.RETURNED, Event.SENT, Event.HANDED_OVER),
    }
)


@dataclass(frozen=True, slots=True)
class Job:
    """One attempt at one order's card. ``before``: the printer's counters when the feed was intended.

    ``chip``: "intended" or "written" as far as this attempt's tag got; ``shelf``: where the ready card lies.
    """

    id: str
    order: str
    kind: str
    attempt: int
    state: State
    asked: str | None
    blank: str | None
    cause: str | None
    issued_on: str
    printer: str | None
    session: int | None
    before: dict[str, Any] | None
    panels: int | None
    artefact: str | None
    chip: str | None
    shelf: str | None
    queued_ms: int
    at_ms: int

    @property
    def next_step(self) -> str | None:
        """What the job waits for: ``wait`` for the printer, else the person's next act; None when over."""
        return _NEXT_STEP.get(self.state)


_NEXT_STEP = {
    State.QUEUED: "wait",
    State.STAGED: "wait",
    State.PRINTING: "wait",
    State.UNSURE: "resolve",
    State.PRINTED: "verify",
    State.VERIFIED: "hand_over",
    State.READY: "hand_over",
    State.SENT: "deliver",
    State.WITHHELD: "supervisor",
}
_CHIP_AFTER: dict[Event, str | None] = {
    Event.UNTOUCHED: None,
    Event.CHIP_INTENDED: "intended",
    Event.CHIP_WRITTEN: "written",
}


def _job(row: tuple[Any, ...]) -> Job:
    cells: list[Any] = list(row)
    cells[4] = State(cells[4])
    cells[11] = json.loads(cells[11]) if cells[11] is not None else None
    return Job(*cells)


def get(reads: Reads, job: str) -> Job | None:
    """The job of this id."""
    found = reads.rows(f"SELECT {_COLUMNS} FROM job WHERE id = ?", job)  # noqa: S608
    return _job(found[0]) if found else None


def in_state(reads: Reads, *states: State) -> list[Job]:
    """Jobs in any of ``states``, the longest waiting first."""
    marks = ", ".join("?" * len(states))
    sql = f"SELECT {_COLUMNS} FROM job WHERE state IN ({marks}) ORDER BY queued_ms, id"  # noqa: S608
    return [_job(row) for row in reads.rows(sql, *states)]


def listed(reads: Reads) -> list[Job]:
    """Every job, the longest known first."""
    return [_job(row) for row in reads.rows(f"SELECT {_COLUMNS} FROM job ORDER BY queued_ms, id")]  # noqa: S608


def open_jobs(reads: Reads) -> list[Job]:
    """Jobs that the printer or a person still owes an answer: queued, staged, printing, unsure."""
    return in_state(reads, State.QUEUED, State.STAGED, State.PRINTING, State.UNSURE)


def last_finished(reads: Reads, count: int) -> list[Job]:
    """The ``count`` jobs that ended last, good cards and others, the latest first."""
    sql = (
        f"SELECT {_COLUMNS} FROM job WHERE state NOT IN ('queued', 'staged', 'printing', 'unsure') "  # noqa: S608
        "ORDER BY at_ms DESC, id LIMIT ?"
    )
    return [_job(row) for row in reads.rows(sql, count)]


def next_queued(reads: Reads, count: int = 1) -> list[Job]:
    """The ``count`` queued jobs that come next: those to be printed at once, then the longest waiting."""
    sql = (
        f"SELECT {_COLUMNS} FROM job WHERE state = ? ORDER BY "  # noqa: S608
        "(SELECT rank FROM order_ WHERE order_.id = order_id) >= 0, queued_ms, id LIMIT ?"
    )
    return [_job(row) for row in reads.rows(sql, State.QUEUED, count)]


def counts(reads: Reads) -> dict[str, int]:
    """How many jobs are in each state; states without any are left out."""
    return dict(reads.rows("SELECT state, count(*) FROM job GROUP BY state ORDER BY state"))


def next_waiting(reads: Reads, count: int) -> list[str]:
    """The ``count`` orders that are printed next: by the reason's rank, then the older request."""
    sql = "SELECT id FROM order_ WHERE state = 'waiting' ORDER BY rank, requested, id LIMIT ?"
    return [row[0] for row in reads.rows(sql, count)]


def queue(tx: Tx, order: str, asked: str | None = None) -> str:
    """The job of ``order``: the one it has, or a new attempt if it waits. Returns the job's id.

    ``asked`` is the blank the clerk named. Raises RefusedByRule UNKNOWN_ORDER, ORDER_CLOSED, CLOCK_WRONG:
    a card is dated here, and its holder's age is judged by that day for good.
    """
    found = tx.rows("SELECT kind, state FROM order_ WHERE id = ?", order)
    if not found:
        raise RefusedByRule("UNKNOWN_ORDER", order)
    kind, state = found[0]
    last = tx.rows("SELECT id, attempt FROM job WHERE order_id = ? ORDER BY attempt DESC LIMIT 1", order)
    if state in ("taken", "printed") and last:
        return str(last[0][0])
    if state != "waiting":
        raise RefusedByRule("ORDER_CLOSED", order)
    if province_clock.wrong(tx, tx.at_ms):
        raise RefusedByRule("CLOCK_WRONG")
    # One order draws one picture; a job that moved no ink dates nothing, for holders grow older meanwhile.
    ((drawn,),) = tx.rows("SELECT max(issued_on) FROM job WHERE order_id = ? AND panels IS NOT NULL", order)
    attempt, issued_on = last[0][1] + 1 if last else 1, drawn or day(tx.at_ms)
    job = f"{order}-{attempt}"
    tx.execute(
        "INSERT INTO job (id, order_id, kind, attempt, state, asked, issued_on, queued_ms, at_ms) "
        "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
        *(job, order, kind, attempt, FIRST, asked, issued_on, tx.at_ms, tx.at_ms),
    )
    tx.execute("UPDATE order_ SET state = 'taken' WHERE id = ?", order)
    tx.note("job_queued", job, {"order": order, "kind": kind, "attempt": attempt})
    return job


def move(tx: Tx, job: str, event: Event, body: Mapping[str, Any]) -> State:
    """Move ``job`` by ``event``: its row, its order, its blank and its journal line, in ``tx``.

    ``order`` and ``kind`` are filled in from the row where the event asks for them. Raises
    IllegalMove, RefusedByRule UNKNOWN_JOB, WRONG_BLANK (another blank than the job's), NEVER_PRINTED
    (no print was ever intended), and ValueError for a body that lacks a field; the caller's
    transaction is then undone.
    """
    now = get(tx, job)
    if now is None:
        raise RefusedByRule("UNKNOWN_JOB", job)
    after = step(now.state, event)
    told = {**_told_by_row(now, event), **body}
    named = told.get("blank")
    if now.blank is not None and named is not None and named != now.blank:
        raise RefusedByRule("WRONG_BLANK", job)
    if after is State.PRINTED and now.panels is None:
        raise RefusedByRule("NEVER_PRINTED", job)
    tx.note(event, job, told)
    _set_row(tx, now, event, after, told)
    if after in _ORDER_AFTER:
        tx.execute("UPDATE order_ SET state = ? WHERE id = ?", _ORDER_AFTER[after], now.order)
    blanks.post(tx, event, job, told)
    return after


def refuse(tx: Tx, job: str, word: str) -> None:
    """The order of this queued job can never become a card: both end, and the province is told ``word``.

    Unlike a clerk's own cancelling, which lets the order wait again. Raises as ``move`` does.
    """
    move(tx, job, Event.CANCELLED, {"reason": word})
    ((order,),) = tx.rows("SELECT order_id FROM job WHERE id = ?", job)
    tx.execute("UPDATE order_ SET state = 'refused' WHERE id = ?", order)
    tx.note("order_refused", order, {"word": word})
    forget(tx, order)


def forget(tx: Tx, order: str) -> None:
    """Delete the order's personal part: it will not be printed here."""
    tx.execute("DELETE FROM payload WHERE sha256 = (SELECT payload_sha256 FROM order_ WHERE id = ?)", order)


def forget_told(tx: Tx, after: int, upto: int) -> None:
    """The same for the orders whose way ended in the journal lines above ``after`` up to ``upto``.

    A printed card's is needed until somebody has it: its name is asked for at the counter, and another card
    may have to be printed.
    """
    tx.execute(
        "DELETE FROM payload WHERE sha256 IN (SELECT payload_sha256 FROM order_ WHERE id IN ("
        "SELECT json_extract(body, '$.order') FROM journal "
        "WHERE seq > ? AND seq <= ? AND event IN ('handed_over', 'lost', 'returned')))",
        *(after, upto),
    )


def forget_old(tx: Tx, keep_days: int) -> None:
    """The same for the cards that nobody has come for in ``keep_days`` days after they were printed.

    Looked for once a day. Such a card still goes out by its number; another one cannot be printed for it.
    Counted to the province's last word, at most: no clock of ours alone makes days pass that nobody lived.
    """
    now_ms = min(tx.at_ms, province_clock.said(tx) or 0)
    today = day(now_ms)
    if meta(tx, "forgot_on") == today:
        return
    set_meta(tx, "forgot_on", today)
    before_ms = now_ms - keep_days * DAY_MS
    tx.execute(
        "DELETE FROM payload WHERE sha256 IN (SELECT payload_sha256 FROM order_ WHERE id IN ("
        "SELECT order_id FROM job WHERE state IN ('printed', 'verified', 'ready', 'sent', 'withheld') "
        "AND issued_on <= ? "  # no card is older than its day of issue, and the journal is long
        "AND id IN (SELECT subject FROM journal WHERE event = 'printed' AND at_ms < ?)))",
        *(day(before_ms), before_ms),
    )


def _told_by_row(job: Job, event: Event) -> dict[str, Any]:
    """What the row knows and the journal line has to say."""
    if event is Event.FEED_INTENDED:
        return {}
    return {"order": job.order, "kind": job.kind} if event in _TELLS_ORDER else {"kind": job.kind}


def _set_row(tx: Tx, job: Job, event: Event, after: State, told: Mapping[str, Any]) -> None:
    keep = event is not Event.UNTOUCHED  # an untouched job is armed again from the beginning
    before = told.get("before", job.before if keep else None)
    # The blank somebody holds is not in the feeder any more: whatever is fed next has to be named anew.
    asked = job.asked if keep or told["by"] == EVIDENCE else None
    tx.execute(
        "UPDATE job SET state = ?, asked = ?, blank = ?, cause = ?, printer = ?, session = ?, before = ?, "
        "panels = ?, artefact = ?, chip = ?, shelf = ?, at_ms = ? WHERE id = ?",
        after,
        asked,
        (told.get("blank") or job.blank) if keep else None,
        told.get("cause") or told.get("reason"),
        told.get("printer", job.printer if keep else None),
        told.get("session", job.session if keep else None),
        json.dumps(before) if before is not None else None,
        told.get("panels", job.panels if keep else None),
        told.get("artefact", job.artefact if keep else None),
        _CHIP_AFTER.get(event, job.chip),
        told.get("shelf", job.shelf),
        tx.at_ms,
        job.id,
    )
