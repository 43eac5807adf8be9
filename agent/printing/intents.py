"""What the journal keeps of a card's way before each step, and what is read from it again after a death.

The counters of a job are those from before any card moved; a printer that proves nothing has none, and
that is how its jobs are known by whoever takes them up again.
"""

from __future__ import annotations

from typing import Any

from agent.printing import jobs
from agent.printing.jobs import Job
from agent.printing.recovery import Begun, in_path
from agent.printing.states import Event, State
from agent.store.journal import Tx
from domain.people import EVIDENCE
from drivers.card_printer import Snapshot


def noted(before: Snapshot) -> dict[str, Any]:
    """What the journal keeps of the snapshot before any card moved."""
    return {"cards": before.cards, "panels": before.panels}


def before_of(job: Job) -> Snapshot | None:
    """The snapshot a job's intent was noted with, None if it noted none."""
    told = job.before
    if told is None:
        return None
    return Snapshot(
        cards=told.get("cards"),
        panels=told.get("panels"),
        session=job.session,
        reset=False,
        claim=False,
        card_at=(),
        errors=(),
        warnings=(),
    )


def begun_of(job: Job) -> Begun:
    """What recovery has to know of a job."""
    witness = None if job.blank is None else "clerk" if job.asked else "chip"
    before = before_of(job)
    proves = before is None or (before.cards, before.panels) != (None, None)  # else no card would be begun
    return Begun(job.state, job.blank, witness, job.session, before, job.panels, job.chip, proves)


def not_fit(before: Snapshot, *, proves: bool = True) -> str:
    """Why a card must not be fed now; empty when everything it will be judged by is there.

    A printer that ``proves`` nothing has no counters to miss; one that shows some is not believed to be it.
    """
    if proves and (before.cards is None or before.panels is None):
        return "counter_missing"
    if before.reset:
        return "printer_reset"
    if before.errors:
        return before.errors[0]
    if in_path(before):
        return "card_inside"
    return "claim_stuck" if before.claim else ""


def not_begun(tx: Tx, job: Job, reason: str, body: dict[str, Any]) -> None:
    """Let go of the job; a print that was intended is unsure before it can be untouched, in one go."""
    if job.state is State.PRINTING:
        jobs.move(tx, job.id, Event.UNSURE, {"cause": reason, "blank": job.blank})
    jobs.move(tx, job.id, Event.UNTOUCHED, body)


def arm_again(tx: Tx, job: Job, uid: str) -> None:
    """A print that was intended and never began: back to the station, in one transaction.

    The counters stay those from before the card was fed; its panels are proved equal since.
    """
    jobs.move(tx, job.id, Event.UNSURE, {"cause": "link_lost", "blank": uid})
    jobs.move(tx, job.id, Event.UNTOUCHED, {"blank": uid, "by": EVIDENCE, "reason": "at_the_station"})
    intent = {"printer": job.printer, "session": job.session, "before": job.before}
    jobs.move(tx, job.id, Event.FEED_INTENDED, intent)
    jobs.move(tx, job.id, Event.STAGED, {"blank": uid, "kind": job.kind, "witness": "chip"})
