"""The province's end of the journals: who may speak, and what is taken.

``take`` appends the events of a batch and moves the station's watermark in one transaction, and does
nothing else: whatever the province makes of the events reads them later (hub/projections.py). Only
after it returned may the station be answered *have*; a hub that dies in between is asked again, and
answers the same. Any worker may take any batch: the station's locked row gives the order.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from domain import events
from domain.keys import SealKey, VerifyKey
from domain.words import RefusedByRule
from hub.database import Database
from sync import wire
from sync.log import WITHHELD, Batch, Entry, Fork, Gap, Mark, Taken, on_batch

INVITED, JOINED, FORKED = "invited", "joined", "forked"
COLUMNS = ("station", "seq", "epoch", "at_ms", "event", "subject", "body")
NUMBER_MAX = 2**63 - 1  # what a column holds

_NOTHING: frozenset[str] = frozenset()
_encoder = json.JSONEncoder(separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Station:
    """What the hub knows of a station. The keys are base64 text, None until its first hello."""

    name: str
    state: str
    sign_key: str | None
    seal_key: str | None
    have: Mark
    head: int
    epoch: int | None
    last_seen_ms: int | None
    order_head: int
    order_have: int


_ASKED = (
    "station, state, sign_key, seal_key, watermark, watermark_epoch, head, epoch, last_seen_ms, "
    "order_head, order_have"
)


def station(db: Database, name: str) -> Station | None:
    """One station, or None when it was never given a join code."""
    row = db.one(f"SELECT {_ASKED} FROM station WHERE station = ?", name)  # noqa: S608
    return _station(row) if row else None


def stations(db: Database) -> list[Station]:
    """All stations, by name."""
    rows = db.rows(f"SELECT {_ASKED} FROM station ORDER BY station")  # noqa: S608
    return [_station(row) for row in rows]


def _station(row: tuple[Any, ...]) -> Station:
    name, state, sign, seal, watermark, mark_epoch, *rest = row
    return Station(name, state, sign, seal, Mark(watermark, mark_epoch), *rest)


def contiguous(db: Database, name: str) -> int:
    """The last line of a journal that is held with all before it, counted from the lines."""
    count, last = db.one("SELECT count(*), max(seq) FROM event WHERE station = ?", name) or (0, None)
    if not count or count == last:
        return int(count)
    row = db.one(
        "SELECT min(e.seq) FROM event e WHERE e.station = ? AND NOT EXISTS "
        "(SELECT 1 FROM event n WHERE n.station = e.station AND n.seq = e.seq + 1)",
        name,
    )
    first = db.one("SELECT min(seq) FROM event WHERE station = ?", name)
    return int(row[0]) if row and first == (1,) else 0


def invite(
    db: Database, name: str, office: str, token: bytes, write: Callable[[], None] = lambda: None
) -> None:
    """Let a station join once by a token. A newer token replaces an unused one, once ``write`` has kept it.

    Errors: those of ``write``; RefusedByRule ALREADY_JOINED; a rebuilt station joins under the next number.
    """
    with db.transaction():
        row = db.locked("SELECT state FROM station WHERE station = ?", name)
        if row and row[0] != INVITED:
            raise RefusedByRule("ALREADY_JOINED", name)
        db.run(
            "INSERT INTO station (station, office, state, token) VALUES (?, ?, ?, ?) "
            "ON CONFLICT (station) DO UPDATE SET token = excluded.token",
            name,
            office,
            INVITED,
            token,
        )
        write()


def admit(db: Database, name: str, keys: wire.Keys) -> Station:
    """Pin the keys of a station's first hello; told again with the same keys, change nothing.

    The caller has checked that the hello itself is signed by ``keys.sign``.
    Errors: RefusedByRule UNKNOWN_STATION, BAD_PROOF, or OTHER_KEYS for a station that joined already.
    """
    with db.transaction():
        row = db.locked("SELECT state, token, sign_key, seal_key FROM station WHERE station = ?", name)
        if row is None:
            raise RefusedByRule("UNKNOWN_STATION")
        state, token, *pinned = row
        if state != INVITED:
            if pinned != [keys.sign, keys.seal]:
                raise RefusedByRule("OTHER_KEYS", name)
        elif not _are_keys(keys) or not wire.proof_holds(bytes(token), name, keys):
            raise RefusedByRule("BAD_PROOF", name)
        else:
            db.run(
                "UPDATE station SET state = ?, token = NULL, sign_key = ?, seal_key = ? WHERE station = ?",
                JOINED,
                keys.sign,
                keys.seal,
                name,
            )
    return known(db, name)


def _are_keys(keys: wire.Keys) -> bool:
    """Whether the texts are keys at all: what is pinned must be of use for ever."""
    try:
        VerifyKey(keys.sign)
        SealKey(keys.seal)
    except ValueError:
        return False
    return True


def known(db: Database, name: str) -> Station:
    """A station that has joined. Errors: RefusedByRule UNKNOWN_STATION."""
    found = station(db, name)
    if found is None or found.sign_key is None:
        raise RefusedByRule("UNKNOWN_STATION")
    return found


def greet(db: Database, name: str, head: Mark, now_ms: int) -> Mark:
    """A station says hello and how far its journal goes; the answer is how far it is held here.

    Errors: RefusedByRule UNKNOWN_STATION.
    """
    held = known(db, name)
    db.run(
        "UPDATE station SET epoch = ?, head = CASE WHEN head > ? THEN head ELSE ? END, last_seen_ms = ? "
        "WHERE station = ?",
        *(head.epoch, head.seq, head.seq, now_ms, name),
    )
    return held.have


def forked(db: Database, name: str) -> None:
    """Mark a station whose journal is another than the one held here: people have to look."""
    db.run("UPDATE station SET state = ? WHERE station = ?", FORKED, name)


class Journal:
    """One station's journal as held here, as sync.log.FollowedLog asks for it. ``now_ms`` is the clock."""

    def __init__(self, db: Database, name: str, now_ms: Callable[[], int]) -> None:
        self._db = db
        self._name = name
        self._now_ms = now_ms

    def have(self) -> Mark:
        """How far it is held."""
        return known(self._db, self._name).have

    def take(self, batch: Batch) -> Taken | Gap | Fork:
        """Durable when this returns."""
        return take(self._db, self._name, batch, self._now_ms())


