"""What is so of any simulated card printer's body, and the changes that keep it whole.

Where each card lies, what is open, lifted or full, which accidents are to come, what happens by itself later.
A family's printer is a body with its own electronics; when it reaches a chip, what a power cut takes and what
a hand sets right are the family's. Every physical change is told to `remember` before the world goes on.
Slots make a mistyped attribute an error.
"""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from simulators.cards.blank import Card, Feeder
from simulators.cards.faults import Faults
from simulators.cards.truth import Line

Motion = Generator[int, None, None]
"""A movement under way: yields the milliseconds it takes."""


@dataclass(slots=True, kw_only=True)
class Body:
    """The machine without its electronics. ``inside`` lies at ``at``; of two that stick together the last is
    on top. ``wakes_ms`` None: the motion under way waits for a hand.
    """

    serial: str
    seed: int
    remember: Callable[[Any, Line | None], None]  # a line of truth; None: only the state has changed
    feeder: Feeder
    faults: Faults = field(default_factory=Faults)
    now_ms: int = 0
    powered: bool = False
    plugged: bool = True
    cover_open: bool = False
    stack_lifted: bool = False
    hopper_full: bool = False
    reject_full: bool = False
    inside: list[Card] = field(default_factory=list)
    at: StrEnum | None = None
    chip_under: bool = False
    jammed: bool = False
    output: list[Card] = field(default_factory=list)
    reject: list[Card] = field(default_factory=list)
    hands: list[Card] = field(default_factory=list)
    told: tuple[int, ...] | None = None  # what lagging counters still tell
    lag_ms: int | None = 0  # how long after the card has left; None: not by the clock
    lag_until: str = ""  # poll or power
    lag_over: bool = False  # the next time they are asked is the last they lag
    missing: bool = False  # the counters do not answer
    deadlines: dict[str, int] = field(default_factory=dict)
    motion: Motion | None = None
    wakes_ms: int | None = None
    watchers: list[Callable[[], None]] = field(default_factory=list)

    # Reading

    @property
    def waiting(self) -> bool:
        """Whether the mechanism stands still until a hand does something."""
        return self.motion is not None and self.wakes_ms is None

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

    def chip_alive(self) -> tuple[str, bool] | None:
        """The UID of the chip the antenna reaches and whether it is mute; None: it is dead. Raises as
        `chip_card`.
        """
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

    def check_stack(self) -> None:
        """Whether the stack still reaches the rollers for the blank that is next."""
        for fault in self.faults.due("stack", self.feeder.following):
            self.stack_lifted = True
            self.deadline("stack", fault.for_ms)
