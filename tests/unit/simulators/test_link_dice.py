"""When the bad link fails, how, and how fast it carries: its dice, without a clock or a socket."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.link import PROFILES, Line, Outage, weather


@given(st.lists(st.tuples(st.integers(0, 500), st.integers(1, 1460)), min_size=1, max_size=50), st.integers())
def test_bytes_arrive_in_order_never_early_and_never_faster_than_the_line(
    chunks: list[tuple[int, int]], seed: int
) -> None:
    profile = PROFILES["2g"]
    line = Line(profile, seed, "up")
    now = last = 0.0
    through = 0
    for pause, size in chunks:
        now += pause
        due = line.due_ms(now, size)
        through += size
        assert due >= last
        assert due >= now + 1000 * size / profile.bytes_per_s + profile.delay_ms
        assert due >= 1000 * through / profile.bytes_per_s + profile.delay_ms
        last = due


def test_an_idle_line_saves_nothing_up() -> None:
    line = Line(PROFILES["2g"], 1, "up")
    assert line.due_ms(100_000, 2_500) >= 100_000 + 1_000 + 350


def test_the_same_seed_fails_at_the_same_moments() -> None:
    def first(seed: int) -> list[tuple[int, Outage, int]]:
        return list(itertools.islice(weather(PROFILES["2g"], seed), 20))

    assert first(4) == first(4)
    assert first(4) != first(5)
    assert {kind for _, kind, _ in first(4)} == set(PROFILES["2g"].kinds)
    assert list(weather(PROFILES["good"], 4)) == []


@pytest.mark.parametrize("name", ["2g", "vsat", "boat"])
def test_outages_come_as_often_and_last_as_long_as_the_profile_says(name: str) -> None:
    profile, many = PROFILES[name], 4000
    fallen = list(itertools.islice(weather(profile, 1), many))
    assert sum(calm for calm, _, _ in fallen) / many == pytest.approx(profile.calm_ms, rel=0.1)
    assert sum(length for _, _, length in fallen) / many == pytest.approx(profile.outage_ms, rel=0.1)
