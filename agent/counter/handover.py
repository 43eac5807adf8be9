"""Giving a card out: what the clerk tells becomes one case, domain/handover.py decides, and it is written.

Papers that came in are booked with the card that goes out, in one transaction. A card whose chip or holder
is another's is withheld in the journal and refused to whoever asks, again and again with the same word.
Asked twice, everything here answers twice and does once. By courier or post the card is only ``sent``: it
stays ours until somebody tells that it was delivered, came back, or is lost.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from agent import policies
from agent.asking import Args, blank, once, paper, person, two
from agent.asking import reason as reason_of
from agent.config import Config
from agent.counter import finger, papers
from agent.counter.ready import suket_open
from agent.printing import jobs, tagging
from agent.printing.came_out import TORN
from agent.printing.jobs import Job
from agent.printing.states import Event, State
from agent.stock import blanks
from agent.store.journal import Journal, Tx
from agent.store.sqlite import Reads
from agent.trouble import Trouble
from domain import people
from domain.handover import FAR, Answer, Case, Channel, Chip, Decision, Excuse, decide
from domain.words import RefusedByRule

_GIVEN = (State.HANDED_OVER, State.SENT)


@dataclass(frozen=True, slots=True)
class Told:
    """What the clerk tells of one card, checked for its form.

    ``card``: the scanned name; ``read``: the chip's UID; ``tag``: what the chip bears, hex, "torn" or empty;
    ``mute``: a reader stood there and the chip did not answer.
    """

    job: str
    card: str | None
    read: str | None
    tag: str | None
    mute: bool
    finger: str | None
    offered: tuple[papers.Offered, ...]
    channel: Channel
    proof: str | None
    receiver: str | None
    exception: str | None
    by: str | None
    supervisor: str | None


def hand_over(journal: Journal, config: Config, args: Args) -> dict[str, Any]:
    """Give the card of ``job`` out, or refuse with the table's word; withholding is written before.

    Returns {job, state, channel, exception}. Raises RefusedByRule UNKNOWN_JOB, NOT_READY, WRONG_BLANK,
    WRONG_SUKET, BLANK_USED, NOT_A_CARD and the words of domain.handover.TABLE.
    """
    told = _told(args)

    def work(tx: Tx) -> dict[str, Any]:
        job = _job(tx, told.job)
        if told.card is not None and told.card != job.blank:
            raise RefusedByRule("WRONG_BLANK", told.job)
        if job.state in _GIVEN:
            return _answer(job.id, job.state, _line(tx, job))
        if job.state is State.WITHHELD:
            return {"withheld": job.cause}
        if job.state is not State.READY:
            raise RefusedByRule("NOT_READY", f"This one is {job.state}.")
        case = _case(tx, config, job, told)
        found = decide(policies.current(tx, tx.at_ms).hand_over, case)
        if found.answer is Answer.WITHHOLD:
            body = {"blank": job.blank, "reason": found.word, "by": told.by}
            jobs.move(tx, job.id, Event.WITHHELD, body)
            return {"withheld": found.word}
        papers.check(tx, job, told.offered)
        if found.answer is not Answer.HAND_OVER:
            raise RefusedByRule(found.word)
        return _give(tx, job, told, case, found)

    done = once(journal, args, work)
    if "withheld" in done:
        raise RefusedByRule(str(done["withheld"]))
    return done


def withheld(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """A withheld card: back on the shelf by a ``supervisor`` who found the cause, or ``up`` the chain.

    Returns {job, state}. Raises RefusedByRule UNKNOWN_JOB, NOT_WITHHELD, SECOND_IS_FIRST.
    """
    name, up = str(args["job"]), bool(args.get("up"))
    by, supervisor, reason = person(args, "by"), person(args, "supervisor"), reason_of(args)
    if up and by is None:
        raise Trouble("Say who sends it up: --by.")
    if not up and reason is None:
        raise Trouble("A supervisor puts it back, with a reason: --supervisor, --reason.")
    if not up and not two(by, supervisor):
        raise Trouble("A supervisor and the clerk put it back: --supervisor, --by.")

    def work(tx: Tx) -> dict[str, Any]:
        job = _job(tx, name)
        if job.state is (State.RETURNED if up else State.READY):
            return {"job": name, "state": str(job.state)}
        if job.state is not State.WITHHELD:
            raise RefusedByRule("NOT_WITHHELD", f"This one is {job.state}.")
        body = {"blank": job.blank, "by": by, "reason": reason or job.cause}
        if up:
            return {"job": name, "state": str(jobs.move(tx, name, Event.RETURNED, body))}
        more = {"shelf": job.shelf, "second": supervisor}
        return {"job": name, "state": str(jobs.move(tx, name, Event.READY, body | more))}

    return once(journal, args, work)


def delivered(journal: Journal, _config: Config, args: Args) -> dict[str, Any]:
    """A sent card came to its holder, as ``proof`` says, or came ``back`` to the ``shelf``.

    Returns {job, state}. Raises RefusedByRule UNKNOWN_JOB, NOT_SENT.
    """
    name, back, by = str(args["job"]), bool(args.get("back")), person(args, "by")
    proof, shelf = _paper(args, "proof"), args.get("shelf")
    shelf = None if shelf is None else paper(shelf, "A shelf")
    if not back and proof is None:
        raise Trouble("Say which paper proves the delivery: --proof.")

    def work(tx: Tx) -> dict[str, Any]:
        job = _job(tx, name)
        if job.state is (State.READY if back else State.HANDED_OVER):
            return {"job": name, "state": str(job.state)}
        if job.state is not State.SENT:
            raise RefusedByRule("NOT_SENT", f"This one is {job.state}.")
        if back:
            body = {"blank": job.blank, "shelf": shelf or job.shelf, "by": by, "reason": "undelivered"}
            return {"job": name, "state": str(jobs.move(tx, name, Event.READY, body))}
        line = _line(tx, job)
        body = {**line, "waybill": line.get("proof"), "proof": proof, "by": by}
        return {"job": name, "state": str(jobs.move(tx, name, Event.HANDED_OVER, body))}

    return once(journal, args, work)


def _told(args: Args) -> Told:
    """The arguments, each in its form. Raises Trouble."""
    exception, supervisor, by = reason_of(args, "exception"), person(args, "supervisor"), person(args, "by")
    if (exception is None) != (supervisor is None):
        raise Trouble("An exception is a word and a supervisor's mark: --exception and --supervisor.")
    if exception is not None and by is None:
        raise Trouble("An exception needs the clerk's own mark as well: --by.")
    channel, receiver = Channel(str(args.get("channel") or "counter")), args.get("receiver")
    if (channel is Channel.FAMILY or receiver is not None) and receiver not in people.RELATIVES:
        raise Trouble(f"Say who collects it: --receiver {'|'.join(people.RELATIVES)}.")
    card, read = args.get("card"), args.get("read")
    mute = bool(args.get("mute"))
    if card is None and read is None:
        raise Trouble(
            "Say which card you hold: scan it with --card, or lay it on the desk reader with --read."
        )
    return Told(
        str(args["job"]),
        None if card is None else blank(str(card)),
        None if read is None else blank(str(read)),
        None if args.get("tag") is None else str(args["tag"]),
        mute,
        args.get("finger"),
        papers.offered(args.get("old") or []),
        channel,
        _paper(args, "proof"),
        None if receiver is None else str(receiver),
        exception,
        by,
        supervisor,
    )


def _paper(args: Args, name: str) -> str | None:
    told = args.get(name)
    return None if told is None else paper(told, "A proof")


def _job(reads: Reads, name: str) -> Job:
    job = jobs.get(reads, name)
    if job is None:
        raise RefusedByRule("UNKNOWN_JOB", name)
    return job


def _case(tx: Tx, config: Config, job: Job, told: Told) -> Case:
    ((reason,),) = tx.rows("SELECT reason FROM order_ WHERE id = ?", job.order)
    return Case(
        job.kind,
        reason,
        suket_open(tx, job.order),
        _chip(tx, config, job, told),
        finger.told(config, told.finger, supervised=told.supervisor is not None),
        papers.counting(tx, job.order, told.offered),
        told.channel,
        told.proof is not None,
        _excuse(told),
    )


def _excuse(told: Told) -> Excuse:
    if told.exception is None or told.by is None or told.supervisor is None:
        return Excuse.NONE
    return Excuse.SELF if people.same(told.by, told.supervisor) else Excuse.GIVEN


def _chip(reads: Reads, config: Config, job: Job, told: Told) -> Chip:
    """What the chip says of the card in the hand.

    A name that nobody here knows is a stranger's, but only where blanks are named by their chips: elsewhere
    the journal knows the printed names alone, and the scan has to do.
    """
    if told.mute:
        return Chip.UNREADABLE
    if told.read is None:
        return Chip.NO_CHIP if job.kind == "kia" else Chip.NOT_READ
    other = _others(job, told.tag)
    if told.read == job.blank:
        return Chip.MISMATCH if other else Chip.MATCH
    known = blanks.find(reads, told.read) is not None
    if told.card is None and known:
        return Chip.OTHER_CARD
    if config.chip or known or (other and told.tag):
        return Chip.MISMATCH
    if told.tag:
        return Chip.MATCH
    if told.card is None:
        raise RefusedByRule("BLANK_NEEDED", told.job)
    return Chip.NOT_READ


def _others(job: Job, tag: str | None) -> bool:
    """Whether what the chip bears speaks against the job. Raises Trouble."""
    try:
        if tag is None or tag == TORN:
            return tag == TORN
        return tagging.is_other(job, tagging.read(tag) if tag else None)
    except ValueError:
        raise Trouble("What the reader tells of the chip cannot be understood.") from None


def _give(tx: Tx, job: Job, told: Told, case: Case, found: Decision) -> dict[str, Any]:
    """Book what came in, and the card as given or sent."""
    papers.take_in(tx, job, told.offered, case.reason, told.by)
    excused = bool(found.excused)
    came = "+".join(sorted(case.old)) or ("missing" if excused and _paper_excused(found) else "none_due")
    body = {
        "blank": job.blank,
        "channel": str(case.channel),
        "chip": str(case.chip),
        "finger": str(case.finger),
        "old": came,
        "came_in": papers.named(job, told.offered),
        "exception": told.exception if excused else None,
        "second": told.supervisor if excused else None,
        "proof": told.proof,
        "by": told.by,
        "receiver": told.receiver,
        "excused": list(found.excused),
    }
    event = Event.SENT if case.channel in FAR else Event.HANDED_OVER
    return _answer(job.id, jobs.move(tx, job.id, event, body), body)


def _paper_excused(found: Decision) -> bool:
    return any(word in ("OLD_CARD_DUE", "SUKET_DUE", "LETTER_DUE") for word in found.excused)


def _line(reads: Reads, job: Job) -> dict[str, Any]:
    """What the journal last told of this card's going out."""
    sql = (
        "SELECT body FROM journal WHERE subject = ? AND event IN ('sent', 'handed_over') "
        "ORDER BY seq DESC LIMIT 1"
    )
    found: dict[str, Any] = json.loads(reads.rows(sql, job.id)[0][0])
    return found


def _answer(job: str, state: State, body: Mapping[str, Any]) -> dict[str, Any]:
    return {"job": job, "state": str(state), "channel": body["channel"], "exception": body["exception"]}
