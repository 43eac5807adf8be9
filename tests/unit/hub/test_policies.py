"""A policy is published once, followed by the province itself, and reaches a station before its orders."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from domain.keys import order_bytes
from domain.policy import DEFAULT, REASONS
from domain.words import RefusedByRule
from hub import ingest, order_log, orders, policies
from hub.database import Database
from tests.unit.hub.lists import record, write
from tests.unit.hub.stations import NOW_MS, TOKEN, FakeStation
from tests.unit.hub.test_orders import KEYS, WRITER, told

MAY: dict[str, Any] = {"name": "may", "from": "2020-05-12", "rules": {"first_card_print_age": 16}}
UPSIDE_DOWN = {"reasons": list(reversed(REASONS)), "immediate": []}


def publish(db: Database, policy: Any = MAY) -> dict[str, Any]:
    done = policies.publish(db, policy, NOW_MS)
    orders.dispatch_all(db, WRITER)
    return done


def test_a_policy_goes_signed_into_the_log_of_every_station(db: Database) -> None:
    stations = [FakeStation(name).join(db) for name in ("64.02-1", "64.11-1")]
    assert publish(db) == {"policy": "may", "from": "2020-05-12", "new": True}
    for station in stations:
        (line,) = order_log.log_after(db, station.name, 0, 10)
        assert (line.event, line.subject) == ("policy", "may")
        assert (line.body["from"], line.body["rules"]) == (MAY["from"], MAY["rules"])
        signature = b64decode(line.body["signature"])
        assert KEYS.sign.public().verify(signature, order_bytes(station.name, "may", dict(line.body)))


def test_the_same_policy_again_changes_nothing_and_another_of_its_name_is_refused(db: Database) -> None:
    station = FakeStation().join(db)
    publish(db)
    assert publish(db)["new"] is False
    assert publish(db, dict(reversed(MAY.items())))["new"] is False
    assert told(db, station.name) == [(1, "policy", "may")]
    others: list[dict[str, Any]] = [{"from": "2020-05-13"}, {"rules": {}}]
    for other in others:
        with pytest.raises(RefusedByRule) as refused:
            publish(db, MAY | other)
        assert refused.value.word == "POLICY_CHANGED"
    with pytest.raises(RefusedByRule, match="no rule"):
        publish(db, MAY | {"name": "x", "rules": {"colour": "red"}})
    assert [each.name for each in policies.listed(db)] == ["may"]


def test_a_station_that_joins_later_gets_every_policy_before_its_first_order(
    db: Database, tmp_path: Path
) -> None:
    ingest.invite(db, "64.11-1", "64.11", TOKEN)
    publish(db, MAY | {"name": "b"})
    publish(db, MAY | {"name": "a", "from": "2020-05-13"})
    orders.bring_in(db, write(tmp_path, record("o1")), WRITER)
    assert told(db) == []
    FakeStation().join(db)
    orders.dispatch_all(db, WRITER)
    assert told(db) == [(1, "policy", "b"), (2, "policy", "a"), (3, "order", "o1")]
    orders.dispatch_all(db, WRITER)
    assert len(told(db)) == 3
    station = ingest.station(db, "64.11-1")
    assert station is not None and station.order_head == 3


def test_a_forked_station_gets_none(db: Database) -> None:
    station = FakeStation().join(db)
    ingest.forked(db, station.name)
    publish(db)
    assert policies.unsent_to(db) == [] and told(db) == []


def test_the_province_follows_its_own_rules_from_their_day_on(db: Database, tmp_path: Path) -> None:
    ingest.invite(db, "64.11-1", "64.11", TOKEN)
    young = record("o1", birthdate="2004-05-01", nik="6411014105049001")
    yesterday = replace(WRITER, now_ms=NOW_MS - 1)  # the last millisecond of 11 May, WITA
    publish(db)
    (refused,) = orders.bring_in(db, write(tmp_path, young), yesterday).refused
    assert refused["word"] == "TOO_YOUNG"
    assert orders.bring_in(db, write(tmp_path, young), WRITER).new == 1
    assert policies.current(db, NOW_MS - 1) == DEFAULT
    assert policies.current(db, NOW_MS).name == "may"
    assert policies.on_day(db, "2020-05-12").first_card_print_age == 16


def test_orders_that_wait_are_put_in_the_order_of_the_policy_in_force(db: Database, tmp_path: Path) -> None:
    ingest.invite(db, "64.11-1", "64.11", TOKEN)
    rows = [record(f"o-{reason}", reason=reason) for reason in REASONS]
    orders.bring_in(db, write(tmp_path, *rows), WRITER)
    publish(db, MAY | {"rules": UPSIDE_DOWN})
    FakeStation().join(db)
    orders.dispatch_all(db, WRITER)
    assert [subject for _, event, subject in told(db) if event == "order"] == [
        f"o-{reason}" for reason in reversed(REASONS)
    ]


def test_a_policy_that_begins_tomorrow_changes_no_order_today(db: Database, tmp_path: Path) -> None:
    FakeStation().join(db)
    publish(db, MAY | {"from": "2020-05-13", "rules": UPSIDE_DOWN})
    rows = [record(f"o-{reason}", reason=reason) for reason in ("data_change", "status_change")]
    orders.bring_in(db, write(tmp_path, *rows), WRITER)
    assert [subject for _, event, subject in told(db) if event == "order"] == [
        *("o-status_change", "o-data_change"),
    ]


def test_the_same_policy_again_goes_once_more_to_those_who_refused_it_alone(db: Database) -> None:
    stations = [FakeStation(name).join(db) for name in ("64.02-1", "64.11-1", "64.71-1")]
    publish(db, MAY | {"name": "june"})
    stations[1].write(("policy_refused", "june", {"word": "BAD_POLICY"})).send(db)
    db.run("DELETE FROM order_log")  # only what comes now is counted
    publish(db)
    stations[0].write(("policy_applied", "may", {"from": "2020-05-12"})).send(db)
    stations[1].write(("policy_refused", "may", {"word": "BAD_POLICY"})).send(db)
    assert publish(db)["new"] is False
    assert [len(told(db, station.name)) for station in stations] == [1, 2, 1]
    stations[1].write(("policy_applied", "may", {"from": "2020-05-12"})).send(db)
    publish(db)
    assert [len(told(db, station.name)) for station in stations] == [1, 2, 1]
    states = [each["state"] for each in policies.followed(db) if each["policy"] == "may"]
    assert states == ["applied", "applied", "sent"]


def test_the_province_sees_who_follows_and_who_cannot(db: Database) -> None:
    stations = [FakeStation(name).join(db) for name in ("64.02-1", "64.11-1", "64.71-1")]
    publish(db)
    stations[0].write(("policy_applied", "may", {"from": "2020-05-12"})).send(db)
    stations[1].write(("policy_refused", "may", {"word": "BAD_POLICY"})).send(db)
    assert [(each["station"], each["state"], each["word"]) for each in policies.followed(db)] == [
        *(("64.02-1", "applied", None), ("64.11-1", "refused", "BAD_POLICY"), ("64.71-1", "sent", None)),
    ]
    stations[0].write(("policy_refused", "may", {"word": "POLICY_CHANGED"})).send(db)
    assert policies.followed(db)[0]["state"] == "applied"  # another of its name was not taken
