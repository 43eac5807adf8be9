"""The day's list of people: each station is owed exactly what the world says, and nobody twice."""

from collections import Counter

import pytest

from domain.regions import station
from simulators.demo.papers import folk
from simulators.demo.world import world


@pytest.mark.parametrize(("orders", "stations"), [(120, 14), (300, 53)])
def test_each_station_is_owed_what_the_world_says(orders: int, stations: int) -> None:
    day = world(orders, stations)
    people = list(folk(day, seed=9))
    owed = Counter(station(person.office, int(person.station)) for person in people)
    assert owed == {name: day.orders_of(name) for name in day.stations}
    assert len({person.order for person in people}) == len({person.nik for person in people}) == orders


def test_everybody_is_print_ready_and_a_specimen() -> None:
    for person in folk(world(60, 10), seed=1):
        assert (person.status, person.kind) == ("PRR", "ktp")
        assert "SPECIMEN" in person.name
