"""How many card cycles were cut, and what the physical truth found wrong: nothing may be.

In process and in virtual time: a cut drops the agent's objects, the printer's power, or both, and everything
is taken up again from the durable bytes. Each point of each variant under each accident, then lives by dice.
The figures are counts, so no machine is faster at them than another. The long run is ``pytest -m long
tests/crash``.
"""

from __future__ import annotations

import tempfile
from itertools import chain
from pathlib import Path
from typing import Any

from agent.store.migrations import migrate
from tests.crash.case import drawn, systematic
from tests.crash.matrix import VARIANTS, judged, points_of

DRAWN = 1_000


def run() -> dict[str, Any]:
    """One line of the benchmarks."""
    with tempfile.TemporaryDirectory() as folder:
        here, template = Path(folder), Path(folder) / "template.db"
        migrate(template)
        points = {variant: points_of(variant, here, template) for variant in VARIANTS}
        cases = chain(systematic(points), (drawn(seed, points) for seed in range(DRAWN)))
        found, wrong = judged(cases, here, template, must_hit=False)
    harm = found.second_cards + found.lost_orders + found.unaccounted + found.contradicted
    return {
        "name": "crash_matrix",
        "figure": found.cycles,
        "unit": "card cycles cut, virtual time",
        "against": "zero second cards, lost orders, unaccounted blanks, contradicted decisions",
        "against_figure": harm + len(wrong),
        "second_cards": found.second_cards,
        "lost": found.lost_orders,
        "unaccounted": found.unaccounted,
        "contradicted": found.contradicted,
        "points": sum(map(len, points.values())),
        "share_settled_alone": round(found.alone / found.cycles, 3),
        "ratio": None,
        "goal": "all zero over >= 2,000 cycles",
        "holds": not wrong and found.cycles >= 2_000,
    }
