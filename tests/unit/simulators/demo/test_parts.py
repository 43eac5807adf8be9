"""Who plays which part: every part is played in a day of any size, and by a counter that can."""

from collections import Counter

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.regions import split_station, station
from simulators.demo.accidents import calm
from simulators.demo.papers import folk
from simulators.demo.parts import URGENT, Make, Part, late, makes, odd, parts
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
