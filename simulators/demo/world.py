"""The province of 12 May 2020, scaled: how many orders each office has, and which station prints which. Pure.

The published backlog is shared out by largest remainders. Two things were not published and are **assumed**
here, and said so wherever the world is shown: that the unnamed rest lies equally with the three regencies not
named, and that an office without a backlog still has a few orders of its day.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from domain.regions import OFFICES, station

FIGURES = Path(__file__).with_name("kaltim-2020-05-12.json")
DAY_ORDERS = 2  # assumed, of an office that has worked off its backlog
PRINTERS_MAX = 53


@dataclass(frozen=True, slots=True)
class Office:
    """One office of the day. `backlog`: people waiting, as published or assumed; `orders`: its share in this
    play."""

    code: str
    backlog: int
    assumed: bool
    orders: int
    stations: tuple[str, ...]

    @property
    def name(self) -> str:
        """The regency's name."""
        return OFFICES[self.code]


@dataclass(frozen=True, slots=True)
class World:
    """Every office and station of the play."""

    offices: tuple[Office, ...]
    as_of: str
    source: str

    def orders_of(self, name: str) -> int:
        """How many orders the station `name` prints: an office's orders go round its stations."""
        office = next(office for office in self.offices if name in office.stations)
        whole, rest = divmod(office.orders, len(office.stations))
        return whole + (office.stations.index(name) < rest)

    @property
    def stations(self) -> tuple[str, ...]:
        """Every station's name, office by office."""
        return tuple(name for office in self.offices for name in office.stations)

    @property
    def orders(self) -> int:
        """All orders."""
        return sum(office.orders for office in self.offices)


def figures() -> dict[str, Any]:
    """The published figures, as they stand in the data file."""
    told: dict[str, Any] = json.loads(FIGURES.read_text(encoding="utf-8"))
    return told


def shares(total: int, weights: Mapping[str, int], least: int = 0) -> dict[str, int]:
    """`total` shared out by `weights` with largest remainders; nobody gets under `least`. The sum is exact.

    Raises ValueError when `total` is too small for the least.
    """
    rest = total - least * len(weights)
    if rest < 0:
        raise ValueError(f"{total} cannot give {least} to each of {len(weights)}")
    whole = sum(weights.values())
    exact = {name: Fraction(rest * weight, whole) for name, weight in weights.items()}
    share = {name: int(part) for name, part in exact.items()}
    by_remainder = sorted(weights, key=lambda name: (share[name] - exact[name], name))
    for name in by_remainder[: rest - sum(share.values())]:
        share[name] += 1
    return {name: part + least for name, part in share.items()}


def backlog(told: Mapping[str, Any]) -> dict[str, int]:
    """People waiting, office by office: the named figures, and the unnamed rest in equal parts."""
    named: dict[str, int] = dict(told["suket_by_regency"])
    unnamed = shares(told["suket_unnamed"], dict.fromkeys(told["regencies_unnamed"], 1))
    return {code: (named | unnamed)[code] for code in OFFICES}


def seats(stations: int, orders: Mapping[str, int]) -> dict[str, int]:
    """How many stations each office has: one each, the others where most orders wait for one (highest
    averages)."""
    if not len(orders) <= stations <= PRINTERS_MAX:
        raise ValueError(f"{len(orders)} to {PRINTERS_MAX} stations, not {stations}")
    given = dict.fromkeys(orders, 1)
    for _ in range(stations - len(orders)):
        open_seats = {code: orders[code] / (given[code] + 1) for code in orders if orders[code] > given[code]}
        if not open_seats:
            raise ValueError(f"{stations} stations are more than the {sum(orders.values())} orders need")
        given[max(open_seats, key=lambda code: (open_seats[code], code))] += 1
    return given


def world(orders: int, stations: int) -> World:
    """The day with about this many orders. Raises ValueError where an office or a station would have none."""
    told = figures()
    waiting = backlog(told)
    without = [code for code, people in waiting.items() if people == 0]
    with_some = {code: people for code, people in waiting.items() if people}
    share = shares(orders - DAY_ORDERS * len(without), with_some, least=1)
    share.update(dict.fromkeys(without, DAY_ORDERS))
    given = seats(stations, share)
    return World(
        tuple(
            Office(
                code,
                waiting[code],
                code in told["regencies_unnamed"],
                share[code],
                tuple(station(code, number + 1) for number in range(given[code])),
            )
            for code in OFFICES
        ),
        told["as_of"],
        told["source"],
    )
