"""What became of a card: one pure decision from what the journal intended and what the printer shows.

Asked for each unfinished job when the agent starts, and after any exchange whose outcome is unknown.
Nothing here guesses. A card counts as printed only when both counters moved exactly as intended,
the path is empty and the printer has neither restarted nor been anyone else's since; it counts as
blank only while its chip names it at the station before any printing was intended, or where no motion
can have been asked for: after that intent a dead process's bytes may still be on their way, so that no
later one ever prints on the card that waits there. While the printer may still go on with a job by
itself, nobody decides. Everything else is *unsure*: the lane closes, whatever lies inside goes to the
reject tray, and a person with the card in hand decides. What the chip bears of an attempt only ever speaks
against a card. A printer that proves nothing settles nothing: past the intent its card is *unsure*.
Tests hold these rows against a model of what could have happened physically
(tests/unit/agent/test_recovery.py).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from agent.printing.states import State
from drivers.card_printer import INSIDE, PrinterStatus, Snapshot

STATION = "contactless"  # where a staged card lies while its chip is read
CLAIMED, LAPSED, SPOOLED = "claim_stuck", "session_lost", "spooled"


class Act(StrEnum):
    """What the worker does with the job."""

    NOTHING = "nothing"
    WAIT = "wait"  # the printer cannot be seen, or may still go on with the job by itself
    AGAIN = "again"  # no card was touched: the same job waits again
    GO_ON = "go_on"  # the card lies at the station, named and blank: the same job goes on with it
    PRINTED = "printed"
    UNSURE = "unsure"


class Worn(StrEnum):
    """The tag that the card at the station bears, in view of one attempt."""

    NOTHING = "nothing"  # no tag, or no place for one
    OURS = "ours"
    OTHER = "other"
    TORN = "torn"  # some attempt had begun to write it


@dataclass(frozen=True, slots=True)
class Begun:
    """What the journal knows of a job: its state, the named blank, and the intent with its counters.

    ``before`` was taken before any card moved, under ``session``. ``panels`` is None until printing
    was intended. ``witness`` tells who named the blank: "chip" or "clerk"; ``chip`` how far this attempt's
    tag got: "intended", "written" or None; ``proves`` whether its printer's word may settle anything.
    """

    state: State
    blank: str | None = None
    witness: str | None = None
    session: int | None = None
    before: Snapshot | None = None
    panels: int | None = None
    chip: str | None = None
    proves: bool = True


@dataclass(frozen=True, slots=True)
class Decision:
    """What to do with the job, why, with which blank, and whether the card inside must be rejected."""

    act: Act
    cause: str = ""
    blank: str | None = None
    reject: bool = False


def decide(
    job: Begun,
    snapshot: Snapshot | None,
    uid: str | None,
    *,
    unsent: bool = False,
    tag: Worn = Worn.NOTHING,
) -> Decision:
    """The decision for ``job``, given what the printer shows and the chip at the station answers.

    ``snapshot`` None: the printer does not answer. ``uid`` None: no chip was read at the station;
    ``tag``: what that card bears. ``unsent``: this very process knows that the printer accepted no byte
    that moves or prints a card since the intent; never true after a restart.
    """
    if job.state not in (State.STAGED, State.PRINTING, State.UNSURE):
        return Decision(Act.NOTHING, blank=job.blank)
    if job.state is not State.UNSURE and not job.proves:
        return _unproved(job, unsent)
    if snapshot is None:
        act = Act.NOTHING if job.state is State.UNSURE else Act.WAIT
        return Decision(act, "no_answer", job.blank)
    inside = in_path(snapshot)
    if job.state is State.UNSURE:
        return Decision(Act.NOTHING, blank=job.blank, reject=bool(inside))
    if _never_fed(job, snapshot):
        return Decision(Act.AGAIN, "nothing_fed", job.blank)
    told = unsent and not inside  # an error then only says why nothing was taken
    doubt = _doubt(job, replace(snapshot, errors=()) if told else snapshot)
    if _hangs(job, snapshot, doubt):
        return Decision(Act.WAIT, CLAIMED, job.blank)
    if doubt:
        return _unsure(job, doubt, inside)
    if inside:
        against = _not_ours(job, uid, tag) if inside == (STATION,) else "card_inside"
        return _with_a_card_inside(job, snapshot, uid, against, unsent)
    return _with_an_empty_path(job, snapshot, unsent)


def in_path(seen: Snapshot | PrinterStatus) -> tuple[str, ...]:
    """Where cards lie inside the printer; what waits in the feeder or lies in the hopper does not."""
    return tuple(place for place in seen.card_at if place in INSIDE)


def _never_fed(job: Begun, now: Snapshot) -> bool:
    """No chip was read, printing was never intended, no counter moved and nothing is inside.

    The one place where equal counters settle anything, after a restart of the printer too. They need not
    prove that no blank moved: not a byte of this job's card was ever sent, so no card of it can exist and
    taking the order up again makes no second one. A blank that did leave unseen is still counted as on
    hand, and the next card's counters show it. Never when the printer was somebody else's since.
    """
    if now.session != job.session and not (now.reset and now.session == 0):
        return False
    if job.state is not State.STAGED or job.witness == "chip" or now.claim or in_path(now):
        return False
    before = job.before
    if before is None or before.cards is None or before.panels is None:
        return False
    return (now.cards, now.panels) == (before.cards, before.panels)


def _doubt(job: Begun, now: Snapshot) -> str:
    """The first reason why the printer's word cannot be taken; empty when it can."""
    before = job.before
    if before is None or before.cards is None or before.panels is None:
        return "counter_missing"
    if now.reset:
        return "printer_reset"
    if now.session is None or now.session != job.session:
        return LAPSED
    if now.errors:
        return now.errors[0]
    if now.cards is None or now.panels is None:
        return "counter_missing"
    return CLAIMED if now.claim else ""


