"""A Matica XID card printer behind one held wire: the host's whole procedure, PROTOCOL.md §7-10.

The machine knows no reservation and no job: the wire is the reservation, and the driver says every motion. A
session lasts as long as one holding of the wire, and ends with the first motion whose good end was not seen;
from then on nothing but *unsure* comes of that card. Three methods move a card (``stage``, ``reject``,
``print_card``); each looks first, acts once, and never again past the line marked THE WORLD CHANGES HERE.
"""

from typing import Literal

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
    Verdict,
)
from drivers.errors import Cause, DeviceError, NeedsHands, OutcomeUnknown, Refused, Unreachable
from drivers.matica import codes, job, models, printing
from drivers.matica.codes import Kind
from drivers.matica.line import Line
from drivers.matica.machine import REJECT, STATION, Machine, Motion
from drivers.matica.printing import ENGAGE, RELEASE, WARM_WAIT_MS
from drivers.matica.session import Session

SESSION_MIN, SESSION_MAX = 3, 0xFFFF
FINISH_WAIT_MS = 120_000
TESTIMONIES, BETWEEN_MS = 3, 1_000
"""Counters may come by datagram, and a lost one should cost no card its proof."""

_STATES: dict[Kind, Literal["ready", "busy", "needs_hands", "error"]] = {
    Kind.READY: "ready",
    Kind.WAIT: "busy",
    Kind.HANDS: "needs_hands",
    Kind.FAULT: "error",
    Kind.OVER: "error",
}


