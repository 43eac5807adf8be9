"""How often the simulated reader errs over synthetic fingers, and what a look and a comparison cost.

No figure of a real module: fingers, pictures and matching are all ours. It says that the tests that rest on
them do not fail by chance, and that a wrong finger is not let through by chance either.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from simulators.people import fingers
from simulators.r30x import matching, minutiae
from tests.fingers import rates, twenty

GOAL = 0.01
ROUNDS = 20


def run() -> dict[str, Any]:
    """One line of the benchmarks."""
    figures = rates(twenty(), 3, across=9)
    worst = max(figures.refused(), figures.accepted())
    picture = fingers.impression(twenty()[0], 1)
    first, second = minutiae.template(picture), minutiae.template(fingers.impression(twenty()[1], 1))
    assert first is not None and second is not None
    look, compare = ms(lambda: minutiae.template(picture)), ms(lambda: matching.score(first, second))
    return {
        "name": "finger_rates",
        "figure": worst,
        "unit": "share of pairs judged wrongly, the worse of both kinds, security level 3",
        **figures.told(),
        "extraction_ms": look,
        "matching_ms": compare,
        "against": "the same pictures compared at the strictest level: genuine pairs refused",
        "against_figure": figures.refused(5),
        "ratio": None,
        "goal": f"figure <= {GOAL}",
        "holds": worst <= GOAL,
    }


def ms(work: Callable[[], object]) -> float:
    """The quickest of some rounds."""
    best = float("inf")
    for _ in range(ROUNDS):
        before = time.perf_counter()
        work()
        best = min(best, time.perf_counter() - before)
    return round(best * 1000, 2)
