"""The printer's lane: who stands at it, how it is, and clearing it. Never feeds or prints a card.

The worker looks through this file only. What is seen is kept in ``Lane.seen`` (one frozen value,
swapped whole, so that the pages' thread may read it at any time) and each change of it that a
person would notice becomes a ``printer_state`` line. A printer is known by its serial number: after every
silence and every trouble it is asked again, so that one swapped on the desk is never taken for the other, nor
a ribbon for the one before. What holds the lane although the printer is well is shown until a card begins.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from typing import Any, Protocol, TypeVar

from agent.printing.jobs import Job
from agent.printing.recovery import CLAIMED, STATION, Worn, in_path
from agent.printing.tagging import worn
from agent.store.journal import Tx, body_of
from agent.store.sqlite import Reads
from drivers.card_printer import CardPrinter, Identity, PrinterStatus, Snapshot
from drivers.chip import ChipReader
from drivers.errors import DeviceError, OutcomeUnknown

T = TypeVar("T")
CHIP_TIMEOUT_S = 5.0
OFFLINE = PrinterStatus(state="offline", cause="no_answer", card_at=(), raw="")
_UNTOLD = ("busy",)  # comes and goes with every card; no line of the journal's
_WELL = ("ready", "busy")  # the printer itself asks for nobody


class Store(Reads, Protocol):
    """The journal as the worker's thread reaches it: committed reads, and writes done in one go."""

    def write(self, work: Callable[[Tx], T]) -> T:
        """Run ``work`` in one transaction; on the disk when this returns."""
        ...


@dataclass(frozen=True, slots=True)
class Seen:
    """The printer as last seen. ``cards`` and ``panels`` are its counters; ``at_ms`` the lane's clock."""

    state: str = "offline"
    cause: str | None = None
    model: str = ""
    serial: str = ""
    cards: int | None = None
    panels: int | None = None
    card_at: tuple[str, ...] = ()
    simulated: bool = False
    at_ms: int = 0


