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


@pytest.mark.parametrize("kind", ["mosquitto", "embedded"])
def test_the_hub_ends_with_each_event_once_and_in_order(tmp_path: Path, kind: str) -> None:
    dice = random.Random(20200512)
    lines = office.entries(EVENTS, seed=7)
    broker = Broker(kind, tmp_path)
    hub = Hub(tmp_path / "hub", broker.url)
    station = Station(tmp_path / "station", hub, broker.url)
    keys = station_keys.load(station.home.keys_path)
    sign, seal = keys.sign.public().text, keys.open.public().text
    hello = wire.Hello(
        Mark(EVENTS, lines[-1].epoch),
        Mark(0, 0),
        0,
        True,
        "",
        wire.Keys(sign, seal, wire.proof(TOKEN, STATION, sign, seal)),
    )
    rude = Link(broker.url, "rude", [topics.down(STATION)])

    def say(message: wire.Message) -> None:
        rude.publish(topics.up(STATION), wire.encode(message, topics.route_up(STATION), keys.sign.sign))

    def heard() -> int:
        """The furthest the hub says it has got in what waits to be read."""
        marks = [0]
        for received in rude.wait(0.05):
            message = wire.decode(received.payload, topics.route_down(STATION), keys.hub_sign.verify)
            if isinstance(message, wire.Have):
                marks.append(message.mark.seq)
        return max(marks)

    def greeted() -> bool:
        say(hello)
        return bool(rude.wait(0.1))

    try:
        rude.open()
        answered = 0
        for number in range(ROUNDS):
            hub.start()
            until(greeted, "the hub does not answer")
            sent = batches(lines, dice)
            for place, batch in enumerate(sent):
                say(batch)
                if number < ROUNDS - 1 and place == len(sent) // 2:
                    answered = max(answered, heard())
                    hub.kill()
            answered = max(answered, heard())
            if number < ROUNDS - 1:
                assert len(hub.events()) >= answered, "more was answered than was kept"
                with hub.database() as db:
                    Folder(db).catch_up()
        while (have := hub.station().have).seq < EVENTS:  # whoever asks where it stands can always go on
            say(Batch(have, tuple(lines[have.seq : have.seq + 500])))
            heard()
        until(lambda: heard() == EVENTS, "the hub does not say that it has all")
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
