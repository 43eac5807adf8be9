"""Which lives the matrix plays: every point of every variant under every accident, and beyond that by dice.

``systematic`` gives each point of a card's life at least once with the agent dying, the printer's power
failing, and both. ``drawn`` draws what no table holds: counters that lag, a job that is forgotten, a chip
that has no application or is torn from a write, how long the printer goes on before it is cut off, a
second cut while the first is being mended, and how long the agent stays away. A seed is a life.
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
LATE_MS = (0, 900, 5_000, 12_000)  # the printer goes on alone for so long before the cut
LAGS = ("", "counter_lag@card=1,for=20000", "counter_lag@card=1,until=poll", "counter_lag@card=1,until=power")
CHIPS = ("", "", "chip_plain@card=1", "chip_torn@card=1", "chip_mute@card=1")
LOST = "job_lost@card=1"
OF_A_SPOOLER = (
    *("", "", "held@job=1", "slow@job=1", "offline@job=1", "answer_lost@job=1", "half_document@job=1"),
    *("aborted@job=1", "aborted_but_printed@job=1", "completed_unprinted@job=1"),
)


@dataclass(frozen=True, slots=True)
class Variant:
    """How the station is equipped. ``reader``: the chip names the blank, or the clerk does; ``plain``: chips
    name them that have no room for a tag.
    """

    family: str
    ribbon: str
    reader: str


@dataclass(frozen=True, slots=True)
class Case:
    """One life. ``point``: where it is cut, ``late_ms`` after it; ``second``: how many moments later it is
    cut again, 0 if it is not.
    """

    variant: Variant
    point: str
    who: str
    pause_ms: int = 0
    late_ms: int = 0
    faults: tuple[str, ...] = ()
    second: int = 0
    second_who: str = "agent"
    seed: int = 0


Points = Mapping[Variant, Sequence[str]]


def systematic(points: Points, *, each: bool = True) -> Iterator[Case]:
    """Each point of each variant, under each accident; or, not ``each``, under one of them in turn."""
    for variant, names in points.items():
        for number, point in enumerate(names):
            for turn, who in enumerate(WHO):
                if not each and turn != number % len(WHO):
                    continue
                pause_ms, late_ms = (
                    PAUSES_MS[number % len(PAUSES_MS)],
                    LATE_MS[(number // 2 + turn) % len(LATE_MS)],
                )
                yield Case(variant, point, who, pause_ms, late_ms)


def drawn(seed: int, points: Points) -> Case:
    """The life of ``seed``."""
    dice = Random(seed)
    variant = dice.choice(list(points))
    told = (dice.choice(LAGS), dice.choice(CHIPS), LOST if dice.random() < 0.1 else "")
    if variant.family == "spool":
        told = (dice.choice(OF_A_SPOOLER), "", "")
    return Case(
        variant,
        dice.choice(points[variant]),
        dice.choice(WHO),
        dice.choice(PAUSES_MS),
        dice.choice(LATE_MS) if dice.random() < 0.5 else dice.randrange(30_000),
        tuple(fault for fault in told if fault),
        dice.randint(1, 60) if dice.random() < 0.5 else 0,
        dice.choice(WHO),
        seed,
    )
