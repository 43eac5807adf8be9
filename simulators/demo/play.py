"""The acts of the play in their order: open, import, work, and bring the day home."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.demo import papers
from simulators.demo.day import Day
from simulators.demo.ending import Books, Province, collect, rules_reached, same, summarise
from simulators.demo.programs import Program, Stuck
from simulators.demo.recorded import follow
from simulators.demo.recordings import told
from simulators.demo.summary import Summary, proof, table

HOME_S = 60  # longer than the programs wait before they take a silent line for dead
ASK_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said. `speed`: simulated ms a real ms."""

    home: Path
    seed: int
    speed: float
    broker_program: str
    keep_running: bool
    recordings: int = 0


async def open_all(day: Day, options: Options) -> Program:
    """The province, the counters, and the day's orders on their way; the hub."""
    day.cast(with_cuts=not options.keep_running)
    holders = {order for part in day.parts.values() for order, _ in part.holders}
    listing = (day.world, options.seed, options.home / "people", holders)
    people = asyncio.create_task(asyncio.to_thread(papers.write, *listing))
    hub = await day.open_province(options.broker_program)
    await day.open_counters()
    listed = await people
    done: Any = await day.hub("orders import", str(listed), "--json")
    if done["new"] != day.world.orders:
        raise Stuck(f"the province took {done['new']} of {day.world.orders} orders: {done['refused'][:3]}")
    return hub


async def play(day: Day, options: Options) -> tuple[Summary, list[str]]:
    """The whole day; its summary and the lines for people."""
    await open_all(day, options)
    await day.work()
    following = await hear_of_rules(day)
    found = await follow(day)
    books, equal = await bring_home(day)
    province, proved = await ask_province(day, equal, following)
    seconds = time.monotonic() - day.began
    summary, tallies = summarise(day.world, books, province, seconds, found)
    lines = [*table(day.world, tallies), proof(proved), rules_reached(books), told(found, day.sitters)]
    return summary, [line for line in lines if line]


async def ask_province(day: Day, equal: bool, following: int) -> tuple[Province, dict[str, Any]]:
    """The province's own reconciliation, and the proof of its books."""
    told: Any = await day.hub("reconcile", "--json", may_fail=True)
    proved: Any = await day.hub("ledger prove", "--json", may_fail=True)
    odd = len(told["blanks_unaccounted"]) + len(proved["unaccounted"])
    faults = ("unaccounted", "disputed", "altered", "missing", "below", "in_transit")
    holds = not any(proved[each] for each in faults)
    twice = int(told["duplicates"]) + max(0, int(told["cards_per_order_max"]) - 1)
    return Province(equal, int(told["missing"]), odd, holds, following, twice), proved


async def hear_of_rules(day: Day) -> int:
    """Waits until every counter follows the day's new rules, `HOME_S` at most; how many do."""
    until = time.monotonic() + HOME_S
    while True:
        following = await day.rules.followed()
        if following == len(day.counters) or time.monotonic() > until:
            return following
        day.say(f"on their way from the province: the new rules; {following} counters follow them")
        await asyncio.sleep(ASK_AGAIN_S)


async def bring_home(day: Day) -> tuple[list[Books], bool]:
    """Waits until the hub holds every journal as it stands, `HOME_S` at most; the books, and whether.

    Only who was late is looked at again: reading fourteen journals is a good part of a small machine's time.
    """
    until = time.monotonic() + HOME_S
    books: dict[str, Books] = {}
    late = day.counters
    while True:
        books |= {each.station: each for each in await collect(late)}
        held = await day.held()
        late = [each for each in late if not same(books[each.name].journal, held.get(each.name, []))]
        if not late or time.monotonic() > until:
            return [books[each.name] for each in day.counters], not late
        day.say(f"on their way to the province: the journals of {', '.join(each.name for each in late)}")
        await asyncio.sleep(ASK_AGAIN_S)


async def keep_running(day: Day, options: Options, show: Callable[[str], None]) -> None:
    """The same world without power cuts and without an end: says where its screens are, works, and stays."""
    hub = await open_all(day, options)
    show(f"the province  {hub.ready['web']}")
    for counter in day.counters:
        show(f"{counter.name:13} {counter.web}")
    show(f"their homes are in {options.home}, as in: loket status --home {day.counters[0].home}")
    show("Ctrl-C stops everything")
    await day.work()
    await asyncio.Event().wait()
