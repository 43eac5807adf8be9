"""One card's way through the printer, from the reservation to the verdict.

    reserve, snapshot → [feed_intended] → feed, read chip → [staged] → [print_intended] → print → [printed]

Each word in brackets is on the disk before the step after it begins. Nothing here is done twice and
nothing is decided: whatever ends in doubt is handed back as ``Look``, and the worker looks.
Where no chip reader is, the clerk named the blank beforehand and no card moves before ``print_intended``.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from agent.printing import jobs, tally
from agent.printing.jobs import Job
from agent.printing.lane import CHIP_TIMEOUT_S, Lane, Store
from agent.printing.recovery import Begun, in_path
from agent.printing.states import Event, IllegalMove, State
from agent.stock import blanks
from agent.store.journal import Tx
from domain.words import RefusedByRule
from drivers.card_printer import Artefact, Snapshot, Verdict
from drivers.errors import DeviceError, NeedsHands, Unreachable


class End(StrEnum):
    """How a card's way ended, for the worker."""

    PRINTED = "printed"
    UNSURE = "unsure"
    LOOK = "look"  # something was begun: look at the printer, then decide
    LATER = "later"  # nothing was begun: the same again after a pause
    GONE = "gone"  # the clerk took the job out of the queue meanwhile; nothing was begun
    STRANGE = "strange"  # the card at the station is none that may be used; the job waits again


@dataclass(frozen=True, slots=True)
class Outcome:
    """``unsent``: the printer took no byte that moves or prints a card since the last intent."""

    end: End
    cause: str = ""
    unsent: bool = False


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
    return Begun(job.state, job.blank, witness, job.session, before_of(job), job.panels)


