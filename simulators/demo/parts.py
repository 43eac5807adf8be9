"""What is special about each counter of the day: its make of printer, and what befalls its cards. Pure.

Most offices drive the printer with a protocol of its own; one a retransfer machine, one a printer behind a
spooler, which proves nothing. The other parts are given to the counters that have the cards for them, so that
every day of any size plays all of them.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from domain.regions import split_station, station
from simulators.demo.accidents import Cut, Misfortune, Odd
from simulators.demo.world import World
from simulators.people.people import Person


class Make(StrEnum):
    """Which card printer stands at a counter."""

    EVOLIS = "evolis"
    MATICA = "matica"
    SPOOLER = "spooler"


ODD = {"64.74": Make.MATICA, "64.03": Make.SPOOLER}  # the first counter of these offices
BOAT = "64.11"  # where the province's rules arrive last
URGENT = ("first_card", "data_change")  # whose holder may get a certificate for a day
SLOW_LINES = frozenset({BOAT, "64.07", "64.09", "64.03"})  # a packet takes long there
ROOMS = 2  # counters where people are recorded
HOLDERS = 3  # of one of these, whose orders carry their fingers


@dataclass(frozen=True, slots=True)
class Part:
    """One counter's part. ``urgent``: the order whose holder needs a certificate before the card is there;
    ``lends_to``: the counter whose blanks run short, and which gets some of ours; ``records``: whether people
    are recorded here; ``holders``: orders that carry their holders' fingers, each with the NIK.
    """

    make: Make = Make.EVOLIS
    urgent: str | None = None
    lends_to: str | None = None
    smears: bool = False
    withholds: bool = False
    late: bool = False
    records: bool = False
    holders: tuple[tuple[str, str], ...] = field(default=(), repr=False)


def makes(world: World) -> dict[str, Make]:
    """Each counter's printer."""
    odd = {station(office, 1): make for office, make in ODD.items()}
    return {name: odd.get(name, Make.EVOLIS) for name in world.stations}


def late(world: World) -> str:
    """The counter that hears of new rules last."""
    return next(office.stations[0] for office in world.offices if office.code == BOAT)


def odd(world: World) -> Odd:
    """Which counters the day's accidents treat otherwise."""
    made = makes(world)
    return Odd(
        foreign=frozenset(name for name, make in made.items() if make is not Make.EVOLIS),
        forgetful=frozenset(name for name, make in made.items() if make is Make.SPOOLER),
        calm_line=frozenset({late(world)}),
    )


def recorders(world: World, fates: Mapping[str, Misfortune], count: int) -> list[str]:
    """The counters where ``count`` people are recorded: of different offices, on lines that bear packets.

    Where the PC's power goes seldom and the line falls; whoever has fewer cards to look after first.
    """
    able = [
        name for name, make in makes(world).items() if make is Make.EVOLIS and _office(name) not in SLOW_LINES
    ]

    def rank(name: str) -> tuple[int, bool, int, str]:
        cuts = sum(cut is not Cut.PRINTER for _, cut in fates[name].cuts)
        return cuts, not fates[name].outages, world.orders_of(name), name

    chosen: dict[str, str] = {}
    for name in sorted(able, key=rank):
        chosen.setdefault(_office(name), name)
    return list(chosen.values())[: min(ROOMS, count)]


def parts(
    world: World, fates: Mapping[str, Misfortune], people: Iterable[Person], recordings: int = 0
) -> dict[str, Part]:
    """Every counter's part in a day of these misfortunes, with so many people to record."""
    made = makes(world)
    rooms = recorders(world, fates, recordings)
    folk = list(people) if rooms else people
    own = [name for name in world.stations if made[name] is Make.EVOLIS and name != late(world)]
    busy = sorted(own, key=lambda name: (-world.orders_of(name), name))
    short = next((name for name in own if fates[name].blanks_short), None)
    lender = next(name for name in own if short is None or _office(name) != _office(short))
    urgent = _urgent(folk, own)
    withholds = rooms[0] if rooms else busy[3 % len(busy)]
    return {
        name: Part(
            made[name],
            urgent=urgent[1] if urgent and urgent[0] == name else None,
            lends_to=short if name == lender else None,
            smears=name == busy[0],
            withholds=name == withholds,
            late=name == late(world),
            records=name in rooms,
            holders=_holders(folk, name) if name in rooms[:1] else (),
        )
        for name in world.stations
    }


def _office(name: str) -> str:
    return split_station(name)[0]


def _holders(people: Iterable[Person], name: str) -> tuple[tuple[str, str], ...]:
    """A few of the counter's orders with their holders."""
    here = [each for each in people if station(each.office, int(each.station)) == name]
    return tuple((each.order, each.nik) for each in here[:HOLDERS])


def _urgent(people: Iterable[Person], own: Iterable[str]) -> tuple[str, str] | None:
    """A counter and one of its orders for which a certificate may be issued; None where nobody asks."""
    counters = frozenset(own)
    for person in people:
        name = station(person.office, int(person.station))
        if person.reason in URGENT and name in counters:
            return name, person.order
    return None
