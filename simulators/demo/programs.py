"""Starting, killing and asking the programs of the play, as a person at a terminal would.

Each program is a process of its own session, so that Ctrl-C reaches only the play, which then ends them all.
What a program prints on standard error goes to a file in the play's home, to be read when something went
wrong. Every wait is bounded and says, when it ends, who was waited for.
"""

import asyncio
import contextlib
import json
import os
import random
import shutil
import socket
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.demo.keeper import Keeper

READY_S = 40
ANSWER_S = 60
STOP_S = 10
HANDS_S = 15


class Stuck(Exception):
    """Somebody did not do what the play waited for; the sentence says who and what."""


def script(name: str) -> str:
    """The path of one of our own scripts, beside the interpreter that runs the play. Raises Stuck without
    one."""
    found = shutil.which(name, path=str(Path(sys.executable).parent)) or shutil.which(name)
    if found is None:
        raise Stuck(f"the program {name} is not installed in this environment")
    return found


def environment() -> dict[str, str]:
    """The programs' environment: this one, without settings that would send them to another home."""
    mine = {name: value for name, value in os.environ.items() if not name.startswith("LOKET")}
    return mine | {"PYTHONUNBUFFERED": "1"}


class Ports:
    """Hands out loopback ports, each once, from below the range systems give away by themselves."""

    FIRST, LAST = 18_000, 31_999

    def __init__(self) -> None:
        self._next = random.SystemRandom().randint(self.FIRST, self.LAST)

    def take(self) -> int:
        """A port nobody listens on. Raises Stuck when there is none."""
        for _ in range(self.LAST - self.FIRST):
            port, self._next = self._next, self._next + 1 if self._next < self.LAST else self.FIRST
            with contextlib.suppress(OSError), socket.create_server(("127.0.0.1", port)):
                return port
        raise Stuck("no port is free on this machine")


class Program:
    """One long-running program. `ready` is the first JSON line it printed."""

    def __init__(self, name: str, command: Sequence[str], log: Path, keeper: Keeper | None = None) -> None:
        self.name = name
        self._keeper = keeper
        self.ready: dict[str, Any] = {}
        self._command, self._log = list(command), log
        self._process: asyncio.subprocess.Process | None = None

    async def start(self) -> None:
        """Starts it and waits for its ready line. Raises Stuck with the end of its log."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.PIPE,
                stdout=asyncio.subprocess.PIPE,
                stderr=log,
                env=environment(),
                start_new_session=True,
            )
        self._hold(self._process)
        try:
            line = await asyncio.wait_for(_line_of(self._process), READY_S)
            self.ready = json.loads(line)
        except (TimeoutError, ValueError) as nothing:
            await self.kill()
            raise Stuck(f"{self.name} did not become ready: {self.last_words()}") from nothing

    async def start_silent(self) -> None:
        """Starts a foreign program that prints no ready line."""
        with self._log.open("ab") as log:
            self._process = await asyncio.create_subprocess_exec(
                *self._command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._hold(self._process)

    @property
    def running(self) -> bool:
        """Whether its process lives."""
        return self._process is not None and self._process.returncode is None

    async def hand(self, told: dict[str, Any]) -> dict[str, Any]:
        """One line into its back door, one line out. Raises Stuck when it does not answer."""
        process = self._process
        if process is None or process.stdin is None:
            raise Stuck(f"{self.name} has no back door")
        try:
            process.stdin.write(json.dumps(told).encode() + b"\n")
            await process.stdin.drain()
            answer: dict[str, Any] = json.loads(await asyncio.wait_for(_line_of(process), HANDS_S))
        except (TimeoutError, ValueError, ConnectionError) as nothing:
            raise Stuck(
                f"{self.name} does not answer to {next(iter(told))}: {self.last_words()}"
            ) from nothing
        return answer

    async def kill(self) -> None:
        """SIGKILL: its power is cut. Returns when the process is gone."""
        process = self._process
        if process is not None:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            self._let_go(process)

    async def stop(self) -> None:
        """SIGTERM, and SIGKILL when it takes too long."""
        process = self._process
        if process is None:
            return
        with contextlib.suppress(ProcessLookupError):
            process.terminate()
        try:
            await asyncio.wait_for(process.wait(), STOP_S)
        except TimeoutError:
            await self.kill()
        self._let_go(process)

    def last_words(self) -> str:
        """The end of its log on one line, for the sentence that tells what went wrong."""
        with contextlib.suppress(OSError):
            lines = self._log.read_text(errors="replace").strip().splitlines()
            return " / ".join(lines[-3:])[-400:] or "it said nothing"
        return "it left no log"

    def _hold(self, process: asyncio.subprocess.Process) -> None:
        if self._keeper is not None:
            self._keeper.hold(process.pid)

    def _let_go(self, process: asyncio.subprocess.Process) -> None:
        """The process has ended: what it can no longer use, and the promise to end it."""
        if self._keeper is not None:
            self._keeper.let_go(process.pid)
        if process.stdin is not None:
            process.stdin.close()


async def _line_of(process: asyncio.subprocess.Process) -> bytes:
    """The next line this very process prints; empty at its end."""
    return b"" if process.stdout is None else await process.stdout.readline()


@dataclass(frozen=True, slots=True)
class Answer:
    """What a command left behind."""

    code: int
    out: str
    err: str

    def json(self) -> Any:
        """Its one JSON document; None when it printed none."""
        try:
            return json.loads(self.out)
        except ValueError:
            return None

    def lines(self) -> list[Any]:
        """Its JSON lines."""
        return [json.loads(line) for line in self.out.splitlines() if line]


class Terminal:
    """Runs commands, only so many at once: each start costs a good part of a CPU second."""

    def __init__(self, at_once: int) -> None:
        self._seats = asyncio.Semaphore(at_once)

    async def run(self, *command: str, may_fail: bool = False, wait_s: float = ANSWER_S) -> Answer:
        """One command to its end. Raises Stuck when it takes too long, or fails though it may not."""
        shown = " ".join([Path(command[0]).name, *command[1:3]])
        async with self._seats:
            process = await asyncio.create_subprocess_exec(
                *command,
                stdin=asyncio.subprocess.DEVNULL,
                stdout=asyncio.subprocess.PIPE,
                stderr=asyncio.subprocess.PIPE,
                env=environment(),
                start_new_session=True,
            )
            try:
                out, err = await asyncio.wait_for(process.communicate(), wait_s)
            except BaseException as ended:
                with contextlib.suppress(ProcessLookupError):
                    process.kill()
                await process.wait()
                if isinstance(ended, TimeoutError):
                    raise Stuck(f"{shown} took longer than {wait_s:.0f} s") from ended
                raise
        answer = Answer(process.returncode or 0, out.decode(), err.decode())
        if answer.code and not may_fail:
            said = (answer.err or answer.out).strip().splitlines()
            raise Stuck(f"{shown} ended with {answer.code}: {' / '.join(said[-2:])}")
        return answer