class Cycle:
    """Takes one job's card through one lane.

    ``session`` is this station's number at any printer, 3..65535, the same in each life, so that a
    reservation left by a death is still our own; begun jobs are settled before it is used again.
    """

    def __init__(self, lane: Lane, store: Store, session: int) -> None:
        self._lane = lane
        self._store = store
        self._session = session

    def begin(self, job: Job, artefact: Artefact) -> Outcome:
        """A queued job's card, from the feeder on."""
        try:
            before = self._reserve()
        except DeviceError as error:
            return Outcome(End.LATER, error.cause)
        status = self._lane.status()
        doubt = _not_fit(before) or ("" if status.state == "ready" else status.cause or status.state)
        if not doubt and tally.moved(self._store, self._lane.serial, before):
            self._store.write(lambda tx: tally.note(tx, self._lane.serial, before))
            doubt = "cards_unknown"
        if doubt:
            self.release()
            return Outcome(End.LATER, doubt)
        self._lane.free()
        intent = {"printer": self._lane.serial, "session": before.session, "before": noted(before)}
        try:
            self._move(job, Event.FEED_INTENDED, intent)
        except IllegalMove:
            self.release()
            return Outcome(End.GONE)
        if job.asked is not None:
            self._name(job, job.asked, "clerk")
            return self._print(job.id, artefact, before, staged=False)
        return self._feed(job, artefact, before)

    def go_on(self, job: Job, uid: str, artefact: Artefact) -> Outcome:
        """The same job with the card that lies at the station, proved blank and named ``uid``."""
        before = before_of(job)
        if before is None or job.session is None:
            raise ValueError(f"{job.id} has no intent to go on from")
        if job.blank is None and self.strange(job, uid):
            return self._set_aside(job, uid)
        try:
            self._lane.printer.reserve(job.session)
        except DeviceError as error:
            return Outcome(End.LATER, error.cause)
        self._lane.free()
        if job.state is State.PRINTING:
            self._store.write(lambda tx: _arm_again(tx, job, uid))
        elif job.blank is None:
            self._name(job, uid, "chip")
        return self._print(job.id, artefact, before, staged=True)

    def release(self) -> None:
        """Give the reservation back; it lapses by itself if the printer does not hear."""
        try:
            self._lane.printer.release()
        except DeviceError:
            return

    def foreign(self, now: Snapshot) -> bool:
        """Whether somebody else's reservation stands."""
        return now.session not in (None, 0, self._session)

    def strange(self, job: Job, uid: str) -> str:
        """Why the blank ``uid`` may not be used for ``job``, as a refusal word; empty if it may."""
        try:
            blanks.check(self._store, uid, job.kind)
        except RefusedByRule as refusal:
            return refusal.word
        return ""

    def _reserve(self) -> Snapshot:
        """Make the printer ours and take the snapshot the card will be judged against."""
        self._lane.printer.reserve(self._session)
        return self._lane.testify()

    def _feed(self, job: Job, artefact: Artefact, before: Snapshot) -> Outcome:
        """Bring a blank to the station and name it by its chip. From here on a card has moved."""
        try:
            self._lane.printer.stage()
        except (Unreachable, NeedsHands) as error:
            return Outcome(End.LOOK, error.cause, unsent=True)
        except DeviceError as error:
            return Outcome(End.LOOK, error.cause)
        if self._lane.chip is None:
            return self.unsure(job, "no_chip")
        try:
            uid = self._lane.chip.uid(CHIP_TIMEOUT_S)
        except DeviceError as error:
            return self.unsure(job, error.cause)
        if self.strange(job, uid):
            return self._set_aside(job, uid)
        self._name(job, uid, "chip")
        return self._print(job.id, artefact, before, staged=True)

    def _print(self, job_id: str, artefact: Artefact, before: Snapshot, *, staged: bool) -> Outcome:
        """Write the intent, then send the card. The world changes with the first byte sent."""
        job = jobs.get(self._store, job_id)
        if job is None or job.blank is None:
            raise ValueError(f"{job_id} has no blank to print on")
        intent = {"blank": job.blank, "kind": job.kind, "printer": job.printer, "session": job.session}
        told = {"before": noted(before), "panels": artefact.panels, "artefact": artefact.sha256}
        self._move(job, Event.PRINT_INTENDED, intent | told)
        try:
            judgement = self._lane.printer.print_card(artefact, before, staged)
        except (Unreachable, NeedsHands) as error:
            return Outcome(End.LOOK, error.cause, unsent=True)
        except DeviceError as error:
            return Outcome(End.LOOK, error.cause)
        if judgement.verdict is Verdict.PRINTED:
            return self.printed(job)
        if judgement.verdict is Verdict.UNSURE and self._at_rest(job):
            return self.unsure(job, judgement.reason)
        return Outcome(End.LOOK, judgement.reason)

    def _at_rest(self, job: Job) -> bool:
        """Whether the printer has let go of the job: one that waits for hands may still be printed."""
        now = self._lane.snapshot(job)
        return now is not None and not now.claim

    def printed(self, job: Job) -> Outcome:
        """The evidence is whole."""
        self._move(job, Event.PRINTED, {"blank": job.blank, "by": "evidence"})
        self.release()
        return Outcome(End.PRINTED)

    def unsure(self, job: Job, cause: str) -> Outcome:
        """A person decides; the lane is closed from this line on."""
        self._move(job, Event.UNSURE, {"cause": cause, "blank": job.blank})
        return Outcome(End.UNSURE, cause)

    def untouched(self, job: Job, reason: str, **more: str) -> None:
        """No card was touched for this job: it waits again."""
        self._move(job, Event.UNTOUCHED, {"blank": job.blank, "by": "evidence", "reason": reason, **more})
        self.release()

    def _set_aside(self, job: Job, uid: str) -> Outcome:
        """A card of no account lies at the station: the job lets go of it, the lane rejects it.

        The line comes before the motion: after a crash the card is a stray one and is rejected as such.
        """
        word = self.strange(job, uid)
        self.untouched(job, word, seen=uid)
        return Outcome(End.STRANGE, word)

    def _name(self, job: Job, blank: str, witness: str) -> None:
        self._move(job, Event.STAGED, {"blank": blank, "kind": job.kind, "witness": witness})

    def _move(self, job: Job, event: Event, body: dict[str, Any]) -> None:
        self._store.write(lambda tx: jobs.move(tx, job.id, event, body))


def _not_fit(before: Snapshot) -> str:
    """Why a card must not be fed now; empty when everything it will be judged by is there."""
    if before.cards is None or before.panels is None:
        return "counter_missing"
    if before.reset:
        return "printer_reset"
    if before.errors:
        return before.errors[0]
    if in_path(before):
        return "card_inside"
    return "claim_stuck" if before.claim else ""


def _arm_again(tx: Tx, job: Job, uid: str) -> None:
    """A print that was intended and never began: back to the station, in one transaction.

    The counters stay those from before the card was fed; its panels are proved equal since.
    """
    jobs.move(tx, job.id, Event.UNSURE, {"cause": "link_lost", "blank": uid})
    jobs.move(tx, job.id, Event.UNTOUCHED, {"blank": uid, "by": "evidence", "reason": "at_the_station"})
    intent = {"printer": job.printer, "session": job.session, "before": job.before}
    jobs.move(tx, job.id, Event.FEED_INTENDED, intent)
    jobs.move(tx, job.id, Event.STAGED, {"blank": uid, "kind": job.kind, "witness": "chip"})
