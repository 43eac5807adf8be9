"""The day itself: the province is set up, the counters open, accidents happen, and everything is brought
home.

Everything runs in one asyncio loop; the programs are processes of their own. Whatever happens, `Day` ends
them all.
"""

import asyncio
import contextlib
import random
import time
from collections.abc import Awaitable, Callable, Iterable
from pathlib import Path
from typing import Any, TypeVar

from domain.regions import split_station
from simulators.broker import answers, command, find
from simulators.demo import papers
from simulators.demo.accidents import Cut, Misfortune, calm, misfortunes
from simulators.demo.clerking import Clerk
from simulators.demo.counter import Bench, Counter
from simulators.demo.keeper import Keeper
from simulators.demo.parts import Part, odd, parts
from simulators.demo.programs import ANSWER_S, Ports, Program, Stuck, Terminal, script
from simulators.demo.recordings import Sitter, sitters
from simulators.demo.rules import Rules
from simulators.demo.sittings import hold
from simulators.demo.supply import Supply
from simulators.demo.world import World

AT_ONCE = 3
BLANKS_EACH = 30  # what the province has for each counter beside a blank for each order
ORDER_S = 0.05  # what each order may add to a command of the province
STRIKE_LOOK_S = 0.02
RULES_LATE_MS = 10_000
STRIKE_SPREAD_S = 0.25
OUTAGE_AFTER_S = (1.0, 10.0)  # early, so that a line has time to come back before the day ends
T = TypeVar("T")


