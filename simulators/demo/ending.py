"""Bringing the day home: what the journals say, what the hub holds, and what the trays really hold.

A journal's line is compared with the hub's by everything it says. The ledger is folded from the journal by
the rules of `domain.ledger`, and held against the cards a person can touch.
"""

import asyncio
import json
from collections import Counter as Bag
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from domain.ledger import Ledger
from domain.regions import PROVINCE_HOLDER
from simulators.demo.counter import Counter
from simulators.demo.desk import CAME_OUT
from simulators.demo.recordings import Found
from simulators.demo.recordings import faults as of_recordings
from simulators.demo.summary import Summary, Tally, faults
from simulators.demo.truth import Story, judge
from simulators.demo.world import World

Line = Mapping[str, Any]
NOBODY = Found()
SETTLED = frozenset({"spoiled", "cancelled", "lost"})


@dataclass(frozen=True, slots=True)
class Books:
    """One station at the end: its journal, and what `look` shows in its printer.

    ``loaded``: blanks that were laid into the printer; ``box``: those beside it; ``torn``: cards somebody
    cut in two; ``sheets``: certificates that lie in the tray of the printer of sheets.
    """

    station: str
    orders: int
    journal: Sequence[Line]
    look: Line
    story: Story
    loaded: int
    cuts: int
    outages: int
    box: int = 0
    torn: frozenset[str] = frozenset()
    sheets: int = 0


def said(line: Line) -> str:
    """Everything a line says, in one canonical text; the writing of the time is the program's own."""
    told = [line["seq"], line["epoch"], line["event"], line["job"], line["detail"]]
    return json.dumps(told, sort_keys=True, separators=(",", ":"))


def same(mine: Iterable[Line], theirs: Iterable[Line]) -> bool:
    """Whether two tellings of one journal agree line by line."""
    return [said(line) for line in mine] == [said(line) for line in theirs]


def pictures(journal: Iterable[Line]) -> dict[str, set[str]]:
    """The pictures each order was meant to be printed with; more than one is a fault of its own."""
    order_of: dict[str, str] = {}
    meant: dict[str, set[str]] = {}
    for line in journal:
        if line["event"] == "job_queued":
            order_of[line["job"]] = line["detail"]["order"]
        elif line["event"] == "print_intended":
            meant.setdefault(order_of[line["job"]], set()).add(line["detail"]["artefact"])
    return meant


def states(journal: Iterable[Line]) -> dict[str, str]:
    """The last word on each job."""
    words = {"job_queued", "feed_intended", "staged", "print_intended", "unsure", "untouched"}
    ends = {"spoiled", "lost", "cancelled"}
    return {line["job"]: line["event"] for line in journal if line["event"] in words | ends | CAME_OUT}


def ledger(journal: Iterable[Line]) -> dict[str, Any]:
    """The station's account of its blanks."""
    posted = ((line["event"], line["job"], line["detail"]) for line in journal)
    return Ledger().post_all(posted).account("ktp")


def clean(look: Line) -> int:
    """Blanks without ink that a person could count: in the feeder, taken out, or lying about inside."""
    lying = [*look["inside"], *look["reject"], *look["hands"]]
    return int(look["feeder"]) + sum(1 for card in lying if not card["panels"] and not card.get("half"))


def _to_an_office(line: Line) -> bool:
    return bool(line["event"] == "blanks_sent" and line["detail"]["to"] != PROVINCE_HOLDER)


def tally(books: Books) -> Tally:
    """The figures of one station."""
    events = Bag(line["event"] for line in books.journal)
    account = ledger(books.journal)
    last = states(books.journal)
    unsure = {line["job"] for line in books.journal if line["event"] == "unsure"}
    return Tally(
        books.station,
        books.orders,
        printed=sum(word in CAME_OUT for word in last.values()),
        unsure=len(unsure),
        unsettled=sum(word not in CAME_OUT | SETTLED for word in last.values()),
        spoiled=events["spoiled"],
        ready=sum(word == "ready" for word in last.values()),
        handed_over=sum(word == "handed_over" for word in last.values()),
        withheld=sum(word == "withheld" for word in last.values()),
        transfers=sum(_to_an_office(line) for line in books.journal),
        destroyed=account["destroyed"],
        suket=events["suket_confirmed"],
        sheets=books.sheets,
        blanks_used=account["used"],
        blanks_on_hand=account["on_hand"],
        cuts=books.cuts,
        outages=books.outages,
    )


