"""A card printer behind a print spooler. Its word proves nothing: every card whose bytes left is *unsure*.

Looks first, acts once: past the line marked THE WORLD CHANGES HERE the job is only watched, and cancelled
where it could become a second card. It is never sent again. Rules: PROTOCOL.md §1-2.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable

from drivers.address import Address
from drivers.card_printer import (
    Artefact,
    Care,
    Clock,
    Identity,
    Judgement,
    PrinterStatus,
    Snapshot,
    Verdict,
)
from drivers.errors import DeviceError, NeedsHands, OutcomeUnknown, Refused, Unreachable
from drivers.spool.queue import PREFIX, Queue, QueueJob, QueueTold

POLL_MS, AWAY_POLL_MS = 1_000, 200
"""A spooler that comes back begins the job again, so it must be heard of soon."""
PRINT_WAIT_MS = 300_000
GONE_WAIT_MS = 30_000
SESSION_MIN, SESSION_MAX = 3, 0xFFFF
SPOOLED = "spooled"
COLOURS = "rgb"
"""What a queue takes instead of a ribbon's panels: the maker's filter knows which ribbon there is."""
NOTHING_SENT = "nothing_sent"
_BROKEN = frozenset({"hardware", "unsupported"})


def new_name() -> str:
    """A job's name that nobody has used."""
    return PREFIX + secrets.token_hex(8)


