"""Seven days in the field without a line; then the boat comes home, and the province has everybody once."""

from __future__ import annotations

import json
import logging
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from agent import keys
from agent.config import to_toml
from agent.recording.words import SAID
from agent.store.packets import Packets
from domain.words import RefusedByRule
from hub import ingest
from hub.recordings import keep
from sync import wire
from tests import fingers
from tests.journeys.field_rig import SCANNER_FAULTS, Field, Gear, somebody
from tests.journeys.packets_rig import Agent
from tests.journeys.recording_rig import Clerk
from tests.journeys.station import Station as Commands
from tests.journeys.sync_rig import STATION, TOKEN, Broker, Hub, Station, until
from tests.unit.agent.stations import START_MS, Clock

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="SIGKILL has no twin on Windows")

log = logging.getLogger(__name__)

DEVICE_TIME = '["DEVICE_TIME"]'
DAY_MS = 86_400_000
DAYS = 7
OUTREACH_DAY = 3
PLACE = "long-pahangai"
ACCIDENTS = ("", "exception", "unplugged", "", "dirty", "killed", "")
"""What is special about a sitting, in turn; about the last, whom the command itself records, nothing is."""
MORE_BODIES = (9003, 9004)  # in the long run; growing one takes a while


@dataclass(slots=True)
class Boat:
    """Everything there is. ``recorded``: the documents of all sittings, in their order."""

    hub: Hub
    station: Station
    gear: Gear
    field: Field
    clock: Clock
    bodies: tuple[int, ...]
    recorded: list[dict[str, Any]]

    def one_more(self, *, ticket: int | None = None) -> None:
        """The next person sits down; what went wrong was told, and mended."""
        number = len(self.recorded)
        accident = ACCIDENTS[number % len(ACCIDENTS)]
        seed = self.bodies[number % len(self.bodies)]
        done = self.field.record(number, seed, accident=accident, ticket=ticket)
        assert (done["state"], done["rechecked"], done["endorsed"]) == ("sealed", "match", True)
        assert (len(done["fingers"]), len(done["irises"])) == (9 if accident == "exception" else 10, 2)
        heard = self.field.seat.heard
        assert accident not in ("unplugged", "killed") or any(said.en in heard for said in SCANNER_FAULTS)
        assert accident != "dirty" or SAID["again"].en in heard
        self.recorded.append(done)

    def day(self, number: int, people: int) -> None:
        """One day: a ticket for the first of it, then whoever comes, until the day's places are over."""
        self.clock.at_ms = START_MS + number * DAY_MS
        perform = self.field.perform
        if number == OUTREACH_DAY:
            told = {"place": PLACE, "until": "2020-05-24", "by": "ani", "second": "budi"}
            assert perform("outreach-begin", told)["place"] == PLACE
        ticket = perform("ticket-issue", {})["number"]
        assert perform("ticket-call", {})["number"] == ticket == 1
        self.one_more(ticket=ticket)
        for _ in range(people - 1):
            self.one_more()
        if number == OUTREACH_DAY:
            perform("outreach-end", {"by": "ani"})

    def command(self) -> dict[str, Any]:
        """One more, by `loket record` as a clerk types it, while the agent runs and has no line."""
        number, seed = len(self.recorded), self.bodies[0]
        self.gear.sits_down(seed)
        person = somebody(number, seed)
        told = {"name": person.biodata["name"], "birthdate": person.born.isoformat()}
        clerk = Clerk(
            Commands(self.station.home.root),
            f"{person.biodata['nik']}\n{json.dumps(told)}",
            self.gear.fingers_of(seed),
            *("--biodata", "-"),
        )
        done = clerk.work()
        assert clerk.heard[0] == SAID["hour_unknown"].en, "nobody has told this PC the time yet"
        return done

    def rows(self, sql: str) -> list[tuple[Any, ...]]:
        """What the station's own database says."""
        reads = self.station.home.reader()
        try:
            return reads.rows(sql)
        finally:
            reads.close()


@contextmanager
def at_sea(root: Path, people: int, bodies: tuple[int, ...]) -> Iterator[tuple[Boat, Agent]]:
    broker = Broker("mosquitto", root)
    hub = Hub(root / "hub", broker.url)
    station = Station(root / "station", hub, broker.url)
    station.stop()
    join(hub, station)
    agent, clock = Agent(station.home, broker.url), Clock()
    rules = {"recording_mode": "store_and_forward", "recordings_a_day": people, "outreach_a_day": people}
    try:
        with Gear(root, root / "kept") as gear:
            station.home.config_path.write_text(to_toml(gear.config(broker.url)))
            field = Field(station, gear, clock, rules)
            try:
                yield Boat(hub, station, gear, field, clock, bodies, []), agent
            finally:
                field.close()
    finally:
        agent.kill()
        hub.kill()
        broker.kill()


