"""The scaled day: shares add up, every office and station prints, what was not published is marked."""

import itertools

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.regions import OFFICES
from simulators.demo.world import DAY_ORDERS, backlog, figures, seats, shares, world

NAMES = st.text("abcdef", min_size=1, max_size=3)
WEIGHTS = st.dictionaries(NAMES, st.integers(1, 60_000), min_size=1, max_size=10)


@given(WEIGHTS, st.integers(0, 2_000), st.integers(0, 3))
def test_shares_add_up_and_lie_within_one_of_the_exact_part(
    weights: dict[str, int], rest: int, least: int
) -> None:
    total = rest + least * len(weights)
    shared = shares(total, weights, least)
    assert sum(shared.values()) == total
    whole = sum(weights.values())
    for name, weight in weights.items():
        assert abs((shared[name] - least) - rest * weight / whole) < 1


@given(WEIGHTS, st.integers(0, 2_000))
def test_who_weighs_more_never_gets_less(weights: dict[str, int], total: int) -> None:
    shared = shares(total, weights)
    ordered = sorted(weights, key=lambda name: weights[name])
    for less, more in itertools.pairwise(ordered):
        assert shared[less] <= shared[more] or weights[less] == weights[more]


def test_too_few_for_the_least_is_said() -> None:
    with pytest.raises(ValueError, match="cannot give 2"):
        shares(3, {"a": 1, "b": 1}, least=2)


def test_the_backlog_is_the_published_one() -> None:
    told = figures()
    waiting = backlog(told)
    assert list(waiting) == list(OFFICES)
    assert sum(waiting.values()) == told["suket"] == 103_068
    named = [waiting[code] for code in ("64.02", "64.71", "64.08", "64.72")]
    assert named == [50_645, 21_537, 15_354, 8_018]
    assert sum(waiting[code] for code in told["regencies_unnamed"]) == 7_514
    assert [code for code, people in waiting.items() if not people] == ["64.07", "64.09", "64.11"]


@pytest.mark.parametrize(("orders", "stations"), [(100, 10), (120, 10), (120, 12), (500, 53), (103_068, 53)])
def test_every_office_and_every_station_prints_something(orders: int, stations: int) -> None:
    day = world(orders, stations)
    assert day.orders == orders
    assert len(day.stations) == len(set(day.stations)) == stations
    assert len(day.offices) == 10
    assert sum(day.orders_of(name) for name in day.stations) == orders
    assert min(day.orders_of(name) for name in day.stations) >= 1


def test_a_small_day_gives_the_small_ones_one_order_and_no_more() -> None:
    assert [office.orders for office in world(20, 10).offices] == [1, 4, 1, 2, 2, 2, 2, 3, 2, 1]


def test_only_the_three_unnamed_regencies_are_assumed() -> None:
    day = world(120, 10)
    assert [office.name for office in day.offices if office.assumed] == ["Paser", "Berau", "Bontang"]
    assert [office.orders for office in day.offices if not office.backlog] == [DAY_ORDERS] * 3


def test_more_stations_go_where_most_orders_wait() -> None:
    assert seats(4, {"a": 10, "b": 90}) == {"a": 1, "b": 3}


@pytest.mark.parametrize(("orders", "stations"), [(120, 9), (120, 54), (10, 10), (20, 53)])
def test_a_day_that_cannot_be_is_refused(orders: int, stations: int) -> None:
    with pytest.raises(ValueError, match=r"\w"):
        world(orders, stations)
