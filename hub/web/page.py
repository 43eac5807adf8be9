"""What the province's page shows, worked out from the tables before any HTML is made.

Everything on it comes from what is held: colours speak of records that do not add up or people who
should be called, never of a socket. A station without a link is a normal thing.
"""

from __future__ import annotations

import json
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from domain.regions import OFFICES, kind, split_station
from domain.wita import ZONE, day
from hub import ingest
from hub.database import Database
from hub.ingest import FORKED, INVITED, Station
from hub.reports import SILENT_MS
from hub.web import words

LEVELS = ("good", "look", "now")
HANDS = ("needs_hands", "error")
FRESH_MS = 15 * 60_000
KTP = "ktp"


@dataclass(slots=True)
class Desk:
    """One station as the page shows it."""

    name: str
    level: str
    seen: str
    unsent: int
    remark: str


@dataclass(slots=True)
class Regency:
    """One row: figures as numbers, ``attention`` as (level, sentence)."""

    code: str
    name: str
    kind: str
    printed: int = 0
    waiting: int = 0
    blanks: int = 0
    unsent: int = 0
    stations: list[Desk] = field(default_factory=list)
    attention: list[tuple[str, str]] = field(default_factory=list)

    @property
    def level(self) -> str:
        """The most urgent of what is to be looked at."""
        return max((level for level, _ in self.attention), key=LEVELS.index, default="good")


@dataclass(frozen=True, slots=True)
class Page:
    """Everything the templates need."""

    today: str
    level: str
    tag: str
    headline: str
    advice: str
    printed: int
    waiting: int
    blanks: int
    unsent: int
    regencies: list[Regency]


def look(db: Database, now_ms: int) -> Page:
    """The province as it is held at this moment."""
    with db.snapshot():
        stations = ingest.stations(db)
        told = _Told(db, day(now_ms))
    regencies = [_regency(code, stations, told, now_ms) for code in OFFICES]
    level = max((regency.level for regency in regencies), key=LEVELS.index)
    if not any(station.state != INVITED for station in stations):
        level = "empty"
    headline, advice = words.HEADLINES[level]
    count = Counter(regency.level for regency in regencies)
    also = f" {words.ALSO.format(n=count['look'])}" if level == "now" and count["look"] else ""
    return Page(
        today=_date(now_ms),
        level=level,
        tag=words.COLOURS[level],
        headline=headline.format(n=count[level]),
        advice=advice + also,
        printed=sum(regency.printed for regency in regencies),
        waiting=sum(regency.waiting for regency in regencies),
        blanks=sum(regency.blanks for regency in regencies),
        unsent=sum(regency.unsent for regency in regencies),
        regencies=regencies,
    )


class _Told:
    """The counts the page needs, by station; read in one go."""

    def __init__(self, db: Database, today: str) -> None:
        def count(sql: str, *values: str) -> Counter[str]:
            return Counter(dict(db.rows(sql, *values)))

        self.printed = count("SELECT station, count(*) FROM card WHERE day = ? GROUP BY station", today)
        self.waiting = count(
            "SELECT station, count(*) FROM order_ WHERE NOT EXISTS "
            "(SELECT 1 FROM card WHERE card.id = order_.id) AND NOT EXISTS "
            "(SELECT 1 FROM withdrawn WHERE withdrawn.id = order_.id) GROUP BY station"
        )
        self.unsure = count("SELECT station, count(*) FROM job WHERE state = 'unsure' GROUP BY station")
        self.refused = count(
            "SELECT a.station, count(*) FROM order_at a "
            "JOIN order_ o ON o.id = a.id AND o.station = a.station WHERE a.state = 'refused' "
            "GROUP BY a.station"
        )
        self.odd = count("SELECT station, count(*) FROM aside GROUP BY station")
        self.double = count(
            "SELECT station, count(*) FROM card c WHERE EXISTS (SELECT 1 FROM card d WHERE d.id = c.id "
            "AND (d.station < c.station OR (d.station = c.station AND d.seq < c.seq))) GROUP BY station"
        )
        self.accounts: dict[str, list[tuple[str, dict[str, Any]]]] = defaultdict(list)
        for station, blank_kind, account in db.rows("SELECT station, kind, account FROM blank_account"):
            self.accounts[station].append((blank_kind, json.loads(account)))
        self.printers: dict[str, list[tuple[str, str | None]]] = defaultdict(list)
        for station, state, cause in db.rows("SELECT station, state, cause FROM printer"):
            self.printers[station].append((state, cause))

    def blanks(self, station: str) -> int:
        """Blanks for identity cards on hand."""
        return sum(account["on_hand"] for blank_kind, account in self.accounts[station] if blank_kind == KTP)


