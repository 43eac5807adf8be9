"""The seeded misfortunes of the day."""

from hypothesis import given
from hypothesis import strategies as st

from simulators.demo.accidents import CUTS, OUTAGES, Cut, calm, misfortunes
from simulators.demo.world import world

DAY = world(120, 10)
ORDERS = {name: DAY.orders_of(name) for name in DAY.stations}


@given(st.integers())
def test_enough_happens_whatever_the_seed(seed: int) -> None:
    day = misfortunes(ORDERS, seed)
    assert list(day) == list(ORDERS)
    cuts = [cut for each in day.values() for cut in each.cuts]
    assert len(cuts) == CUTS
    assert {kind for _, kind in cuts} == set(Cut)
    assert sum(len(each.outages) for each in day.values()) >= OUTAGES
    assert sum(each.ribbon_ends_at is not None for each in day.values()) == 1
    assert sum(each.blanks_short > 0 for each in day.values()) == 1
    assert not any(each.blanks_short and each.ribbon_ends_at for each in day.values())


@given(st.integers())
def test_no_card_is_struck_twice_and_none_that_is_not_printed(seed: int) -> None:
    for name, day in misfortunes(ORDERS, seed).items():
        cards = [card for card, _ in day.cuts]
        assert cards == sorted(set(cards))
        assert all(0 <= card < ORDERS[name] for card in cards)


def test_the_same_seed_is_the_same_day() -> None:
    assert misfortunes(ORDERS, 7) == misfortunes(ORDERS, 7)
    assert misfortunes(ORDERS, 7) != misfortunes(ORDERS, 8)


def test_a_calm_day_is_the_same_day_without_cuts() -> None:
    rough, smooth = misfortunes(ORDERS, 7), calm(ORDERS, 7)
    assert not any(each.cuts for each in smooth.values())
    assert [each.outages for each in smooth.values()] == [each.outages for each in rough.values()]