class MaticaPrinter:
    """One printer; not for two threads at once. See drivers.card_printer.CardPrinter for the contract."""

    def __init__(self, machine: Machine, address: Address, clock: Clock) -> None:
        self._line = Line(machine, clock)
        self._address = address
        self._clock = clock
        self._session = Session(self._line)

    @property
    def address(self) -> Address:
        """Where it is."""
        return self._address

    def close(self) -> None:
        """Let go of the wire, and with it of the session."""
        self._session.end()
        self._line.close()

    # -- looking: changes nothing --------------------------------------------------------------------

    def identify(self) -> Identity:
        """Who it is; every machine of the family prints both sides and has a contactless station."""
        about = self._line.ask(lambda machine: machine.about())
        ribbon = models.ribbon_of(about.ink)
        return Identity(
            model=about.model,
            serial=about.serial,
            firmware=about.firmware,
            ribbon=ribbon.word if ribbon is not None else None,
            duplex=True,
            contactless=True,
        )

    def status(self) -> PrinterStatus:
        """The state in one word; warming is ``busy``, a printer that does not answer ``offline``."""
        try:
            where = self._position()
            code = self._line.look()
        except Unreachable as error:
            return PrinterStatus("offline", error.cause, (), "")
        places = () if where is None else (where,)
        state = _STATES[codes.kind(code)]
        return PrinterStatus(state, codes.cause(code), places, f"{code:08X}")

    def snapshot(self) -> Snapshot:
        """Counters first and the look last, so that a restart in between shows."""
        counted = self._line.ask(lambda machine: machine.counters())
        where = self._position()
        code = self._line.look()
        cause = codes.cause(code)
        hands = codes.kind(code) is Kind.HANDS
        return Snapshot(
            cards=counted.total,
            panels=self._session.laid(counted),
            session=self._session.number,
            reset=self._line.started,
            claim=code in codes.MOVING,
            card_at=() if where is None else (where,),
            errors=self._session.broken_off(None if hands else cause, counted),
            warnings=(cause,) if hands and cause is not None else (),
        )

    def care(self) -> Care:
        """Supplies as far as the wire tells them, cards since cleaning, the settings bytes."""
        about = self._line.ask(lambda machine: machine.about())
        counted = self._line.ask(lambda machine: machine.counters())
        settings = self._line.ask(lambda machine: machine.settings())
        return Care(
            ribbon_left=about.ribbon_left,
            film_left=about.film_left,
            since_cleaning=counted.since_cleaning,
            hot=codes.cause(self._line.look()) == "head_hot",
            settings=settings,
        )

    def judge(
        self, before: Snapshot, after: Snapshot, panels: int, *, named: bool = False, unsent: bool = False
    ) -> Judgement:
        """See drivers.evidence."""
        return evidence.judge(before, after, panels, named=named, unsent=unsent)

    # -- reserving: moves no card --------------------------------------------------------------------

    def reserve(self, session: int) -> None:
        """Bind ``session`` to the wire as it is held now, and forget what was broken off before.

        Unreachable("busy") while another session stands here, or the machine moves or initialises.
        """
        if not SESSION_MIN <= session <= SESSION_MAX:
            raise ValueError(f"a session is a number from {SESSION_MIN} to {SESSION_MAX}.")
        code = self._line.look()
        if self._session.number not in (0, session):
            raise Unreachable("busy", "another session stands")
        if code in codes.MOVING or code in (codes.INITIALISING, codes.STARTED):
            raise Unreachable("busy", f"code {code:08X}")
        counted = self._line.ask(lambda machine: machine.counters())
        self._session.begin(session, counted)

    def renew(self, session: int) -> None:
        """A look, which keeps the wire from falling silent; a session that has ended is not taken up."""
        if self._session.number == session:
            self._line.look()

    def release(self) -> None:
        """Give the session back; the wire stays ours."""
        self._session.end()

    # -- moving a card -------------------------------------------------------------------------------

    def stage(self) -> None:
        """Have a card lie engaged at the contactless station; the one this session brought stays there."""
        where = self._position()
        if where is not None and self._session.staged and self._session.number:
            if where == evidence.STATION:
                return
            self._session.end()
        if where is not None:
            raise NeedsHands("card_inside", where)
        holding = self._fit_to_begin()
        fed = self._fed()
        try:
            trouble = self._bring(holding)  # THE WORLD CHANGES HERE
            if trouble is None:
                self._session.staged = True
                return
            nothing = self._position() is None and fed is not None and self._fed() == fed
        except Unreachable as error:  # the wire was let go, and with it the session
            raise OutcomeUnknown(error.cause, error.detail) from error
        if nothing:
            raise NeedsHands(trouble)
        self._session.end()
        raise OutcomeUnknown(trouble)

    def reject(self) -> None:
        """Move the card inside, wherever it is, to the reject tray; nothing inside, nothing moves."""
        where = self._position()
        if where is None:
            return
        code = self._line.look()
        if code in codes.MOVING or code in (codes.INITIALISING, codes.STARTED):
            raise Unreachable("busy", f"code {code:08X}")
        if codes.cause(code) == "cover_open":
            raise NeedsHands("cover_open")
        holding = self._line.holding
        self._session.end()
        try:
            self._line.act(RELEASE, holding)
        except OutcomeUnknown as error:
            raise Unreachable(error.cause, error.detail) from error  # a chip let go moves no card
        code = self._line.act(Motion("move", REJECT), holding)  # THE WORLD CHANGES HERE
        try:
            where = self._position()
        except Unreachable as error:
            raise OutcomeUnknown(error.cause, error.detail) from error
        if where is None:
            return
        if codes.kind(code) in (Kind.READY, Kind.WAIT):
            raise OutcomeUnknown("card_inside", where)
        raise NeedsHands(codes.cause(code) or "card_inside", where)

    def print_card(self, artefact: Artefact, before: Snapshot, staged: bool) -> Judgement:
        """Print one card of ``artefact.panels`` panels, watch it to the end, judge it against ``before``.

        Unreachable and NeedsHands: no byte of the card has been sent; so has none when an unsure judgement
        comes because ``before`` no longer fits. Past the line that says so every trouble ends the session.
        """
        objection = evidence.start_objection(before, self.snapshot(), staged=staged)
        if objection is None and staged and not self._session.staged:
            objection = "card_inside"
        if objection is not None:
            return Judgement(Verdict.UNSURE, objection)
        faces = _faces(artefact)
        holding = self._fit_to_begin()
        try:
            todo = printing.steps(faces, staged=staged)
            trouble = printing.carry_out(self._line, todo, holding)  # THE WORLD CHANGES HERE
            self._session.staged = False
            if trouble is None:
                self._wait_while_moving()
                return self.judge(before, self._testify(), artefact.panels)
        except DeviceError as error:  # the wire was let go, and with it the session
            raise OutcomeUnknown(error.cause, error.detail) from error
        self._session.end()
        return Judgement(Verdict.UNSURE, trouble)

    def finish(self) -> None:
        """Wait until nothing moves any more; there is no claim that anybody would have to end."""
        self._wait_while_moving()

    # -- inside --------------------------------------------------------------------------------------

    def _fit_to_begin(self) -> int:
        """The holding on which a card may be begun now, after whatever warming is needed."""
        if not self._session.number:
            raise Unreachable("session_lost", "the printer is not reserved for us")
        code = self._line.look_until(lambda now: codes.kind(now) is not Kind.WAIT, WARM_WAIT_MS)
        if self._line.started:
            raise Unreachable("printer_reset", "reserve it again first")
        if codes.kind(code) is Kind.WAIT:
            raise Unreachable("busy", f"code {code:08X}")
        cause = codes.cause(code)
        if cause is not None:
            raise NeedsHands(cause)
        return self._session.holding

    def _bring(self, holding: int) -> Cause | None:
        """A blank to the station, and its chip within the reader's reach; None when it is there."""
        trouble = printing.do(self._line, Motion("load", STATION), holding)
        if trouble is None and self._position() == evidence.STATION:
            return printing.do(self._line, ENGAGE, holding)
        return trouble or "hardware"

    def _testify(self) -> Snapshot:
        """A snapshot, asked for again while a counter is missing."""
        for _ in range(TESTIMONIES - 1):
            seen = self.snapshot()
            if None not in (seen.cards, seen.panels):
                return seen
            self._clock.sleep_ms(BETWEEN_MS)
        return self.snapshot()

    def _wait_while_moving(self) -> None:
        self._line.look_until(lambda code: code not in codes.MOVING, FINISH_WAIT_MS)

    def _position(self) -> str | None:
        return self._line.ask(lambda machine: machine.position())

    def _fed(self) -> int | None:
        return self._line.ask(lambda machine: machine.counters()).total


def _faces(artefact: Artefact) -> tuple[job.Face, ...]:
    """The card's faces; Refused for an artefact that is none of this family's, or counts itself wrongly."""
    try:
        faces = job.unpack(artefact.job)
    except ValueError as error:
        raise Refused("unsupported", str(error)) from error
    if job.count(faces) != artefact.panels:
        raise Refused("unsupported", "its panels are not as many as it says")
    return faces