def _regency(code: str, stations: list[Station], told: _Told, now_ms: int) -> Regency:
    regency = Regency(code, OFFICES[code], kind(code).capitalize())
    for station in stations:
        if split_station(station.name)[0] == code:
            regency.printed += told.printed[station.name]
            regency.waiting += told.waiting[station.name]
            regency.blanks += told.blanks(station.name)
            regency.unsent += max(0, station.head - station.have.seq)
            regency.stations.append(_counter(station, now_ms))
            regency.attention += _attention(station, told, now_ms)
    if regency.waiting > regency.blanks and regency.stations:
        _say(regency.attention, "SHORT", n=regency.waiting - regency.blanks)
    regency.attention.sort(key=lambda each: -LEVELS.index(each[0]))
    return regency


def _counter(station: Station, now_ms: int) -> Desk:
    past = None if station.last_seen_ms is None else now_ms - station.last_seen_ms
    level = "quiet"
    if station.state == FORKED:
        level = "now"
    elif past is not None:
        level = "good" if past < FRESH_MS else "look" if past > SILENT_MS else "quiet"
    seen = words.ago(station.last_seen_ms, now_ms)
    remark = words.STATES.get(station.state, station.state)
    return Desk(station.name, level, seen, max(0, station.head - station.have.seq), remark)


def _attention(station: Station, told: _Told, now_ms: int) -> list[tuple[str, str]]:
    found: list[tuple[str, str]] = []
    name = station.name
    if station.state == FORKED:
        _say(found, "FORKED", name=name)
    unaccounted = sum(len(account["unaccounted"]) for _, account in told.accounts[name])
    counts = {
        "UNACCOUNTED": unaccounted,
        "DOUBLE": told.double[name],
        "UNSURE": told.unsure[name],
        "REFUSED": told.refused[name],
        "ODD_LINES": told.odd[name],
    }
    for word, count in counts.items():
        if count:
            _say(found, word, n=count)
    for state, cause in told.printers[name]:
        if state in HANDS:
            _say(found, "PRINTER", name=name, cause=words.CAUSES.get(cause or "", cause or state))
    if station.last_seen_ms is not None and now_ms - station.last_seen_ms > SILENT_MS:
        _say(found, "SILENT", name=name, ago=words.span(now_ms - station.last_seen_ms))
    return found


def _say(found: list[tuple[str, str]], word: str, **told: str | int) -> None:
    level, sentence = words.ATTENTION[word]
    said = {name: words.number(value) if isinstance(value, int) else value for name, value in told.items()}
    found.append((level, sentence.format(**said)))


def _date(at_ms: int) -> str:
    here = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZONE)
    return f"{here.day} {words.MONTHS[here.month - 1]} {here.year}"


def fingerprint(db: Database) -> str:
    """Differs whenever the page may have changed; cheap enough to ask every second."""
    question = (
        "SELECT station, state, watermark, head, order_head, last_seen_ms FROM station ORDER BY station"
    )
    orders = db.one("SELECT count(*), max(imported_ms) FROM order_")
    return repr((db.rows(question), orders, db.one("SELECT sum(seq) FROM reader")))
