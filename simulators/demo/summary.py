"""The end of the play: the reconciliation, the table for people, and the one JSON line for scripts. Pure."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass, field

from simulators.demo.world import World


@dataclass(slots=True)
class Tally:
    """What one station's journal tells at the end, and what its printer's truth tells against it."""

    station: str
    orders: int
    printed: int = 0
    unsure: int = 0
    unsettled: int = 0
    spoiled: int = 0
    blanks_used: int = 0
    blanks_on_hand: int = 0
    cuts: int = 0
    outages: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The keys of the contract, and `why`: what does not hold, in sentences."""

    offices: int
    stations: int
    orders: int
    printed: int
    unsure: int
    spoiled: int
    duplicates: int
    lost: int
    blanks_unaccounted: int
    power_cuts: int
    outages: int
    recordings: int
    hub_equals_offices: bool
    seconds: float
    why: list[str] = field(default_factory=list)

    def to_json(self) -> dict[str, object]:
        """The last line of standard output; `why` only when there is something to say."""
        told = asdict(self)
        if not self.why:
            del told["why"]
        return told


def faults(summary: Summary, unsettled: int, idle_offices: Iterable[str]) -> list[str]:
    """Each thing that does not reconcile, as a sentence; empty when the day holds."""
    said = []
    if summary.printed != summary.orders:
        said.append(f"{summary.printed} of {summary.orders} orders are printed")
    if summary.duplicates:
        said.append(f"{summary.duplicates} cards came out twice")
    if summary.lost:
        said.append(f"{summary.lost} orders have no card")
    if unsettled:
        said.append(f"{unsettled} jobs are not settled")
    if summary.blanks_unaccounted:
        said.append(f"{summary.blanks_unaccounted} blanks are unaccounted for")
    if not summary.hub_equals_offices:
        said.append("the hub does not hold what the offices' journals hold")
    return said + [f"the office {office} printed nothing" for office in idle_offices]


def table(world: World, tallies: Iterable[Tally]) -> list[str]:
    """One line per regency, for people; what was assumed is marked."""
    by_station = {tally.station: tally for tally in tallies}
    columns = ("backlog", "orders", "printed", "unsure", "spoiled", "cuts", "outages", "blanks left")
    lines = [f"{'':30}" + "".join(f"{column:>12}" for column in columns)]
    for office in world.offices:
        mine = [by_station[name] for name in office.stations if name in by_station]
        figures = (
            f"{office.backlog:,}{'*' if office.assumed else ''}",
            office.orders,
            sum(tally.printed for tally in mine),
            sum(tally.unsure for tally in mine),
            sum(tally.spoiled for tally in mine),
            sum(tally.cuts for tally in mine),
            sum(tally.outages for tally in mine),
            sum(tally.blanks_on_hand for tally in mine),
        )
        lines.append(f"{office.code} {office.name:24}" + "".join(f"{figure:>12}" for figure in figures))
    lines.append(f"* ASSUMED: published only as a sum; backlog of {world.as_of}, {world.source}")
    return lines
