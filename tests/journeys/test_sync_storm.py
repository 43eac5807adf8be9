"""The same 2,000 events sent five times, out of order and without manners, the hub killed between."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from agent import keys as station_keys
from hub.database import Database
from hub.projections import TABLES, Folder
from sync import topics, wire
from sync.log import Batch, Entry, Mark
from sync.mqtt import Link
from tests.journeys.sync_rig import STATION, TOKEN, Broker, Hub, Station, until
from tests.unit.sync import office

EVENTS, ROUNDS, A_BATCH = 2_000, 5, 50


def batches(lines: list[Entry], dice: random.Random) -> list[Batch]:
    """All lines in batches, some of them overlapping, none at its place."""
    cut = [
        Batch(
            office.Log(lines[:start]).head(),
            tuple(lines[start : start + dice.randrange(A_BATCH, 2 * A_BATCH)]),
        )
        for start in range(0, len(lines), A_BATCH)
    ]
    order = sorted(range(len(cut)), key=lambda place: place + dice.uniform(0, 4))
    return [cut[place] for place in order]


def kept(db: Database) -> dict[str, list[tuple[object, ...]]]:
    """Every projection's rows."""
    return {table: sorted(db.rows(f"SELECT * FROM {table}"), key=repr) for table in TABLES}  # noqa: S608


class Rude:
    """A station that says what it likes when it likes. ``furthest``: what the hub said it has at most."""

    def __init__(self, broker: str, home: Path) -> None:
        self._keys = station_keys.load(home)
        self._line = Link(broker, "rude", [topics.down(STATION)])
        self.furthest = 0

    def meet(self, head: Mark) -> None:
        """Say hello until the hub answers."""
        sign, seal = self._keys.sign.public().text, self._keys.open.public().text
        keys = wire.Keys(sign, seal, wire.proof(TOKEN, STATION, sign, seal))
        if not self._line.version:
            self._line.open()

        def answered() -> bool:
            self.say(wire.Hello(head, Mark(0, 0), 0, True, "", keys))
            return self.hear(0.1) > 0

        until(answered, "the hub does not answer")

    def say(self, message: wire.Message) -> None:
        data = wire.encode(message, topics.route_up(STATION), self._keys.sign.sign)
        self._line.publish(topics.up(STATION), data)

    def hear(self, timeout_s: float = 0.05) -> int:
        """Read what waits; how many messages it was."""
        waiting = self._line.wait(timeout_s)
        for received in waiting:
            message = wire.decode(received.payload, topics.route_down(STATION), self._keys.hub_sign.verify)
            if isinstance(message, wire.Have):
                self.furthest = max(self.furthest, message.mark.seq)
        return len(waiting)

    def dispose(self) -> None:
        self._line.dispose()


def storm(rude: Rude, hub: Hub, lines: list[Entry], dice: random.Random) -> None:
    """All events, out of order, five times; the hub is killed in the middle of each but the last."""
    for number in range(ROUNDS):
        hub.start()
        rude.meet(office.Log(lines).head())
        sent = batches(lines, dice)
        for place, batch in enumerate(sent):
            rude.say(batch)
            if number < ROUNDS - 1 and place == len(sent) // 2:
                rude.hear()
                hub.kill()
        rude.hear()
        if number < ROUNDS - 1:
            assert len(hub.events()) >= rude.furthest, "more was answered than was kept"
            with hub.database() as db:
                Folder(db).catch_up()


@pytest.mark.parametrize("kind", ["mosquitto", "embedded"])
def test_the_hub_ends_with_each_event_once_and_in_order(tmp_path: Path, kind: str) -> None:
    lines = office.entries(EVENTS, seed=7)
    broker = Broker(kind, tmp_path)
    hub = Hub(tmp_path / "hub", broker.url)
    station = Station(tmp_path / "station", hub, broker.url)
    rude = Rude(broker.url, station.home.keys_path)
    try:
        storm(rude, hub, lines, random.Random(20200512))
        while (have := hub.station().have).seq < EVENTS:  # whoever asks where it stands can always go on
            rude.say(Batch(have, tuple(lines[have.seq : have.seq + 500])))
            rude.hear()
        until(lambda: rude.hear() >= 0 and rude.furthest == EVENTS, "the hub does not say that it has all")
        assert hub.events() == [(line.seq, line.event, line.subject) for line in lines]
        with hub.database() as db:
            Folder(db).catch_up()
            before = kept(db)
            Folder(db).rebuild()
            assert kept(db) == before
            assert before["card"], "cards were printed on that day"
    finally:
        rude.dispose()
        station.stop()
        hub.kill()
        broker.kill()
