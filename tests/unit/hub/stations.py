"""Stations as the hub meets them, with nothing behind them: keys, a token, and lines of a journal."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from domain.keys import OpenKey, SigningKey
from hub import ingest
from hub.database import Database
from sync.log import START, Batch, Entry, Fork, Gap, Mark, Taken
from sync.wire import Keys, proof

TOKEN = bytes(range(32))
NOW_MS = 1_589_212_800_000  # 2020-05-12 00:00 WITA
MINUTE_MS = 60_000

Line = tuple[str, str, dict[str, Any]]


@dataclass
class FakeStation:
    """Writes a journal in memory and gives it to the hub as a link would."""

    name: str = "64.11-1"
    epoch: int = 11
    sign: SigningKey = field(default_factory=SigningKey.generate)
    open: OpenKey = field(default_factory=OpenKey.generate)
    journal: list[Entry] = field(default_factory=list)
    now_ms: int = NOW_MS

    def keys(self, token: bytes = TOKEN) -> Keys:
        sign, seal = self.sign.public().text, self.open.public().text
        return Keys(sign, seal, proof(token, self.name, sign, seal))

    def join(self, db: Database) -> FakeStation:
        ingest.invite(db, self.name, self.name.partition("-")[0], TOKEN)
        ingest.admit(db, self.name, self.keys())
        return self

    def write(self, *lines: Line) -> FakeStation:
        for event, subject, body in lines:
            seq = len(self.journal) + 1
            self.journal.append(Entry(seq, self.epoch, self.now_ms, event, subject, body))
            self.now_ms += 1
        return self

    def batch(self, after: int = 0, limit: int = 500) -> Batch:
        mark = Mark(after, self.journal[after - 1].epoch) if after else START
        return Batch(mark, tuple(self.journal[after : after + limit]))

    def send(self, db: Database) -> Taken | Gap | Fork:
        station = ingest.station(db, self.name)
        assert station is not None
        return ingest.take(db, self.name, self.batch(station.have.seq), NOW_MS)


def card(order: str, blank: str | None, attempt: int = 1) -> Iterable[Line]:
    """One good card, as a journal tells it."""
    job = f"{order}-{attempt}"
    before = {"cards": 1, "panels": 5}
    named = {"blank": blank, "kind": "ktp"}
    yield "job_queued", job, {"order": order, "kind": "ktp", "attempt": attempt}
    yield "feed_intended", job, {"printer": "SIM1", "session": 7, "before": before}
    yield "staged", job, {**named, "witness": "chip"}
    told = {"printer": "SIM1", "session": 7, "before": before, "panels": 5, "artefact": "00"}
    yield "print_intended", job, {**named, **told}
    yield "printed", job, {**named, "order": order, "by": "evidence"}


def consignment(*names: str, ident: str = "c1") -> Line:
    return "blanks_received", ident, {"kind": "ktp", "names": list(names), "count": len(names)}