def join(hub: Hub, station: Station) -> None:
    """What the first talk with the hub brings about, which was before the boat left."""
    own = keys.load(station.home.keys_path)
    sign, seal = own.sign.public().text, own.open.public().text
    with hub.database() as db:
        ingest.admit(db, STATION, wire.Keys(sign, seal, wire.proof(TOKEN, STATION, sign, seal)))


@pytest.mark.parametrize(
    ("people", "bodies"),
    [(7, fingers.PEOPLE), pytest.param(150, (*fingers.PEOPLE, *MORE_BODIES), marks=pytest.mark.long)],
)
def test_whoever_was_recorded_in_seven_days_arrives_once(
    tmp_path: Path, people: int, bodies: tuple[int, ...]
) -> None:
    a_day = -(-people // DAYS)
    with at_sea(tmp_path, a_day, bodies) as (boat, agent):
        for number in range(DAYS):
            boat.day(number, min(a_day, people - len(boat.recorded)))
            if len(boat.recorded) == (number + 1) * a_day and number != OUTREACH_DAY:
                with pytest.raises(RefusedByRule, match="come again tomorrow"):
                    boat.field.record(999, bodies[0])
        boat.field.close()
        agent.start()
        boat.recorded.append(boat.command())
        ids = [done["id"] for done in boat.recorded]
        assert len(set(ids)) == people + 1
        assert boat.rows("SELECT DISTINCT state FROM recording") == [("sealed",)]
        assert boat.rows("SELECT count(*) FROM recording WHERE place IS NOT NULL") == [(a_day,)]
        assert boat.rows("SELECT count(*), count(DISTINCT recording) FROM ticket") == [(DAYS, DAYS)]
        boat.hub.start()
        began_s = time.monotonic()
        everybody = [("receipted", people + 1)]
        until(
            lambda: boat.rows("SELECT state, count(*) FROM recording GROUP BY state") == everybody,
            "some wait",
            600,
        )
        there_s = time.monotonic() - began_s
        head = "SELECT (SELECT max(seq) FROM journal) = seq FROM cursor WHERE name = 'hub_has'"
        until(lambda: boat.rows(head) == [(1,)], "lines wait")
        sizes = arrived_once(boat)
        told = reconciled(boat.hub)
        assert (told["missing"], told["duplicates"]) == (0, 0)
        assert agent.status()["unsent"] == {"events": 0, "recordings": 0, "oldest_at": None}
    report(boat.field.took_s, sizes, there_s)


def report(took_s: list[float], sizes: list[int], there_s: float) -> None:
    """The figures, for whoever asks pytest for its log."""
    middle_s = sorted(took_s)[len(took_s) // 2]
    log.info("%d sittings here, %.1f s the middle one, %.1f the longest", len(took_s), middle_s, max(took_s))
    log.info("%d bytes a packet; %d there after %.1f s", sum(sizes) // len(sizes), len(sizes), there_s)


def arrived_once(boat: Boat) -> list[int]:
    """Each packet is at the province once, whole, and answered once; how large they are."""
    wanted = {done["id"]: done["packet"] for done in boat.recorded}
    with boat.hub.database() as db:
        kept = db.rows("SELECT id, sha256, size, flags FROM recording")
        answers = db.rows("SELECT event, subject FROM order_log WHERE event LIKE 'recording_%'")
    assert {id: sha for id, sha, _, _ in kept} == wanted
    assert len(kept) == len(wanted)
    # the scanner's clock is this machine's, and so is that of the one sitting by command
    assert Counter(flags for _, _, _, flags in kept) == {DEVICE_TIME: len(wanted) - 1, "[]": 1}
    assert Counter(answers) == dict.fromkeys((("recording_received", id) for id in wanted), 1)
    here = Packets(boat.station.home.recordings_path)
    for _, sha, size, _ in kept:
        assert keep.files(boat.hub.home).size(sha) == here.size(sha) == size, "a day they stay here too"
    told = Counter(subject for _, event, subject in boat.hub.events() if event == "recording_sealed")
    assert told == dict.fromkeys(wanted, 1)
    return [size for _, _, size, _ in kept]


def reconciled(hub: Hub) -> dict[str, Any]:
    argv = [str(Path(sys.executable).with_name("loket-hub")), "reconcile", "--json"]
    done = subprocess.run(
        [*argv, "--home", str(hub.home.root)], capture_output=True, text=True, check=True, timeout=60
    )
    told: dict[str, Any] = json.loads(done.stdout)
    return told
