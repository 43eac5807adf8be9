"""What the sync journeys stand on: a real broker, a hub and a station, each of which can be killed."""

from __future__ import annotations

import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from random import SystemRandom
from typing import IO, Any

from agent import keys as station_keys
from agent.home import Home as StationHome
from agent.link import LinkThread
from agent.recording.upload import Uploads
from agent.store.journal import Journal
from agent.store.migrations import migrate
from agent.store.packets import Packets
from domain.join import JoinFile
from domain.keys import SigningKey
from hub import ingest, schema
from hub.database import Database, open_database
from hub.home import Config
from hub.home import Home as HubHome
from sync import topics, wire
from sync.log import Entry, Mark
from sync.mqtt import Link
from tests import witness

STATION = "64.11-1"
TOKEN = bytes(range(32))
DICE = SystemRandom()
PATIENCE_S = 120.0  # a message said into an empty room is said again after 45 s (sync/talk.py)


def until(what: Callable[[], bool], why: str, patience_s: float = PATIENCE_S) -> None:
    """Wait for something that other processes do."""
    tick = threading.Event()
    end_s = time.monotonic() + patience_s
    while not what():
        assert time.monotonic() < end_s, why
        tick.wait(0.02)


def free_port() -> int:
    """One for a program that is still to start, below those that the system hands out: so nobody who asks
    it for any port, or calls out, has taken it by then."""
    while True:
        port = DICE.randrange(20_000, 32_000)
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port


class Broker:
    """A broker process on one port, which can be killed and brought back. ``lines``: its settings."""

    def __init__(self, kind: str, folder: Path, *lines: str, port: int | None = None) -> None:
        self.port = port or free_port()
        self.url = f"mqtt://127.0.0.1:{self.port}"
        self._argv = [sys.executable, "-m", "simulators.broker", "--port", str(self.port)]
        self._argv += ["--program", "embedded"]
        if kind == "mosquitto":
            settings = folder / f"mosquitto-{self.port}.conf"
            told = lines or (f"listener {self.port} 127.0.0.1", "allow_anonymous true")
            always = ("persistence false", "set_tcp_nodelay true", "log_dest none")
            settings.write_text("\n".join([*told, *always]) + "\n")
            self._argv = [witness.program("mosquitto", "mosquitto"), "-c", str(settings)]
        self._process: subprocess.Popen[bytes] | None = None
        self.start()

    def start(self) -> None:
        self._process = subprocess.Popen(self._argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        until(self._answers, "the broker does not come up")

    def kill(self) -> None:
        if self._process is not None:
            self._process.kill()
            self._process.wait(10)
            self._process = None

    def _answers(self) -> bool:
        try:
            socket.create_connection(("127.0.0.1", self.port), 1).close()
        except OSError:
            return False
        return True


class Hub:
    """A hub's home with one station invited, and the process that works there."""

    def __init__(self, root: Path, broker: str, database: str = "") -> None:
        self.home = HubHome(root)
        self.home.make(Config(broker=broker, database=database))
        self.keys = self.home.keys()
        self.process: subprocess.Popen[str] | None = None
        with self.database() as db:
            schema.create(db, 0)
            ingest.invite(db, STATION, STATION.partition("-")[0], TOKEN)

    @contextmanager
    def database(self) -> Iterator[Database]:
        db = open_database(self.home.database(self.home.config()))
        try:
            yield db
        finally:
            db.close()

    def start(self) -> None:
        """``loket-hub run``, as the service manager does it."""
        argv = [str(Path(sys.executable).with_name("loket-hub")), "run", "--home", str(self.home.root)]
        self.process = subprocess.Popen(
            argv, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
        )
        assert json.loads(_line(self.process.stdout))["ready"]

    def kill(self) -> None:
        if self.process is not None:
            self.process.kill()
            self.process.wait(10)
            if self.process.stdout is not None:
                self.process.stdout.close()
            self.process = None

    def link_is_up(self, broker: str) -> bool:
        """Whether the hub answers on its line; asked as a stranger, who is refused."""
        stranger = SigningKey.generate()
        keys = wire.Keys(stranger.public().text, "", "")
        hello = wire.Hello(Mark(0, 0), Mark(0, 0), 0, True, "", keys)
        link = Link(broker, "stranger", [topics.down("00.00-1")])
        try:
            link.open()
            data = wire.encode(hello, topics.route_up("00.00-1"), stranger.sign)
            link.publish(topics.up("00.00-1"), data)
            return bool(link.wait(1.0))
        finally:
            link.dispose()

    def station(self) -> ingest.Station:
        with self.database() as db:
            found = ingest.station(db, STATION)
        assert found is not None
        return found

    def events(self) -> list[tuple[int, str, str]]:
        with self.database() as db:
            return [
                (line.seq, line.event, line.subject) for line in ingest.entries(db, STATION, 0, 1_000_000)
            ]


def _line(stream: IO[str] | None) -> str:
    assert stream is not None
    return stream.readline()


class Station:
    """A station's home, joined with the hub's file, and its link when it is started."""

    def __init__(self, root: Path, hub: Hub, broker: str, *, token: bytes = TOKEN, epoch: int = 41) -> None:
        root.mkdir(parents=True, exist_ok=True)
        self.home = StationHome(root)
        self.broker = broker
        if not self.home.journal_path.exists():
            migrate(self.home.journal_path)
            sign, seal = hub.keys.sign.public().text, hub.keys.open.public().text
            station_keys.make(self.home.keys_path, JoinFile("64.11", 1, sign, seal, token, broker))
        self.journal = Journal(self.home.journal_path, epoch, lambda: time.time_ns() // 1_000_000)
        self.link: LinkThread | None = None

    def start(self) -> LinkThread:
        keys = station_keys.load(self.home.keys_path)
        uploads = Uploads(self.journal, Packets(self.home.recordings_path))
        line = (self.journal, STATION, self.broker, keys, self.home.keys_path)
        self.link = LinkThread(*line, version="test", uploads=uploads)
        self.link.start()
        return self.link

    def stop(self) -> None:
        if self.link is not None:
            self.link.stop()
            self.link = None
        self.journal.close()

    def write(self, count: int, word: str = "ready") -> None:
        def lines(tx: Any) -> None:
            for number in range(count):
                tx.note("printer_state", f"SIM{number % 7}", {"state": word, "cause": None})

        self.journal.write(lines)
        if self.link is not None:
            self.link.wake()

    def note(self, lines: list[Entry]) -> None:
        """Write lines as if they had happened here, in one transaction."""

        def noted(tx: Any) -> None:
            for line in lines:
                tx.note(line.event, line.subject, dict(line.body))

        self.journal.write(noted)

    def state(self) -> tuple[str, str | None]:
        assert self.link is not None
        told = self.link.told()["link"]
        return told["state"], told["cause"]

    def delivered(self) -> bool:
        """The province said that it holds all of the journal."""
        return self.journal.cursor("hub_has") == self.journal.head() > 0
