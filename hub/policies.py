"""The province's own rules: published once, followed here, and sent to every station.

A policy is one line ``policy`` in each station's order log, signed for that station; a station that joins
later gets all of them before its first order, so that it can tell which of them held on any day. A name is
published once: the same again changes no rule, other rules need another name. Who corrects a policy publishes
one with the same day and a later name.
"""

from __future__ import annotations

import json
from functools import lru_cache
from typing import Any

from domain.keys import canonical
from domain.policy import REASONS, Policy, in_force, rank
from domain.policy_form import from_json, made
from domain.wita import day
from domain.words import RefusedByRule
from hub import ingest
from hub.database import Database
from hub.order_log import Writer


def publish(db: Database, told: Any, now_ms: int) -> dict[str, Any]:
    """Take in {"name", "from", "rules"}; ``orders.dispatch_all`` sends it. Gives {policy, from, new}.

    The same again goes once more to the stations that refused it: their program may know more by now.
    Errors: RefusedByRule BAD_POLICY, POLICY_CHANGED.
    """
    policy = from_json(told)
    rules = canonical(told["rules"]).decode()
    with db.transaction():
        known = db.locked("SELECT effective, rules FROM policy WHERE name = ?", policy.name)
        if known is not None and known != (policy.effective, rules):
            raise RefusedByRule("POLICY_CHANGED", policy.name)
        if known is None:
            db.run(
                "INSERT INTO policy (name, effective, rules, published_ms) VALUES (?, ?, ?, ?)",
                *(policy.name, policy.effective, rules, now_ms),
            )
        else:
            _forget_refused(db, policy.name)
    return {"policy": policy.name, "from": policy.effective, "new": known is None}


def _forget_refused(db: Database, name: str) -> None:
    for each in followed(db):
        if each["policy"] == name and each["state"] == "refused":
            db.run("DELETE FROM policy_log WHERE name = ? AND station = ?", name, each["station"])


def current(db: Database, at_ms: int) -> Policy:
    """The policy in force at an instant (Unix ms); the rules of 2020 where none was published."""
    return on_day(db, day(at_ms))


def on_day(db: Database, day: str) -> Policy:
    """The policy in force on a WITA day, YYYY-MM-DD."""
    rows = db.rows("SELECT name, effective, rules FROM policy")
    return in_force((_read(*row) for row in rows), day)


def listed(db: Database) -> list[Policy]:
    """Every published policy, the earliest begun first."""
    rows = db.rows("SELECT name, effective, rules FROM policy ORDER BY effective, name")
    return [_read(*row) for row in rows]


def followed(db: Database) -> list[dict[str, Any]]:
    """{policy, station, state, word} for each policy in each station's log, by policy and station.

    ``state``: ``sent`` until the station's journal says ``applied``, or ``refused`` with its word.
    """
    told: dict[tuple[str, str], tuple[str, str | None]] = {}
    for station, event, policy, body in db.rows(
        "SELECT station, event, subject, body FROM event WHERE event IN ('policy_applied', 'policy_refused') "
        "ORDER BY station, seq"
    ):
        if event == "policy_applied":
            told[station, policy] = ("applied", None)
        elif told.get((station, policy)) != ("applied", None):
            told[station, policy] = ("refused", str(json.loads(body).get("word")))
    rows = db.rows("SELECT name, station FROM policy_log ORDER BY name, station")
    return [
        {"policy": name, "station": station, "state": state, "word": word}
        for name, station in rows
        for state, word in [told.get((station, name), ("sent", None))]
    ]


@lru_cache(maxsize=256)
def _read(name: str, effective: str, rules: str) -> Policy:
    return made(name, effective, json.loads(rules))


def unsent_to(db: Database) -> list[str]:
    """The joined stations whose log lacks a policy; a forked one gets none."""
    rows = db.rows(
        "SELECT s.station FROM station s WHERE s.seal_key IS NOT NULL AND s.state <> ? AND EXISTS (SELECT 1 "
        "FROM policy p WHERE NOT EXISTS (SELECT 1 FROM policy_log l WHERE l.station = s.station "
        "AND l.name = p.name)) ORDER BY s.station",
        ingest.FORKED,
    )
    return [name for (name,) in rows]


def owed(db: Database, name: str, writer: Writer) -> list[tuple[str, dict[str, Any]]]:
    """The policies that a station's log lacks, as (name, signed body), the earliest begun first."""
    rows = db.rows(
        "SELECT name, effective, rules FROM policy WHERE name NOT IN "
        "(SELECT name FROM policy_log WHERE station = ?) ORDER BY effective, name",
        name,
    )
    return [(policy, _signed(name, policy, effective, rules, writer)) for policy, effective, rules in rows]


def sent(db: Database, name: str, policy: str, seq: int) -> None:
    """Remember where a policy stands in a station's log, in the transaction that put it there."""
    db.run("INSERT INTO policy_log (station, name, seq) VALUES (?, ?, ?)", name, policy, seq)


def _signed(name: str, policy: str, effective: str, rules: str, writer: Writer) -> dict[str, Any]:
    return writer.signed(name, policy, {"from": effective, "rules": json.loads(rules)})


def rerank(db: Database, name: str, now_ms: int) -> None:
    """Give the waiting orders of a station the places they have under the policy in force."""
    rules = current(db, now_ms)
    for reason in REASONS:
        place = rank(rules, reason)
        db.run(
            "UPDATE order_ SET rank = ? WHERE station = ? AND log_seq IS NULL AND reason = ? AND rank <> ?",
            *(place, name, reason, place),
        )
