"""Two stations of one office, the province, and a line to each that can be cut; all of them real programs.

Each station has a simulated printer whose truth file is the judge: which card came out where. Every wait is
for a line that a program wrote, never for time to pass.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from agent.home import Home
from agent.store.sqlite import Reader
from simulators.people import lists
from simulators.people.people import Person, people
from tests.journeys.sync_rig import Broker, free_port, until
from tests.journeys.technician import Technician, truth

OFFICE, CARDS, SPEED = "64.11", 12, 60
PATIENCE_S = 120.0
BIN = Path(sys.executable).parent
ENVIRONMENT = {name: value for name, value in os.environ.items() if not name.startswith("LOKET")}


def run(program: str, *words: str) -> tuple[int, Any]:
    """One command to its end: its exit code and its JSON document, if it printed one."""
    done = subprocess.run(
        [str(BIN / program), *words],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        env=ENVIRONMENT,
    )
    assert done.returncode in (0, 4), done.stderr
    return done.returncode, json.loads(done.stdout) if done.stdout.startswith(("{", "[")) else None


class Program:
    """A long-running program that says when it is ready."""

    def __init__(self, *command: str) -> None:
        self._command = [str(BIN / command[0]), *command[1:]]
        self._process: subprocess.Popen[str] | None = None

    def start(self) -> dict[str, Any]:
        self._process = subprocess.Popen(
            self._command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env=ENVIRONMENT,
        )
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told

    def kill(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait(10)
            if process.stdout is not None:
                process.stdout.close()


class Station:
    """One counter: its printer, its line to the province, its agent, and its clerk's commands."""

    def __init__(self, number: int, folder: Path, broker: Broker, join: Path, stack: ExitStack) -> None:
        self.number, self.name = number, f"{OFFICE}-{number}"
        self.home = Home(folder / "home")
        self._truth = folder / "truth.jsonl"
        folder.mkdir()
        line, chip = free_port(), free_port()
        words = ("--listen", f"127.0.0.1:{line}", "--to", f"127.0.0.1:{broker.port}", "--profile", "good")
        self.line = Program("loket-sim", "link", *words)
        stack.callback(self.line.kill)
        self.line.start()
        told = ("--tcp", "127.0.0.1:0", "--chip", f"127.0.0.1:{chip}", "--speed", str(SPEED))
        files = ("--truth", str(self._truth), "--cards", str(CARDS), "--seed", str(number))
        printer = stack.enter_context(Technician(*told, *files))
        where = ("--printer", printer.ready["addresses"][0], "--chip", f"vpcd://127.0.0.1:{chip}")
        self.loket("init", "--join", str(join), "--broker", f"mqtt://127.0.0.1:{line}", *where)
        self.loket("blanks", "receive", "--consignment", f"K-{number}", "--count", str(CARDS))
        self.agent = Program("loket", "run", "--home", str(self.home.root))
        stack.callback(self.agent.kill)
        self.agent.start()
        self._reads = Reader(self.home.journal_path)
        stack.callback(self._reads.close)

    def loket(self, *words: str) -> tuple[int, Any]:
        return run("loket", *words, "--home", str(self.home.root))

    def journal(self, order: str) -> list[str]:
        """The events told of an order, oldest first."""
        told = self._reads.rows("SELECT event FROM journal WHERE subject = ? ORDER BY seq", order)
        return [event for (event,) in told]

    def told_ms(self, event: str, order: str) -> int:
        """When the last such line was written."""
        question = "SELECT max(at_ms) FROM journal WHERE event = ? AND subject = ?"
        return int(self._reads.rows(question, event, order)[0][0])

    def tells(self, event: str, order: str) -> None:
        """Wait until the last thing told of the order is this."""
        until(
            lambda: self.journal(order)[-1:] == [event],
            f"{self.name} never told {event} of {order}: {self.journal(order)}",
            PATIENCE_S,
        )

    def delivered(self) -> None:
        """Wait until the province holds every line of this journal."""
        question = "SELECT (SELECT seq FROM cursor WHERE name = 'hub_has') >= (SELECT max(seq) FROM journal)"
        until(lambda: self._reads.rows(question) == [(1,)], f"{self.name} is not heard", PATIENCE_S)

    def press(self, order: str) -> str | None:
        """The clerk presses print; the word of the refusal, if it is refused."""
        code, told = self.loket("print", "--order", order, "--json")
        assert (code == 4) == ("refused" in told)
        word: str | None = told.get("refused")
        return word

    def prints(self, order: str) -> None:
        """The clerk presses print, and the card comes out."""
        assert self.press(order) is None
        until(lambda: self.picture(order) in self.pictures(), f"{order} is not printed", PATIENCE_S)

    def picture(self, order: str) -> str | None:
        """What a card of this order must show, if one was begun here."""
        found = self._reads.rows("SELECT artefact FROM job WHERE order_id = ? AND state = 'printed'", order)
        return str(found[0][0]) if found else None

    def pictures(self) -> list[str]:
        """What the cards in the output tray show, by the printer's own truth."""
        return [line["picture"] for line in truth(self._truth) if line["event"] == "ejected"]


class Office:
    """The province with its broker, and two stations of one office."""

    def __init__(self, kind: str, folder: Path, stack: ExitStack) -> None:
        self._folder, self._lists = folder, 0
        self._folk = iter(people(7, OFFICE, 40, kind="ktp", today=date(2020, 5, 12)))
        self.broker = Broker(kind, folder)
        stack.callback(self.broker.kill)
        self._home = ("--home", str(folder / "hub"))
        self.hub("init", "--broker", self.broker.url)
        self.province = Program("loket-hub", "run", *self._home)
        stack.callback(self.province.kill)
        self.province.start()
        self.one, self.two = (self._station(number, stack) for number in (1, 2))

    def _station(self, number: int, stack: ExitStack) -> Station:
        join = self._folder / f"{number}.join"
        self.hub("join-code", OFFICE, str(number), "--out", str(join))
        return Station(number, self._folder / f"station-{number}", self.broker, join, stack)

    def hub(self, *words: str) -> Any:
        code, told = run("loket-hub", *words, *self._home)
        assert code == 0, told
        return told

    def orders(self, station: Station, count: int) -> list[str]:
        """That many new orders for a station, which has them when this returns."""
        folk = [replace(next(self._folk), station=str(station.number)) for _ in range(count)]
        self._import(folk)
        named = [person.order for person in folk]
        for order in named:
            station.tells("order_received", order)
        return named

    def _import(self, folk: Iterable[Person]) -> None:
        self._lists += 1
        listed = lists.write(self._folder / f"list-{self._lists}", folk)
        self.hub("orders", "import", str(listed), "--json")
        shutil.rmtree(listed.parent)

    def move(self, order: str, to: Station) -> str:
        """The province moves an order; how that stands."""
        told = self.hub("orders", "move", order, "--to", OFFICE, str(to.number), "--json")
        return str(told["state"])

    def restart(self) -> None:
        """Broker and province are killed and come back."""
        self.province.kill()
        self.broker.kill()
        self.broker.start()
        self.province.start()

    def came_out(self, order: str) -> list[str]:
        """Every station out of whose printer a card of this order came, once for each card."""
        stations = (self.one, self.two)
        wanted = {station.picture(order) for station in stations} - {None}
        return [each.name for each in stations for picture in each.pictures() if picture in wanted]

    def nothing_came_out_twice(self) -> None:
        """Over both trays no picture is seen again."""
        seen = [*self.one.pictures(), *self.two.pictures()]
        assert len(seen) == len(set(seen))