class Lane:
    """One printer with its chip reader, if it has one. ``now_ms`` is any steady clock."""

    def __init__(
        self, printer: CardPrinter, chip: ChipReader | None, store: Store, now_ms: Callable[[], int]
    ) -> None:
        self.printer = printer
        self.chip = chip
        self.seen = Seen()
        self._store = store
        self._now_ms = now_ms
        self._identity: Identity | None = None
        self._now = OFFLINE  # as the printer itself said last
        self._held = ""
        self._told = _last_told(store)

    @property
    def serial(self) -> str:
        """The printer's serial number; empty until it has answered."""
        return self._identity.serial if self._identity else ""

    @property
    def proves(self) -> bool:
        """Whether the printer's word may settle a card; True while nobody knows which printer it is."""
        return self._identity is None or self._identity.proves

    @property
    def identity(self) -> Identity | None:
        """Who the printer said it is, None while it has not answered."""
        return self._identity

    def status(self) -> PrinterStatus:
        """How the printer is; silence is the state ``offline``. Journals what changed."""
        try:
            now = self.printer.status()
            doubtful = self._identity is None or self._now.state not in _WELL
            if now.state != "offline" and doubtful:
                self._identity = self.printer.identify()
        except DeviceError as error:
            now = replace(OFFLINE, cause=error.cause)
        if now.state == "offline":
            self._identity = None
        self._now = now
        self._show(now)
        return now

    def ask_again(self) -> Identity | None:
        """Who stands there now, and with which ribbon; None when it does not answer."""
        try:
            self._identity = self.printer.identify()
        except DeviceError:
            self._identity = None
        return self._identity

    def snapshot(self, job: Job | None = None) -> Snapshot | None:
        """What the printer testifies to, None when it does not answer.

        To a ``job`` begun on another printer this one can testify nothing: its session is not ours.
        """
        try:
            if self._identity is None:
                self._identity = self.printer.identify()
            snapshot = self.testify()
        except DeviceError:
            self._identity = None
            return None
        if job is not None and job.printer and job.printer != self.serial:
            return replace(snapshot, session=None)
        return snapshot

    def testify(self) -> Snapshot:
        """The same of the printer as it stands there. Raises DeviceError when it does not answer."""
        snapshot = self.printer.snapshot()
        if self._held == CLAIMED and not snapshot.claim:
            self.free()  # the power has ended it: nobody should switch it off again
        self.seen = replace(self.seen, cards=snapshot.cards, panels=snapshot.panels)
        return snapshot

    def uid(self, card_at: Iterable[str]) -> str | None:
        """The name of the card at the station; None when none lies there or none answers."""
        if self.chip is None or STATION not in tuple(card_at):
            return None
        try:
            return self.chip.uid(CHIP_TIMEOUT_S)
        except DeviceError:
            return None

    def tag(self, job: str, uid: str | None) -> Worn:
        """What the card ``uid`` at the station bears, in view of the attempt ``job``."""
        if self.chip is None or uid is None:
            return Worn.NOTHING
        try:
            return worn(job, self.chip.read_tag(uid, CHIP_TIMEOUT_S))
        except OutcomeUnknown:
            return Worn.TORN
        except DeviceError:
            return Worn.NOTHING

    def finish(self) -> None:
        """Tell the printer that a job, the host of which was lost, is whole; waits while it works on it."""
        try:
            self.printer.finish()
        except DeviceError:
            return  # the claim still stands, and the next look shows it

    def renew(self, session: int) -> None:
        """Keep our reservation while a card of ours waits; one that has lapsed is not taken back."""
        try:
            self.printer.renew(session)
        except DeviceError:
            return  # the next look shows whether it still stands

    def clear(self, snapshot: Snapshot, job: str | None) -> bool:
        """Send away whatever lies inside, with its name where a chip tells it; whether the printer did it.

        ``job``: the unsure one it may belong to. The line moves no account: the card still is what it was.
        """
        if not in_path(snapshot):
            return True
        name = self.uid(snapshot.card_at) or ""
        try:
            self.printer.reject()
        except DeviceError as error:
            self._show(replace(OFFLINE, state="error", cause=error.cause, card_at=snapshot.card_at))
            return False
        body = {"card_at": list(in_path(snapshot)), "job": job}
        self._store.write(lambda tx: tx.note("card_rejected", name, body))
        return True

    def hold(self, cause: str) -> None:
        """Show, until ``free``, that the lane waits for a person although the printer itself is well."""
        self._held = cause
        self._show(self._now)

    def free(self) -> None:
        """Nothing holds the lane any more."""
        if self._held:
            self._held = ""
            self._show(self._now)

    def hold_quietly(self, cause: str) -> None:
        """The same on the screen alone, for when the journal itself cannot take a line."""
        self.seen = replace(self.seen, state="needs_hands", cause=cause, at_ms=self._now_ms())

    def _show(self, now: PrinterStatus) -> None:
        if self._held and now.state in _WELL:
            now = replace(now, state="needs_hands", cause=self._held)
        who = self._identity
        self.seen = replace(
            self.seen,
            state=now.state,
            cause=now.cause,
            card_at=now.card_at,
            model=who.model if who else self.seen.model,
            serial=who.serial if who else self.seen.serial,
            simulated=(who.serial if who else self.seen.serial).startswith("SIM"),
            at_ms=self._now_ms(),
        )
        told = (now.state, now.cause)
        if now.state in _UNTOLD or told == self._told:
            return
        body = {"state": now.state, "cause": now.cause}
        self._store.write(lambda tx: tx.note("printer_state", self.seen.serial, body))
        self._told = told


def _last_told(reads: Reads) -> tuple[Any, ...]:
    """The state that the journal told last; the next start repeats nothing."""
    found = reads.rows("SELECT body FROM journal WHERE event = 'printer_state' ORDER BY seq DESC LIMIT 1")
    if not found:
        return ()
    body = body_of(found[0][0])
    return body["state"], body["cause"]
