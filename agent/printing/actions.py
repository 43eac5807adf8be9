"""What a person may ask of the printing: print, settle, cancel, and say that the trays were looked into."""

from __future__ import annotations

from typing import Any

from agent import policies
from agent.asking import Args, blank, once, person
from agent.asking import reason as reason_of
from agent.config import Config
from agent.printing import jobs, tally
from agent.printing.came_out import lose_card
from agent.printing.states import Event, State
from agent.stock import blanks
from agent.store import behind
from agent.store.journal import Journal, Tx
from agent.trouble import Trouble
from domain.people import CLERK
from domain.words import RefusedByRule
from drivers.registry import has_station

NEXT_MAX = 1000
NO_CHIP = "kia"
_OUTCOMES: dict[str, Event] = {
    "came_out": Event.PRINTED,
    "spoiled": Event.SPOILED,
    "untouched": Event.UNTOUCHED,
    "lost": Event.LOST,
}


def print_orders(journal: Journal, config: Config, args: Args) -> dict[str, Any]:
    """Queue ``order``, or the ``next`` n waiting ones; ``blank`` where the clerk names it.

    Returns {jobs: [{job, order, state}]}, and beside it the same of the first, if there is one.
    Raises RefusedByRule UNKNOWN_ORDER, ORDER_CLOSED, JOURNAL_BEHIND_HUB, BLANK_NEEDED, BLANK_NOT_ASKED,
    BLANK_USED, BLANK_UNKNOWN.
    """
    asked = None if args.get("blank") is None else blank(str(args["blank"]))
    if not journal.has_room():
        raise Trouble("The disk is nearly full; no new card is begun until some space is freed.")

    def work(tx: Tx) -> list[str]:
        behind.check(tx)
        policies.rerank(tx)  # another policy may have begun at midnight
        order = args.get("order")
        count = min(int(args.get("next") or 0), NEXT_MAX)
        orders = [str(order)] if order is not None else jobs.next_waiting(tx, count)
        _check_asked(tx, orders, asked, chip_names=_chip_names(config))
        return [jobs.queue(tx, each, asked) for each in orders]

    queued = [jobs.get(journal, job) for job in once(journal, args, work)]
    told = [{"job": job.id, "order": job.order, "state": str(job.state)} for job in queued if job]
    return {**(told[0] if told else {}), "jobs": told}


def _chip_names(config: Config) -> bool:
    """Whether a chip reader in the printer names the blanks that have a chip."""
    return bool(config.chip) and (not config.printer or has_station(config.printer))


def _check_asked(tx: Tx, orders: list[str], asked: str | None, *, chip_names: bool) -> None:
    """A blank is named for one new job only; pressing twice for the same order is no new job and needs none.

    Where a chip reader names blanks, only a child's card is named by the clerk: it has no chip. Elsewhere
    every new job has to be given its blank.
    """
    for order in orders:
        for kind, state in tx.rows("SELECT kind, state FROM order_ WHERE id = ?", order):
            if asked is not None and chip_names and kind != NO_CHIP:
                raise RefusedByRule("BLANK_NOT_ASKED")
            if state != "waiting" or (asked is None and chip_names):
                continue
            if asked is None:
                raise RefusedByRule("BLANK_NEEDED")
            blanks.check(tx, asked, kind)
            if tx.rows("SELECT 1 FROM job WHERE asked = ? AND state IN ('queued', 'staged')", asked):
                raise RefusedByRule("BLANK_USED", asked)


def resolve(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """Settle the unsure ``job`` by ``outcome`` with the ``blank`` in the clerk's hand.

    Raises RefusedByRule UNKNOWN_JOB, NOT_UNSURE, REASON_NEEDED, NEVER_PRINTED, WRONG_BLANK, BLANK_USED,
    BLANK_UNKNOWN, SECOND_NEEDED, SECOND_IS_FIRST.
    """
    job, event, held = str(args["job"]), _OUTCOMES[str(args["outcome"])], blank(str(args["blank"]))
    reason, by, second = reason_of(args), person(args, "by"), person(args, "second")

    def work(tx: Tx) -> State:
        now = jobs.get(tx, job)
        if now is None:
            raise RefusedByRule("UNKNOWN_JOB", job)
        if now.state is not State.UNSURE:
            raise RefusedByRule("NOT_UNSURE", f"This one is {now.state}.")
        if now.blank is None:
            blanks.check(tx, held, now.kind)
        if event in (
            Event.SPOILED,
            Event.LOST,
        ):  # why it was unsure is why it is spoiled, but not why it is lost
            why = reason or (now.cause if event is Event.SPOILED else None)
            return lose_card(tx, now, event, held, why, by, second)
        return jobs.move(tx, job, event, {"blank": held, "by": by or CLERK, "reason": reason or now.cause})

    return {"job": job, "state": str(once(journal, args, work))}


def cancel(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """Take a job out of the queue; its order waits again. Raises RefusedByRule UNKNOWN_JOB, NOT_QUEUED."""
    job = str(args["job"])

    def work(tx: Tx) -> State:
        now = jobs.get(tx, job)
        if now is None:
            raise RefusedByRule("UNKNOWN_JOB", job)
        if now.state is not State.QUEUED:
            raise RefusedByRule("NOT_QUEUED", f"This one is {now.state}.")
        return jobs.move(tx, job, Event.CANCELLED, {"reason": "clerk"})

    return {"job": job, "state": str(once(journal, args, work))}


def looked(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """A person has looked into the trays; ``spoiled``: blanks found there that belong to no job.

    Returns {printer, cards, panels, spoiled}. Raises RefusedByRule BLANK_USED, BLANK_UNKNOWN, SECOND_NEEDED,
    SECOND_IS_FIRST.
    """
    spoiled = [blank(str(each)) for each in args.get("spoiled") or []]
    by, second = person(args, "by"), person(args, "second")
    done = journal.write(lambda tx: tally.looked(tx, spoiled, by, second))
    if done["printer"] is None and not spoiled:
        raise Trouble("No printer waits for anybody's look.")
    return done
