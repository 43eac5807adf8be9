"""What journeys with sealed recordings stand on: people of straw on a station's disk, and a line one can cut.

``seal(journal, packets, keys)`` leaves a recording as a sitting does, one that the province opens and keeps.
``BadLine`` stands between a station and its broker and counts what passes. ``Agent`` is ``loket run``, to be
killed at any moment. ``tests/journeys/sync_rig.py`` has the broker and the hub.
"""

from __future__ import annotations

import asyncio
import json
import subprocess
import sys
import threading
from collections.abc import Coroutine
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path
from typing import Any

from agent import keys as station_keys
from agent.config import Config, to_toml
from agent.home import Home
from agent.recording import book
from agent.recording.book import Recording
from agent.store.journal import Journal
from agent.store.packets import Packets
from domain.keys import SealKey
from domain.packet import info
from domain.packing import pack
from simulators.link import Link, Outage, Profile
from tests.unit.domain import recorded

STATION = "64.11-1"
SLOW = Profile(100_000, 5, 0, 0, 0, ())  # an upload of a second can be met in the middle


@dataclass(frozen=True, slots=True)
class Sealed:
    """One recording that waits on a station's disk."""

    id: str
    sha256: str
    size: int


def seal(
    journal: Journal,
    packets: Packets,
    keys: station_keys.Keys,
    *,
    station: str = STATION,
    picture_bytes: int = 400,
    nik: str = recorded.NIK,
    opens: bool = True,
) -> Sealed:
    """A sitting's whole end: packed, signed, sealed to the province, on the disk, in the journal.

    ``picture_bytes`` is each of thirteen pictures'. Without ``opens`` it is sealed under another name.
    """
    id = journal.write(lambda tx: book.begin(tx, station, mode="store_and_forward", ticket=None, place=None))
    biodata = {**recorded.BIODATA, "nik": nik}
    packed = pack(recorded.somebody(picture_bytes, id=id, station=station, biodata=biodata), keys.sign.sign)
    sealed = SealKey(keys.hub_seal).seal(packed, info(station, id if opens else f"{id}0"))
    sha = sha256(sealed).hexdigest()
    told = {"fingers": 10, "irises": 2, "exceptions": 0, "forced": 0, "rechecked": "match", "endorsed": True}
    journal.write(lambda tx: book.about(tx, id, sha, len(sealed), told))
    packets.put(sealed)
    journal.write(lambda tx: book.sealed(tx, id, sha, len(sealed), told))
    return Sealed(id, sha, len(sealed))


class BadLine:
    """``simulators.link`` in a thread of its own, between ``url`` and a broker on this machine."""

    def __init__(self, broker_port: int, profile: Profile = SLOW, *, speed: float = 1.0) -> None:
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="line", daemon=True)
        self._thread.start()
        self._link = Link("127.0.0.1:0", f"127.0.0.1:{broker_port}", profile, speed=speed)
        self._do(self._link.start(weather=False))
        self.url = f"mqtt://{self._link.address}"

    @property
    def bytes_up(self) -> int:
        """What came through from the station so far, TCP's own aside."""
        return self._link.bytes_through["up"]

    def cut(self, for_ms: int = 200) -> None:
        """Reset every connection and refuse new ones for a while."""
        self._do(self._link.outage(for_ms, Outage.CUT))

    def close(self) -> None:
        self._do(self._link.close())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join(10)
        self._loop.close()

    def _do(self, work: Coroutine[Any, Any, None]) -> None:
        asyncio.run_coroutine_threadsafe(work, self._loop).result(30)


class Agent:
    """``loket run`` at a home that has its keys and its journal."""

    def __init__(self, home: Home, broker: str) -> None:
        self.home = home
        home.config_path.write_text(to_toml(Config("64.11", 1, broker=broker)))
        self.process: subprocess.Popen[str] | None = None

    def start(self) -> None:
        argv = [_program("loket"), "run", "--home", str(self.home.root)]
        self.process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert self.process.stdout is not None
        assert json.loads(self.process.stdout.readline())["ready"]

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.process = None

    def status(self) -> dict[str, Any]:
        """``loket status --json``."""
        argv = [_program("loket"), "status", "--json", "--home", str(self.home.root)]
        told: dict[str, Any] = json.loads(
            subprocess.run(argv, capture_output=True, text=True, check=True).stdout
        )
        return told

    def recording(self, id: str) -> Recording:
        """What became of it, by this station's book."""
        reader = self.home.reader()
        try:
            found = book.get(reader, id)
        finally:
            reader.close()
        assert found is not None
        return found


def held(hub: Path, sealed: Sealed) -> int:
    """How many bytes the hub's disk holds of a packet that is under way; heads of pieces are counted too."""
    path = hub / "recordings" / "incoming" / STATION / f"{sealed.sha256}.part"
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0


def _program(name: str) -> str:
    return str(Path(sys.executable).with_name(name))
