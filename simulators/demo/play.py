"""The acts of the play in their order: open, import, work, and bring the day home."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.demo import papers
from simulators.demo.day import Day
from simulators.demo.ending import Books, collect, same, summarise
from simulators.demo.programs import Program, Stuck
from simulators.demo.summary import Summary, table

HOME_S = 30
ASK_AGAIN_S = 1.0


@dataclass(frozen=True, slots=True)
class Options:
    """What the command line said. `speed`: simulated ms a real ms."""

    home: Path
    seed: int
    speed: float
    broker_program: str
    keep_running: bool


async def open_all(day: Day, options: Options) -> Program:
    """The province, the counters, and the day's orders on their way; the hub."""
    people = asyncio.create_task(
        asyncio.to_thread(papers.write, day.world, options.seed, options.home / "people")
    )
    hub = await day.open_province(options.broker_program)
    await day.open_counters(with_cuts=not options.keep_running)
    listed = await people
    told: Any = await day.hub("orders import", str(listed), "--json")
    if told["new"] != day.world.orders:
        raise Stuck(f"the province took {told['new']} of {day.world.orders} orders: {told['refused'][:3]}")
    return hub


async def play(day: Day, options: Options) -> tuple[Summary, list[str]]:
    """The whole day; its summary and the lines for people."""
    await open_all(day, options)
    await day.work()
    books, equal, missing = await bring_home(day)
    told: Any = await day.hub("reconcile", "--json", may_fail=True)
    hub_unaccounted = len(told["blanks_unaccounted"])
    seconds = time.monotonic() - day.began
    summary, tallies = summarise(day.world, books, equal, hub_unaccounted, missing, seconds)
    return summary, table(day.world, tallies)


async def bring_home(day: Day) -> tuple[list[Books], bool, int]:
    """Waits until the hub holds every journal as it stands, `HOME_S` at most; books, whether, and what it
    lacks."""
    until = time.monotonic() + HOME_S
    while True:
        books = await collect(day.counters)
        held = await day.held()
        equal = all(same(each.journal, held.get(each.station, [])) for each in books)
        if equal or time.monotonic() > until:
            told: Any = await day.hub("reconcile", "--json", may_fail=True)
            return books, equal, int(told["missing"])
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
