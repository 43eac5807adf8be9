"""Which lives the matrix plays: every point of every variant under every accident, and beyond that by dice.

``systematic`` gives each point of a card's life at least once with the agent dying, the printer's power
failing, and both. ``drawn`` draws what no table holds: counters that lag, a job that is forgotten, a
second death while the first is being mended, and how long each of them stays away. A seed is a life.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from random import Random

WHO = ("agent", "printer", "both")
PAUSES_MS = (
    0,
    2_000,
    40_000,
    400_000,
)  # before the agent is back: at once, before and after a session lapses
LAGS = ("", "counter_lag@card=1,for=20000", "counter_lag@card=1,until=poll", "counter_lag@card=1,until=power")
LOST = "job_lost@card=1"


@dataclass(frozen=True, slots=True)
class Variant:
    """How the station is equipped. ``reader``: the chip names the blank, or the clerk does."""

    family: str
    ribbon: str
    reader: str


@dataclass(frozen=True, slots=True)
class Case:
    """One life. ``point``: where it is cut; ``second``: the next life's last moment, 0 if it goes on."""

    variant: Variant
    point: str
    who: str
    pause_ms: int = 0
    faults: tuple[str, ...] = ()
    second: int = 0
    seed: int = 0


Points = Mapping[Variant, Sequence[str]]


def systematic(points: Points) -> Iterator[Case]:
    """Each point of each variant, under each accident."""
    for variant, names in points.items():
        for number, point in enumerate(names):
            for who in WHO:
                yield Case(variant, point, who, PAUSES_MS[number % len(PAUSES_MS)])


def drawn(seed: int, points: Points) -> Case:
    """The life of ``seed``."""
    dice = Random(seed)
    variant = dice.choice(list(points))
    faults = tuple(fault for fault in (dice.choice(LAGS), LOST if dice.random() < 0.1 else "") if fault)
    second = dice.randint(1, 60) if dice.random() < 0.5 else 0
    return Case(
        variant,
        dice.choice(points[variant]),
        dice.choice(WHO),
        dice.choice(PAUSES_MS),
        faults,
        second,
        seed,
    )
