"""A station to test on: a home with keys and a journal, and the province that signs its orders."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from agent import inbox, keys
from agent.config import Config, to_toml
from agent.home import Home
from agent.store.journal import Journal
from agent.store.migrations import migrate
from domain.join import JoinFile
from domain.keys import OpenKey, SigningKey, order_bytes
from sync.log import Entry

NAME = "64.11-1"
START_MS = 1_590_000_000_000  # 21 May 2020, 02:40 in Mahakam Ulu


class Clock:
    """Unix milliseconds that pass only when told, one by one at each look."""

    def __init__(self, at_ms: int = START_MS) -> None:
        self.at_ms = at_ms

    def __call__(self) -> int:
        self.at_ms += 1
        return self.at_ms


class Province:
    """Signs orders for one station, as the hub does; its payloads are sealed nonsense."""

    def __init__(self) -> None:
        self.key = SigningKey.generate()
        self.open = OpenKey.generate()
        self.seq = 0

    def join_file(self, office: str = "64.11", station: int = 1) -> JoinFile:
        return JoinFile(
            office,
            station,
            self.key.public().text,
            self.open.public().text,
            bytes(32),
            "mqtt://127.0.0.1:1883",
        )

    def order(self, order: str, *, station: str = NAME, **changed: Any) -> Entry:
        payload = changed.pop("sealed", f"sealed {order}".encode())
        body: dict[str, Any] = {
            "kind": "ktp",
            "reason": "first_card",
            "requested": "2020-05-01",
            "payload_sha256": sha256(payload).hexdigest(),
            "payload": b64encode(payload).decode(),
        } | changed
        body["signature"] = b64encode(self.key.sign(order_bytes(station, order, body))).decode()
        return self.entry("order", order, body)

    def entry(self, event: str, subject: str, body: Mapping[str, Any]) -> Entry:
        self.seq += 1
        return Entry(self.seq, 4242, START_MS, event, subject, body)

    def changed(self, entry: Entry, **body: Any) -> Entry:
        """The same line with something else in it after it was signed."""
        return replace(entry, body={**entry.body, **body})


@cache
def _new_journal() -> bytes:
    """The file ``loket init`` makes, made once for all tests of a process."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "journal.db"
        migrate(path)
        return path.read_bytes()


def make_home(root: Path, province: Province | None = None, **config: Any) -> Home:
    """A station's home as ``loket init`` leaves it, without the reserve."""
    home = Home(root)
    root.mkdir(parents=True, exist_ok=True)
    home.journal_path.write_bytes(_new_journal())
    keys.make(home.keys_path, (province or Province()).join_file())
    home.config_path.write_text(to_toml(Config("64.11", 1, **config)))
    return home


def open_at(home: Home, *, epoch: int = 7, clock: Clock | None = None, **more: Any) -> Journal:
    return Journal(
        home.journal_path, epoch, clock or Clock(), on_broken=more.pop("on_broken", _raise), **more
    )


def _raise(_sentence: str) -> None:
    """JournalBroken is raised after this; a test's process goes on."""


def take(journal: Journal, province: Province, *entries: Entry) -> None:
    for entry in entries:
        journal.write(lambda tx, e=entry: inbox.apply(tx, e, station=NAME, hub=province.key.public()))  # type: ignore[misc]


def events(journal: Journal, after: int = 0) -> list[tuple[str, str]]:
    return [(entry.event, entry.subject) for entry in journal.entries(after, 10_000)]
