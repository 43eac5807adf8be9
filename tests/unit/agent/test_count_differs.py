"""A count that did not fit stays open until what was missing is booked lost: that, and nothing else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.store.journal import Journal
from tests.unit.agent.stations import Clock, Province
from tests.unit.agent.stock import TWO, act, filled, words


@pytest.fixture
def journal(tmp_path: Path, clock: Clock, province: Province) -> Iterator[Journal]:
    made = filled(tmp_path / "home", province, clock)
    act(made, "spoil", blank="0401", reason="torn")
    act(made, "void", card="OLD-1", why="worn")
    yield made
    made.close()


@pytest.mark.parametrize("other", ["0401", "OLD-1"])
def test_the_loss_of_what_was_never_counted_leaves_a_number_open(journal: Journal, other: str) -> None:
    act(journal, "count", count=6, **TWO)
    act(journal, "lose", blank=other, reason="gone", **TWO)
    assert words(journal) == [("COUNT_DIFFERS", 1)]
    act(journal, "lose", blank="0402", reason="gone", **TWO)
    assert words(journal) == []


def test_what_an_older_program_booked_lost_closes_a_number_too(journal: Journal) -> None:
    act(journal, "count", count=4, **TWO)
    older = {"kind": "ktp", "reason": "gone", "by": "ani", "second": "budi"}
    journal.write(lambda tx: tx.note("blank_lost", "0402", older))
    journal.write(lambda tx: tx.note("blank_lost", "BA-1", {**older, "count": 2}))
    assert words(journal) == []


def test_a_number_is_closed_by_one_that_had_no_name(journal: Journal) -> None:
    act(journal, "count", count=5, **TWO)
    act(journal, "lose", blank="0499", reason="gone", **TWO)
    act(journal, "lose", count=1, minutes="BA-1", reason="gone", **TWO)
    assert words(journal) == []


def test_a_count_by_name_is_closed_by_the_loss_of_each_that_was_not_there(journal: Journal) -> None:
    act(journal, "count", names=["0402", "0501", "0502", "0503"], **TWO)  # 0403 and two without a name
    assert words(journal) == [("COUNT_DIFFERS", 3)]
    act(journal, "lose", blank="0401", reason="gone", **TWO)
    act(journal, "lose", blank="0402", reason="gone", **TWO)
    assert words(journal) == [("COUNT_DIFFERS", 3)]
    act(journal, "lose", blank="0403", reason="gone", **TWO)
    act(journal, "lose", blank="0598", reason="gone", **TWO)
    act(journal, "lose", count=1, minutes="BA-1", reason="gone", **TWO)
    assert words(journal) == []
