"""The desk where people are recorded: scanner, small reader and signature pad, and the clerk who sits there.

The devices are processes of their own; the reader's line is quick, for a picture takes seconds on it. A
command is talked with as a clerk does: each sentence of it may have a deed, each question gets Enter.
"""

import asyncio
import contextlib
import json
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from simulators.demo.keeper import Keeper
from simulators.demo.programs import Answer, Program, Stuck, environment, script
from simulators.demo.recordings import READER, SCANNER, Deeds, Hand, Sitter, asks, heard, wanted

TALK_S = 180
PAD = "pad"
LAST = 3  # sentences that are told of one that went wrong; none names the person


class Room:
    """One such desk, in ``place``. ``seat``: held while somebody sits there or uses the small reader."""

    def __init__(self, name: str, place: Path, keeper: Keeper, seed: int, speed: float) -> None:
        self.name = name
        self.seat = asyncio.Lock()
        self._place = place / "room"
        self._trust = place / "devices.pem"
        wire = ("--tcp", "127.0.0.1:0")
        own = {
            SCANNER: ("sbi", "--port", "0", "--ca", str(self._trust), "--state", str(self._place)),
            READER: ("reader", *wire),
            PAD: ("pad", *wire),
        }
        paces = {SCANNER: speed, READER: 2 * speed, PAD: speed}
        self._devices = {
            what: Program(
                f"the {what} of {name}",
                [
                    script("loket-sim"),
                    *words,
                    *("--speed", str(paces[what]), "--seed", str(seed)),
                ],
                place / f"{what}.log",
                keeper,
            )
            for what, words in own.items()
        }

    async def open(self) -> tuple[str, ...]:
        """Switch the devices on; how `loket init` is told of them."""
        await asyncio.gather(*(each.start() for each in self._devices.values()))
        scanner, reader, pad = (self._address(what) for what in (SCANNER, READER, PAD))
        return (
            *("--biometrics", scanner, "--trust", str(self._trust)),
            *("--reader", reader, "--pad", pad),
        )

    def _address(self, what: str) -> str:
        return str(self._devices[what].ready["addresses"][0])

    async def close(self) -> None:
        """Switch everything off."""
        await asyncio.gather(*(each.kill() for each in self._devices.values()))

    async def do(self, hands: Sequence[Hand]) -> None:
        """Do it, one after another. Raises Stuck where a device says that it cannot be done."""
        for what, told in hands:
            answer = await self._devices[what].hand(dict(told))
            if "error" in answer:
                raise Stuck(f"the {what} of {self.name} says: {answer['error']}")

    async def talk(self, words: Sequence[str], deeds: Deeds, typed: str = "") -> Answer:
        """Run a command of the station with somebody at its keyboard. Raises Stuck if it comes to no end."""
        process = await asyncio.create_subprocess_exec(
            *words,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
            env=environment(),
            start_new_session=True,
        )
        said: list[str] = []
        talking = self._answer(process, deeds, typed, said)
        try:
            out, _, _ = await asyncio.wait_for(
                asyncio.gather(_all_of(process.stdout), talking, process.wait()), TALK_S
            )
        except BaseException as ended:
            with contextlib.suppress(ProcessLookupError):
                process.kill()
            await process.wait()
            if isinstance(ended, TimeoutError):
                raise Stuck(
                    f"{words[1]} at {self.name} came to no end: {' / '.join(said[-LAST:])}"
                ) from ended
            raise
        return Answer(process.returncode or 0, out.decode(), " / ".join(said[-LAST:]))

    async def _answer(
        self, process: asyncio.subprocess.Process, deeds: Deeds, typed: str, said: list[str]
    ) -> None:
        """Type, listen and do; ``said`` gets the sentences that were heard, nothing of the person."""
        if process.stdin is None or process.stderr is None:
            return
        await _type(process.stdin, typed)
        async for raw in process.stderr:
            line = raw.decode("utf-8", "replace").rstrip()
            if asks(line):
                await _type(process.stdin, "\n")
            elif not line.startswith("  ") or line.startswith("  ("):
                said.append(heard(line))
                await self.do(wanted(deeds, said[-1]))
        process.stdin.close()


async def _all_of(stream: asyncio.StreamReader | None) -> bytes:
    return b"" if stream is None else await stream.read()


async def _type(keyboard: asyncio.StreamWriter, text: str) -> None:
    with contextlib.suppress(ConnectionError):  # the command has ended: its exit code says why
        keyboard.write(text.encode())
        await keyboard.drain()


def cannot(sitter: Sitter, told: Any) -> Stuck:
    """Why nobody was recorded; the sentence names no person."""
    return Stuck(f"{sitter.station} could not record somebody ({sitter.case}): {json.dumps(told)[:200]}")
