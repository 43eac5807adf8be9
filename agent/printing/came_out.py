"""What a person does with a card that came out: look at it and put it on the shelf, or write it off.

Whoever verifies has the card in hand: its name comes from a reader on the desk or is scanned, and what the
chip bears must be this very attempt's. A card that is written off is named, with a reason and, above the
policy's limit of a day, before a second person; only after it is *spoiled* does its order wait for another.
"""

from __future__ import annotations

from typing import Any

from agent.asking import Args, blank, once, paper, person
from agent.asking import reason as reason_of
from agent.config import Config
from agent.printing import jobs, tagging
from agent.printing.jobs import Job
from agent.printing.states import TRANSITIONS, Event, State
from agent.stock.losses import check_second
from agent.store.journal import Journal, Tx
from domain.people import CLERK
from domain.words import RefusedByRule

TORN = "torn"
_LOSSES: dict[str, Event] = {"spoil": Event.SPOILED, "lose": Event.LOST}
_IN_HAND = frozenset({State.PRINTED, State.VERIFIED, State.READY, State.SENT, State.WITHHELD})


def verify(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """The printed ``job``'s card is in the clerk's hand: ``card`` is its name; it goes on the ``shelf``.

    ``tag``: what a reader found on its chip (hex, "torn", or empty); left out where none was asked. Returns
    {job, state, blank, shelf}. Raises RefusedByRule UNKNOWN_JOB, NOT_PRINTED, WRONG_BLANK, CHIP_OTHER.
    """
    job, held, by = str(args["job"]), blank(str(args["card"])), person(args, "by") or CLERK
    shelf = paper(args["shelf"], "A shelf") if args.get("shelf") else ""
    tag = None if args.get("tag") is None else str(args["tag"])

    def work(tx: Tx) -> dict[str, Any]:
        now = _known(tx, job)
        if now.state not in (State.PRINTED, State.VERIFIED):
            raise RefusedByRule("NOT_PRINTED", f"This one is {now.state}.")
        if now.blank != held:
            raise RefusedByRule("WRONG_BLANK", job)
        if tag is not None and (tag == TORN or tagging.is_other(now, tagging.read(tag) if tag else None)):
            raise RefusedByRule(tagging.OTHER_TAG, job)
        if now.state is State.PRINTED:
            witness = "clerk" if tag is None else "chip"
            jobs.move(tx, job, Event.VERIFIED, {"blank": held, "by": by, "witness": witness})
        state = jobs.move(tx, job, Event.READY, {"blank": held, "shelf": shelf})
        return {"job": job, "state": str(state), "blank": held, "shelf": shelf}

    return once(journal, args, work)


def write_off(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """The card of ``job`` that came out is bad, or cannot be found: ``outcome`` spoil or lose.

    Returns {job, state}. Raises RefusedByRule UNKNOWN_JOB, NOT_IN_HAND, REASON_NEEDED, WRONG_BLANK,
    SECOND_NEEDED, SECOND_IS_FIRST.
    """
    job, event, held = str(args["job"]), _LOSSES[str(args["outcome"])], blank(str(args["blank"]))
    reason, by, second = reason_of(args), person(args, "by"), person(args, "second")

    def work(tx: Tx) -> str:
        now = _known(tx, job)
        if now.state not in _IN_HAND or event not in TRANSITIONS[now.state]:
            raise RefusedByRule("NOT_IN_HAND", f"This one is {now.state}.")
        return str(lose_card(tx, now, event, held, reason, by, second))

    return {"job": job, "state": once(journal, args, work)}


def lose_card(
    tx: Tx, job: Job, event: Event, held: str, reason: str | None, by: str | None, second: str | None
) -> State:
    """Book the job's card as spoiled or lost. Raises RefusedByRule as ``write_off`` does."""
    if reason is None:
        raise RefusedByRule("REASON_NEEDED")
    if job.blank not in (None, held):
        raise RefusedByRule("WRONG_BLANK", job.id)
    check_second(tx, str(event), by, second, tx.at_ms)
    body = {"blank": held, "reason": reason, "by": by or CLERK, "second": second}
    return jobs.move(tx, job.id, event, body)


def _known(tx: Tx, job: str) -> Job:
    found = jobs.get(tx, job)
    if found is None:
        raise RefusedByRule("UNKNOWN_JOB", job)
    return found
