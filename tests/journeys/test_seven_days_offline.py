"""Seven days in the field without a line; then the boat comes home, and the province has everybody once."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from agent import keys, policies
from agent.actions import ACTIONS
from agent.config import Config
from agent.recording import book, session
from agent.recording.biodata import Person
from agent.recording.plan import Devices
from agent.recording.session import Asked, Counter
from agent.store.journal import Journal
from agent.store.packets import Packets
from agent.store.sqlite import Reads
from domain.policy import Capture
from domain.policy_form import made
from domain.words import RefusedByRule
from hub.recordings import keep
from tests.journeys.packets_rig import Agent
from tests.journeys.sync_rig import STATION, Broker, Hub, Station, until
from tests.unit.agent.recording.desks import Album, Clerk, Pad, Reader, Scanner
from tests.unit.agent.recording.desks import Clock as Waits
from tests.unit.agent.stations import START_MS, Clock

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL has no twin on Windows")

DAY_MS = 86_400_000
DAYS = 7


class Field:
    """A station on a boat: real keys, packets and journal, devices of straw."""

    def __init__(self, station: Station, clock: Clock, a_day: int) -> None:
        self.home = station.home
        self.journal = Journal(station.home.journal_path, 43, clock)
        rules = {"recording_mode": "store_and_forward", "recordings_a_day": a_day}
        policy = made("field", "2020-01-02", rules)
        self.journal.write(lambda tx: policies.keep(tx, policy, json.dumps(rules)))
        self.scanner = Scanner()
        self.counter = Counter(
            home=self.home,
            keys=keys.load(self.home.keys_path),
            station=STATION,
            devices=Devices(self.scanner, Reader(), Pad()),
            desk=Clerk(Waits()),
            perform=self.perform,
            clock=Waits(),
            unix_ms=clock,
            pictures=Album(),
        )
        self.asked = Asked(person(0), (), "ani", None, None, "offline", Capture(), 1000)

    def perform(self, action: str, args: Mapping[str, Any]) -> dict[str, Any]:
        return ACTIONS[action](self.journal, Config("64.11", 1), args)

    def record(self, number: int) -> str:
        self.scanner.seed = f" of {number}"
        return str(session.record(self.counter, replace(self.asked, person=person(number)))["id"])


def person(number: int) -> Person:
    """One of the invented people; all were born on one day."""
    nik = f"641101520502{9001 + number}"
    return Person({"nik": nik, "name": f"SPECIMEN {number}"}, date(2002, 5, 12))


def head(reads: Reads) -> tuple[Any, ...]:
    """The journal's last line."""
    return reads.rows("SELECT max(seq) FROM journal")[0]


def reconciled(hub: Hub) -> dict[str, Any]:
    argv = [
        str(Path(sys.executable).with_name("loket-hub")),
        "reconcile",
        "--json",
        "--home",
        str(hub.home.root),
    ]
    told: dict[str, Any] = json.loads(
        subprocess.run(argv, capture_output=True, text=True, check=True, timeout=60).stdout
    )
    return told


@pytest.mark.parametrize("people", [21, pytest.param(150, marks=pytest.mark.long)])
def test_whoever_was_recorded_in_seven_days_arrives_once(tmp_path: Path, people: int) -> None:
    broker = Broker("mosquitto", tmp_path)
    hub = Hub(tmp_path / "hub", broker.url)
    station = Station(tmp_path / "station", hub, broker.url)
    station.stop()
    agent = Agent(station.home, broker.url)
    clock = Clock()
    a_day = -(-people // DAYS)
    field = Field(station, clock, a_day)
    recorded: list[str] = []
    for day in range(DAYS):
        clock.at_ms = START_MS + day * DAY_MS
        recorded += [field.record(day * a_day + n) for n in range(min(a_day, people - len(recorded)))]
        if day < DAYS - 1:
            with pytest.raises(RefusedByRule, match="come again tomorrow"):
                field.record(999)
    assert len(set(recorded)) == people
    field.journal.close()
    hub.start()
    try:
        agent.start()
        reads = station.home.reader()
        until(lambda: book.counts(reads) == {"receipted": people}, "some wait", 120)
        until(
            lambda: reads.rows("SELECT seq FROM cursor WHERE name = 'hub_has'")[0] == head(reads),
            "lines wait",
        )
        with hub.database() as db:
            kept = db.rows("SELECT id, sha256 FROM recording")
        assert sorted(id for id, _ in kept) == sorted(recorded)
        assert all(keep.files(hub.home).size(sha) for _, sha in kept)
        told = reconciled(hub)
        assert (told["missing"], told["duplicates"]) == (0, 0)
        assert agent.status()["unsent"] == {"events": 0, "recordings": 0, "oldest_at": None}
        assert all(Packets(station.home.recordings_path).size(sha) for _, sha in kept), "a day they stay here"
        reads.close()
    finally:
        agent.kill()
        hub.kill()
        broker.kill()
