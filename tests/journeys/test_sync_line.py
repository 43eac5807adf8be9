"""A station and the province over a real broker: meeting, being refused, and every death in between."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from agent import keys as station_keys
from hub import ingest
from hub.database import Database
from sync.log import Entry
from tests.journeys.sync_rig import STATION, Broker, Hub, Station, free_port, until


@contextmanager
def world(tmp_path: Path, kind: str) -> Iterator[tuple[Broker, Hub, Station]]:
    broker = Broker(kind, tmp_path)
    hub = Hub(tmp_path / "hub", broker.url)
    station = Station(tmp_path / "station", hub, broker.url)
    try:
        yield broker, hub, station
    finally:
        station.stop()
        hub.kill()
        broker.kill()


def owe(db: Database, first: int, count: int) -> None:
    """Lines in the station's order log; what they hold is judged by the inbox, not by the line."""
    lines = [
        Entry(seq, 77, 1_590_000_000_000, "order_withdrawn", f"O-{seq}", {})
        for seq in range(first, first + count)
    ]
    columns = ("station", "seq", "epoch", "at_ms", "event", "subject", "body")
    with db.transaction():
        db.copy_rows("order_log", columns, [ingest.row_of(STATION, line) for line in lines])
        db.run("UPDATE station SET order_head = ? WHERE station = ?", first + count - 1, STATION)


@pytest.mark.parametrize("kind", ["mosquitto", "embedded"])
def test_a_station_joins_tells_all_it_did_and_gets_what_it_is_owed(tmp_path: Path, kind: str) -> None:
    with world(tmp_path, kind) as (_, hub, station):
        hub.start()
        station.write(1200)
        station.start()
        until(station.delivered, "the journal does not arrive")
        assert station.state() == ("online", None)
        assert [seq for seq, *_ in hub.events()] == list(range(1, 1201))
        assert station_keys.load(station.home.keys_path).token is None
        assert hub.station().sign_key == station_keys.load(station.home.keys_path).sign.public().text
        with hub.database() as db:
            owe(db, 1, 7)
        until(lambda: station.journal.cursor("orders_have") == 7, "the orders do not arrive")
        until(station.delivered, "the answers to the orders do not arrive")
        assert [subject for _, event, subject in hub.events() if event == "order_returned"] == [
            f"O-{seq}" for seq in range(1, 8)
        ]
        until(lambda: hub.station().order_have == 7, "the hub is not told what the station has")


@pytest.mark.parametrize("kind", ["mosquitto", "embedded"])
def test_a_broker_that_dies_and_comes_back_costs_nothing_but_time(tmp_path: Path, kind: str) -> None:
    with world(tmp_path, kind) as (broker, hub, station):
        hub.start()
        station.write(10)
        station.start()
        until(station.delivered, "the journal does not arrive")
        broker.kill()
        until(lambda: station.state()[0] == "offline", "the death is not noticed")
        station.write(300)
        broker.start()
        until(station.delivered, "what was written meanwhile does not arrive")
        assert [seq for seq, *_ in hub.events()] == list(range(1, 311))


def test_a_station_without_a_hub_waits_and_says_so(tmp_path: Path) -> None:
    with world(tmp_path, "mosquitto") as (_, hub, station):
        station.write(5)
        station.start()
        until(lambda: station.state() == ("offline", "no_hub"), "the hub's absence is not told")
        hub.start()
        until(lambda: station.journal.head() == 5, "nothing is written by the line itself")
        assert not station.delivered()


def test_a_hub_that_was_away_asks_everyone_it_knows(tmp_path: Path) -> None:
    with world(tmp_path, "mosquitto") as (_, hub, station):
        hub.start()
        station.write(5)
        station.start()
        until(station.delivered, "the journal does not arrive")
        hub.kill()
        station.write(5)
        until(lambda: station.state() == ("offline", "no_hub"), "the hub's absence is not told")
        hub.start()
        until(station.delivered, "the hub does not ask")


def test_a_broker_that_refuses_us_is_told_apart_from_one_that_is_away(tmp_path: Path) -> None:
    port = free_port()
    lines = (f"listener {port} 127.0.0.1", "allow_anonymous false")
    broker = Broker("mosquitto", tmp_path, *lines, port=port)
    hub = Hub(tmp_path / "hub", broker.url)
    station = Station(tmp_path / "station", hub, broker.url)
    try:
        station.start()
        until(lambda: station.state() == ("refused", "broker_refused"), "the refusal is not told")
        broker.kill()
        until(lambda: station.state() == ("offline", "no_broker"), "the absence is not told")
    finally:
        station.stop()
        broker.kill()


def test_a_stranger_with_the_stations_name_is_refused(tmp_path: Path) -> None:
    with world(tmp_path, "mosquitto") as (broker, hub, station):
        hub.start()
        station.write(5)
        station.start()
        until(station.delivered, "the journal does not arrive")
        station.stop()
        stranger = Station(tmp_path / "stranger", hub, broker.url)
        try:
            stranger.write(9, "error")
            stranger.start()
            until(lambda: stranger.state() == ("refused", "other_keys"), "the stranger is let in")
            assert len(hub.events()) == 5
        finally:
            stranger.stop()
        station = Station(tmp_path / "station", hub, broker.url, epoch=42)
        station.stop()


def test_a_wrong_token_does_not_join(tmp_path: Path) -> None:
    with world(tmp_path, "mosquitto") as (broker, hub, _):
        hub.start()
        stranger = Station(tmp_path / "stranger", hub, broker.url, token=bytes(32))
        try:
            stranger.write(9)
            stranger.start()
            until(lambda: stranger.state() == ("refused", "bad_proof"), "the stranger is let in")
            assert hub.station().sign_key is None
        finally:
            stranger.stop()


def test_a_station_whose_disk_was_put_back_is_told_on_both_sides(tmp_path: Path) -> None:
    with world(tmp_path, "mosquitto") as (broker, hub, station):
        hub.start()
        station.write(10)
        station.start()
        until(station.delivered, "the journal does not arrive")
        station.stop()
        shutil.copytree(tmp_path / "station", tmp_path / "backup")
        station = Station(tmp_path / "station", hub, broker.url, epoch=42)
        station.start()
        station.write(10)
        until(station.delivered, "the journal does not arrive")
        station.stop()
        before = hub.events()
        restored = Station(tmp_path / "backup", hub, broker.url, epoch=43)
        try:
            restored.write(30, "error")
            restored.start()
            until(lambda: restored.state() == ("refused", "fork"), "the station is not told")
            until(lambda: hub.station().state == ingest.FORKED, "the hub is not told")
            assert hub.events() == before
        finally:
            restored.stop()
