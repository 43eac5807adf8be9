"""When the play dies, those it had started end too, and nobody else does."""

import subprocess
import sys
from collections.abc import Iterator

import pytest

from simulators.demo.keeper import Keeper

SLEEPER = [sys.executable, "-c", "input()"]


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    with subprocess.Popen(SLEEPER, stdin=subprocess.PIPE) as process:
        yield process
        process.kill()


def test_whoever_is_held_ends_with_the_play(sleeper: subprocess.Popen[bytes]) -> None:
    with Keeper() as keeper:
        keeper.hold(sleeper.pid)
        assert sleeper.poll() is None
    assert sleeper.wait(10) != 0


def test_whoever_was_let_go_is_left_alone(sleeper: subprocess.Popen[bytes]) -> None:
    with Keeper() as keeper:
        keeper.hold(sleeper.pid)
        keeper.let_go(sleeper.pid)
    assert sleeper.poll() is None


def test_a_play_without_its_keeper_goes_on(sleeper: subprocess.Popen[bytes]) -> None:
    with Keeper() as keeper:
        keeper._process.kill()
        keeper._process.wait()
        keeper.hold(sleeper.pid)
        keeper.let_go(sleeper.pid)
    assert sleeper.poll() is None
