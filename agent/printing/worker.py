"""The printer's thread: one card at a time, and never a second one for the same order.

Every turn first settles whatever job is begun, whether this process began it or an earlier one
that died; only an empty lane takes the next job. An error past an intent is never tried again: the
next turn looks at the printer, waits until nothing moves there any more, and agent.printing.recovery decides.
While a job is unsure the lane is closed, and a card inside goes to the reject tray. Waiting for hands
ends by itself: the status is asked again after growing pauses.
This file knows no printer by name: it calls the verbs of drivers.card_printer through agent.printing.cycle.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from threading import Event as Flag

from agent.printing import jobs
from agent.printing.cycle import Cycle, End, Outcome, before_of, begun_of
from agent.printing.jobs import Job
from agent.printing.lane import Lane, Store
from agent.printing.recovery import Act, Decision, decide, in_path
from agent.printing.states import Event, IllegalMove, State
from agent.printing.undrawn import Attempts, NotDrawn
from agent.store import behind
from agent.store.journal import DiskFull, Tx
from domain.words import RefusedByRule
from drivers.card_printer import Artefact, PrinterStatus, Snapshot, Verdict

Draw = Callable[[Job], Artefact]
"""Draws a job's card. Raises RefusedByRule when it never will, NotDrawn when it may later."""


@dataclass(frozen=True, slots=True)
class Pace:
    """How long the worker waits, in ms. ``calm``: longer than a feed; ``stuck``: than any one motion."""

    idle: int = 5_000
    poll: int = 500
    calm: int = 5_000
    stuck: int = 45_000
    silent: int = 60_000  # after this a printer that does not answer leaves its job unsure
    pause_min: int = 1_000
    pause_max: int = 15_000


GOES_ON_MAX = 3  # a card that the printer hands back this often needs a person's eyes


