"""How many card cycles were cut, and what the physical truth found wrong: nothing may be.

In process and in virtual time: a cut drops the agent's objects, the printer's power, or both, and everything
is taken up again from the durable bytes. Each point of each variant under each accident, then lives by dice.
The figures are counts, so no machine is faster at them than another. The long run is ``pytest -m long
tests/crash``.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from agent.store.migrations import migrate
from tests.crash.case import drawn, systematic
from tests.crash.families import FAMILIES
from tests.crash.judge import Verdicts
from tests.crash.matrix import VARIANTS, in_memory, judged, points_of

DRAWN = 500
HARM = ("second_cards", "lost_orders", "unaccounted", "contradicted")


@dataclass(frozen=True, slots=True)
class Found:
    """What the lives at one family's printers came to: those at every point, and those by dice."""

    points: int
    planned: Verdicts
    by_dice: Verdicts
    wrong: int

    def total(self, name: str) -> int:
        """A count over all lives."""
        return sum(int(getattr(verdicts, name)) for verdicts in (self.planned, self.by_dice))


def of_family(family: str, folder: Path, template: Path) -> Found:
    """Every point of its variants under every accident, then lives by dice."""
    variants = [variant for variant in VARIANTS if variant.family == family]
    points = {variant: points_of(variant, folder, template) for variant in variants}
    planned, wrong = judged(systematic(points), folder, template, must_hit=True)
    by_dice, more = judged((drawn(seed, points) for seed in range(DRAWN)), folder, template, must_hit=False)
    return Found(sum(map(len, points.values())), planned, by_dice, len(wrong) + len(more))


def run() -> dict[str, Any]:
    """One line of the benchmarks."""
    with in_memory() as folder:
        template = folder / "template.db"
        migrate(template)
        found = {family: of_family(family, folder, template) for family in FAMILIES}
    counts = {name: sum(each.total(name) for each in found.values()) for name in HARM}
    wrong = sum(each.wrong for each in found.values())
    cycles = sum(each.total("cycles") for each in found.values())
    return {
        "name": "crash_matrix",
        "figure": cycles,
        "unit": "card cycles cut, virtual time",
        "against": "zero second cards, lost orders, unaccounted blanks, contradicted decisions",
        "against_figure": sum(counts.values()) + wrong,
        **counts,
        "points": {family: each.points for family, each in found.items()},
        "share_settled_alone": {
            family: {
                "at_every_point": round(each.planned.alone / each.planned.cycles, 3),
                "by_dice": round(each.by_dice.alone / each.by_dice.cycles, 3),
            }
            for family, each in found.items()
        },
        "ratio": None,
        "goal": "all zero over >= 2,000 cycles",
        "holds": not wrong and cycles >= 2_000,
    }
