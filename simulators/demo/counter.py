"""One counter of the play: its printer, its link, its agent, and what can be done to them.

The printer is started first and keeps its ports over every power cut; the agent's broker is the near end of
the link. `strike` is the power going: it counts only when the truth shows that a card was under way in that
moment.
"""

import asyncio
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from domain.regions import split_station
from simulators.cards.blank import blank_uid
from simulators.demo.accidents import Cut, Misfortune
from simulators.demo.keeper import Keeper
from simulators.demo.parts import Make, Part
from simulators.demo.printers import Stand, behind_spooler, command
from simulators.demo.programs import Ports, Program, Stuck, Terminal, script
from simulators.demo.room import Room
from simulators.demo.supply import Supply
from simulators.demo.truth import Tail
from simulators.link import PROFILES, Link

SPARE_BLANKS = 12
LENT_BLANKS = 10
LEND_TRIES = 5
REFUSED = 4  # the exit code of a command that a rule refused
PROFILE_OF = {"64.11": "2g", "64.07": "vsat", "64.09": "vsat", "64.03": "vsat"}  # the others have a line


@dataclass(frozen=True, slots=True)
class Bench:
    """What all counters share. `terminal` runs their commands."""

    home: Path
    terminal: Terminal
    keeper: Keeper
    ports: Ports
    supply: Supply
    broker_port: int
    speed: float
    seed: int


@dataclass(slots=True)
class Lot:
    """What happened here, counted where it happened, and what a person can touch.

    ``laid``: blanks laid into a feeder by their names; ``box``: blanks that lie beside the printer; ``torn``:
    cards somebody cut in two after they had come out; ``sukets``: the numbers of certificates, by order.
    """

    cuts: int = 0
    outages: int = 0
    loaded: int = 0
    box: int = 0
    lent: int = 0
    laid: list[str] = field(default_factory=list)
    settled: set[str] = field(default_factory=set)
    torn: set[str] = field(default_factory=set)
    sukets: dict[str, str] = field(default_factory=dict)


