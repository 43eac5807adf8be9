"""The printer as numbers: everything that is so about it, and the changes that keep it whole.

Strategy: this is the bottom. `sensors` reads it, `accidents` and `motions` say what may happen to it,
`mechanism` works its queue, `clock` lets time pass; none of them is known here. What is so of any card
printer is its `Body`; what a power cut leaves of it all is in `memory`.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass, field

from simulators.cards.body import Body
from simulators.evolis.makes import Make
from simulators.evolis.orders import Job, Order
from simulators.evolis.parts import Place, Ribbon
from simulators.evolis.status import NO_ERROR, Err

BITMAPS_MAX = 5


@dataclass(slots=True, kw_only=True)
class Printer(Body):
    """The simulated machine."""

    make: Make
    cards: int  # the counters, non-volatile
    panels: int
    ribbon: Ribbon
    patience: float = 1.0  # simulated ms to one of the host's; a session lapses by the host's clock
    boots: int = 0
    at: Place | None = None
    laying: str | None = None
    face_begun: bool = False
    wanted: str | None = None  # the kind of ribbon the last card was refused for
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
    orders: deque[Order] = field(default_factory=deque)
    doing: Order | None = None
    bitmaps: int = 0
    starving: Job | None = None
    replay: list[Order] = field(default_factory=list)
    held: list[Order] | None = None

    # Reading

    @property
    def there(self) -> bool:
        """Whether it answers on its wires."""
        return self.powered and self.plugged

    def chip_there(self) -> tuple[str, bool] | None:
        """The UID of the chip in the antenna's field and whether it is mute; None: no chip that is alive."""
        in_field = self.powered and self.at is Place.CONTACTLESS and self.inside
        return self.chip_alive() if in_field else None

    # Changes

    def arrive(self, place: Place) -> None:
        """The card lies at ``place`` now."""
        self.at = place
        self.keep()

    def way_free(self) -> None:
        """A hand has taken the last card out of the path."""
        self.at, self.jammed = None, False

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
