"""Bytes an event takes on the line, as the payload of an MQTT message, signature included.

Peer: the same events one by one as JSON objects, unsigned, QoS 1. The events are a counter's day as its
journal tells it; twenty days by seed, the mean.
"""

from __future__ import annotations

import json
from typing import Any

from domain.keys import SigningKey
from sync.log import Entry
from sync.wire import encode
from tests.unit.sync import office

STATION, DAYS = "64.11-1", 20
GOALS = {1: 0.8, 50: 0.12, 500: 0.08}


def run() -> list[dict[str, Any]]:
    """One line for each batch size."""
    key = SigningKey.generate()
    return [_line(count, goal, key) for count, goal in GOALS.items()]


def _line(count: int, goal: float, key: SigningKey) -> dict[str, Any]:
    ours = theirs = 0
    for seed in range(DAYS):
        batch = office.batch(count, seed)
        ours += len(encode(batch, f"up/{STATION}", key.sign))
        theirs += sum(len(alone(entry)) for entry in batch.entries)
    return {
        "name": "wire_bytes",
        "events": count,
        "figure": round(ours / DAYS / count, 1),
        "unit": "bytes/event",
        "against": "the same events as JSON, one by one, unsigned, QoS 1",
        "against_figure": round(theirs / DAYS / count, 1),
        "ratio": round(ours / theirs, 3),
        "goal": f"ratio <= {goal}",
        "holds": ours / theirs <= goal,
    }


def alone(entry: Entry) -> bytes:
    """One event as most senders write it."""
    told = {
        "station": STATION,
        "seq": entry.seq,
        "epoch": entry.epoch,
        "at_ms": entry.at_ms,
        "event": entry.event,
        "subject": entry.subject,
        "body": dict(entry.body),
    }
    return json.dumps(told, separators=(",", ":")).encode()
