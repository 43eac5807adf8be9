"""SIGKILL for the agent, for the printer, and for both, at points of a card's life, with real processes.

Both families over their TCP wires. A printer that dies comes back from its state file, as one does whose
power was cut. Points are dealt out evenly over a card's life, with each of the three in turn; each is proved
to be hit by the process that ended by SIGKILL. Every point with the agent alone: test_killed_agent.py.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.journeys.killer_points import hit, points_of_a_life, until_hit
from tests.journeys.killer_rig import Life, Prepared, prepare

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL has no twin on Windows")
WHO = ("agent", "printer", "both")


@dataclass(frozen=True, slots=True)
class Make:
    """A printer to be started. A Matica may not be hurried more: it ends a line that is silent for a minute
    of its own, and a chip that its power let go of is waited for in real seconds.
    """

    ribbon: str
    options: tuple[str, ...] = ()


MATICA = Make("ymck", ("--make", "matica", "--model", "xid580", "--speed", "10", "--warming", "500"))
EVOLIS = Make("ymcko")


@pytest.fixture(scope="module")
def prepared(tmp_path_factory: pytest.TempPathFactory) -> Prepared:
    return prepare(tmp_path_factory.mktemp("prepared"))


@contextmanager
def a_life(prepared: Prepared, folder: Path, make: Make) -> Iterator[Life]:
    folder.mkdir()
    life = Life(prepared, folder, make.ribbon, None, *make.options, "--state", str(folder / "state"))
    try:
        yield life
    finally:
        life.close()


def play(life: Life, point: str, who: str) -> None:
    """The point, what dies there, and the card's life to its end."""
    life.start(at=point, who=who)
    if who != "agent":
        hit(life, life.printer.killed())
        if who == "printer":
            assert life.running()
        life.printer.revive()
    if who != "printer":
        hit(life, life.killed())
        life.start()
    life.live_to_the_end()
    assert life.stop() == 0
    life.truth_agrees()


def a_played_life(folder: Path, prepared: Prepared, make: Make, point: str, who: str) -> None:
    with a_life(prepared, folder, make) as life:
        play(life, point, who)


@pytest.mark.parametrize(
    ("make", "lives"),
    [
        pytest.param(MATICA, 3, id="matica"),
        pytest.param(EVOLIS, 3, id="evolis"),
        pytest.param(MATICA, 30, id="matica, thirty points", marks=pytest.mark.long),
        pytest.param(EVOLIS, 30, id="evolis, thirty points", marks=pytest.mark.long),
    ],
)
def test_whoever_is_killed_one_order_is_one_good_card(
    prepared: Prepared, tmp_path: Path, make: Make, lives: int
) -> None:
    with a_life(prepared, tmp_path / "dry", make) as life:
        points = [point for point in points_of_a_life(life) if " after " not in point]
    assert len(points) > 60
    wrong = []
    for number in range(lives):
        point, who = points[(2 * number + 1) * len(points) // (2 * lives)], WHO[number % len(WHO)]
        try:
            until_hit(a_played_life, tmp_path / str(number), prepared, make, point, who)
        except AssertionError as error:
            wrong.append(f"{who} killed {point}: {error}")
    assert not wrong, "\n".join(wrong)