def take(db: Database, name: str, batch: Batch, now_ms: int) -> Taken | Gap | Fork:
    """Append what is new in ``batch``; durable when this returns, and only then may it be answered.

    Of a forked station nothing more is taken: which of its histories is true, only people can say.
    Errors: RefusedByRule UNKNOWN_STATION; ValueError for numbers no column holds; DatabaseLost.
    """
    with db.transaction():
        row = db.locked("SELECT state, watermark, watermark_epoch FROM station WHERE station = ?", name)
        if row is None:
            raise RefusedByRule("UNKNOWN_STATION")
        state, *mark = row
        have = Mark(*mark)
        taken = Fork(have) if state == FORKED else on_batch(have, batch, _Epochs(db, name), _unreadable)
        if isinstance(taken, Taken) and taken.have != have:
            _append(db, name, have, taken, now_ms)
        elif isinstance(taken, Fork):
            db.run("UPDATE station SET state = ?, last_seen_ms = ? WHERE station = ?", FORKED, now_ms, name)
        return taken


def _append(db: Database, name: str, have: Mark, taken: Taken, now_ms: int) -> None:
    """The events, the epochs never seen, and the new watermark."""
    fresh = taken.fresh
    if taken.aside:
        fresh = tuple(sorted((*fresh, *(entry for entry, _ in taken.aside)), key=lambda entry: entry.seq))
        db.copy_rows(
            "aside", ("station", "seq", "word"), [(name, entry.seq, word) for entry, word in taken.aside]
        )
    # A generator: the server already stores the first rows while the last are being written out.
    db.copy_rows("event", COLUMNS, (row_of(name, entry) for entry in fresh))
    before = have.epoch
    for entry in fresh:
        if entry.epoch != before:
            before = entry.epoch
            db.run(
                "INSERT INTO epoch (station, epoch, first_seq) VALUES (?, ?, ?) ON CONFLICT DO NOTHING",
                name,
                entry.epoch,
                entry.seq,
            )
    seq, epoch = taken.have.seq, taken.have.epoch
    db.run(
        "UPDATE station SET watermark = ?, watermark_epoch = ?, last_seen_ms = ?, "
        "head = CASE WHEN head > ? THEN head ELSE ? END WHERE station = ?",
        seq,
        epoch,
        now_ms,
        seq,
        seq,
        name,
    )


def row_of(name: str, entry: Entry) -> tuple[str, int, int, int, str, str, str]:
    """An entry as a row of ``event`` or ``order_log``. Errors: ValueError for numbers no column holds."""
    if not (0 <= entry.epoch <= NUMBER_MAX and 0 <= entry.at_ms <= NUMBER_MAX and entry.seq <= NUMBER_MAX):
        raise ValueError("an entry's numbers do not fit 63 bits")
    body = _encoder.encode(entry.body if type(entry.body) is dict else dict(entry.body))
    return (name, entry.seq, entry.epoch, entry.at_ms, plain(entry.event), plain(entry.subject), body)


def entry_of(row: tuple[Any, ...]) -> Entry:
    """An entry from ``seq, epoch, at_ms, event, subject, body``."""
    seq, epoch, at_ms, event, subject, body = row
    return Entry(seq, epoch, at_ms, event, subject, json.loads(body))


def entries(db: Database, name: str, after: int, limit: int) -> list[Entry]:
    """The events of a station after a number, in order."""
    rows = db.rows(
        "SELECT seq, epoch, at_ms, event, subject, body FROM event WHERE station = ? AND seq > ? "
        "ORDER BY seq LIMIT ?",
        name,
        after,
        limit,
    )
    return [entry_of(row) for row in rows]


def plain(text: str) -> str:
    """Text that every engine stores: no zero byte, no half of a surrogate pair."""
    if text.isascii() and "\0" not in text:
        return text
    return text.encode("utf-8", "replace").decode().replace("\0", "?")


def _unreadable(event: str, body: Mapping[str, Any]) -> str | None:
    """The word for a known event that cannot be read; an unknown one is a newer station's, and is fine.

    What stands in for a line that no message can carry shares its word with a card that is withheld; only the
    card's line says which card.
    """
    if events.JOURNAL.get(event, _NOTHING) <= body.keys():
        return None
    return "WITHHELD" if event == WITHHELD else "MISSING_FIELD"


class _Epochs:
    """The epochs held of a station; asked only for what overlaps, which is rare."""

    def __init__(self, db: Database, name: str) -> None:
        self._db = db
        self._name = name

    def __contains__(self, epoch: object) -> bool:
        found = self._db.one(
            "SELECT 1 FROM epoch WHERE station = ? AND epoch = ?",
            self._name,
            epoch if isinstance(epoch, int) else -1,
        )
        return found is not None
