"""The printer as numbers: everything that is so about it, and the changes that keep it whole.

Strategy: this is the bottom. `sensors` reads it, `accidents` and `motions` say what may happen to it,
`mechanism` works its one motion, `clock` lets time pass; none of them is known here. Every physical change is
told to `remember` before the world goes on; what a power cut leaves of it is in `memory`. Nothing moves that
no host asked for, and there is no job in it: planes in memory, a frame of film, a card.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field

from simulators.cards.blank import Card, Feeder
from simulators.cards.faults import Faults
from simulators.cards.truth import Line
from simulators.matica.codes import Code, Order, Place
from simulators.matica.makes import BOOT_MS, FEATURES, INITIALISING_MS, WARMING_MS, Make
from simulators.matica.parts import Film, Ribbon

Motion = Generator[int, None, None]
"""A movement under way: yields the milliseconds it takes."""
TOTAL, FREE, HEAD, CLEANED, ERRORS = range(5)
"""The counters by their codes (PROTOCOL.md §4)."""


@dataclass(slots=True, eq=False)
class Work:
    """One order given; ``code`` is None until it has ended."""

    order: Order
    code: int | None = None


@dataclass(slots=True)
class Printer:
    """The simulated machine. ``inside`` lies at ``at``; of two that stick together the last is on top."""

    make: Make
    serial: str
    seed: int
    remember: Callable[[Printer, Line | None], None]  # a line of truth; None: only the state has changed
    counters: list[int]  # non-volatile
    feeder: Feeder
    ribbon: Ribbon
    film: Film
    settings: bytes = FEATURES
    warming_ms: int = WARMING_MS
    faults: Faults = field(default_factory=Faults)
    now_ms: int = 0
    powered: bool = False
    plugged: bool = True
    cover_open: bool = False
    stack_lifted: bool = False
    hopper_full: bool = False  # this family's trays always have room
    reject_full: bool = False
    inside: list[Card] = field(default_factory=list)
    at: Place | None = None
    turned: bool = False  # the back is up
    chip_under: bool = False
    jammed: bool = False  # only the door, opened and closed, lets the card move again
    fusing: str | None = None  # what is being transferred on to the card
    output: list[Card] = field(default_factory=list)
    reject: list[Card] = field(default_factory=list)
    hands: list[Card] = field(default_factory=list)
    planes: dict[str, bytes] = field(default_factory=dict)
    engaged: Place | None = None
    fault: int = 0  # the standing one's code
    frame_lost: bool = False  # a picture lay on the film when the process died
    unasked: bool = True  # has started up, and nobody has been told
    told: list[int] | None = None  # what lagging counters still tell
    lag_ms: int | None = 0  # how long after the card has left; None: not by the clock
    lag_until: str = ""  # poll or power
    lag_over: bool = False  # the next time they are asked is the last they lag
    missing: bool = False  # the counters do not answer
    deadlines: dict[str, int] = field(default_factory=dict)
    work: Work | None = None
    motion: Motion | None = None
    wakes_ms: int = 0
    silence: Callable[[], None] = lambda: None  # what the Ethernet face does when nothing was said for long
    watchers: list[Callable[[], None]] = field(default_factory=list)

    # Reading

    @property
    def still(self) -> bool:
        """Whether nothing moves, so that a hand may reach in."""
        return self.motion is None

    @property
    def there(self) -> bool:
        """Whether anybody answers on the wires."""
        return self.powered and self.plugged and "boot" not in self.deadlines

    @property
    def blank_ready(self) -> bool:
        """Whether the rollers can reach a blank."""
        return bool(self.feeder.left) and not self.stack_lifted

    @property
    def side(self) -> str:
        """Which side of the card is up."""
        return "back" if self.turned else "front"

    def chip_card(self) -> Card:
        """The card whose chip the antenna reaches. Raises IndexError when nothing is inside."""
        return self.inside[0 if self.chip_under else -1]

    def chip_there(self) -> tuple[str, bool] | None:
        """The UID of the chip the engaged reader sees and whether it is mute; None: no chip that is alive."""
        if not (self.powered and self.inside and self.engaged is Place.CONTACTLESS):
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

    def way_free(self) -> None:
        """A hand has taken the last card out of the path, through the open door."""
        self.at = self.engaged = None
        self.door_cycled()

    def door_cycled(self) -> None:
        """The door has been opened and closed: a jam lets go; without a card inside nothing is wrong."""
        self.jammed = False
        if not self.inside:
            self.fault = 0

    def check_stack(self) -> None:
        """Whether the stack still reaches the rollers for the blank that is next."""
        for fault in self.faults.due("stack", self.feeder.following):
            self.stack_lifted = True
            self.deadline("stack", fault.for_ms)

    def fresh_frame(self) -> None:
        """The film goes on; a picture that reached no card is thrown away with its frame."""
        wasted = bool(self.film.frame)
        self.film.go_on()
        if wasted:
            self.note("film_wasted")

    def spoil(self) -> None:
        """A transfer that was begun and never finished."""
        if self.fusing and self.inside:
            card, card.half, self.fusing = self.inside[-1], self.fusing, None
            self.note("stuck", card, panel=card.half)

    # Power

    def power_off(self, for_ms: int) -> None:
        """Memory is lost; what is physical stays where it is. Back by itself after ``for_ms``."""
        if self.motion is not None:
            self.motion.close()
            self.counters[ERRORS] += 1
        self.spoil()
        if self.film.frame:
            self.fresh_frame()
        if self.work is not None and self.work.code is None:
            self.work.code = Code.POWER_LOST
        self.work = self.motion = self.engaged = None
        self.planes.clear()
        self.powered = False
        self.fault = 0
        for name in ("boot", "init", "warm", "cooling", "silence"):
            self.deadlines.pop(name, None)
        self.deadline("power", for_ms)
        self.keep()
        self.tell_watchers()

    def power_on(self, *, warm: bool = False) -> None:
        """Boot: not there for a while, then initialising, then warming; ``warm``: it has been on before."""
        self.powered = self.unasked = True
        self.told = None if self.lag_until == "power" else self.told
        if self.inside:
            self.fault = Code.POWER_LOST
        self.spoil()  # it was being fused when the process died
        if self.frame_lost:
            self.frame_lost = False
            self.note("film_wasted")
        if not warm:
            self.deadline("boot", BOOT_MS)
            self.deadline("init", BOOT_MS + INITIALISING_MS)
            self.deadline("warm", BOOT_MS + INITIALISING_MS + self.warming_ms)
        self.check_stack()
        self.note("power_on")
        self.tell_watchers()
