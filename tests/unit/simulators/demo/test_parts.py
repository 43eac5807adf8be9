"""Who plays which part: every part is played in a day of any size, and by a counter that can."""

from collections import Counter
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.regions import split_station, station
from simulators.demo.accidents import Cut, calm, misfortunes
from simulators.demo.papers import folk
from simulators.demo.parts import (
    HOLDERS,
    ROOMS,
    SLOW_LINES,
    URGENT,
    Make,
    Part,
    late,
    makes,
    odd,
    parts,
    recorders,
)
from simulators.demo.world import World, world


def played(day: World, seed: int) -> dict[str, Part]:
    orders = {name: day.orders_of(name) for name in day.stations}
    return parts(day, calm(orders, seed, odd(day)), folk(day, seed))


def test_one_office_has_a_retransfer_printer_and_one_prints_through_a_spooler() -> None:
    counts = Counter(makes(world(120, 14)).values())
    assert counts == {Make.EVOLIS: 12, Make.MATICA: 1, Make.SPOOLER: 1}
    assert Counter(makes(world(300, 53)).values()) == {Make.EVOLIS: 51, Make.MATICA: 1, Make.SPOOLER: 1}


@pytest.mark.parametrize(("orders", "stations"), [(20, 10), (40, 14), (120, 14)])
@given(seed=st.integers(1, 999))
def test_every_part_is_played_once_by_a_printer_of_the_common_kind(
    orders: int, stations: int, seed: int
) -> None:
    day = world(orders, stations)
    found = played(day, seed)
    assert list(found) == list(day.stations)
    for part in ("smears", "withholds", "late", "lends_to"):
        (name,) = [name for name, each in found.items() if getattr(each, part)]
        assert found[name].make is Make.EVOLIS
    assert found[late(day)].late
    (lender,) = [name for name, each in found.items() if each.lends_to]
    assert split_station(lender)[0] != split_station(str(found[lender].lends_to))[0]


@given(st.integers(1, 999))
def test_the_certificate_is_for_somebody_who_may_have_one(seed: int) -> None:
    day = world(120, 14)
    people = {each.order: each for each in folk(day, seed)}
    asked = {name: each.urgent for name, each in played(day, seed).items() if each.urgent}
    for name, order in asked.items():
        assert people[order].reason in URGENT
        assert station(people[order].office, int(people[order].station)) == name
    assert len(asked) <= 1


def test_the_default_day_has_a_certificate() -> None:
    assert any(each.urgent for each in played(world(120, 14), 1).values())


@pytest.mark.parametrize(("orders", "stations"), [(20, 10), (40, 14), (120, 14)])
@given(seed=st.integers(1, 999))
def test_people_are_recorded_at_two_offices_on_lines_that_bear_it(
    orders: int, stations: int, seed: int
) -> None:
    day = world(orders, stations)
    fates = misfortunes({name: day.orders_of(name) for name in day.stations}, seed, odd(day))
    rooms = recorders(day, fates, 6)
    offices = {split_station(name)[0] for name in rooms}
    assert len(rooms) == len(offices) == ROOMS
    assert not offices & SLOW_LINES
    assert all(makes(day)[name] is Make.EVOLIS for name in rooms)
    assert recorders(day, fates, 1) == rooms[:1]
    assert recorders(day, fates, 0) == []


def test_people_sit_where_the_power_of_the_pc_stays_on_rather_than_where_fewer_cards_wait() -> None:
    day = world(120, 14)
    orders = {name: day.orders_of(name) for name in day.stations}
    fates = calm(orders, 1, odd(day))
    first = recorders(day, fates, 1)[0]
    struck = {**fates, first: replace(fates[first], cuts=((1, Cut.PC),))}
    assert recorders(day, struck, 1) != [first]
    harmless = {**fates, first: replace(fates[first], cuts=((1, Cut.PRINTER),))}
    assert recorders(day, harmless, 1) == [first]


def test_some_holders_where_people_are_recorded_have_their_fingers_in_their_orders() -> None:
    day = world(40, 14)
    orders = {name: day.orders_of(name) for name in day.stations}
    found = parts(day, calm(orders, 1, odd(day)), folk(day, 1), 6)
    (name,) = [name for name, each in found.items() if each.holders]
    assert found[name].records
    assert found[name].withholds
    nik_of = {each.order: each.nik for each in folk(day, 1)}
    assert dict(found[name].holders).items() <= nik_of.items()
    assert len(found[name].holders) == min(HOLDERS, orders[name])
    assert sum(each.records for each in found.values()) == ROOMS
    assert sum(each.withholds for each in found.values()) == 1
