"""The seeded misfortunes of the day."""

from hypothesis import given
from hypothesis import strategies as st

from simulators.demo.accidents import CUT_IN_CARDS, CUTS, OUTAGES, Cut, Odd, calm, misfortunes
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


@given(st.integers())
def test_the_cuts_strike_where_there_is_room_so_that_no_counter_ends_long_after_the_rest(seed: int) -> None:
    day = world(120, 14)
    orders = {name: day.orders_of(name) for name in day.stations}
    ends = {
        name: orders[name] + CUT_IN_CARDS * len(fate.cuts) for name, fate in misfortunes(orders, seed).items()
    }
    assert max(ends.values()) <= max(orders.values()) + CUT_IN_CARDS


@given(st.integers())
def test_a_day_of_few_cards_has_as_many_cuts_as_it_can_bear(seed: int) -> None:
    orders = {"64.01-1": 2, "64.02-1": 4, "64.11-1": 1}
    cuts = {name: [card for card, _ in fate.cuts] for name, fate in misfortunes(orders, seed).items()}
    assert cuts == {"64.01-1": [0], "64.02-1": [0, 1, 2], "64.11-1": [0]}


def test_the_same_seed_is_the_same_day() -> None:
    assert misfortunes(ORDERS, 7) == misfortunes(ORDERS, 7)
    assert misfortunes(ORDERS, 7) != misfortunes(ORDERS, 8)


def test_a_calm_day_is_the_same_day_without_cuts() -> None:
    rough, smooth = misfortunes(ORDERS, 7), calm(ORDERS, 7)
    assert not any(each.cuts for each in smooth.values())
    assert [each.outages for each in smooth.values()] == [each.outages for each in rough.values()]


@given(st.integers())
def test_odd_counters_are_spared_what_their_printers_cannot_bear(seed: int) -> None:
    odd = Odd(frozenset({"64.02-1", "64.71-1"}), frozenset({"64.71-1"}), frozenset({"64.08-1"}))
    day = misfortunes(ORDERS, seed, odd)
    assert {cut for _, cut in day["64.71-1"].cuts} <= {Cut.PC}
    assert not day["64.08-1"].outages
    for name in odd.foreign:
        assert (day[name].ribbon_ends_at, day[name].blanks_short) == (None, 0)
    assert sum(each.blanks_short > 0 for each in day.values()) == 1
    assert sum(len(each.outages) for each in day.values()) >= OUTAGES
    assert sum(len(each.cuts) for each in day.values()) == CUTS
