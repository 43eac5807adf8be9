"""Events a second from a station's journal on disk to committed rows in PostgreSQL, through Mosquitto.

Ours: a journal that was written off line, its link thread, Mosquitto, ``loket-hub run``. Peers, in
alternating rounds of the same run: every event a message of its own (QoS 1, 20 on their way) into a row
and a commit of its own; and the same through a Mosquitto bridge. CPU is the edge's and the hub's
processes; the broker's and the database's are not counted on either side.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from hub.database import open_database
from sync.log import Entry
from tests.bench.wire_bytes import alone
from tests.journeys.sync_rig import Broker, Hub, Station, free_port, until
from tests.unit.hub import postgres
from tests.unit.sync import office

EVENTS, PEER_EVENTS, ROUNDS = 20_000, 2_000, 3
BRIDGE_GOAL = 1.0


@dataclass(frozen=True, slots=True)
class Drained:
    """One round: events a second, and CPU milliseconds an event."""

    pace: float
    cpu_ms: float


def run() -> list[dict[str, Any]]:
    """One line for each peer."""
    programs = postgres.server_programs()
    if programs is None:
        raise RuntimeError("the PostgreSQL server programs are not installed")
    ours, alone_, bridged = [], [], []
    with postgres.cluster(programs) as server, tempfile.TemporaryDirectory() as folder:
        for number in range(ROUNDS):
            root = Path(folder) / str(number)
            root.mkdir()
            url = _database(server, f"round{number}")
            broker = _broker(root)
            ours.append(_ours(root, broker, url))
            alone_.append(_peer(root, broker.url, broker.url, server))
            bridge = _bridge(root, broker)
            bridged.append(_peer(root, bridge.url, broker.url, server))
            bridge.kill()
            broker.kill()
    return [
        _line("each event a message and a commit of its own, QoS 1", ours, alone_, None),
        _line("the same through a Mosquitto bridge", ours, bridged, BRIDGE_GOAL),
    ]


def _line(peer: str, ours: list[Drained], theirs: list[Drained], goal: float | None) -> dict[str, Any]:
    ratio = statistics.median(our.pace / their.pace for our, their in zip(ours, theirs, strict=True))
    return {
        "name": "drain_one_station",
        "figure": round(statistics.median(our.pace for our in ours)),
        "unit": "events/s",
        "against": peer,
        "against_figure": round(statistics.median(their.pace for their in theirs)),
        "ratio": round(ratio, 2),
        "cpu_ms_an_event": round(statistics.median(our.cpu_ms for our in ours), 3),
        "against_cpu_ms_an_event": round(statistics.median(their.cpu_ms for their in theirs), 3),
        "goal": None if goal is None else f"ratio >= {goal}",
        "holds": None if goal is None else ratio >= goal,
    }


def _database(server: str, name: str) -> str:
    admin = open_database(server)
    admin.create(f"CREATE DATABASE {name}")
    admin.close()
    return server.replace("/postgres?", f"/{name}?")


def _ours(root: Path, broker: Broker, database: str) -> Drained:
    hub = Hub(root / "hub", broker.url, database)
    station = Station(root / "station", hub, broker.url)
    station.note(office.entries(EVENTS))
    hub.start()
    assert hub.process is not None
    until(lambda: hub.link_is_up(broker.url), "the hub does not come up")
    process = psutil.Process(hub.process.pid)
    before_s = _cpu_s(process) + time.process_time()
    start_s = time.perf_counter()
    station.start()
    until(station.delivered, "the journal does not arrive", 300)
    spent_s = time.perf_counter() - start_s
    cpu_s = _cpu_s(process) + time.process_time() - before_s
    station.stop()
    hub.kill()
    return Drained(EVENTS / spent_s, cpu_s / EVENTS * 1000)


def _cpu_s(process: psutil.Process) -> float:
    times = process.cpu_times()
    return float(times.user + times.system)


def _broker(root: Path, *more: str) -> Broker:
    """With a queue that has no end: at the default of 1,000 the peers lose what is above it."""
    port = free_port()
    lines = (f"listener {port} 127.0.0.1", "allow_anonymous true", "max_queued_messages 0")
    return Broker("mosquitto", root, *lines, *more, port=port)


def _bridge(root: Path, far: Broker) -> Broker:
    return _broker(root, "connection far", f"address 127.0.0.1:{far.port}", "topic # out 1")


def _peer(root: Path, near: str, far: str, database: str) -> Drained:
    outbox = root / f"outbox-{near.rpartition(':')[2]}.db"
    _fill(outbox, office.entries(PEER_EVENTS))
    argv = [sys.executable, "-m", "tests.bench._one_by_one"]
    hub = subprocess.Popen([*argv, "sub", far, database, str(PEER_EVENTS)], stdout=subprocess.PIPE, text=True)
    edge = subprocess.Popen(
        [*argv, "pub", near, str(outbox)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert hub.stdout is not None
    assert edge.stdout is not None
    hub.stdout.readline()
    edge.stdout.readline()
    start_s = time.perf_counter()
    _go(edge)
    hub_cpu_s = float(hub.stdout.readline())
    spent_s = time.perf_counter() - start_s
    edge_cpu_s = float(edge.stdout.readline())
    for process in (hub, edge):
        process.wait(30)
        if process.stdout is not None:
            process.stdout.close()
    return Drained(PEER_EVENTS / spent_s, (hub_cpu_s + edge_cpu_s) / PEER_EVENTS * 1000)


def _go(edge: subprocess.Popen[str]) -> None:
    assert edge.stdin is not None
    edge.stdin.write("go\n")
    edge.stdin.close()


def _fill(path: Path, lines: list[Entry]) -> None:
    import pysqlite3 as sqlite3

    db = sqlite3.connect(str(path))
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("CREATE TABLE outbox (seq INTEGER PRIMARY KEY, told BLOB)")
    db.executemany("INSERT INTO outbox VALUES (?, ?)", [(line.seq, alone(line)) for line in lines])
    db.commit()
    db.close()