class Counter:
    """A station of the play. `orders` is how many cards it has to print."""

    def __init__(
        self, bench: Bench, name: str, number: int, orders: int, fate: Misfortune, part: Part
    ) -> None:
        self.name, self.orders, self.fate, self.part = name, orders, fate, part
        self.lot = Lot()
        self.lender: Counter | None = None
        self.lights = asyncio.Lock()  # held while somebody stands at the counter, or switches it on again
        self.line = asyncio.Lock()  # held while the link is down: one outage at a time
        self.nights = 0
        self.dark = False  # the power has gone, and nobody has switched on again
        self._bench = bench
        self._place = bench.home / name
        self._place.mkdir(parents=True, exist_ok=True)
        profile = PROFILES[PROFILE_OF.get(split_station(name)[0], "good")]
        broker = f"127.0.0.1:{bench.broker_port}"
        self.link = Link("127.0.0.1:0", broker, profile, bench.seed + number, bench.speed)
        self._fill()
        self._stand = self._set_up(number)
        desk = (name, self._place, bench.keeper, self._stand.seed, bench.speed)
        self.room = Room(*desk) if part.records else None
        self.tail = Tail(self._stand.truth)
        self.printer = self._program("printer", command(self._stand))
        self._paper = self._program("paper", self._paper_command()) if part.urgent else None
        self.agent = self._program("agent", [script("loket"), "run", "--home", str(self.home)])

    @property
    def home(self) -> Path:
        """The agent's home."""
        return self._place / "home"

    @property
    def web(self) -> str:
        """The address of the clerk's screen; another one after every start."""
        return str(self.agent.ready.get("web", ""))

    @property
    def scans(self) -> bool:
        """Whether each blank is scanned by hand: no reader names the card in the printer."""
        return self.part.make is Make.SPOOLER

    @property
    def sheets(self) -> Path:
        """The truth of the printer of sheets; missing where none stands."""
        return self._place / "sheets.jsonl"

    def _fill(self) -> None:
        """What lies in the feeder and beside it in the morning."""
        short = self.fate.blanks_short
        first = max(1, self.orders - short) if short else self.orders + SPARE_BLANKS
        if self.scans:
            self.lot.box = first
        else:
            self.lot.loaded, self.lot.box = first, LENT_BLANKS if self.part.lends_to else 0

    def _set_up(self, number: int) -> Stand:
        ends = self.fate.ribbon_ends_at
        return Stand(
            self.part.make,
            self._bench.ports.take(),
            self._bench.ports.take(),
            self._bench.seed * 1000 + number,
            self._bench.speed,
            self.lot.loaded,
            self._place,
            f"ribbon_end@card={ends},panel=c" if ends else None,
            usbip=self.part.make is Make.EVOLIS and number % 3 == 2,
        )

    def _paper_command(self) -> list[str]:
        where = ("--ipp", f"127.0.0.1:{self._bench.ports.take()}", "--truth", str(self.sheets))
        return [script("loket-sim"), "paper", *where, "--speed", str(self._bench.speed)]

    def _program(self, what: str, words: list[str]) -> Program:
        log = self._place / f"{what}.log"
        return Program(f"the {what} of {self.name}", words, log, self._bench.keeper)

    async def open(self, join: Path) -> None:
        """Everything a technician does before the first day: printer, link, station, blanks, agent."""
        await self.link.start(weather=False)
        await self.printer.start()
        wire = self._stand.wire
        address = next(each for each in self.printer.ready["addresses"] if f"+{wire}:" in each)
        chip = () if self.scans else ("--chip", f"vpcd://127.0.0.1:{self._stand.chip}")
        paper: tuple[str, ...] = ()
        if self._paper is not None:
            await self._paper.start()
            paper = ("--paper", self._paper.ready["addresses"][0])
        where = ("--printer", address, *chip, *paper, "--broker", f"mqtt://{self.link.address}")
        people = await self.room.open() if self.room is not None else ()
        await self.loket("init", "--join", str(join), *where, *people)
        await self._first_blanks()
        await self.agent.start()

    async def close(self) -> None:
        """The end of the day, or of the play: nothing of it is left running."""
        more = [each.kill() for each in (self._paper,) if each is not None]
        more += [each.close() for each in (self.room,) if each is not None]
        await asyncio.gather(self.agent.stop(), self.printer.kill(), *more, self.link.close())

    async def loket(self, command: str, *rest: str, may_fail: bool = False) -> Any:
        """One command of the station; its JSON document, if it prints one."""
        answer = await self._run(command, *rest, may_fail=may_fail)
        return answer.json() if answer.code == 0 else None

    async def refused(self, command: str, *rest: str) -> str | None:
        """The word with which a rule refuses a command; None where none does."""
        answer = await self._run(command, *rest, "--json", may_fail=True)
        return str(answer.json()["refused"]) if answer.code == REFUSED else None

    async def _run(self, command: str, *rest: str, may_fail: bool) -> Any:
        return await self._bench.terminal.run(*self.words(command, *rest), may_fail=may_fail)

    def words(self, command: str, *rest: str) -> list[str]:
        """One command of the station, as it is typed."""
        return [script("loket"), *command.split(), "--home", str(self.home), *rest]

    async def journal(self) -> list[Any]:
        """Every line of the station's journal."""
        answer = await self._run("journal", "--json", may_fail=False)
        lines: list[Any] = answer.lines()
        return lines

    async def look(self) -> dict[str, Any]:
        """What a person sees in the printer and its trays."""
        told = await self.printer.hand({"look": True})
        if not self.scans:
            return told
        self.tail.look()
        return behind_spooler(self.tail.story, told, self.lot.laid)

    async def _first_blanks(self) -> None:
        supply, lot = self._bench.supply, self.lot
        if not self.scans:
            count = lot.loaded + lot.box
            await self._receive(await supply.deliver(self.name, count), "--count", str(count))
            return
        names = [self._blank(number + 1) for number in range(lot.box)]
        named, manifest = await supply.deliver_named(self.name, names)
        await self._receive(named, str(manifest))

    def _blank(self, number: int) -> str:
        return blank_uid(self._stand.seed, self.printer.ready["serial"], number)

    async def lay_next(self) -> str:
        """A blank scanned and laid into the feeder, if none lies there; its name."""
        lot = self.lot
        left = (await self.look())["feeder"]
        if not left:
            if not lot.box:
                raise Stuck(f"{self.name} has no blank left")
            lot.laid.append(self._blank(len(lot.laid) + 1))
            lot.box, lot.loaded = lot.box - 1, lot.loaded + 1
            await self.printer.hand({"load": 1})
        return lot.laid[-1]

    async def refill(self, count: int) -> None:
        """A consignment arrives and is laid into the feeder: another office's, or else the province's."""
        if self.lender is not None and self.lender.lot.box >= count:
            named = await self.lender.lend(self.name, count)
        else:
            named = await self._bench.supply.deliver(self.name, count)
        await self._receive(named, "--count", str(count))
        await self.printer.hand({"load": count})
        self.lot.loaded += count

    async def lend(self, to: str, count: int) -> str:
        """Blanks out of the box beside our printer go to another office; the name of the consignment."""
        self.lot.lent += 1
        named = f"T-{self.name}-{self.lot.lent}"
        sent = None
        for _ in range(LEND_TRIES):  # the lights may be out here: the same again changes nothing
            sent = sent or await self.loket(
                "blanks send",
                "--to",
                to,
                "--consignment",
                named,
                "--count",
                str(count),
                "--json",
                may_fail=True,
            )
        if sent is None:
            raise Stuck(f"{self.name} cannot send blanks to {to}")
        self.lot.box -= count
        return named

    async def _receive(self, named: str, *which: str) -> None:
        await self.loket("blanks receive", "--consignment", named, *which)

    async def strike(self, cut: Cut) -> bool:
        """The power goes and comes back; whether a card was under way when it went."""
        victims = {
            Cut.OFFICE: (self.printer, self.agent),
            Cut.PC: (self.agent,),
            Cut.PRINTER: (self.printer,),
        }[cut]
        self.nights, self.dark = self.nights + 1, True
        struck = self.is_moving()  # now: a printer on another socket goes on while the PC's process ends
        await asyncio.gather(*(victim.kill() for victim in victims))
        if self.printer in victims:
            struck = self.is_moving()
        async with self.lights:  # whoever still fumbles at the counter in the dark finishes first
            for victim in victims:
                await victim.start()
            self.dark = False
        self.lot.cuts += struck
        return struck

    def may_be_struck(self, cut: Cut) -> bool:
        """Whether a card is under way, and nobody sits there whose recording would be lost with the PC."""
        sits = self.room is not None and self.room.seat.locked()
        return self.is_moving() and (cut is Cut.PRINTER or not sits)

    def is_moving(self) -> bool:
        """Whether the truth shows a card under way in the printer."""
        self.tail.look()
        return self.tail.story.moving is not None
