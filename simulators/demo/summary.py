"""The end of the play: the reconciliation, the table for people, and the one JSON line for scripts. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

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
    ready: int = 0
    handed_over: int = 0
    withheld: int = 0
    transfers: int = 0
    destroyed: int = 0
    suket: int = 0
    sheets: int = 0


@dataclass(frozen=True, slots=True)
class Summary:
    """The keys of the contract, what became of the cards and blanks beside that, and `why`: what does not
    hold, in sentences. `ready`: cards on the shelf; `rules_followed`: by how many stations."""

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
    ready: int = 0
    handed_over: int = 0
    withheld: int = 0
    transfers: int = 0
    destroyed: int = 0
    suket: int = 0
    rules_followed: int = 0
    ledger_proved: bool = True
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
    if not summary.ledger_proved:
        said.append("the province's books of blanks do not hold")
    if summary.rules_followed != summary.stations:
        said.append(f"{summary.rules_followed} of {summary.stations} stations follow the day's new rules")
    return said + [f"the office {office} printed nothing" for office in idle_offices]


def table(world: World, tallies: Iterable[Tally]) -> list[str]:
    """One line per regency, for people; what was assumed is marked."""
    by_station = {tally.station: tally for tally in tallies}
    columns = (
        *("backlog", "orders", "printed", "unsure", "spoiled", "shelf", "given", "withheld", "burnt"),
        *("cuts", "outages", "blanks"),
    )
    lines = [f"{'':28}" + "".join(f"{column:>9}" for column in columns)]
    for office in world.offices:
        mine = [by_station[name] for name in office.stations if name in by_station]
        figures = (
            f"{office.backlog:,}{'*' if office.assumed else ''}",
            office.orders,
            sum(tally.printed for tally in mine),
            sum(tally.unsure for tally in mine),
            sum(tally.spoiled for tally in mine),
            sum(tally.ready for tally in mine),
            sum(tally.handed_over for tally in mine),
            sum(tally.withheld for tally in mine),
            sum(tally.destroyed for tally in mine),
            sum(tally.cuts for tally in mine),
            sum(tally.outages for tally in mine),
            sum(tally.blanks_on_hand for tally in mine),
        )
        lines.append(f"{office.code} {office.name:22}" + "".join(f"{figure:>9}" for figure in figures))
    lines.append("given: handed over; burnt: spoiled cards and old ones that came in; blanks: on hand")
    lines.append(f"* ASSUMED: published only as a sum; backlog of {world.as_of}, {world.source}")
    return lines


_WHERE = {
    "stock": "blank",
    "unnamed": "blank",
    "in_job": "in a printer",
    "card": "cards at the offices",
    "citizen": "handed over less old cards taken in",
    "fire": "burnt",
}


def proof(told: Mapping[str, Any]) -> str:
    """The province's books in a line: where every blank is that the centre ever sent."""
    where: Counter[str] = Counter()
    for account, held in told["accounts"].items():
        holder, _, place = account.partition("/")
        word = holder if holder in ("transit", *_WHERE) else place
        where[_WHERE.get(word, word)] += held["ktp"]
    centre = -told["accounts"]["centre"]["ktp"]
    said = " + ".join(f"{count:,} {word}" for word, count in sorted(where.items()) if count > 0)
    return f"the books of blanks: {centre:,} from the centre = {said}"
