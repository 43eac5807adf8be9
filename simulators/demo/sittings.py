"""People are recorded at a counter, one after another, by the station's own command.

Whoever is there when the line is to fall is recorded without it, as the day's rules allow once the counter
has heard of them. Before them comes the clerk's own finger into the small reader.
"""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Callable, Sequence
from typing import Any

from simulators.demo.counter import Counter
from simulators.demo.desk import CLERK, SUPERVISOR
from simulators.demo.programs import Stuck
from simulators.demo.recordings import READER, RIGHT_INDEX, STRANGER, Case, Sitter, before, deeds
from simulators.demo.room import Room, cannot
from simulators.demo.rules import FORWARD

LOOK_S = 0.5
PATIENCE_S = 90
CUT_S = 5
DOWN_MS = 3_600_000  # longer than any sitting
NO_LINE = "LINK_REQUIRED"


async def hold(counter: Counter, sitters: Sequence[Sitter], is_calm: Callable[[], bool]) -> None:
    """Everybody's sitting at this counter. ``is_calm``: no power cut is due. Raises Stuck."""
    room = counter.room
    if room is None or not sitters:
        return
    async with room.seat:
        await room.do([(READER, {"finger": f"{STRANGER}:{RIGHT_INDEX}"})])
        await counter.loket("staff enrol", "--by", CLERK, "--json")
    for sitter in sitters:
        await _bide(is_calm)
        if sitter.case is Case.LINE_DOWN:
            await _until(counter, "the day's rules", lambda: _may_go_on_alone(counter))
        async with room.seat:
            await _until(counter, "its power", lambda: not counter.dark)
            async with _line(counter, down=sitter.case is Case.LINE_DOWN):
                await _record(counter, room, sitter)


async def _record(counter: Counter, room: Room, sitter: Sitter) -> None:
    """One person. A line that happens to be down is waited for."""
    second = ("--second", SUPERVISOR) if sitter.options else ()
    told = ("--nik", "-", "--biodata", "-", "--by", CLERK, *second, *sitter.options, "--json")
    words = counter.words("record", *told)
    until = time.monotonic() + PATIENCE_S
    while True:
        await room.do(before(sitter))
        answer = await room.talk(words, deeds(sitter), sitter.lines)
        if answer.code == 0:
            return
        found: dict[str, Any] = answer.json() or {"said": answer.err}
        waits = found.get("refused") == NO_LINE and sitter.case is not Case.LINE_DOWN
        if not waits or time.monotonic() > until:
            raise cannot(sitter, found)
        await asyncio.sleep(LOOK_S)


@contextlib.asynccontextmanager
async def _line(counter: Counter, *, down: bool) -> AsyncIterator[None]:
    """The counter's line, ``down`` all the while and known to be."""
    if not down:
        yield
        return
    async with counter.line:
        counter.lot.outages += 1
        outage = asyncio.create_task(counter.link.outage(round(DOWN_MS * counter.link.speed)))
        try:
            await _until(counter, "its line to fall", lambda: _is_alone(counter))
            yield
        finally:
            outage.cancel()
            await asyncio.gather(outage, return_exceptions=True)


async def _bide(is_calm: Callable[[], bool]) -> None:
    """A while for the power cut that is due; it finds no card where none is left to print."""
    until = time.monotonic() + CUT_S
    while not is_calm() and time.monotonic() < until:
        await asyncio.sleep(LOOK_S)


async def _is_alone(counter: Counter) -> bool:
    told = await counter.loket("status", "--json", may_fail=True)
    return told is not None and told["link"]["state"] != "online"


async def _may_go_on_alone(counter: Counter) -> bool:
    told = await counter.loket("policy", "--json", may_fail=True)
    return told is not None and told["rules"]["recording_mode"] == FORWARD


async def _until(counter: Counter, what: str, holds: Callable[[], object]) -> None:
    """Wait for something that is so, or that somebody answers. Raises Stuck."""
    until = time.monotonic() + PATIENCE_S
    while True:
        answer = holds()
        if await answer if asyncio.iscoroutine(answer) else answer:
            return
        if time.monotonic() > until:
            raise Stuck(f"{counter.name} waits for {what}, and nobody is recorded")
        await asyncio.sleep(LOOK_S)
