"""Seconds from a journal line's commit to its commit at the province, while a recording goes up on a 2G line.

The line is ``simulators.link``'s 2g without its outages, ten times as fast as life; what is told is in
seconds of that line. Beside it the same with nothing else on the way: the line's own time. A line waits for
the pieces that are on the wire already, so the goal is the line's own time and that of a window of pieces.
"""

from __future__ import annotations

import random
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

from agent import keys as station_keys
from agent.store.packets import Packets
from hub.database import Database
from simulators.link import PROFILES
from sync.pieces import PIECE_BYTES, WINDOW
from tests.journeys.packets_rig import BadLine, held, seal
from tests.journeys.sync_rig import STATION, Broker, Hub, Station, until

SPEED, LINES, IDLE_LINES = 10.0, 60, 20
CALM_S = (4.0, 9.0)  # of the line, between two lines of the journal
PICTURE_BYTES = 75_000  # of each of thirteen: a packet of about 1.4 MB
PROFILE = PROFILES["2g"]


def run() -> dict[str, Any]:
    """One line."""
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        broker = Broker("mosquitto", root)
        line = BadLine(broker.port, PROFILE, speed=SPEED)
        hub = Hub(root / "hub", broker.url)
        station = Station(root / "station", hub, line.url)
        try:
            hub.start()
            until(lambda: hub.link_is_up(broker.url), "the hub does not come up")
            return _measured(hub, station)
        finally:
            station.stop()
            hub.kill()
            line.close()
            broker.kill()


def _measured(hub: Hub, station: Station) -> dict[str, Any]:
    station.write(1)
    station.start()
    until(station.delivered, "the journal does not arrive")
    dice = random.Random(7)
    with hub.database() as db:
        idle = [_told(db, station, dice) for _ in range(IDLE_LINES)]
        packets = Packets(station.home.recordings_path)
        keys = station_keys.load(station.home.keys_path)
        sealed = seal(station.journal, packets, keys, picture_bytes=PICTURE_BYTES)
        until(lambda: held(hub.home.root, sealed) > 2 * PIECE_BYTES, "the upload does not begin")
        begun_s, begun = time.monotonic(), held(hub.home.root, sealed)
        busy = [_told(db, station, dice) for _ in range(LINES)]
        carried = held(hub.home.root, sealed) - begun
        spent_s = (time.monotonic() - begun_s) * SPEED
    if not carried:
        raise RuntimeError("the upload was over before the last line")
    return _line(idle, busy, carried / spent_s)


def _told(db: Database, station: Station, dice: random.Random) -> float:
    """Write one line some time later; how long until it is the province's, in seconds of the line."""
    tick = threading.Event()
    tick.wait(dice.uniform(*CALM_S) / SPEED)
    start_s = time.monotonic()
    station.write(1)
    seq = station.journal.head()
    while db.one("SELECT watermark FROM station WHERE station = ?", STATION) != (seq,):
        tick.wait(0.002)
    return (time.monotonic() - start_s) * SPEED


def _p95(told: list[float]) -> float:
    return sorted(told)[round(0.95 * (len(told) - 1))]


def _line(idle: list[float], busy: list[float], pace: float) -> dict[str, Any]:
    window_s = WINDOW * PIECE_BYTES * 1.03 / PROFILE.bytes_per_s
    goal_s = _p95(idle) + window_s
    return {
        "name": "urgent_latency",
        "figure": round(_p95(busy), 1),
        "unit": "s, p95, 2g",
        "median": round(sorted(busy)[len(busy) // 2], 1),
        "against": "the same line with nothing else on the way, p95",
        "against_figure": round(_p95(idle), 1),
        "ratio": round(_p95(busy) / _p95(idle), 1),
        "share_of_the_line": round(pace / PROFILE.bytes_per_s, 2),
        "goal": f"<= {goal_s:.1f} s: the line's own time and {WINDOW} pieces on the wire",
        "holds": _p95(busy) <= goal_s,
    }
