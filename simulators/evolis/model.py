"""The printer as numbers: everything that is so about it, and the changes that keep it whole.

Strategy: this is the bottom. `sensors` reads it, `accidents` and `motions` say what may happen to it,
`mechanism` works its queue, `clock` lets time pass; none of them is known here. Every physical change is
told to `remember` before the world goes on; what a power cut leaves of it is in `memory`. Slots make a
mistyped attribute an error.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from simulators.cards.blank import Card, Feeder
from simulators.cards.faults import Faults
from simulators.cards.truth import Line
from simulators.evolis.makes import Make
from simulators.evolis.orders import Job, Motion, Order
from simulators.evolis.parts import Place, Ribbon
from simulators.evolis.status import NO_ERROR, Err

BITMAPS_MAX = 5


@dataclass(slots=True)
class Printer:
    """The simulated machine. ``inside`` lies at ``at``; of two that stick together the last is on top."""

    make: Make
    serial: str
    seed: int
    remember: Callable[[Printer, Line | None], None]  # a line of truth; None: only the state has changed
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
    wanted: str | None = None  # the kind of ribbon the last card was refused for
    output: list[Card] = field(default_factory=list)
    reject: list[Card] = field(default_factory=list)
    hands: list[Card] = field(default_factory=list)
    claim: Job | None = None
    claim_stuck: bool = False
    reset: bool = True
    error: Err = NO_ERROR
    error_mode: int = 0
    saved_mode: int = 0
    trays: dict[str, str] = field(default_factory=lambda: {"cim": "F", "cem": "D", "crm": "D"})
    cleaned: int = 0  # the count of cards when it was cleaned last
    status_on: bool = True
    session: int = 0
    told: tuple[int, int] | None = None  # what lagging counters still tell
    lag_ms: int | None = 0  # how long after the card has left; None: not by the clock
    lag_until: str = ""  # poll or power
    lag_over: bool = False  # the next time they are asked is the last they lag
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

    # Reading

    @property
    def waiting(self) -> bool:
        """Whether the mechanism stands still until a hand does something."""
        return self.motion is not None and self.wakes_ms is None

    @property
    def there(self) -> bool:
        """Whether it answers on its wires."""
        return self.powered and self.plugged

    @property
    def still(self) -> bool:
        """Whether nothing moves, so that a hand may reach in."""
        return self.motion is None or self.waiting

    @property
    def blank_ready(self) -> bool:
        """Whether the rollers can reach a blank."""
        return bool(self.feeder.left) and not self.stack_lifted

    def chip_card(self) -> Card:
        """The card whose chip the antenna reaches. Raises IndexError when nothing is inside."""
        return self.inside[0 if self.chip_under else -1]

    def chip_there(self) -> tuple[str, bool] | None:
        """The UID of the chip in the antenna's field and whether it is mute; None: no chip that is alive."""
        if not (self.powered and self.at is Place.CONTACTLESS and self.inside):
            return None
        card = self.chip_card()
        return None if card.chip == "dead" else (card.uid, card.chip == "mute")

    # Telling

    def note(
        self, event: str, card: Card | None = None, *, panel: str | None = None, tray: str = "inside"
    ) -> None:
        """A physical change, told before the world goes on."""
        line = {
            "ms": self.now_ms,
            "event": event,
            "blank": card.uid if card else None,
            "panel": panel,
            "picture": card.picture() if card and event in ("ejected", "rejected") else None,
            "tray": tray,
        }
        if event == "chip" and card and card.file:
            line["file"] = card.file.hex()
        self.remember(self, line)

    def keep(self) -> None:
        """A change without a line of truth, that a power cut must not undo."""
        self.remember(self, None)

    def tell_watchers(self) -> None:
        """The wires and the chip follow the power, the plug and the card."""
        for watcher in [*self.watchers]:
            watcher()

    # Changes

    def deadline(self, name: str, after_ms: int | None) -> None:
        """Something named will happen ``after_ms`` from now; None: never by itself."""
        self.deadlines.pop(name, None)
        if after_ms is not None:
            self.deadlines[name] = self.now_ms + after_ms

    def arrive(self, place: Place) -> None:
        """The card lies at ``place`` now."""
        self.at = place
        self.keep()

    def way_free(self) -> None:
        """A hand has taken the last card out of the path."""
        self.at, self.jammed = None, False

    def check_stack(self) -> None:
        """Whether the stack still reaches the rollers for the blank that is next."""
        for fault in self.faults.due("stack", self.feeder.following):
            self.stack_lifted = True
            self.deadline("stack", fault.for_ms)

    def free_bitmap(self, order: Order) -> None:
        """A panel's place in memory is free again."""
        self.bitmaps -= order.bitmap
        order.bitmap = False

    def drop_job(self, job: Job, word: str) -> None:
        """Forget what a job still wanted; the orders of others stay."""
        job.word = word
        for order in self.orders:
            if order.job is job:
                self.free_bitmap(order)
        self.orders = deque(order for order in self.orders if order.job is not job or order.keeps)
        self.replay.clear()

    def spoil_panel(self) -> None:
        """Ink that was begun stays on the card and is never a whole panel."""
        if self.laying and self.inside:
            card, card.half, self.laying = self.inside[-1], self.laying, None
            self.note("stuck", card, panel=card.half)

    # Power

    def power_off(self, for_ms: int) -> None:
        """Memory is lost; what is physical stays where it is. Back by itself after ``for_ms``."""
        self.spoil_panel()
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
        self.told = None if self.lag_until == "power" else self.told
        self.spoil_panel()  # it was being laid when the process died
        self.check_stack()
        self.note("power_on")
        self.tell_watchers()