def unaccounted(books: Books) -> int:
    """Blanks that do not fit: by name in the ledger, and by number against what a person can count."""
    account = ledger(books.journal)
    seen = [*books.look["inside"], *books.look["output"], *books.look["reject"], *books.look["hands"]]
    missing = books.loaded - int(books.look["feeder"]) - len(seen)
    contradicted: int = account["on_hand"] - clean(books.look) - books.box
    return len(account["unaccounted"]) + abs(missing) + abs(contradicted)


@dataclass(frozen=True, slots=True)
class Province:
    """What the province says at the end.

    ``equal``: it holds every journal as it stands; ``missing``: events it knows of and has not got;
    ``twice``: lines it holds twice, and cards of one order beyond its first; ``unaccounted``: blanks, by its
    reconciliation and by the proof of its books; ``proved``: whether that proof holds; ``following``: how
    many counters follow the day's new rules.
    """

    equal: bool
    missing: int
    unaccounted: int
    proved: bool
    following: int
    twice: int = 0


def summarise(
    world: World, books: Sequence[Books], province: Province, seconds: float, found: Found = NOBODY
) -> tuple[Summary, list[Tally]]:
    """The whole day, judged by the truth."""
    tallies = [tally(each) for each in books]
    meant: dict[str, set[str]] = {}
    for each in books:
        meant |= pictures(each.journal)
    wanted = [next(iter(each)) for each in meant.values()]
    cards = judge(wanted, [each.story for each in books], frozenset().union(*(each.torn for each in books)))
    redrawn = sum(len(each) - 1 for each in meant.values())
    summary = Summary(
        offices=len(world.offices),
        stations=len(books),
        orders=world.orders,
        printed=cards.printed,
        unsure=sum(each.unsure for each in tallies),
        spoiled=sum(each.spoiled for each in tallies),
        duplicates=cards.duplicates + redrawn + province.twice,
        lost=cards.lost + world.orders - len(meant),
        blanks_unaccounted=sum(unaccounted(each) for each in books) + province.unaccounted,
        power_cuts=sum(each.cuts for each in books),
        outages=sum(each.outages for each in books),
        recordings=found.count,
        hub_equals_offices=province.equal and province.missing == 0,
        seconds=round(seconds, 1),
        ready=sum(each.ready for each in tallies),
        handed_over=sum(each.handed_over for each in tallies),
        withheld=sum(each.withheld for each in tallies),
        transfers=sum(each.transfers for each in tallies),
        destroyed=sum(each.destroyed for each in tallies),
        suket=sum(each.suket for each in tallies),
        rules_followed=province.following,
        ledger_proved=province.proved,
    )
    return replace(summary, why=[*_why(world, summary, tallies), *of_recordings(found)]), tallies


def _why(world: World, summary: Summary, tallies: Sequence[Tally]) -> list[str]:
    """What does not hold, of the day and of each station."""
    told = {each.station: each for each in tallies}
    idle = [one.code for one in world.offices if not sum(told[name].printed for name in one.stations)]
    why = faults(summary, sum(each.unsettled for each in tallies), idle)
    for each in tallies:
        if each.printed != each.orders:
            why.append(f"{each.station} tells {each.printed} cards of {each.orders}")
        if each.suket != each.sheets:
            why.append(f"{each.station} tells {each.suket} certificates, and {each.sheets} sheets lie there")
    return why


def rules_reached(books: Iterable[Books]) -> str:
    """Who heard of the day's new rules last, and how long after the first; empty where nobody did."""
    heard = {
        each.station: datetime.fromisoformat(line["at"])
        for each in books
        for line in each.journal
        if line["event"] == "policy_applied"
    }
    if not heard:
        return ""
    last = max(heard, key=lambda name: heard[name])
    after_s = (heard[last] - min(heard.values())).total_seconds()
    return f"the day's new rules reached {last} last, {after_s:.1f} s after the first"


async def collect(counters: Sequence[Counter]) -> list[Books]:
    """Every station's books; the programs may still run."""

    async def one(counter: Counter) -> Books:
        journal = await counter.journal()
        look = await counter.look()
        counter.tail.look()
        lot = counter.lot
        figures = (lot.loaded, lot.cuts, lot.outages, lot.box, frozenset(lot.torn), sheets(counter.sheets))
        return Books(counter.name, counter.orders, journal, look, counter.tail.story, *figures)

    return list(await asyncio.gather(*(one(counter) for counter in counters)))


def sheets(truth: Path) -> int:
    """How many sheets a printer of paper put into its tray, by its truth."""
    lines = truth.read_text("utf-8").splitlines() if truth.exists() else []
    return sum(json.loads(line)["event"] == "sheet" for line in lines)