def _hangs(job: Begun, now: Snapshot, doubt: str) -> bool:
    """The printer may still go on with this job by itself: a claim outlives its reservation."""
    if not now.claim or now.errors or _complete(job, now):
        return False
    return doubt == CLAIMED or (doubt == LAPSED and now.session == 0)


def _unproved(job: Begun, unsent: bool) -> Decision:
    """No look can tell anything of this card: not one byte of it was sent, or a person has to find it.

    Before the intent to print nothing moves at such a printer, which has no station.
    """
    if job.state is State.STAGED:
        return Decision(Act.AGAIN, "nothing_fed", job.blank)
    if unsent:
        return Decision(Act.AGAIN, "nothing_sent", job.blank)
    return Decision(Act.UNSURE, SPOOLED, job.blank)


def _not_ours(job: Begun, uid: str | None, tag: Worn) -> str:
    """What the chip at the station says against this being the job's card; empty when nothing.

    A card that has no name here yet is judged where it gets one, and with it a tag of an older attempt.
    """
    if uid is None:
        return "no_chip"
    if job.blank is not None and uid != job.blank:
        return "chip_changed"
    if job.blank is None and job.state is State.PRINTING:
        return "chip_changed"
    if job.chip is not None and tag in (Worn.OTHER, Worn.TORN):
        return "chip_changed"
    return "chip_changed" if job.chip == "written" and tag is Worn.NOTHING else ""


def _with_a_card_inside(job: Begun, now: Snapshot, uid: str | None, against: str, unsent: bool) -> Decision:
    """Only a card that its chip names at the station, with no panel laid down since, is still ours.

    Past the intent to print only this very process can know that the printer took nothing.
    """
    inside = in_path(now)
    if job.state is State.PRINTING and not unsent:
        return _unsure(job, "card_inside", inside)
    if against:
        return _unsure(job, against, inside)
    fed, laid = _moved(job, now)
    if laid != 0 or fed not in (0, 1):  # 0: a counter may lag behind the card it counts
        return _unsure(job, "counter_mismatch", inside)
    return Decision(Act.GO_ON, "at_the_station", uid)


def _with_an_empty_path(job: Begun, now: Snapshot, unsent: bool) -> Decision:
    if _complete(job, now) and not now.errors:
        return Decision(Act.PRINTED, "evidence", job.blank)
    if unsent and _moved(job, now) == (0, 0):
        return Decision(Act.AGAIN, "nothing_sent", job.blank)
    return _unsure(job, "counter_mismatch", ())


def _complete(job: Begun, now: Snapshot) -> bool:
    """Whether the card has left with every panel: whatever else is told, no more will be printed of it."""
    if job.state is not State.PRINTING or in_path(now) or now.cards is None or now.panels is None:
        return False
    return _moved(job, now) == (1, job.panels)


def _moved(job: Begun, now: Snapshot) -> tuple[int, int]:
    """How many cards were fed and panels laid down since the intent. Needs counters on both sides."""
    before = job.before
    if before is None or before.cards is None or before.panels is None or None in (now.cards, now.panels):
        raise ValueError("a counter is missing")
    return (now.cards or 0) - before.cards, (now.panels or 0) - before.panels


def _unsure(job: Begun, cause: str, inside: tuple[str, ...]) -> Decision:
    return Decision(Act.UNSURE, cause, job.blank, reject=bool(inside))
