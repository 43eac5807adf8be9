"""The province's list of print-ready people: synthetic, every one marked SPECIMEN, shared out to the
stations."""

from collections.abc import Container, Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

from domain.regions import split_station
from simulators.demo.world import World
from simulators.people import lists
from simulators.people import people as crowd
from simulators.people.people import Person


def folk(world: World, seed: int) -> Iterator[Person]:
    """Each office's people, in turn to its stations, so that each gets as many as the world says."""
    for office in world.offices:
        today = date.fromisoformat(world.as_of)
        named = crowd.people(seed, office.code, office.orders, station=1, kind="ktp", today=today)
        for number, person in enumerate(named):
            name = office.stations[number % len(office.stations)]
            yield replace(person, station=str(split_station(name)[1]))


def write(world: World, seed: int, folder: Path, holders: Container[str] = ()) -> Path:
    """The list with its photos, and the fingers of the orders ``holders``; returns the list's path."""
    return lists.write(folder, folk(world, seed), fingers=True, whose=holders)
