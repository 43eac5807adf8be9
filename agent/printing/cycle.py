"""One card's way through the printer, from the reservation to the verdict.

    reserve, snapshot → [feed_intended] → feed, read chip → [staged]
    → [chip_intended] → write the tag, read it back → [chip_written] → [print_intended] → print → [printed]

Each word in brackets is on the disk before the step after it begins. Nothing here is done twice and
nothing is decided: whatever ends in doubt is handed back as ``Look``, and the worker looks.
Where no chip reader is, the clerk named the blank beforehand and no card moves before ``print_intended``.
A card that cannot bear a tag goes on without; one whose write broke off is never printed on.
The printer stays reserved from a good card to the next one's way, so that nobody comes in between.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Any

from agent.printing import jobs, tagging, tally
from agent.printing.intents import arm_again, before_of, not_begun, not_fit, noted
from agent.printing.jobs import Job
from agent.printing.lane import CHIP_TIMEOUT_S, Lane, Store
from agent.printing.states import Event, IllegalMove, State
from agent.stock import blanks
from domain.people import EVIDENCE
from domain.words import RefusedByRule
from drivers.card_printer import Artefact, Snapshot, Verdict
from drivers.chip import Tag
from drivers.errors import DeviceError, NeedsHands, OutcomeUnknown, Refused, Unreachable

NOTHING_SENT = (Unreachable, NeedsHands, Refused)
"""What a verb that moves a card raises while nothing has moved and no byte of the card has left."""


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


class Cycle:
    """Takes one job's card through one lane.

    ``session`` is this station's number at any printer, 3..65535, the same in each life, so that a
    reservation left by a death is still our own; begun jobs are settled before it is used again.
    """

    def __init__(self, lane: Lane, store: Store, session: int) -> None:
        self._lane = lane
        self._store = store
        self._session = session
        self._kept = False  # reserved since the card before, which is over

    def begin(self, job: Job, artefact: Artefact) -> Outcome:
        """A queued job's card, from the feeder on."""
        try:
            before = self._reserve()
        except DeviceError as error:
            return Outcome(End.LATER, error.cause)
        if not self._lane.proves:
            before = replace(before, cards=None, panels=None)  # whatever it shows settles nothing
        status = self._lane.status()
        doubt = not_fit(before, proves=self._lane.proves) or (
            "" if status.state == "ready" else status.cause or status.state
        )
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

    def stages(self) -> bool:
        """Whether a blank can be brought to a reader that names it; else the clerk has to name it."""
        who = self._lane.identity
        return self._lane.chip is not None and (who is None or (who.proves and who.contactless))

    def go_on(self, job: Job, uid: str, artefact: Artefact) -> Outcome:
        """The same job with the card that lies at the station, proved blank and named ``uid``."""
        before = before_of(job)
        if before is None or job.session is None:
            raise ValueError(f"{job.id} has no intent to go on from")
        if job.blank is None and (word := self._stranger(job, uid)):
            return self._set_aside(job, uid, word)
        try:
            self._lane.printer.reserve(job.session)
        except DeviceError as error:
            return Outcome(End.LATER, error.cause)
        self._lane.free()
        if job.state is State.PRINTING:
            self._store.write(lambda tx: arm_again(tx, job, uid))
        elif job.blank is None:
            self._name(job, uid, "chip")
        return self._ink(job, uid, artefact, before)

    def let_go(self) -> None:
        """Give back a reservation that was kept for the next card; nothing of a begun one's."""
        if self._kept:
            self.release()

    def release(self) -> None:
        """Give the reservation back; it lapses by itself if the printer does not hear."""
        self._kept = False
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
        """Make the printer ours and take the snapshot the card will be judged against.

        A reservation kept since the card before needs no more than to be prolonged, as long as it stands and
        there is nothing that a new one would have to clear.
        """
        if self._kept:
            self._kept = False
            self._lane.renew(self._session)
            now = self._lane.testify()
            if now.session == self._session and not (now.reset or now.errors):
                return now
        self._lane.printer.reserve(self._session)
        return self._lane.testify()

    def _feed(self, job: Job, artefact: Artefact, before: Snapshot) -> Outcome:
        """Bring a blank to the station and name it by its chip. From here on a card has moved."""
        try:
            self._lane.printer.stage()
        except NOTHING_SENT as error:
            return Outcome(End.LOOK, error.cause, unsent=True)
        except DeviceError as error:
            return Outcome(End.LOOK, error.cause)
        if self._lane.chip is None:
            return self.unsure(job, "no_chip")
        try:
            uid = self._lane.chip.uid(CHIP_TIMEOUT_S)
        except DeviceError as error:
            return self.unsure(job, error.cause)
        if word := self._stranger(job, uid):
            return self._set_aside(job, uid, word)
        self._name(job, uid, "chip")
        return self._ink(job, uid, artefact, before)

    def _ink(self, job: Job, uid: str, artefact: Artefact, before: Snapshot) -> Outcome:
        """Tag the named card at the station, then print it."""
        tag = tagging.tag_of(job.id, artefact.sha256)
        return self._tag(job, uid, tag) or self._print(job.id, artefact, before, staged=True)

    def _tag(self, job: Job, uid: str, tag: Tag) -> Outcome | None:
        """Have the card bear this attempt's tag, if it can bear one; None when it may be printed on.

        A write that broke off, or does not read back, leaves a chip that nobody can vouch for.
        """
        if self._lane.chip is None:
            return Outcome(End.LOOK, "no_chip")
        line = tagging.line(uid, job.kind, tag)
        self._move(job, Event.CHIP_INTENDED, line)
        try:
            written = self._lane.chip.write_tag(uid, tag, CHIP_TIMEOUT_S)
        except OutcomeUnknown as error:
            return self.unsure(job, error.cause)
        except DeviceError as error:  # nothing was written
            return Outcome(End.LOOK, error.cause)
        if written:
            self._move(job, Event.CHIP_WRITTEN, line)
        return None

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
        except NOTHING_SENT as error:
            return Outcome(End.LOOK, error.cause, unsent=True)
        except DeviceError as error:
            return Outcome(End.LOOK, error.cause)
        if judgement.verdict is Verdict.PRINTED and before.cards is not None:
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
        self._move(job, Event.PRINTED, {"blank": job.blank, "by": EVIDENCE})
        self._kept = True
        return Outcome(End.PRINTED)

    def unsure(self, job: Job, cause: str) -> Outcome:
        """A person decides; the lane is closed from this line on."""
        self._move(job, Event.UNSURE, {"cause": cause, "blank": job.blank})
        self._kept = True  # until the lane is tidy
        return Outcome(End.UNSURE, cause)

    def untouched(self, job: Job, reason: str, **more: str) -> None:
        """No card was touched for this job: it waits again."""
        body = {"blank": job.blank, "by": EVIDENCE, "reason": reason, **more}
        self._store.write(lambda tx: not_begun(tx, job, reason, body))
        self.release()

    def _stranger(self, job: Job, uid: str) -> str:
        """The same of the card at the station, which may also bear a tag of somebody else's."""
        if word := self.strange(job, uid):
            return word
        torn, tag = False, None
        try:
            tag = self._lane.chip.read_tag(uid, CHIP_TIMEOUT_S) if self._lane.chip is not None else None
        except OutcomeUnknown:
            torn = True
        except DeviceError:
            return ""  # the write that follows meets it again
        return tagging.OTHER_TAG if tagging.is_strange(self._store, job.id, uid, tag, torn=torn) else ""

    def _set_aside(self, job: Job, uid: str, word: str) -> Outcome:
        """A card of no account, or another's, is at the station: the job lets go of it, the lane rejects it.

        The line comes before the motion: after a crash the card is a stray one and is rejected as such.
        """
        self.untouched(job, word, seen=uid)
        return Outcome(End.STRANGE, word)

    def _name(self, job: Job, blank: str, witness: str) -> None:
        self._move(job, Event.STAGED, {"blank": blank, "kind": job.kind, "witness": witness})

    def _move(self, job: Job, event: Event, body: dict[str, Any]) -> None:
        self._store.write(lambda tx: jobs.move(tx, job.id, event, body))
