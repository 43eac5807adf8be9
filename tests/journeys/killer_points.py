"""The points of a card's life at which something dies, and lives that die there."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.journeys.killer_rig import Life

TRIES = 3


class NotHit(AssertionError):
    """The life went past the point: a busy machine let a wait run out, and the card went another way."""


def hit(life: Life, dead: bool) -> None:
    """The point was hit, as ``dead`` tells. Raises NotHit with what happened instead."""
    if not dead:
        raise NotHit(f"the point was not hit: {life.states()}\n{life.log_path.read_text()[-500:]}")


def until_hit(played: Callable[..., None], folder: Path, *told: Any) -> None:
    """A life that is killed where it should be: one that was not is played again, twice at most."""
    for attempt in range(TRIES):
        try:
            played(folder.with_name(f"{folder.name}-{attempt}"), *told)
        except NotHit:
            if attempt + 1 == TRIES:
                raise
        else:
            return


def points_of_a_life(life: Life) -> list[str]:
    """A dry run's points, in order."""
    life.start(list_path=str(life.folder / "points"))
    life.live_to_the_end()
    assert life.stop() == 0
    life.truth_agrees()
    return (life.folder / "points").read_text().splitlines()
