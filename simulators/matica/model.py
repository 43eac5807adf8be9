"""The printer as numbers: everything that is so about it, and the changes that keep it whole.

Strategy: this is the bottom. `sensors` reads it, `accidents` and `motions` say what may happen to it,
`mechanism` works its one motion, `clock` lets time pass; none of them is known here. What is so of any card
printer is its `Body`; what a power cut leaves of it all is in `memory`. Nothing moves that no host asked for,
and there is no job in it: planes in memory, a frame of film, a card.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

from simulators.cards.body import Body
from simulators.matica.codes import Code, Order, Place
from simulators.matica.makes import BOOT_MS, FEATURES, INITIALISING_MS, WARMING_MS, Make
from simulators.matica.parts import Film, Ribbon

TOTAL, FREE, HEAD, CLEANED, ERRORS = range(5)
"""The counters by their codes (PROTOCOL.md §4)."""


@dataclass(slots=True, eq=False)
class Work:
    """One order given; ``code`` is None until it has ended."""

    order: Order
    code: int | None = None


@dataclass(slots=True, kw_only=True)
class Printer(Body):
    """The simulated machine. Its trays always have room, and it never waits for a hand in a motion; a jam
    lets go only when the door has been opened and closed.
    """

    make: Make
    counters: list[int]  # non-volatile
    ribbon: Ribbon
    film: Film
    settings: bytes = FEATURES
    warming_ms: int = WARMING_MS
    at: Place | None = None
    turned: bool = False  # the back is up
    fusing: str | None = None  # what is being transferred on to the card
    planes: dict[str, bytes] = field(default_factory=dict)
    engaged: Place | None = None
    fault: int = 0  # the standing one's code
    frame_lost: bool = False  # a picture lay on the film when the process died
    unasked: bool = True  # has started up, and nobody has been told
    work: Work | None = None
    silence: Callable[[], None] = lambda: None  # what the Ethernet face does when nothing was said for long

    # Reading

    @property
    def there(self) -> bool:
        """Whether anybody answers on the wires."""
        return self.powered and self.plugged and "boot" not in self.deadlines

    @property
    def side(self) -> str:
        """Which side of the card is up."""
        return "back" if self.turned else "front"

    def chip_there(self) -> tuple[str, bool] | None:
        """The UID of the chip the engaged reader sees and whether it is mute; None: no chip that is alive."""
        in_field = self.powered and self.inside and self.engaged is Place.CONTACTLESS
        return self.chip_alive() if in_field else None

    # Changes

    def way_free(self) -> None:
        """A hand has taken the last card out of the path, through the open door."""
        self.at = self.engaged = None
        self.door_cycled()

    def door_cycled(self) -> None:
        """The door has been opened and closed: a jam lets go; without a card inside nothing is wrong."""
        self.jammed = False
        if not self.inside:
            self.fault = 0

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
