"""The agent killed by SIGKILL at every point of one card's life, with real processes and real wires.

Points: before and after every journal write, every exchange with the printer and every piece of the job
stream. Each is proved to be hit (the process ended by SIGKILL). After each death the agent is started
again, a clerk settles what is unsure by the cards in the trays, and the printer's truth is the judge: one
good card for the order, every blank in exactly one account. Points are dealt to a few tests, so that they
may run side by side.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.journeys.killer_points import hit, points_of_a_life, until_hit
from tests.journeys.killer_rig import Life, Prepared, prepare

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL has no twin on Windows")
HANDS = 4  # tests that the points are dealt to


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(tmp_path_factory.mktemp("prepared"))


@contextmanager
def a_life(prepared: Prepared, folder: Path) -> Iterator[Life]:
    folder.mkdir()
    life = Life(prepared, folder, "ymcko")
    try:
        yield life
    finally:
        life.close()


@pytest.fixture(scope="module")
def points(prepared: Prepared, tmp_path_factory: pytest.TempPathFactory) -> list[str]:
    with a_life(prepared, tmp_path_factory.mktemp("dry") / "life") as life:
        return points_of_a_life(life)


def test_the_points_cover_every_write_every_exchange_and_every_piece(points: list[str]) -> None:
    assert len(set(points)) == len(points) > 100
    for event in (
        *("order_received", "job_queued", "feed_intended", "staged", "chip_intended", "chip_written"),
        *("print_intended", "printed", "verified+ready"),
    ):
        assert {f"before commit:{event}:1", f"after commit:{event}:1"} <= set(points)
    pieces = [point for point in points if point.startswith("before piece:job")]
    assert len(pieces) >= 5
    befores = [point.split(" ", 1)[1] for point in points if point.startswith("before")]
    assert befores == [point.split(" ", 1)[1] for point in points if point.startswith("after")] or set(
        befores
    ) == {point.split(" ", 1)[1] for point in points if point.startswith("after")}


def a_killed_life(folder: Path, prepared: Prepared, point: str) -> None:
    with a_life(prepared, folder) as life:
        life.start(at=point)
        hit(life, life.killed())
        life.start()
        life.live_to_the_end()
        assert life.stop() == 0
        life.truth_agrees()


@pytest.mark.parametrize("hand", range(HANDS))
def test_killed_at_each_point_one_order_is_one_good_card(
    prepared: Prepared, points: list[str], tmp_path: Path, hand: int
) -> None:
    wrong = []
    for number, point in enumerate(points[hand::HANDS]):
        try:
            until_hit(a_killed_life, tmp_path / str(number), prepared, point)
        except AssertionError as error:
            wrong.append(f"killed {point}: {error}")
    assert not wrong, "\n".join(wrong)
