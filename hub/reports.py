"""What the province asks of its truth. Every figure is computed from what is held, none is copied.

``blanks``   blanks on hand at the stations at the end of the day, told by their journals
``printed``  good cards told on that WITA day
``prr``      print-ready records asked for by the end of the day whose card was not out by then
``suket``    people who stand with a temporary certificate then (hub/sukets.py says who)

A regency's figures are as of the last word of its stations: ``flags`` says where that is not the end.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime
from typing import Any

from domain.ledger import Ledger
from domain.policy import KINDS
from domain.regions import OFFICES, split_station
from domain.wita import ZONE, day_bounds_ms
from hub import ingest, sukets
from hub.books import acts, office, prove
from hub.database import Database
from hub.ingest import FORKED, INVITED, Station

UNACCOUNTED = "BLANKS_UNACCOUNTED"
SILENT_MS = 86_400_000  # a day without a word is worth a telephone call, not an alarm


def stamp(at_ms: int | None) -> str | None:
    """An instant as the province's clock shows it, ISO 8601 with its offset; None stays None."""
    if at_ms is None:
        return None
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(ZONE).isoformat(timespec="milliseconds")


def offices(db: Database) -> list[dict[str, Any]]:
    """One row a station: how far its journal is held, and what it said it still owes."""
    rows = []
    for station in ingest.stations(db):
        office, number = split_station(station.name)
        rows.append(
            {
                "office": office,
                "station": number,
                "name": station.name,
                "epoch": station.epoch,
                "seq": station.have.seq,
                "last_seen_at": stamp(station.last_seen_ms),
                "unsent_reported": max(0, station.head - station.have.seq),
                "state": station.state,
            }
        )
    return rows


def reconcile(db: Database) -> dict[str, Any]:
    """Whether the province holds all that was told, once, and whether it adds up.

    ``missing``: lines the stations told of that are not held here. ``duplicates``: lines held twice, and
    jobs told printed more than once. All counted from the lines themselves. ``blanks_unaccounted``: what
    ``loket-hub ledger prove`` names. Bring the projections up to date before.
    """
    (events, kept) = db.one("SELECT count(*), count(DISTINCT (station || ' ' || seq)) FROM event") or (0, 0)
    twice = sum(more - 1 for (more,) in _groups(db, "station, job"))
    return {
        "events": events,
        "missing": sum(station.head - ingest.contiguous(db, station.name) for station in ingest.stations(db)),
        "duplicates": events - kept + twice,
        "cards_per_order_max": max((count for (count,) in _groups(db, "id", at_least=1)), default=0),
        "blanks_unaccounted": prove.prove(db)["unaccounted"],
    }


def holds(found: dict[str, Any]) -> bool:
    """Whether a reconciliation found nothing that a person has to look at."""
    return not (
        found["missing"]
        or found["duplicates"]
        or found["cards_per_order_max"] > 1
        or found["blanks_unaccounted"]
    )


def daily(db: Database, on: str, now_ms: int) -> dict[str, Any]:
    """The province's daily report. Errors: ValueError when ``on`` is no date."""
    _, end_ms = day_bounds_ms(on)
    stations = ingest.stations(db)
    printed = _by_office(db.rows("SELECT station, count(*) FROM card WHERE day = ? GROUP BY station", on))
    owed, standing = _owed(db, on, end_ms), sukets.outstanding(db, on, end_ms)
    ledgers, unaccounted = prove.told_before(db, end_ms)
    astray = set[str]().union(*unaccounted.values())
    gone = acts.written_off(db, "ktp", end_ms)
    regencies: dict[str, dict[str, Any]] = {}
    for code in OFFICES:
        own = [station for station in stations if split_station(station.name)[0] == code]
        of_office = {station.name: ledgers[station.name] for station in own}
        regencies[code] = {
            "blanks": office.on_hand(of_office, "ktp") - sum(gone[station.name] for station in own),
            "suket": standing[code],
            "prr": owed[code],
            "printed": printed[code],
        }
        regencies[code]["flags"] = _flags(regencies[code], own, of_office, astray, min(end_ms, now_ms))
    figures = ("blanks", "suket", "prr", "printed")
    return {
        "date": on,
        **{figure: sum(regency[figure] for regency in regencies.values()) for figure in figures},
        "regencies": regencies,
        "flags": sorted(
            {flag for regency in regencies.values() for flag in regency["flags"]}
            | ({UNACCOUNTED} if unaccounted else set())  # it may be nobody's but the province's
        ),
    }


def _owed(db: Database, on: str, end_ms: int) -> Counter[str]:
    """Records without a card at the end of the day, by the office that owes it."""
    return _by_office(
        db.rows(
            "SELECT station, count(*) FROM order_ WHERE requested <= ? AND NOT EXISTS "
            "(SELECT 1 FROM card WHERE card.id = order_.id AND card.at_ms < ?) AND NOT EXISTS "
            "(SELECT 1 FROM withdrawn w WHERE w.id = order_.id AND w.at_ms < ?) GROUP BY station",
            *(on, end_ms, end_ms),
        )
    )


def _flags(
    figures: dict[str, Any], own: list[Station], ledgers: dict[str, Ledger], astray: set[str], end_ms: int
) -> list[str]:
    """Why a regency's figures have to be read with care. ``astray``: who has blanks that do not add up."""
    found = {
        "NO_STATION": not any(station.state != INVITED for station in own),
        "STATION_FORKED": any(station.state == FORKED for station in own),
        "UNSENT": any(station.head > station.have.seq for station in own),
        "STATION_SILENT": any(
            station.last_seen_ms is not None and station.last_seen_ms < end_ms - SILENT_MS for station in own
        ),
        "BLANKS_SHORT": figures["prr"] > figures["blanks"],
        UNACCOUNTED: any(station.name in astray for station in own),
        "JOBS_UNSURE": any(
            ledgers[station.name].account(kind)["unsure"] for station in own for kind in KINDS
        ),
    }
    return [flag for flag, is_so in found.items() if is_so]


def _by_office(counts: Iterable[Any]) -> Counter[str]:
    """(station, count) pairs summed by office."""
    total: Counter[str] = Counter()
    for station, count in counts:
        total[split_station(station)[0]] += count
    return total


def _groups(db: Database, columns: str, at_least: int = 2) -> list[Any]:
    """How many cards share ``columns``, for those that are at least so many."""
    return db.rows(
        f"SELECT count(*) FROM card GROUP BY {columns} HAVING count(*) >= ?",  # noqa: S608
        at_least,
    )