class SpoolPrinter:
    """One queue; not for two threads at once. ``name`` makes a job's name, a new one each time."""

    def __init__(
        self, queue: Queue, address: Address, clock: Clock, name: Callable[[], str] = new_name
    ) -> None:
        self._queue = queue
        self._address = address
        self._clock = clock
        self._name = name

    @property
    def address(self) -> Address:
        """Where it is."""
        return self._address

    def close(self) -> None:
        """Let go of the queue; a job in it goes on."""
        self._queue.close()

    # -- looking: changes nothing --------------------------------------------------------------------

    def identify(self) -> Identity:
        """Who the queue says it is; it proves nothing and has no station."""
        told = self._queue.look()
        return Identity(
            model=told.model,
            serial=told.serial,
            firmware=told.firmware,
            ribbon=COLOURS,
            duplex=told.both_sides,
            contactless=False,
            proves=False,
        )

    def status(self) -> PrinterStatus:
        """The state in one word; a spooler that does not answer is ``offline``, an active job ``busy``."""
        try:
            told, active = self._queue.look(), self._queue.active()
        except DeviceError as error:
            return PrinterStatus("offline", error.cause, (), "")
        if told.cause == "no_answer":
            return PrinterStatus("offline", told.cause, (), told.raw)
        if told.cause is not None and told.cause != "busy":
            return PrinterStatus(
                "error" if told.cause in _BROKEN else "needs_hands", told.cause, (), told.raw
            )
        busy = bool(active) or told.cause == "busy"
        return PrinterStatus("busy" if busy else "ready", "busy" if busy else None, (), told.raw)

    def snapshot(self) -> Snapshot:
        """No counter, no sensor, no reservation; ``claim``: a job of ours stands in the queue."""
        told = self._queue.look()
        claim = any(job.ours for job in self._queue.active())
        return Snapshot(
            cards=None,
            panels=None,
            session=None,
            reset=False,
            claim=claim,
            card_at=(),
            errors=(),
            warnings=() if told.cause is None else (told.cause,),
        )

    def care(self) -> Care:
        """A queue tells nothing of a printer's keeping."""
        return Care()

    def judge(
        self, before: Snapshot, after: Snapshot, panels: int, *, named: bool = False, unsent: bool = False
    ) -> Judgement:
        """Unsure, whatever the snapshots say; untouched only where this process itself sent nothing."""
        if unsent and not after.claim:
            return Judgement(Verdict.UNTOUCHED, NOTHING_SENT)
        return Judgement(Verdict.UNSURE, SPOOLED)

    # -- reserving: a queue cannot be reserved, only found empty -------------------------------------

    def reserve(self, session: int) -> None:
        """See that the queue is empty. Jobs of ours that an earlier process left are cancelled, and told.

        Unreachable("job_cancelled") when that was so: nothing is wrong any more, but somebody should know.
        Unreachable("busy") while anybody else's job stands; Refused if the queue prints again by itself.
        """
        if not SESSION_MIN <= session <= SESSION_MAX:
            raise ValueError(f"a session is a number from {SESSION_MIN} to {SESSION_MAX}.")
        _refuse_retries(self._queue.look())
        left = self._drop_ours()
        if left:
            raise Unreachable("job_cancelled", f"{left} left in the queue by an earlier run")
        if self._queue.active():
            raise Unreachable("busy", "another job stands in the queue")

    def renew(self, session: int) -> None:
        """Nothing to prolong."""

    def release(self) -> None:
        """Nothing to give back."""

    def finish(self) -> None:
        """Cancel every job of ours, so that none is printed later by surprise; Unreachable if one stays."""
        self._drop_ours()

    # -- moving a card -------------------------------------------------------------------------------

    def stage(self) -> None:
        """There is no station that a spooler could bring a card to."""
        raise Refused("unsupported", "a spooler cannot bring a card to a station")

    def reject(self) -> None:
        """Nor could it throw one out."""
        raise Refused("unsupported", "a spooler cannot reject a card")

    def print_card(self, artefact: Artefact, before: Snapshot, staged: bool) -> Judgement:
        """Hand one card to the queue, watch its job to the end, and answer *unsure*, ``spooled``.

        Unreachable, NeedsHands and Refused: not one byte of the card was sent. ``before`` can prove nothing.
        """
        if staged:
            raise Refused("unsupported", "a spooler cannot bring a card to a station")
        self._refuse_if_blocked(artefact)
        name = self._name()
        number = self._queue.create(name, artefact)
        try:
            self._queue.send(number, name, artefact)  # THE WORLD CHANGES HERE
        except OutcomeUnknown:
            self._watch(number, lost=True)
        except DeviceError:
            self._drop_quietly(number)  # empty: no byte of the card has left
            raise
        else:
            self._watch(number, lost=False)
        return Judgement(Verdict.UNSURE, SPOOLED)

    # -- inside --------------------------------------------------------------------------------------

    def _refuse_if_blocked(self, artefact: Artefact) -> None:
        told = self._queue.look()
        _refuse_retries(told)
        if artefact.panels > 1 and not told.both_sides:
            raise Refused("unsupported", "the queue prints one side; the second would be a second card")
        if told.cause is not None:
            if told.cause in ("busy", "no_answer"):
                raise Unreachable(told.cause)
            raise NeedsHands(told.cause)
        if self._queue.active():
            raise Unreachable("busy", "another job stands in the queue")

    def _watch(self, number: int, *, lost: bool) -> None:
        """Until the job has ended; cancelled where it could become a second card. Never raises.

        ``lost``: the answer to its document was; such a job may be half a card, and is not waited for.
        """
        until_ms = self._clock.now_ms() + PRINT_WAIT_MS
        seen: QueueJob | None = None
        away = lost
        while self._clock.now_ms() < until_ms:
            try:
                now = self._queue.job(number)
                if now is None or now.state == "ended":
                    return
                if away or now.state == "held" or _begun_again(seen, now):
                    self._queue.cancel(number)
                seen = now
            except DeviceError:
                away = True
            self._clock.sleep_ms(AWAY_POLL_MS if away else POLL_MS)
        self._drop_quietly(number)

    def _drop_ours(self) -> int:
        """Cancel our active jobs and wait until none stands; how many. Unreachable("busy") if one stays."""
        ours = [job.number for job in self._queue.active() if job.ours]
        for number in ours:
            self._queue.cancel(number)
        if ours:
            self._wait_until_gone(set(ours))
        return len(ours)

    def _drop_quietly(self, number: int) -> None:
        """Cancel one job as well as can be; ``reserve`` and ``finish`` see to what stays."""
        try:
            self._queue.cancel(number)
            self._wait_until_gone({number})
        except DeviceError:
            return

    def _wait_until_gone(self, numbers: set[int]) -> None:
        until_ms = self._clock.now_ms() + GONE_WAIT_MS
        while numbers & {job.number for job in self._queue.active()}:
            if self._clock.now_ms() >= until_ms:
                raise Unreachable("busy", "a cancelled job stays in the queue")
            self._clock.sleep_ms(POLL_MS)


def _refuse_retries(told: QueueTold) -> None:
    if told.again:
        raise Refused("unsupported", f"the queue prints again by itself after an error ({told.again})")


def _begun_again(before: QueueJob | None, now: QueueJob) -> bool:
    """The spooler has taken a job up a second time."""
    return before is not None and before.began is not None and now.began != before.began
