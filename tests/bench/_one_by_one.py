"""The peer of ``drain_one_station``: every event a message of its own, every message a commit.

``pub BROKER OUTBOX``: rows of an SQLite outbox to a broker, QoS 1, 20 on their way, each row deleted and
committed at its PUBACK. ``sub BROKER DATABASE COUNT``: each message inserted and committed. Each prints a
line when it is ready and one with its CPU seconds when it is done.
"""

from __future__ import annotations

import json
import queue
import sys
import time
from typing import Any

import psycopg
from paho.mqtt.client import Client
from paho.mqtt.enums import CallbackAPIVersion

from sync.mqtt import parse_url

TOPIC = "up/peer"


def client(url: str, name: str) -> Client:
    made = Client(CallbackAPIVersion.VERSION2, name)
    broker = parse_url(url)
    made.connect(broker.host, broker.port)
    return made


def sub(url: str, database: str, count: int) -> None:
    db = psycopg.connect(database)
    db.execute("CREATE TABLE IF NOT EXISTS naive (seq BIGINT PRIMARY KEY, body TEXT)")
    db.execute("TRUNCATE naive")
    db.commit()
    seen = 0

    def on_message(_client: Client, _data: Any, message: Any) -> None:
        nonlocal seen
        told = message.payload.decode()
        done = db.execute(
            "INSERT INTO naive VALUES (%s, %s) ON CONFLICT DO NOTHING", (json.loads(told)["seq"], told)
        )
        db.commit()
        seen += done.rowcount

    line = client(url, "peer-sub")
    line.on_message = on_message
    line.on_subscribe = lambda *_told: say("ready")
    line.subscribe(TOPIC, 1)
    while seen < count:
        line.loop(1.0)
    say(str(time.process_time()))


def pub(url: str, outbox: str) -> None:
    import pysqlite3 as sqlite3

    db = sqlite3.connect(outbox)
    db.execute("PRAGMA synchronous = FULL")
    acked: queue.SimpleQueue[int] = queue.SimpleQueue()
    line = client(url, "peer-pub")
    line.on_publish = lambda _client, _data, mid, *_told: acked.put(mid)
    line.loop_start()
    say("ready")
    sys.stdin.readline()
    rows = db.execute("SELECT seq, told FROM outbox ORDER BY seq").fetchall()
    sent: dict[int, int] = {}
    for seq, told in rows:
        while len(sent) >= 20:
            forget(db, sent, acked.get())
        sent[line.publish(TOPIC, told, qos=1).mid] = seq
    while sent:
        forget(db, sent, acked.get())
    line.loop_stop()
    say(str(time.process_time()))


def forget(db: Any, sent: dict[int, int], mid: int) -> None:
    db.execute("DELETE FROM outbox WHERE seq = ?", (sent.pop(mid),))
    db.commit()


def say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    if sys.argv[1] == "sub":
        sub(sys.argv[2], sys.argv[3], int(sys.argv[4]))
    else:
        pub(sys.argv[2], sys.argv[3])