class Worker:
    """The only caller of the printer. ``now_ms`` and ``wait`` (ms, may end early) are its only time."""

    def __init__(
        self,
        lane: Lane,
        cycle: Cycle,
        store: Store,
        draw: Draw,
        now_ms: Callable[[], int],
        wait: Callable[[int], None],
        pace: Pace | None = None,
    ) -> None:
        self._lane = lane
        self._cycle = cycle
        self._store = store
        self._draw = draw
        self._now_ms = now_ms
        self._wait = wait
        self._pace = pace or Pace()
        self._drawn: tuple[object, Artefact] | None = None
        self._unsent = ""  # the job of which this process knows that no byte was taken
        self._trouble = ""
        self._tries = 0
        self._laters = 0
        self._goes: tuple[str, int] = ("", 0)
        self._attempts = Attempts()
        self._look: tuple[Snapshot | None, int] | None = None
        self._held: tuple[str, object] | None = None

    def run(self, stop: Flag) -> None:
        """Turn after turn until ``stop`` is set; a card on its way is always seen to its end."""
        while not stop.is_set():
            pause = self.turn()
            if pause > 0 and not stop.is_set():
                self._wait(pause)

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
        job = jobs.next_queued(self._store)
        if job is None:
            self._laters = 0
            self._lane.free()
            return self._pace.idle
        return self._next(job, status)

    def _next(self, job: Job, status: PrinterStatus) -> int:
        """Take the queued job if the lane is clear and the printer ready."""
        self._unsent = ""
        pause = self._tidy(status)
        if pause is not None:
            return pause
        if self._holding() or not (status.state == "ready" or self._latched(status)):
            return self._growing()
        if behind.is_behind(self._store):
            return self._pace.idle  # what is queued here may be printed already
        if job.asked is not None and (word := self._cycle.strange(job, job.asked)):
            return self._end(job, word, for_good=False)
        try:
            artefact = self._artefact(job)
        except RefusedByRule as refusal:
            return self._end(job, refusal.word, for_good=True)
        except NotDrawn as trouble:
            self._lane.hold(trouble.cause)
            if self._attempts.failed(job.id, trouble.cause):
                return self._end(job, "NOT_DRAWN", for_good=True)
            return self._growing()
        self._attempts.drawn()
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
        unsent = self._unsent == job.id
        snapshot = self._lane.snapshot(job)
        rested_ms = self._rested(snapshot)
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
            return self._growing()  # the card lies blank at the station: nothing is lost by waiting
        uid = self._lane.uid(snapshot.card_at)
        decision = decide(begun_of(job), snapshot, uid, unsent=unsent)
        return self._carry_out(job, decision, snapshot)

    def _carry_out(self, job: Job, decision: Decision, now: Snapshot) -> int:
        if decision.act in (Act.WAIT, Act.NOTHING):  # only hands can end this: at the cover, or at the switch
            self._lane.hold(now.warnings[0] if now.warnings else decision.cause)
            return self._growing()
        self._look = None
        if decision.act is Act.GO_ON and decision.blank is not None:
            return self._go_on(job, decision.blank)
        if decision.act is Act.AGAIN:
            self._cycle.untouched(job, self._trouble or decision.cause)
            return self._growing()
        if decision.act is Act.PRINTED:
            reason = self._driver_objects(job, now)
            return self._after(job, self._cycle.unsure(job, reason) if reason else self._cycle.printed(job))
        return self._after(job, self._cycle.unsure(job, decision.cause))

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
            artefact = self._artefact(job)
        except RefusedByRule as refusal:
            return self._after(job, self._cycle.unsure(job, refusal.word))
        except NotDrawn as trouble:
            self._lane.hold(trouble.cause)
            return self._growing()
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
            self._held = (outcome.cause.lower(), self._stock())
            return 0
        self._laters = self._laters + 1 if outcome.end is End.LATER else 0
        if outcome.end is End.LATER:
            if self._laters > 1:  # nobody should wait before a screen that says ready
                self._lane.hold(outcome.cause)
            return self._growing()
        if outcome.end is not End.LOOK:
            self._tries, self._drawn, self._look = 0, None, None
        return 0

    def _keep_closed(self, status: PrinterStatus) -> int:
        """An unsure job: nothing is fed; what lies or hangs inside is sent away."""
        pause = self._tidy(status)
        if pause is not None:
            return pause
        self._lane.free()
        return self._pace.idle

    def _tidy(self, status: PrinterStatus) -> int | None:
        """None when nothing lies inside and no job hangs there; else ms until the next look.

        What no job owns goes to the reject tray once it has rested; never what somebody else prints.
        """
        if not in_path(status) and status.state != "busy":
            return None
        snapshot = self._lane.snapshot()
        rested_ms = self._rested(snapshot)
        if snapshot is None:
            return self._growing()
        if not in_path(snapshot) and not snapshot.claim:
            return None
        foreign = self._cycle.foreign(snapshot)
        if foreign or (snapshot.claim and not snapshot.errors):
            if rested_ms >= self._pace.stuck:
                self._lane.hold("busy" if foreign else "claim_stuck")
            return self._growing()
        if rested_ms < self._pace.poll:
            return self._pace.poll
        self._look = None
        unsure = jobs.in_state(self._store, State.UNSURE)
        cleared = self._lane.clear(snapshot, unsure[0].id if unsure else None)
        return self._pace.poll if cleared else self._growing()

    def _latched(self, status: PrinterStatus) -> bool:
        """Whether the printer still tells an error that is over: a reservation clears it."""
        if status.state not in ("error", "needs_hands"):
            return False
        snapshot = self._lane.snapshot()
        return snapshot is not None and bool(snapshot.errors)

    def _silence(self, job: Job, silent_ms: int) -> int:
        """No answer: wait; after a while a person may settle it, so the job becomes unsure."""
        if silent_ms >= self._pace.silent:
            return self._after(job, self._cycle.unsure(job, self._trouble or "no_answer"))
        return self._growing()

    def _rested(self, snapshot: Snapshot | None) -> int:
        """For how long every look has shown the same, in ms."""
        now = self._now_ms()
        if self._look is None or self._look[0] != snapshot:
            self._look = (snapshot, now)
        return now - self._look[1]

    def _artefact(self, job: Job) -> Artefact:
        """The job's card for the printer and ribbon that are there now, kept until the job is over."""
        who = self._lane.ask_again()
        wanted = (job.id, who.model, who.ribbon, who.duplex) if who is not None else (job.id,)
        if self._drawn is None or self._drawn[0] != wanted:
            self._drawn = (wanted, self._draw(job))
        return self._drawn[1]

    def _holding(self) -> bool:
        """Whether a strange card still holds the lane: until stock or queue has changed."""
        if self._held is None:
            return False
        if self._held[1] != self._stock():
            self._held = None
            return False
        self._lane.hold(self._held[0])
        return True

    def _stock(self) -> object:
        return self._store.rows("SELECT (SELECT count(*) FROM consignment), (SELECT max(queued_ms) FROM job)")

    def _growing(self) -> int:
        self._tries += 1
        return int(min(self._pace.pause_min << min(self._tries - 1, 8), self._pace.pause_max))
