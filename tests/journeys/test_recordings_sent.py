"""Sealed recordings on their way to the province over a real broker: every death and every cut in between."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

from agent import keys as station_keys
from agent.recording.book import State
from agent.store.packets import Packets
from hub import order_log
from hub.recordings import keep
from sync.pieces import PIECE_BYTES, WINDOW
from tests.journeys.packets_rig import Agent, BadLine, Sealed, held, seal
from tests.journeys.sync_rig import STATION, Broker, Hub, Station, until

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL has no twin on Windows")

WIRE = 1.03  # of a packet's own bytes, signatures and MQTT's heads included: sync/PROTOCOL.md, Figures
TALK_BYTES = 12_000  # greetings, lines, questions and answers of a few connections


@dataclass
class World:
    """A hub, a broker, a line that can be cut, and a station that is off until its agent is started."""

    hub: Hub
    line: BadLine
    station: Station
    agent: Agent
    packets: Packets

    def seal(self, **how: object) -> Sealed:
        keys = station_keys.load(self.station.home.keys_path)
        return seal(self.station.journal, self.packets, keys, **how)  # type: ignore[arg-type]

    def answers(self) -> list[tuple[str, str, str | None]]:
        """(event, recording, word) of every answer in the station's order log."""
        with self.hub.database() as db:
            lines = order_log.log_after(db, STATION, 0, 99)
        return [
            (line.event, line.subject, line.body.get("word"))
            for line in lines
            if line.event.startswith("recording_")
        ]

    def holds(self, sealed: Sealed, share: float) -> None:
        until(lambda: held(self.hub.home.root, sealed) > share * sealed.size, "the upload stands still")


@contextmanager
def world(tmp_path: Path) -> Iterator[World]:
    broker = Broker("mosquitto", tmp_path)
    line = BadLine(broker.port)
    hub = Hub(tmp_path / "hub", broker.url)
    station = Station(tmp_path / "station", hub, line.url)
    made = World(hub, line, station, Agent(station.home, line.url), Packets(station.home.recordings_path))
    hub.start()
    until(lambda: hub.link_is_up(broker.url), "the hub does not come up")
    try:
        yield made
    finally:
        made.agent.kill()
        station.stop()
        hub.kill()
        line.close()
        broker.kill()


def test_a_recording_arrives_whoever_is_killed_and_however_often_the_line_is_cut(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        sealed = made.seal(picture_bytes=16_000)
        made.station.stop()
        assert made.agent.status()["unsent"]["recordings"] == 1
        made.agent.start()
        made.holds(sealed, 0.15)
        made.agent.kill()
        made.agent.start()
        made.holds(sealed, 0.4)
        made.hub.kill()
        before = held(made.hub.home.root, sealed)
        made.hub.start()
        made.holds(sealed, 0.65)
        assert before > 0.4 * sealed.size
        made.line.cut()
        assert made.answers() == [], "no receipt before all of it was opened and kept"
        until(lambda: made.agent.recording(sealed.id).state is State.RECEIPTED, "no receipt comes")
        assert made.answers() == [("recording_received", sealed.id, None)]
        again = 3 * WINDOW * PIECE_BYTES  # what was on its way at each death
        assert made.line.bytes_up <= WIRE * (sealed.size + again) + TALK_BYTES, "held bytes were sent again"
        with made.hub.database() as db:
            assert db.rows("SELECT id, sha256, size FROM recording") == [
                (sealed.id, sealed.sha256, sealed.size)
            ]
        assert keep.files(made.hub.home).size(sealed.sha256) == sealed.size
        assert list((made.hub.home.root / "recordings" / "incoming").glob("*/*")) == []
        assert made.packets.size(sealed.sha256) == sealed.size, "it stays here for a day"
        assert made.agent.status()["unsent"]["recordings"] == 0
        made.agent.kill()
        made.agent.start()
        assert made.packets.size(sealed.sha256) == sealed.size


def test_one_that_does_not_open_is_refused_kept_and_shown_and_holds_up_nobody(tmp_path: Path) -> None:
    with world(tmp_path) as made:
        bad, good = made.seal(opens=False), made.seal(nik="6411015205039002")
        made.station.stop()
        made.agent.start()
        until(lambda: made.agent.recording(good.id).state is State.RECEIPTED, "no receipt comes")
        assert made.answers() == [
            ("recording_rejected", bad.id, "PACKET_UNOPENED"),
            ("recording_received", good.id, None),
        ]
        refused = made.agent.recording(bad.id)
        assert (refused.state, refused.cause) == (State.REJECTED, "PACKET_UNOPENED")
        assert made.packets.size(bad.sha256) == bad.size
        told = made.agent.status()
        assert told["unsent"]["recordings"] == 0
        assert "RECORDINGS_REJECTED" in json.dumps(told["attention"])
