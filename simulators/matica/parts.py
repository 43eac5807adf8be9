"""What runs out: the ribbon, and the clear film with the picture that lies on its frame."""

from __future__ import annotations

from dataclasses import dataclass, field

from simulators.matica.makes import CAPACITY, FOREIGN, INK, NO_RIBBON


@dataclass(slots=True)
class Ribbon:
    """``ink``: its kind's number; ``left`` counts cards still possible."""

    ink: int
    left: int

    @property
    def total(self) -> int:
        """Cards on a new one."""
        return CAPACITY.get(self.ink, 0)

    @property
    def missing(self) -> bool:
        """Whether there is none."""
        return self.ink == NO_RIBBON

    @property
    def foreign(self) -> bool:
        """Whether the machine cannot use it."""
        return self.ink == FOREIGN

    def has(self, letters: str) -> bool:
        """Whether those panels are on it; a peel-off panel needs no ink."""
        return "u" not in letters or self.ink == INK["ymcku"]


@dataclass(slots=True)
class Film:
    """``frame``: the panels on it, each (letter, data, whole); ``left`` counts cards still possible."""

    left: int
    frame: list[tuple[str, bytes, bool]] = field(default_factory=list)

    def go_on(self) -> None:
        """A fresh frame."""
        self.left -= 1
        self.frame.clear()
