"""Which accidents befall which station, by one seed. Pure: who is struck and in what order, not when.

The moment is the play's: a cut waits until the truth shows a card in motion at its station and then strikes,
so every one counts. Ribbon and feeder run out by the simulator's own means.
"""

import random
from collections.abc import Mapping
from dataclasses import dataclass, replace
from enum import StrEnum

from simulators.link import Outage


class Cut(StrEnum):
    """What loses its power."""

    OFFICE = "office"  # the PC and the printer at once: the lights are out
    PC = "pc"  # the printer is on another socket and goes on
    PRINTER = "printer"


TOLD = (Outage.CUT, Outage.SILENCE, Outage.HALF_OPEN)  # a ghost outlasts a day of two minutes
CUTS = 14
CUT_IN_CARDS = 5  # what a cut costs its counter, in the time of a card: a boot, a start, a clerk who looks
OUTAGES = 8
OUTAGE_MS = (1_500, 5_000)


@dataclass(frozen=True, slots=True)
class Odd:
    """Stations that are not like the others. ``foreign``: whose printer has other ribbons and feeders;
    ``forgetful``: of them those whose printer keeps nothing over a power cut, so that only the PC loses its;
    ``calm_line``: whose line is somebody else's to cut."""

    foreign: frozenset[str] = frozenset()
    forgetful: frozenset[str] = frozenset()
    calm_line: frozenset[str] = frozenset()


NOTHING_ODD = Odd()


@dataclass(frozen=True, slots=True)
class Misfortune:
    """One station's day. `after_card` of a cut: how many cards it lets pass first."""

    cuts: tuple[tuple[int, Cut], ...] = ()
    outages: tuple[tuple[Outage, int], ...] = ()
    ribbon_ends_at: int | None = None
    blanks_short: int = 0


def misfortunes(orders: Mapping[str, int], seed: int, odd: Odd = NOTHING_ODD) -> dict[str, Misfortune]:
    """What happens to each station, given how many orders it has."""
    dice = random.Random(f"accidents|{seed}")
    cuts = {
        name: tuple((card, Cut.PC if name in odd.forgetful else cut) for card, cut in struck)
        for name, struck in _cuts(orders, dice).items()
    }
    outages: dict[str, list[tuple[Outage, int]]] = {name: [] for name in orders}
    for number in range(max(OUTAGES, len(orders) // 2)):
        name = dice.choice([name for name in orders if name not in odd.calm_line] or list(orders))
        outages[name].append((TOLD[number % len(TOLD)], dice.randint(*OUTAGE_MS)))
    own = [name for name in orders if name not in odd.foreign] or list(orders)
    busy = sorted(own, key=lambda name: (-orders[name], name))
    ribbon, feeder = busy[1 % len(busy)], busy[2 % len(busy)]
    return {
        name: Misfortune(
            cuts[name],
            tuple(outages[name]),
            dice.randint(2, max(2, orders[name] // 2)) if name == ribbon else None,
            max(1, orders[name] // 2) if name == feeder else 0,
        )
        for name in orders
    }


def _cuts(orders: Mapping[str, int], dice: random.Random) -> dict[str, list[tuple[int, Cut]]]:
    """`CUTS` cuts, never two for one card, where there is room for them: no counter ends long after the rest.

    None waits for a counter's last cards: a cut that finds no card under way in time must find another.
    """
    room = _room(orders)
    chosen = dice.sample(room, min(CUTS, len(room)))
    struck = [
        (name, card)
        for name, count in orders.items()
        for card in sorted(dice.sample(range(_strikable(count)), chosen.count(name)))
    ]
    cuts: dict[str, list[tuple[int, Cut]]] = {name: [] for name in orders}
    for number, (name, card) in enumerate(struck):
        cuts[name].append((card, list(Cut)[number % 3]))
    return cuts


def _strikable(count: int) -> int:
    """How many of a counter's cards may be struck."""
    return (2 * count + 1) // 3


def _room(orders: Mapping[str, int]) -> list[str]:
    """Each counter's name once for each cut it has time for, on the shortest day that has time for all."""
    all_of_them = min(CUTS, sum(map(_strikable, orders.values())))
    room: list[str] = []
    day = min(orders.values())
    while len(room) < all_of_them:
        day += 1
        room = [
            name
            for name, count in orders.items()
            for _ in range(min(max(0, day - count) // CUT_IN_CARDS, _strikable(count)))
        ]
    return room


def calm(orders: Mapping[str, int], seed: int, odd: Odd = NOTHING_ODD) -> dict[str, Misfortune]:
    """The same day for people who watch it: links fall and ribbons end, but no power is cut."""
    return {name: replace(fate, cuts=()) for name, fate in misfortunes(orders, seed, odd).items()}
