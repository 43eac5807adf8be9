"""Who looks at a simulated card printer in tests: one that judges every change, one that kills at a write."""

from __future__ import annotations

from collections.abc import Callable
from io import RawIOBase
from pathlib import Path
from typing import Any

from simulators.cards.truth import Files, Line, Memory


class Judge(Memory):
    """Keeps the truth, and holds at every physical change that each card is in exactly one place."""

    def note(self, line: Line | None, freeze: Callable[[], dict[str, Any]]) -> None:
        kept = freeze()
        places = [card["number"] for name in ("inside", "output", "reject", "hands") for card in kept[name]]
        assert sorted(places) == list(range(1, kept["feeder"][0])), "a card is nowhere, or in two places"
        assert bool(kept["inside"]) == (kept["at"] is not None)
        super().note(line, freeze)


class Cut(Exception):
    """The process is killed here."""


class Guillotine(Files):
    """Dies before the ``at``-th write of either file; writes count from 0."""

    def __init__(self, truth: Path, state: Path, at: int) -> None:
        super().__init__(truth, state)
        self._left = at

    def _count(self) -> None:
        if self._left == 0:
            raise Cut
        self._left -= 1

    def _keep(self, state: Path, kept: dict[str, Any]) -> None:
        self._count()
        super()._keep(state, kept)

    def _tell(self, truth: RawIOBase, raw: bytes) -> None:
        self._count()
        super()._tell(truth, raw)