class Day:
    """One play. `say` gets one line of progress whenever there is something new to tell."""

    def __init__(
        self,
        world: World,
        home: Path,
        seed: int,
        speed: float,
        say: Callable[[str], None],
        recordings: int = 0,
    ) -> None:
        self.world, self.home, self.seed = world, home, seed
        self.fates: dict[str, Misfortune] = {}
        self.parts: dict[str, Part] = {}
        self.sitters: list[Sitter] = []
        self._recordings = recordings
        self.terminal = Terminal(AT_ONCE)
        self.keeper = Keeper()
        self.ports = Ports()
        self.broker_port = self.ports.take()
        self.supply = Supply(self.hub, home)
        self.rules = Rules(self.hub, home)
        self.counters: list[Counter] = []
        self.clerks: dict[str, Clerk] = {}
        self.began = time.monotonic()
        self._speed, self.say = speed, say
        self._dice = random.Random(f"day|{seed}")
        self._programs: list[Program] = []
        self._due: dict[str, list[tuple[int, Cut]]] = {}  # cuts still to come, by counter
        self._owed: list[tuple[int, Cut]] = []  # cuts of counters that had finished before

    @property
    def hub_home(self) -> Path:
        """The province's home."""
        return self.home / "hub"

    async def hub(self, words: str, *rest: str, may_fail: bool = False) -> object:
        """One command of the province; its JSON document."""
        at_home = ("--home", str(self.hub_home))
        told = await self.terminal.run(
            script("loket-hub"), *words.split(), *at_home, *rest, may_fail=may_fail
        )
        return told.json()

    async def held(self) -> dict[str, list[Any]]:
        """The lines the hub holds, by station."""
        at_home = ("--home", str(self.hub_home), "--json")
        wait_s = ANSWER_S + self.world.orders * ORDER_S
        told = await self.terminal.run(script("loket-hub"), "journal", *at_home, wait_s=wait_s)
        by_station: dict[str, list[Any]] = {}
        for line in told.lines():
            by_station.setdefault(line["station"], []).append(line)
        return by_station

    async def open_province(self, broker_program: str) -> Program:
        """Broker and hub."""
        self.say("the province opens")
        mosquitto = find(broker_program)
        broker = self._program("broker", command(mosquitto, self.broker_port, self.home))
        await broker.start_silent()
        if not await answers(self.broker_port):
            raise Stuck(f"the broker does not take connections: {broker.last_words()}")
        await self.hub("init", "--broker", f"mqtt://127.0.0.1:{self.broker_port}")
        await self.supply.open(self.world.orders + BLANKS_EACH * len(self.world.stations))
        run = [script("loket-hub"), "run", "--home", str(self.hub_home)]
        hub = self._program("hub", run)
        await hub.start()
        return hub

    def _program(self, what: str, command: list[str]) -> Program:
        program = Program(f"the {what}", command, self.home / f"{what}.log", self.keeper)
        self._programs.append(program)
        return program

    def cast(self, with_cuts: bool) -> None:
        """What befalls whom, who plays which part, and who is recorded where."""
        orders = {name: self.world.orders_of(name) for name in self.world.stations}
        self.fates = (misfortunes if with_cuts else calm)(orders, self.seed, odd(self.world))
        folk = papers.folk(self.world, self.seed)
        self.parts = parts(self.world, self.fates, folk, self._recordings)
        rooms = [name for name, part in self.parts.items() if part.records]
        self.sitters = sitters(rooms, self._recordings, self.seed)

    async def open_counters(self) -> None:
        """Every station with its printer and link, as many at a time as the machine bears."""
        orders = {name: self.world.orders_of(name) for name in self.world.stations}
        shared = (self.home, self.terminal, self.keeper, self.ports, self.supply)
        bench = Bench(*shared, self.broker_port, self._speed, self.seed)
        self.counters = [
            Counter(bench, name, number, orders[name], self.fates[name], self.parts[name])
            for number, name in enumerate(orders)
        ]
        for borrower in self.counters:
            borrower.lender = next(
                (each for each in self.counters if each.part.lends_to == borrower.name), None
            )
        opened = 0

        async def open_one(counter: Counter) -> None:
            nonlocal opened
            join = self.home / f"{counter.name}.join"
            office, number = split_station(counter.name)
            await self.hub(f"join-code {office} {number}", "--out", str(join))
            await counter.open(join)
            opened += 1
            self.say(f"{opened} of {len(self.counters)} counters are open")

        await _all(open_one(counter) for counter in self.counters)

    async def work(self) -> None:
        """Clerks work, the power goes, links fall; until every counter has printed all it owes."""
        self.clerks = {counter.name: Clerk(counter) for counter in self.counters}
        self._due = {counter.name: list(counter.fate.cuts) for counter in self.counters}
        telling = asyncio.create_task(self._tell())
        acts = (self._serve, self._suffer, self._outages, self._new_rules, self._record)
        try:
            await _all(act(counter) for counter in self.counters for act in acts)
        finally:
            telling.cancel()
            await asyncio.gather(telling, return_exceptions=True)

    async def _serve(self, counter: Counter) -> None:
        """The clerk's day here; cuts that found no card in it befall others."""
        await self.clerks[counter.name].work()
        self._owed += self._due.pop(counter.name)

    async def _suffer(self, counter: Counter) -> None:
        """This counter's cuts, each while a card is under way; then those that others had no card for."""
        dice = random.Random(f"{self.seed}|{counter.name}")
        while (own := self._due.get(counter.name)) is not None:
            cuts = own or self._owed
            early = bool(own) and len(counter.tail.story.fed) <= own[0][0]
            if not cuts or early or not counter.may_be_struck(cuts[0][1]):
                await asyncio.sleep(STRIKE_LOOK_S)
                continue
            overdue = not own or len(counter.tail.story.fed) > own[0][0] + 1
            if not overdue:  # a machine that is slow to strike has few cards left to strike at
                await asyncio.sleep(dice.uniform(0, STRIKE_SPREAD_S))
            if cuts and counter.may_be_struck(cuts[0][1]):
                after_card, cut = cuts.pop(0)
                if not await counter.strike(cut):
                    cuts.insert(0, (after_card, cut))

    async def _outages(self, counter: Counter) -> None:
        for kind, for_ms in counter.fate.outages:
            await asyncio.sleep(self._dice.uniform(*OUTAGE_AFTER_S))
            async with counter.line:
                counter.lot.outages += 1
                await counter.link.outage(round(for_ms * counter.link.speed), kind)

    async def _new_rules(self, counter: Counter) -> None:
        """The province's rules change during the day, while the line of this counter is down."""
        if not counter.part.late:
            return
        while not counter.tail.story.fed:  # its orders have come
            await asyncio.sleep(STRIKE_LOOK_S)
            counter.tail.look()
        counter.lot.outages += 1
        line = asyncio.create_task(counter.link.outage(round(RULES_LATE_MS * counter.link.speed)))
        try:
            await self.rules.publish()
        finally:
            await line

    async def _record(self, counter: Counter) -> None:
        """People are recorded here; a cut of this counter that is due strikes before the next sits down."""

        def is_calm() -> bool:
            due = self._due.get(counter.name)
            return not (due and len(counter.tail.story.fed) > due[0][0])

        await hold(counter, [each for each in self.sitters if each.station == counter.name], is_calm)

    async def _tell(self) -> None:
        while True:
            await asyncio.sleep(0.5)
            self.say(self.progress())

    def progress(self) -> str:
        """One line: cards in the trays, cuts, outages, whose clerk has gone home, and who has most left."""
        cards = sum(len(counter.tail.story.cards) for counter in self.counters)
        cuts = sum(counter.lot.cuts for counter in self.counters)
        outages = sum(counter.lot.outages for counter in self.counters)
        left = {each.name: max(0, each.orders - each.tail.story.whole) for each in self.counters}
        slowest = max(left, key=lambda name: left[name])
        done = sum(self.clerks[each.name].printed == each.orders for each in self.counters)
        spent_s = time.monotonic() - self.began
        return (
            f"{spent_s:4.0f} s  {cards} cards for {self.world.orders} orders  {cuts} power cuts  "
            f"{outages} outages  {done} counters done  ({slowest}: {left[slowest]} left)"
        )

    async def close(self) -> None:
        """Ends every program of the play."""
        await asyncio.gather(*(counter.close() for counter in self.counters), return_exceptions=True)
        for program in reversed(self._programs):
            with contextlib.suppress(OSError):
                await program.stop()
        self.keeper.close()


async def _all(works: Iterable[Awaitable[T]]) -> list[T]:
    """All of them; the first that fails ends the others and is raised."""
    tasks = [asyncio.ensure_future(work) for work in works]
    try:
        return await asyncio.gather(*tasks)
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)
