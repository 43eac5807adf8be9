"""What a person may ask of the station that writes the journal, as a table of plain functions.

The command line and the running agent use the same functions: with no agent the command holds the
lock and calls them itself, else they are called inside the agent by name (agent.control). Each
returns a JSON object, or raises RefusedByRule or Trouble. ``request`` among the arguments is the one
asking's own mark: the last request asked again is answered again and not done again.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from agent.config import Config
from agent.printing import jobs, tally
from agent.printing.states import Event, State
from agent.stock import blanks
from agent.store import behind
from agent.store.journal import Journal, Tx, meta, set_meta
from agent.trouble import Trouble
from domain.policy import KINDS
from domain.words import RefusedByRule

T = TypeVar("T")
Args = Mapping[str, Any]
Action = Callable[[Journal, Config, Args], dict[str, Any]]

NEXT_MAX = 1000
LAST_REQUEST = "last_request"
_OUTCOMES: dict[str, Event] = {
    "came_out": Event.PRINTED,
    "spoiled": Event.SPOILED,
    "untouched": Event.UNTOUCHED,
    "lost": Event.LOST,
}
_WORD = re.compile(r"[a-z][a-z0-9_]{1,39}")
_PERSON = re.compile(r"(?!\d{16}$)[A-Za-z0-9._-]{1,40}")  # a staff mark, never a NIK
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._/-]{0,63}")


def print_orders(journal: Journal, config: Config, args: Args) -> dict[str, Any]:
    """Queue ``order``, or the ``next`` n waiting ones; ``blank`` where the clerk names it.

    Returns {jobs: [{job, order, state}]}, and beside it the same of the first, if there is one.
    Raises RefusedByRule UNKNOWN_ORDER, ORDER_CLOSED, JOURNAL_BEHIND_HUB, BLANK_NEEDED, BLANK_NOT_ASKED,
    BLANK_USED, BLANK_UNKNOWN.
    """
    asked = _asked_blank(config, args)
    if not journal.has_room():
        raise Trouble("The disk is nearly full; no new card is begun until some space is freed.")

    def work(tx: Tx) -> list[str]:
        behind.check(tx)
        order = args.get("order")
        count = min(int(args.get("next") or 0), NEXT_MAX)
        orders = [str(order)] if order is not None else jobs.next_waiting(tx, count)
        if asked is not None:
            _check_asked(tx, orders, asked)
        return [jobs.queue(tx, each, asked) for each in orders]

    queued = [jobs.get(journal, job) for job in _once(journal, args, work)]
    told = [{"job": job.id, "order": job.order, "state": str(job.state)} for job in queued if job]
    return {**(told[0] if told else {}), "jobs": told}


def _once(journal: Journal, args: Args, work: Callable[[Tx], T]) -> T:
    """``work``'s answer (JSON). The last ``request`` asked again gives the same one and does nothing.

    So that whoever lost the answer, but not the work, may simply ask again.
    """
    request = args.get("request")

    def once(tx: Tx) -> T:
        last = json.loads(meta(tx, LAST_REQUEST, "{}"))
        if request is not None and last.get("request") == request:
            answer: T = last["answer"]
            return answer
        done = work(tx)
        if request is not None:
            set_meta(tx, LAST_REQUEST, json.dumps({"request": request, "answer": done}))
        return done

    return journal.write(once)


def _asked_blank(config: Config, args: Args) -> str | None:
    text = args.get("blank")
    if config.chip and text is not None:
        raise RefusedByRule("BLANK_NOT_ASKED")
    if not config.chip and text is None:
        raise RefusedByRule("BLANK_NEEDED")
    return None if text is None else _blank(str(text))


def _check_asked(tx: Tx, orders: list[str], asked: str) -> None:
    """A blank may be named for one new job only; pressing twice for the same order is no new job."""
    for order in orders:
        found = tx.rows("SELECT kind FROM order_ WHERE id = ? AND state = 'waiting'", order)
        if found:
            blanks.check(tx, asked, found[0][0])
            if tx.rows("SELECT 1 FROM job WHERE asked = ? AND state IN ('queued', 'staged')", asked):
                raise RefusedByRule("BLANK_USED", asked)


def resolve(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """Settle the unsure ``job`` by ``outcome`` with the ``blank`` in the clerk's hand.

    Raises RefusedByRule UNKNOWN_JOB, NOT_UNSURE, REASON_NEEDED, NEVER_PRINTED, WRONG_BLANK, BLANK_USED,
    BLANK_UNKNOWN.
    """
    job, event, blank = str(args["job"]), _OUTCOMES[str(args["outcome"])], _blank(str(args["blank"]))
    reason, second = args.get("reason"), args.get("second")
    if reason is not None and not _WORD.fullmatch(str(reason)):
        raise Trouble("A reason is one word of small letters, such as smeared or jam.")
    if second is not None and not _PERSON.fullmatch(str(second)):
        raise Trouble("The second person is told by a staff mark: letters, digits, dots and dashes; no NIK.")

    def work(tx: Tx) -> State:
        now = jobs.get(tx, job)
        if now is None:
            raise RefusedByRule("UNKNOWN_JOB", job)
        if now.state is not State.UNSURE:
            raise RefusedByRule("NOT_UNSURE", f"This one is {now.state}.")
        if event is Event.LOST and reason is None:
            raise RefusedByRule("REASON_NEEDED")
        if now.blank is None:
            blanks.check(tx, blank, now.kind)
        body: dict[str, Any] = {"blank": blank, "by": "clerk", "reason": reason or now.cause}
        if event is Event.LOST:
            body["second"] = second
        return jobs.move(tx, job, event, body)

    return {"job": job, "state": str(_once(journal, args, work))}


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

    return {"job": job, "state": str(_once(journal, args, work))}


def receive_blanks(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """Book a ``consignment`` of ``kind``, with ``names`` or by ``count``."""
    consignment, kind = str(args["consignment"]), str(args["kind"])
    if not _NAME.fullmatch(consignment):
        raise Trouble("A consignment's name is letters, digits, dots, slashes and dashes, at most 64.")
    if kind not in KINDS:
        raise RefusedByRule("UNKNOWN_KIND")
    told = args.get("names")
    names = None if told is None else [_blank(str(each)) for each in told]
    count = len(names) if names is not None else int(args["count"])
    if count < 1:
        raise Trouble("A consignment holds at least one blank.")
    new = _once(journal, args, lambda tx: blanks.receive(tx, consignment, kind, names, count))
    return {"consignment": consignment, "kind": kind, "count": count, "new": new}


def looked(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """A person has looked into the trays; ``spoiled``: blanks found there that belong to no job.

    Returns {printer, cards, panels, spoiled}. Raises RefusedByRule BLANK_USED, BLANK_UNKNOWN.
    """
    spoiled = [_blank(str(each)) for each in args.get("spoiled") or []]
    done = journal.write(lambda tx: tally.looked(tx, spoiled))
    if done["printer"] is None and not spoiled:
        raise Trouble("No printer waits for anybody's look.")
    return done


def _blank(text: str) -> str:
    try:
        return blanks.name(text)
    except ValueError as error:
        raise Trouble(f"{error}.") from None


ACTIONS: dict[str, Action] = {
    "print": print_orders,
    "resolve": resolve,
    "cancel": cancel,
    "blanks-receive": receive_blanks,
    "looked": looked,
}
