"""Bringing the day's recordings home: each sealed packet to the province, and the centre's answer back.

What the province keeps is compared with the stations' journals, by name and hash. That a station cannot open
what it sealed is tried with every secret it has, and its whole home is searched for the people's names.
"""

import asyncio
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from domain.keys import CannotOpen, OpenKey
from domain.packet import info
from simulators.demo.counter import Counter
from simulators.demo.recordings import Found, answer_list, answers, sealed

if TYPE_CHECKING:
    from simulators.demo.day import Day

HOME_S = 60
LOOK_S = 1.0
RESERVE = "reserve"  # room kept for the day the disk is full: nothing is ever written into it


async def follow(day: "Day") -> Found:
    """Waits until the province has every packet and each station its answer, `HOME_S` each at most."""
    rooms = [counter for counter in day.counters if counter.room is not None]
    if not rooms:
        return Found()
    own = {counter.name: sealed(await counter.journal()) for counter in rooms}
    told = {id: sha for each in own.values() for id, sha in each.items()}
    found = await _arrive(day, rooms, Found(len(day.sitters), told))
    answered = await _answer(day, rooms, found)
    bare = []
    for counter in rooms:
        names = [text.encode() for each in day.sitters for text in (each.nik, each.biodata["name"])]
        if await asyncio.to_thread(laid_bare, counter.home, counter.name, own[counter.name], names):
            bare.append(counter.name)
    return replace(found, answered=answered, bare=bare)


async def _arrive(day: "Day", rooms: Sequence[Counter], found: Found) -> Found:
    """Every packet at the province, and every station knows it."""
    until = time.monotonic() + HOME_S
    while True:
        kept: Any = await day.hub("recordings list", "--json")
        stations = await asyncio.gather(*(counter.loket("status", "--json") for counter in rooms))
        found = replace(found, kept=kept, unsent=sum(each["unsent"]["recordings"] for each in stations))
        if (found.count == len(found.sealed) and not found.unsent) or time.monotonic() > until:
            return found
        day.say(f"on their way to the province: {len(found.sealed) - found.count} recordings")
        await asyncio.sleep(LOOK_S)


async def _answer(day: "Day", rooms: Sequence[Counter], found: Found) -> dict[str, str]:
    """The centre's answers at the province, and what every station shows of them."""
    wanted = answers(found.sealed)
    path = day.home / "centre.csv"
    path.write_text(answer_list(wanted), encoding="utf-8")
    await day.hub("recordings import", str(path), "--json", may_fail=True)
    until = time.monotonic() + HOME_S
    while True:
        shown = await asyncio.gather(*(counter.loket("recordings", "--json") for counter in rooms))
        answered = {row["id"]: str(row["status"]) for rows in shown for row in rows}
        if all(answered.get(id) == status for id, status in wanted.items()) or time.monotonic() > until:
            return answered
        day.say("on their way from the province: the centre's answers")
        await asyncio.sleep(LOOK_S)


def laid_bare(home: Path, station: str, packets: Mapping[str, str], names: Iterable[bytes]) -> bool:
    """Whether a station can open one of its packets, has lost one, or holds a name anywhere on its disk."""
    secrets = list(_secrets(home / "keys"))
    for id, sha in packets.items():
        path = home / "recordings" / sha[:2] / f"{sha}.pkt"
        if not path.exists() or any(_opens(key, path.read_bytes(), info(station, id)) for key in secrets):
            return True
    wanted = tuple(names)
    files = (path for path in home.rglob("*") if path.is_file() and path.name != RESERVE)
    return any(name in data for data in map(Path.read_bytes, files) for name in wanted)


def _secrets(folder: Path) -> Iterable[OpenKey]:
    """Every file of the folder that is a key to open with."""
    for path in folder.iterdir():
        try:
            yield OpenKey(path.read_text("utf-8").strip())
        except ValueError:
            continue


def _opens(key: OpenKey, data: bytes, bound: bytes) -> bool:
    try:
        key.open(data, bound)
    except CannotOpen:
        return False
    return True
