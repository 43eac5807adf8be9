"""The printer as numbers: what is inside, what it has been told to do, and time handed in from outside.

Strategy: one queue of orders, executed strictly one after another by a mechanism that is one generator at a
time (`motions`): it yields the milliseconds a movement takes and raises `Stopped` when it cannot go on.
`advance(to_ms)` is the only way time passes. Everything that would survive a power cut is in `memory`;
everything else is dropped by `power_off`. Every physical change is told to the witness before the world
goes on. Slots make a mistyped attribute an error.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from simulators.evolis import accidents, memory, rerun
from simulators.evolis.cards import Card, Feeder, Place, Ribbon
from simulators.evolis.faults import Faults
from simulators.evolis.makes import Make
from simulators.evolis.orders import UNTIL_TOLD, Job, Motion, Order, PowerGone, Stopped
from simulators.evolis.status import NO_ERROR, Err
from simulators.evolis.truth import Witness

BITMAPS_MAX = 5


@dataclass(slots=True)
class Printer:
    """The simulated machine. ``inside`` lies at ``at``; of two that stick together the last is on top."""

    make: Make
    serial: str
    seed: int
    witness: Witness
    cards: int  # the counters, non-volatile
    panels: int
    feeder: Feeder
    ribbon: Ribbon
    faults: Faults = field(default_factory=Faults)
    patience: float = 1.0  # simulated ms to one of the host's; a session lapses by the host's clock
    now_ms: int = 0
    powered: bool = False
    boots: int = 0
    plugged: bool = True
    cover_open: bool = False
    stack_lifted: bool = False
    hopper_full: bool = False
    reject_full: bool = False
    inside: list[Card] = field(default_factory=list)
    at: Place | None = None
    chip_under: bool = False
    jammed: bool = False
    laying: str | None = None
    face_begun: bool = False
    output: list[Card] = field(default_factory=list)
    reject: list[Card] = field(default_factory=list)
    hands: list[Card] = field(default_factory=list)
    claim: Job | None = None
    claim_stuck: bool = False
    reset: bool = True
    error: Err = NO_ERROR
    error_mode: int = 0
    saved_mode: int = 0
    status_on: bool = True
    session: int = 0
    told: tuple[int, int] | None = None  # what lagging counters still tell
    lag_ms: int = 0
    missing: bool = False  # the counters do not answer
    deadlines: dict[str, int] = field(default_factory=dict)
    orders: deque[Order] = field(default_factory=deque)
    doing: Order | None = None
    motion: Motion | None = None
    wakes_ms: int | None = None
    bitmaps: int = 0
    starving: Job | None = None
    replay: list[Order] = field(default_factory=list)
    held: list[Order] | None = None
    watchers: list[Callable[[], None]] = field(default_factory=list)

    # Time

    def next_ms(self) -> int | None:
        """When something will happen by itself, or None."""
        times = [*self.deadlines.values()]
        if (fault := self.faults.coming("ms")) is not None:
            times.append(fault)
        if self.motion is not None and self.wakes_ms is not None:
            times.append(self.wakes_ms)
        return min(times, default=None)

    def advance(self, to_ms: int) -> None:
        """Let time pass up to ``to_ms``. The same calls always give the same cards."""
        while (at := self.next_ms()) is not None and at <= to_ms:
            self.now_ms = max(self.now_ms, at)
            self._fire()
        self.now_ms = max(self.now_ms, to_ms)

    def _fire(self) -> None:
        for fault in self.faults.reached("ms", -1, self.now_ms):
            accidents.strike_now(self, fault)
        for name in [name for name, at in self.deadlines.items() if at <= self.now_ms]:
            if self.deadlines.pop(name, None) is not None:
                accidents.DEADLINES[name](self)
        if self.motion is not None and self.wakes_ms is not None and self.wakes_ms <= self.now_ms:
            self.work()

    def deadline(self, name: str, after_ms: int | None) -> None:
        """Something named will happen ``after_ms`` from now; None: never by itself."""
        self.deadlines.pop(name, None)
        if after_ms is not None:
            self.deadlines[name] = self.now_ms + after_ms

    # Orders

    @property
    def waiting(self) -> bool:
        """Whether the mechanism stands still until a hand does something."""
        return self.motion is not None and self.wakes_ms is None

    def submit(self, order: Order) -> Order:
        """Queue one order; it is begun at once when the mechanism is free."""
        self.orders.append(order)
        if self.motion is None:
            self.work()
        return order

    def work(self) -> None:
        """Go on until a movement takes time or nothing is left to do."""
        while self.powered and self.held is None:
            if self.motion is None:
                if not self.orders:
                    return
                self.doing = self.orders.popleft()
                self.motion = self.doing.motion(self, self.doing)
            try:
                wait_ms = next(self.motion)
            except StopIteration:
                self._done("OK")
            except Stopped as stop:
                self._stopped(stop)
            except PowerGone as gone:
                self.power_off(gone.for_ms)
            else:
                self.wakes_ms = None if wait_ms == UNTIL_TOLD else self.now_ms + wait_ms
                return

    def _done(self, reply: str) -> None:
        if self.doing is not None:
            self.doing.reply = reply
        self.doing = self.motion = None

    def _stopped(self, stop: Stopped) -> None:
        order = self.doing
        self._spoil_panel()
        self.error |= stop.error
        if order is not None and rerun.hold(self, order, stop):
            return
        self._done(stop.reply)
        if order is not None and stop.error:
            self.free_bitmap(order)
            self.drop_job(order.job, stop.reply)

    def drop_job(self, job: Job, word: str) -> None:
        """Forget what a job still wanted; the orders of others stay."""
        job.word = word
        for order in self.orders:
            if order.job is job:
                self.free_bitmap(order)
        self.orders = deque(order for order in self.orders if order.job is not job or order.keeps)
        self.replay.clear()

    def free_bitmap(self, order: Order) -> None:
        """A panel's place in memory is free again."""
        self.bitmaps -= order.bitmap
        order.bitmap = False

    def _spoil_panel(self) -> None:
        """Ink that was begun stays on the card and is never a whole panel."""
        if self.laying and self.inside:
            card, card.half, self.laying = self.inside[-1], self.laying, None
            self.note("stuck", card, panel=card.half)

    def cured(self) -> None:
        """A hand, or time, has taken a cause away."""
        rerun.resume(self)

    # Physical changes

    def note(
        self, event: str, card: Card | None = None, *, panel: str | None = None, tray: str = "inside"
    ) -> None:
        """Tell the witness, before the world goes on."""
        line = {
            "ms": self.now_ms,
            "event": event,
            "blank": card.uid if card else None,
            "panel": panel,
            "picture": card.picture() if card and event in ("ejected", "rejected") else None,
            "tray": tray,
        }
        self.witness.note(line, lambda: memory.freeze(self))

    def keep(self) -> None:
        """A change without a line of truth, that a power cut must not undo."""
        self.witness.note(None, lambda: memory.freeze(self))

    def set_cover(self, *, is_open: bool, for_ms: int | None = None) -> None:
        """A hand opens or closes the cover; opening interrupts whatever moves."""
        self.cover_open = is_open
        self.deadline("cover", for_ms)
        self.keep()
        if not is_open:
            self.cured()
        elif self.motion is not None and not self.waiting:
            self.motion.close()
            self._stopped(Stopped("ERR COVER", Err.COVER_OPENED))
            self.work()

    def chip_card(self) -> Card:
        """The card whose chip the antenna reaches. Raises IndexError when nothing is inside."""
        return self.inside[0 if self.chip_under else -1]

    def chip_there(self) -> tuple[str, bool] | None:
        """The UID of the chip in the antenna's field and whether it is mute; None: no chip that is alive."""
        if not (self.powered and self.at is Place.CONTACTLESS and self.inside):
            return None
        card = self.chip_card()
        return None if card.chip == "dead" else (card.uid, card.chip == "mute")

    # Power

    def power_off(self, for_ms: int) -> None:
        """Memory is lost; what is physical stays where it is. Back by itself after ``for_ms``."""
        self._spoil_panel()
        if self.motion is not None:
            self.motion.close()
        for order in [*self.orders, *([self.doing] if self.doing else [])]:
            order.job.word = "ERR POWER"
        self.doing = self.motion = self.held = self.claim = self.starving = None
        self.orders.clear()
        self.replay.clear()
        self.bitmaps = self.session = 0
        self.powered = self.claim_stuck = False
        self.error = NO_ERROR
        for name in ("session", "starved", "restart"):
            self.deadlines.pop(name, None)
        self.deadline("power", for_ms)
        self.keep()
        self.tell_watchers()

    def power_on(self) -> None:
        """Boot: the reset bit is up until ``Scs``, the sensors show what lies inside, nothing moves."""
        self.powered = self.reset = self.status_on = True
        self.boots += 1
        self.error_mode = self.saved_mode
        self._spoil_panel()  # it was being laid when the process died
        accidents.check_stack(self)
        self.note("power_on")
        self.tell_watchers()

    def tell_watchers(self) -> None:
        """The wires and the chip follow the power, the plug and the card."""
        for watcher in [*self.watchers]:
            watcher()
