"""An Evolis card printer behind one transport: the host's whole procedure, PROTOCOL.md §10.

Asking and setting may be said twice, so trouble there is Unreachable. Three methods move a card (``stage``,
``reject``, ``print_card``); each looks first, acts once, and never acts again: past the line marked THE
WORLD CHANGES HERE every trouble is OutcomeUnknown or an unsure judgement. Only looking is repeated.
"""

from collections.abc import Callable

from drivers import evidence
from drivers.address import Address
from drivers.card_printer import (
    Artefact,
    Care,
    Clock,
    Identity,
    Judgement,
    PrinterStatus,
    Snapshot,
    Transport,
    Verdict,
)
from drivers.errors import Cause, NeedsHands, OutcomeUnknown, Refused, Unreachable
from drivers.evolis import codec, job, keeping, status
from drivers.evolis.codec import Reply, Status
from drivers.evolis.line import Line

RESERVE_WAIT_MS = 5_000
HOLD_S, PRINT_HOLD_S = 45, 180
RENEW_MS = 60_000
CLAIM_WAIT_MS = 10_000
PRINT_WAIT_MS = 300_000
CLOSE_WATCH_MS = 1_000
"""How long before its usual end a card is watched closely."""
ERROR_WAIT_MS = 5_000
"""How long CLAIM may outlive an error: the job has been thrown away by then."""
SESSION_MIN, SESSION_MAX = 3, 0xFFFF
HOST_MANAGES = 2


