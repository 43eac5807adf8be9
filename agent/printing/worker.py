"""The printer's thread: one card at a time, and never a second one for the same order.

Every turn first settles whatever job is begun, whether this process began it or an earlier one
that died; only an empty lane takes the next job. An error past an intent is never tried again: the
next turn looks at the printer, waits until nothing moves there any more, and agent.printing.recovery decides.
While a job is unsure the lane is closed, and a card inside goes to the reject tray. Waiting for hands
ends by itself: the status is asked again after growing pauses. While a card is printed the next one's
is drawn, and the printer stays reserved from card to card until the queue is empty.
This file knows no printer by name: it calls the verbs of drivers.card_printer through agent.printing.cycle.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import replace
from threading import Event as Flag
from typing import Protocol

from agent.printing import jobs
from agent.printing.cycle import Cycle, End, Outcome
from agent.printing.easel import Aside, Draw, Easel
from agent.printing.intents import before_of, begun_of
from agent.printing.jobs import Job
from agent.printing.lane import Lane, Store
from agent.printing.patience import Pace, Patience
from agent.printing.recovery import Act, Decision, decide, in_path
from agent.printing.states import Event, IllegalMove, State
from agent.printing.tidy import CANCELLED, Tidier
from agent.printing.undrawn import Attempts, NotDrawn
from agent.store import behind
from agent.store.journal import DiskFull, Tx
from domain.words import RefusedByRule
from drivers.card_printer import PrinterStatus, Snapshot, Verdict


class Looks(Protocol):
    """Who looks after the printer (agent.keeping): before each card, and when none is to be printed."""

    def objection(self) -> str:
        """Why no card may be begun now, as a cause; empty when one may."""
        ...

    def look(self, status: PrinterStatus) -> str:
        """The printer is free: look at it, and do what waits for that; a cause where that has to wait."""
        ...


GOES_ON_MAX = 3  # a card that the printer hands back this often needs a person's eyes


class Worker:
    """The only caller of the printer. ``now_ms`` and ``wait`` (ms, may end early) are its only time.

    ``aside`` runs the drawing of the next card beside this thread; None: each card is drawn at its turn.
    """

    def __init__(
        self,
        lane: Lane,
        cycle: Cycle,
        store: Store,
        draw: Draw,
        now_ms: Callable[[], int],
        wait: Callable[[int], None],
        pace: Pace | None = None,
        aside: Aside | None = None,
        keeper: Looks | None = None,
    ) -> None:
        self._lane = lane
        self._cycle = cycle
        self._store = store
        self._wait = wait
        self._pace = pace or Pace()
        self._patience = Patience(self._pace, now_ms)
        self._easel = Easel(lane, draw, aside)
        self._tidier = Tidier(lane, cycle, store, self._patience)
        self._keeper = keeper
        self._unsent = ""  # the job of which this process knows that no byte was taken
        self._trouble = ""
        self._laters = 0
        self._swept = False  # no job of an earlier card stands in the queue; what comes later is not ours
        self._counted = ""  # the printer whose counters were read since it last had a card of ours
        self._agains = 0  # cards on end that were begun and turned out untouched
        self._goes: tuple[str, int] = ("", 0)
        self._attempts = Attempts()

    def run(self, stop: Flag) -> None:
        """Turn after turn until ``stop`` is set; a card on its way is always seen to its end."""
        while not stop.is_set():
            pause = self.turn()
            if pause > 0 and not stop.is_set():
                self._wait(pause)
        self._cycle.let_go()

    def turn(self) -> int:
        """Do the one thing that is next; how many ms to wait before the next turn."""
        try:
            return self._turn()
        except DiskFull:
            self._lane.hold_quietly("disk_full")
            return self._pace.pause_max

    def _turn(self) -> int:
        status = self._lane.status()
        begun = jobs.in_state(self._store, State.STAGED, State.PRINTING)
        if begun:
            return self._settle(begun[0], status)
        if jobs.in_state(self._store, State.UNSURE):
            return self._keep_closed(status)
        queued = jobs.next_queued(self._store, 2)
        if not queued:
            return self._rest(status)
        pause = self._next(queued[0], queued[1:], status)
        if pause > 0:
            self._cycle.let_go()
        return pause

    def _rest(self, status: PrinterStatus) -> int:
        """Nothing is to be printed: the printer is everybody's, and no card is kept drawn."""
        self._laters = 0
        self._easel.ahead(None)
        self._easel.over()
        self._cycle.let_go()
        self._count(status)
        if not (self._lane.proves or self._swept):  # a job that outlived its settling would still be printed
            if (pause := self._tidier.tidy(status)) is not None:
                return pause
            self._swept = status.state != "offline"
        cause = self._keeper.look(status) if self._keeper is not None else ""
        if cause and in_path(status) and (pause := self._tidier.tidy(status)) is not None:
            return pause  # a card that a test card's broken end left inside
        if cause:
            self._lane.hold(cause)
            return self._patience.growing()
        self._lane.free()
        return self._pace.idle

    def _count(self, status: PrinterStatus) -> None:
        """Have the counters shown as they stand at rest: once after a card, and of a printer that comes."""
        if status.state == "offline" or not self._lane.proves:
            self._counted = ""
        elif self._counted != self._lane.serial and self._lane.snapshot() is not None:
            self._counted = self._lane.serial

    def _next(self, job: Job, after: list[Job], status: PrinterStatus) -> int:
        """Take the queued job if the lane is clear and the printer ready."""
        self._unsent = ""
        pause = self._tidier.tidy(status)
        if pause is not None:
            return pause
        if self._tidier.holding(status) or not (status.state == "ready" or self._tidier.latched(status)):
            return self._patience.growing()
        if behind.is_behind(self._store):
            return self._pace.idle  # what is queued here may be printed already
        if self._keeper is not None and (cause := self._keeper.objection()):
            self._lane.hold(cause)
            return self._patience.growing()
        if job.asked is None and not self._cycle.stages():
            return self._end(job, "BLANK_NEEDED", for_good=False)
        if job.asked is not None and (word := self._cycle.strange(job, job.asked)):
            return self._end(job, word, for_good=False)
        try:
            artefact = self._easel.artefact(job)
        except RefusedByRule as refusal:
            return self._end(job, refusal.word, for_good=True)
        except NotDrawn as trouble:
            self._lane.hold(trouble.cause)
            if self._attempts.failed(job.id, trouble.cause):
                return self._end(job, "NOT_DRAWN", for_good=True)
            return self._patience.growing()
        self._attempts.drawn()
        self._easel.ahead(after[0] if after else None)
        self._swept, self._counted = False, ""
        return self._after(job, self._cycle.begin(job, artefact))

    def _end(self, job: Job, word: str, *, for_good: bool) -> int:
        """A rule ends a job that nothing was begun for: its order is refused, or waits again."""

        def work(tx: Tx) -> None:
            if for_good:
                jobs.refuse(tx, job.id, word)
            else:
                jobs.move(tx, job.id, Event.CANCELLED, {"reason": word})

        with suppress(IllegalMove):  # the clerk cancelled it meanwhile
            self._store.write(work)
        return 0

    def _settle(self, job: Job, status: PrinterStatus) -> int:
        """A begun job: look until the printer is at rest, then do what the evidence allows."""
        unsent, self._counted = self._unsent == job.id, ""
        begun = begun_of(job)
        if not begun.proves:  # no look could tell more than what is known already
            self._lane.finish()
            return self._carry_out(job, decide(begun, None, None, unsent=unsent), None)
        snapshot = self._lane.snapshot(job)
        rested_ms = self._patience.rested(snapshot)
        if snapshot is None:
            return self._silence(job, rested_ms)
        if job.session is not None and snapshot.session == job.session:
            self._lane.renew(job.session)
        if snapshot.claim and snapshot.session == job.session:
            self._lane.finish()
        moving = snapshot.claim or status.state == "busy"
        if not unsent and rested_ms < (self._pace.stuck if moving else self._pace.calm):
            return self._pace.poll
        if unsent and in_path(snapshot) and status.state == "needs_hands":
            return self._patience.growing()  # the card lies blank at the station: nothing is lost by waiting
        uid = self._lane.uid(snapshot.card_at)
        tag = self._lane.tag(job.id, uid)
        decision = decide(begun, snapshot, uid, unsent=unsent, tag=tag)
        return self._carry_out(job, decision, snapshot)

    def _carry_out(self, job: Job, decision: Decision, now: Snapshot | None) -> int:
        if decision.act in (Act.WAIT, Act.NOTHING):  # only hands can end this: at the cover, or at the switch
            waits = now.warnings if now is not None else ()
            self._lane.hold(waits[0] if waits else decision.cause)
            return self._patience.growing()
        self._patience.look_anew()
        if decision.act is Act.GO_ON and decision.blank is not None:
            return self._go_on(job, decision.blank)
        if decision.act is Act.AGAIN:
            cause = self._trouble or decision.cause
            self._cycle.untouched(job, cause)
            self._agains += 1
            if self._agains > 1:  # nobody should wait before a screen that says ready
                self._lane.hold(cause)
            return self._patience.growing()
        if decision.act is Act.PRINTED and now is not None:
            reason = self._driver_objects(job, now)
            return self._after(job, self._cycle.unsure(job, reason) if reason else self._cycle.printed(job))
        cause = decision.cause if now is not None else self._trouble or decision.cause
        return self._after(job, self._cycle.unsure(job, cause))

    def _driver_objects(self, job: Job, now: Snapshot) -> str:
        """Empty when the family's own rules say printed, too: they may know of bits that we do not."""
        before = before_of(job)
        if before is None or job.panels is None:
            return "counter_missing"
        judged = self._lane.printer.judge(before, now, job.panels)
        return "" if judged.verdict is Verdict.PRINTED else judged.reason

    def _go_on(self, job: Job, uid: str) -> int:
        times = self._goes[1] + 1 if self._goes[0] == job.id else 1
        if times > GOES_ON_MAX:
            return self._after(job, self._cycle.unsure(job, self._trouble or "card_inside"))
        try:
            artefact = self._easel.artefact(job)
        except RefusedByRule as refusal:
            return self._after(job, self._cycle.unsure(job, refusal.word))
        except NotDrawn as trouble:
            self._lane.hold(trouble.cause)
            return self._patience.growing()
        unsent, self._unsent = self._unsent == job.id, ""
        outcome = self._cycle.go_on(job, uid, artefact)
        if outcome.end is End.LATER:  # nothing was begun: what was known before still holds
            return self._after(job, replace(outcome, unsent=unsent))
        self._goes = (job.id, times)
        return self._after(job, outcome)

    def _after(self, job: Job, outcome: Outcome) -> int:
        """Remember what the next turn has to know, and when it should come."""
        self._trouble = outcome.cause
        self._unsent = job.id if outcome.unsent else ""
        if outcome.end is End.STRANGE:
            self._tidier.hold_for(outcome.cause)
            return 0
        self._laters = self._laters + 1 if outcome.end is End.LATER else 0
        if outcome.end is End.LATER:
            if self._laters > 1 or outcome.cause == CANCELLED:
                self._lane.hold(outcome.cause)
            return self._patience.growing()
        if outcome.end is not End.LOOK:
            self._agains = 0
            self._patience.over()
        return 0

    def _keep_closed(self, status: PrinterStatus) -> int:
        """An unsure job: nothing is fed; what lies or hangs inside is sent away."""
        self._easel.over()
        pause = self._tidier.tidy(status)
        if pause is not None:
            return pause
        self._cycle.let_go()
        self._count(status)
        self._lane.free()
        return self._pace.idle

    def _silence(self, job: Job, silent_ms: int) -> int:
        """No answer: wait; after a while a person may settle it, so the job becomes unsure."""
        if silent_ms >= self._pace.silent:
            return self._after(job, self._cycle.unsure(job, self._trouble or "no_answer"))
        return self._patience.growing()
