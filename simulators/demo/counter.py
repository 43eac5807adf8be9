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
from simulators.demo.accidents import Cut, Misfortune
from simulators.demo.keeper import Keeper
from simulators.demo.programs import Ports, Program, Terminal, script
from simulators.demo.truth import Tail
from simulators.link import PROFILES, Link

SPARE_BLANKS = 12
PROFILE_OF = {"64.11": "2g", "64.07": "vsat", "64.09": "vsat", "64.03": "vsat"}  # the others have a line


@dataclass(frozen=True, slots=True)
class Bench:
    """What all counters share. `terminal` runs their commands."""

    home: Path
    terminal: Terminal
    keeper: Keeper
    ports: Ports
    broker_port: int
    speed: float
    seed: int


@dataclass(slots=True)
class Lot:
    """What happened here, counted where it happened."""

    cuts: int = 0
    outages: int = 0
    loaded: int = 0
    consignments: int = 0
    settled: set[str] = field(default_factory=set)


class Counter:
    """A station of the play. `orders` is how many cards it has to print."""

    def __init__(self, bench: Bench, name: str, number: int, orders: int, fate: Misfortune) -> None:
        self.name, self.orders, self.fate = name, orders, fate
        self.lot = Lot()
        self.lights = asyncio.Lock()  # held while somebody stands at the counter, or switches it on again
        self.nights = 0
        self._bench = bench
        self._place = bench.home / name
        self._place.mkdir(parents=True, exist_ok=True)
        self.tail = Tail(self._place / "truth.jsonl")
        profile = PROFILES[PROFILE_OF.get(split_station(name)[0], "good")]
        broker = f"127.0.0.1:{bench.broker_port}"
        self.link = Link("127.0.0.1:0", broker, profile, bench.seed + number, bench.speed)
        self._wire = "usbip" if number % 3 == 2 else "tcp"
        self._port, self._chip = bench.ports.take(), bench.ports.take()
        blanks = orders - fate.blanks_short if fate.blanks_short else orders + SPARE_BLANKS
        self.lot.loaded = max(1, blanks)
        self.printer = self._program("printer", self._printer_command(number))
        self.agent = self._program("agent", [script("loket"), "run", "--home", str(self.home)])

    @property
    def home(self) -> Path:
        """The agent's home."""
        return self._place / "home"

    @property
    def web(self) -> str:
        """The address of the clerk's screen; another one after every start."""
        return str(self.agent.ready.get("web", ""))

    def _program(self, what: str, command: list[str]) -> Program:
        log = self._place / f"{what}.log"
        return Program(f"the {what} of {self.name}", command, log, self._bench.keeper)

    def _printer_command(self, number: int) -> list[str]:
        fault = self.fate.ribbon_ends_at
        return [
            *(script("loket-sim"), "printer", f"--{self._wire}", f"127.0.0.1:{self._port}"),
            *("--chip", f"127.0.0.1:{self._chip}", "--cards", str(self.lot.loaded)),
            *("--speed", str(self._bench.speed), "--seed", str(self._bench.seed * 1000 + number)),
            *("--state", str(self._place / "printer.json"), "--truth", str(self.tail.path)),
            *(("--fault", f"ribbon_end@card={fault},panel=c") if fault else ()),
        ]

    async def open(self, join: Path) -> None:
        """Everything a technician does before the first day: printer, link, station, blanks, agent."""
        await self.link.start(weather=False)
        await self.printer.start()
        address = next(each for each in self.printer.ready["addresses"] if f"+{self._wire}:" in each)
        chip = f"vpcd://127.0.0.1:{self._chip}"
        where = ("--printer", address, "--chip", chip, "--broker", f"mqtt://{self.link.address}")
        await self.loket("init", "--join", str(join), *where)
        await self._receive(self.lot.loaded)
        await self.agent.start()

    async def close(self) -> None:
        """The end of the day, or of the play: nothing of it is left running."""
        await asyncio.gather(self.agent.stop(), self.printer.kill(), self.link.close())

    async def loket(self, command: str, *rest: str, may_fail: bool = False) -> Any:
        """One command of the station; its JSON document, if it prints one."""
        at_home = ("--home", str(self.home))
        words = command.split()
        answer = await self._bench.terminal.run(script("loket"), *words, *at_home, *rest, may_fail=may_fail)
        return answer.json() if answer.code == 0 else None

    async def journal(self) -> list[Any]:
        """Every line of the station's journal."""
        answer = await self._bench.terminal.run(
            script("loket"), "journal", "--home", str(self.home), "--json"
        )  # fmt: skip
        return answer.lines()

    async def refill(self, count: int) -> None:
        """A consignment arrives and is laid into the feeder."""
        await self._receive(count)
        await self.printer.hand({"load": count})
        self.lot.loaded += count

    async def _receive(self, count: int) -> None:
        self.lot.consignments += 1
        named = f"{self.name}/{self.lot.consignments}"
        await self.loket("blanks receive", "--consignment", named, "--count", str(count))

    async def strike(self, cut: Cut) -> bool:
        """The power goes and comes back; whether a card was under way when it went."""
        victims = {
            Cut.OFFICE: (self.printer, self.agent),
            Cut.PC: (self.agent,),
            Cut.PRINTER: (self.printer,),
        }[cut]
        self.nights += 1
        await asyncio.gather(*(victim.kill() for victim in victims))
        struck = self.is_moving()
        async with self.lights:  # whoever still fumbles at the counter in the dark finishes first
            for victim in victims:
                await victim.start()
        self.lot.cuts += struck
        return struck

    def is_moving(self) -> bool:
        """Whether the truth shows a card under way in the printer."""
        self.tail.look()
        return self.tail.story.moving is not None