class EvolisPrinter:
    """One printer; not for two threads at once. See drivers.card_printer.CardPrinter for the contract."""

    def __init__(self, transport: Transport, address: Address, clock: Clock) -> None:
        self._line = Line(transport, clock)
        self._address = address
        self._clock = clock
        self._session = 0
        self._saved_mode = 0
        self._usual_ms: dict[int, int] = {}  # by panels: the shortest card so far, from claim to end

    @property
    def address(self) -> Address:
        """Where it is."""
        return self._address

    def close(self) -> None:
        """Let go of the wire; the reservation, if any, lapses by itself."""
        self._line.close()

    # -- looking: changes nothing --------------------------------------------------------------------

    def identify(self) -> Identity:
        """Model, serial number, firmware, ribbon, and what the machine has.

        Unreachable where the serial number is not told: cards are accounted for by it.
        """
        model, firmware, serial = (self._line.ask(name) for name in ("Rtp", "Rfv", "Rsn"))
        if serial.failed or not serial.text:
            raise Unreachable("garbled_reply", "it does not tell its serial number")
        ribbon = self._line.ask("Rr")
        seen = self._line.poll()
        return Identity(
            model=model.text,
            serial=serial.text,
            firmware=firmware.text,
            ribbon=None if ribbon.failed or not ribbon.text else ribbon.text,
            duplex=bool(seen.config & status.HAS_FLIP),
            contactless=bool(seen.config & status.HAS_CONTACTLESS),
        )

    def status(self) -> PrinterStatus:
        """The state in one word; a printer that does not answer is ``offline``."""
        try:
            return status.summary(self._line.poll())
        except Unreachable as error:
            return PrinterStatus("offline", error.cause, (), "")

    def snapshot(self) -> Snapshot:
        """Counters first and the status last, so that a restart in between shows in the status."""
        cards, last = self._count("c"), self._line.ask("Rco", "p")
        panels, seen = codec.take_counter(last.text), last.status or self._line.poll()
        return Snapshot(
            cards=cards,
            panels=panels,
            session=seen.session,
            reset=status.was_reset(seen),
            claim=status.claimed(seen),
            card_at=status.card_at(seen),
            errors=status.errors(seen),
            warnings=status.warnings(seen),
        )

    def care(self) -> Care:
        """What the printer tells of its own keeping."""
        return keeping.care(self._line)

    def judge(
        self, before: Snapshot, after: Snapshot, panels: int, *, named: bool = False, unsent: bool = False
    ) -> Judgement:
        """See drivers.evidence."""
        return evidence.judge(before, after, panels, named=named, unsent=unsent)

    # -- reserving: moves no card --------------------------------------------------------------------

    def reserve(self, session: int) -> None:
        """Take the reservation, clear errors and the reset mark, and take errors into our hands (``Pem;2``).

        Unreachable("busy") while another session stands. Refused if the printer insists on printing again
        by itself after an error.
        """
        if not SESSION_MIN <= session <= SESSION_MAX:
            raise ValueError(f"a session is a number from {SESSION_MIN} to {SESSION_MAX}.")
        if self._line.poll().session not in (0, session):
            raise Unreachable("busy", "another host has reserved the printer")
        self._hold(session, HOLD_S)
        self._session = session
        self._line.ask("Scs")
        self._saved_mode = codec.take_error_mode(self._line.ask("Rem", 1).text) or 0
        self._take_charge()

    def renew(self, session: int) -> None:
        """Prolong ``session``'s reservation if it still stands, and keep it from now on; clears nothing."""
        seen = self._line.poll()
        if seen.session != session:
            return
        if session != self._session:  # an earlier process's, which died
            self._saved_mode = codec.take_error_mode(self._line.ask("Rem", 1).text) or 0
            self._session = session
        self._line.ask("Psid", session, PRINT_HOLD_S if status.claimed(seen) else HOLD_S)

    def release(self) -> None:
        """Give error handling and the reservation back; another host's reservation is left alone."""
        if self._session and self._line.poll().session == self._session:
            self._line.ask("Pem", self._saved_mode)
            self._line.ask("Psid", 0, HOLD_S)
        self._session = 0

    # -- moving a card -------------------------------------------------------------------------------

    def stage(self) -> None:
        """Have a card lie at the contactless station; one that lies there already is left there."""
        seen = self._line.poll()
        inside = status.inside(seen)
        if inside == {evidence.STATION}:
            return
        self._refuse_if_blocked(seen)
        if inside:
            raise NeedsHands("card_inside", ", ".join(sorted(inside)))
        if not self._session or seen.session != self._session:
            raise Unreachable("session_lost", "the printer is not reserved for us")
        if status.was_reset(seen):
            raise Unreachable("printer_reset", "reserve it again first")
        self._hold(self._session, HOLD_S)
        fed = self._count("c")
        reply = self._line.act("Sic")  # THE WORLD CHANGES HERE
        seen = reply.status or self._line.poll_after()
        if reply.done and status.inside(seen) == {evidence.STATION}:
            return
        cause = _cause(seen, "feeder_empty" if reply.text == codec.NO_CARD else "hardware")
        if reply.failed and not status.inside(seen) and fed is not None and self._fed_since(fed) == 0:
            raise NeedsHands(cause, reply.text)
        raise OutcomeUnknown(cause, reply.text)

    def reject(self) -> None:
        """Move the card inside, wherever it is, to the reject tray; nothing inside, nothing moves."""
        seen = self._line.poll()
        if not status.inside(seen):
            return
        if status.claimed(seen) and not status.errors(seen):
            raise Unreachable("busy", "a job is in progress")
        reply = self._line.act("Ser")  # THE WORLD CHANGES HERE
        seen = reply.status or self._line.poll_after()
        if not status.inside(seen):
            return
        if reply.failed:
            raise NeedsHands(_cause(seen, "card_inside"), reply.text)
        raise OutcomeUnknown(_cause(seen, "card_inside"), reply.text)

    def print_card(self, artefact: Artefact, before: Snapshot, staged: bool) -> Judgement:
        """Print one card of ``artefact.panels`` panels, watch it to the end, judge it against ``before``.

        Unreachable and NeedsHands: no byte of the job has been sent; so has none when an unsure judgement
        comes because ``before`` no longer fits. OutcomeUnknown: bytes have left and the end was not seen.
        The world changes where the job is sent, at the line that says so; nothing is sent twice.
        """
        objection = evidence.start_objection(before, self.snapshot(), staged=staged)
        if objection is not None:
            return Judgement(Verdict.UNSURE, objection)
        seen = self._take_charge()
        # The last blank has left an empty feeder for good reason.
        waits = [word for word in status.warnings(seen) if not (staged and word == "feeder_empty")]
        if waits:
            raise NeedsHands(waits[0])
        self._hold(before.session or 0, PRINT_HOLD_S)
        reply = self._line.send(job.pieces(artefact.job))  # THE WORLD CHANGES HERE
        try:
            return self._watch(reply, before, artefact.panels)
        except Unreachable as error:
            raise OutcomeUnknown(error.cause, error.detail) from error

    def finish(self) -> None:
        """End the claim of a job whose host was lost, and wait until it is carried out; prints nothing again.

        For recovery, before it takes its snapshot: a claim stays until somebody ends it.
        """
        if status.claimed(self._line.poll()):
            self._end_claim()

    # -- inside --------------------------------------------------------------------------------------

    def _watch(self, reply: Reply | None, before: Snapshot, panels: int) -> Judgement:
        """From the job's reply to the verdict. Looks, and ends the claim; nothing else is sent."""
        seen = reply.status if reply is not None else None
        if seen is None or not status.claimed(seen):
            seen = self._poll_until(lambda now: status.claimed(now) or _is_over(now), CLAIM_WAIT_MS)
        if not status.claimed(seen) and not _is_over(seen):
            return Judgement(Verdict.UNSURE, evidence.CLAIM_NEVER_SEEN)
        claimed_ms = self._clock.now_ms()
        if status.claimed(seen):
            self._end_claim(self._usual_ms.get(panels, 0))
        took_ms = self._clock.now_ms() - claimed_ms
        judged = evidence.judge(before, self.snapshot(), panels)
        if judged.verdict is Verdict.PRINTED:
            self._usual_ms[panels] = min(took_ms, self._usual_ms.get(panels, took_ms))
        return judged

    def _end_claim(self, usual_ms: int = 0) -> None:
        """Say that the job is complete, and wait until the printer has carried it out."""
        self._line.insist(job.CLOSING)
        calm_ms = max(0, usual_ms - CLOSE_WATCH_MS)
        seen = self._poll_until(lambda now: not status.claimed(now) or _is_over(now), PRINT_WAIT_MS, calm_ms)
        if status.claimed(seen):
            self._poll_until(lambda now: not status.claimed(now), ERROR_WAIT_MS)

    def _poll_until(self, reached: Callable[[Status], bool], wait_ms: int, calm_ms: int = 0) -> Status:
        """Poll; the reservation is renewed meanwhile, so that it does not lapse under a slow card."""
        renewed = self._clock.now_ms()

        def renew(seen: Status, now_ms: int) -> None:
            nonlocal renewed
            if self._session and seen.session == self._session and now_ms - renewed >= RENEW_MS:
                self._line.ask("Psid", self._session, PRINT_HOLD_S)
                renewed = now_ms

        return self._line.poll_until(reached, wait_ms, renew, calm_ms)

    def _count(self, which: str) -> int | None:
        return codec.take_counter(self._line.ask("Rco", which).text)

    def _fed_since(self, before: int) -> int | None:
        """Blanks that have left the feeder; between two sensors only the counter tells of a card."""
        try:
            now = self._count("c")
        except Unreachable as error:
            raise OutcomeUnknown(error.cause, error.detail) from error
        return None if now is None else now - before

    def _refuse_if_blocked(self, seen: Status) -> None:
        """NeedsHands or Unreachable("busy") if the printer could not begin now."""
        waits = status.errors(seen) or status.warnings(seen)
        if waits:
            raise NeedsHands(waits[0])
        if status.claimed(seen):
            raise Unreachable("busy", "a job is in progress")

    def _take_charge(self) -> Status:
        """Have the printer leave errors to us; Refused if it does not."""
        seen = self._line.set("Pem", HOST_MANAGES)
        if status.recovers_by_itself(seen):
            raise Refused("unsupported", "the printer insists on printing again by itself")
        return seen

    def _hold(self, session: int, seconds: int) -> None:
        """Reserve or prolong; Unreachable("busy") if it does not show."""
        seen = self._line.set("Psid", session, seconds)
        if seen.session != session:
            seen = self._poll_until(lambda now: now.session == session, RESERVE_WAIT_MS)
        if seen.session != session:
            raise Unreachable("busy", "the reservation did not show")


def _is_over(seen: Status) -> bool:
    """The printer will not go on with the job by itself."""
    return bool(status.errors(seen)) or status.was_reset(seen)


def _cause(seen: Status, otherwise: Cause) -> Cause:
    """What the printer complains of, or ``otherwise`` where it does not say."""
    return next(iter(status.errors(seen) or status.warnings(seen)), otherwise)
