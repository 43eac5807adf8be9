"""Cut at every point of a card's life: never a second good card, no order lost, no blank unaccounted.

Goal: whatever dies (the agent, the printer's power, both), wherever, and however long it stays away, no
decision the station makes by itself is contradicted by the physical truth. Method: every point of every
variant systematically, then lives by dice with lagging counters, forgotten jobs, chips that take no tag or
half of one, and second deaths. A seed replays exactly: ``case.drawn(seed, ...)``. The journals lie in memory
where there is such a folder: what a disk does under them is tests/disk's business.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.store.migrations import migrate
from tests.crash.case import Variant, drawn, systematic
from tests.crash.matrix import VARIANTS, in_memory, judged, points_of

PARTS, DRAWN_IN_CI, DRAWN_LONG, AT_ONCE = 4, 400, 100_000, 1_000


# Each accident at each point of these; the other variants meet one of the three at a point, in turn.
WHOLE = (("evolis", "ymcko", "chip"), ("matica", "ymck", "chip"), ("spool", "rgb", "clerk"))


@pytest.fixture(scope="module")
def folder() -> Iterator[Path]:
    with in_memory() as folder:
        yield folder


@pytest.fixture(scope="module")
def template(folder: Path) -> Path:
    path = folder / "template.db"
    migrate(path)
    return path


@pytest.fixture(scope="module")
def points(template: Path, folder: Path) -> dict[Variant, list[str]]:
    return {variant: points_of(variant, folder, template) for variant in VARIANTS}


def told(wrong: list[str]) -> str:
    return f"{len(wrong)} wrong, the first:\n" + "\n".join(wrong[:20])


@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: f"{v.family}-{v.ribbon}-{v.reader}")
def test_cut_at_every_point_every_order_has_one_good_card_and_every_blank_its_place(
    variant: Variant, points: dict[Variant, list[str]], template: Path, folder: Path
) -> None:
    each = (variant.family, variant.ribbon, variant.reader) in WHOLE
    cases = list(systematic({variant: points[variant]}, each=each))
    verdicts, wrong = judged(cases, folder, template, must_hit=True)
    assert not wrong, told(wrong)
    assert verdicts.cycles == len(cases) == len(points[variant]) * (3 if each else 1)
    assert (verdicts.alone > 0) == (variant.family != "spool")
    assert verdicts.alone < verdicts.cycles


@pytest.mark.long
@pytest.mark.parametrize("variant", VARIANTS, ids=lambda v: f"{v.family}-{v.ribbon}-{v.reader}")
def test_the_same_under_every_accident_at_every_point(
    variant: Variant, points: dict[Variant, list[str]], template: Path, folder: Path
) -> None:
    cases = list(systematic({variant: points[variant]}))
    verdicts, wrong = judged(cases, folder, template, must_hit=True)
    assert not wrong, told(wrong)
    assert verdicts.cycles == 3 * len(points[variant])


@pytest.mark.parametrize("part", range(PARTS))
def test_lives_by_dice_are_no_worse(
    part: int, points: dict[Variant, list[str]], template: Path, folder: Path
) -> None:
    cases = [drawn(seed, points) for seed in range(part, DRAWN_IN_CI, PARTS)]
    verdicts, wrong = judged(cases, folder, template, must_hit=False)
    assert not wrong, told(wrong)
    assert verdicts.second_deaths > 10


@pytest.mark.long
@pytest.mark.parametrize("start", range(DRAWN_IN_CI, DRAWN_IN_CI + DRAWN_LONG, AT_ONCE))
def test_a_hundred_thousand_lives_by_dice(
    start: int, points: dict[Variant, list[str]], template: Path, folder: Path
) -> None:
    cases = (drawn(seed, points) for seed in range(start, start + AT_ONCE))
    verdicts, wrong = judged(cases, folder, template, must_hit=False)
    assert not wrong, told(wrong)
    assert verdicts.cycles == AT_ONCE
