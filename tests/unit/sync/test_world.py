"""The worst line, by seed; and the same with single rules broken on purpose, which must show."""

from __future__ import annotations

import pytest

from sync.log import Batch, Fork, Gap, Mark, Taken
from tests.unit.sync.world import Rules, World, honest

SEEDS = 2_000


def test_whatever_the_line_does_the_follower_ends_with_the_owners_log_once_and_in_order() -> None:
    forks = 0
    for seed in range(SEEDS):
        world = World(seed, as_bytes=seed % 20 == 0)
        assert world.play() is None, f"seed {seed}"
        forks += world.forks
    assert forks > SEEDS // 50, "the dice must meet real forks, or the epochs are not tried"


def no_gap_check(have: Mark, batch: Batch, known: set[int]) -> Taken | Gap | Fork:
    judged = honest(have, batch, known)
    if isinstance(judged, Gap):
        return Taken(batch.entries, (), batch.last)
    return judged


def no_second_look(have: Mark, batch: Batch, known: set[int]) -> Taken | Gap | Fork:
    judged = honest(have, batch, known)
    if isinstance(judged, Taken):
        return Taken(batch.entries, (), batch.last)
    return judged


def forks_are_let_in(have: Mark, batch: Batch, known: set[int]) -> Taken | Gap | Fork:
    judged = honest(have, batch, known)
    if isinstance(judged, Fork):
        fresh = tuple(entry for entry in batch.entries if entry.seq > have.seq)
        return Taken(fresh, (), batch.last if fresh else have)
    return judged


BROKEN = {
    "answers before it commits": Rules(commits_first=False),
    "does not look for a gap": Rules(judge=no_gap_check),
    "takes old lines again": Rules(judge=no_second_look),
    "has no epochs": Rules(epochs=False),
    "lets a fork in": Rules(judge=forks_are_let_in),
}


@pytest.mark.parametrize("rules", BROKEN.values(), ids=BROKEN)
def test_a_follower_that_breaks_one_rule_is_found_out(rules: Rules) -> None:
    assert any(World(seed, rules).play() for seed in range(5 * SEEDS))
