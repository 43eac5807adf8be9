"""Temporary certificates as the province counts them: every order whose holder stands with one.

That is, at the end of a day and each order once:

- print-ready records asked for because their holder has a certificate (the reasons of
  ``domain.policy.ON_SUKET``), whose card was not out by then: those of before any journal was kept;
- orders for which a station's journal issued one that was by then neither void nor closed by its card, had
  not run out, and whose card was handed over nowhere.

A certificate counts from its issue on, not from the printer's or the clerk's word: a sheet may exist.
"""

from __future__ import annotations

import json
from collections import Counter
from typing import Any

from domain import certificates
from domain.policy import ON_SUKET
from domain.regions import split_station
from domain.wita import day
from hub.database import Database

_ENDS = ("suket_void", "suket_closed")


def outstanding(db: Database, on: str, end_ms: int) -> Counter[str]:
    """How many stand with one at the end of the WITA day ``on``, by the office that owes the card."""
    owed: Counter[str] = Counter()
    marks = ", ".join("?" * len(ON_SUKET))
    for station, count in db.rows(
        f"SELECT station, count(*) FROM order_ WHERE requested <= ? AND reason IN ({marks}) AND NOT EXISTS "  # noqa: S608
        "(SELECT 1 FROM card WHERE card.id = order_.id AND card.at_ms < ?) AND NOT EXISTS "
        "(SELECT 1 FROM withdrawn w WHERE w.id = order_.id AND w.at_ms < ?) GROUP BY station",
        *(on, *ON_SUKET, end_ms, end_ms),
    ):
        owed[split_station(station)[0]] += count
    for order, issuer in issued(db, on, end_ms).items():
        row = db.one(
            "SELECT station, reason, requested, (SELECT count(*) FROM card WHERE card.id = order_.id "
            "AND card.at_ms < ?) FROM order_ WHERE id = ?",
            *(end_ms, order),
        )
        if row is None or not (row[1] in ON_SUKET and row[2] <= on and row[3] == 0):
            owed[split_station(row[0] if row else issuer)[0]] += 1
    return owed


def issued(db: Database, on: str, end_ms: int) -> dict[str, str]:
    """The orders with a certificate of a station's own that counts at the end of ``on``, and its station."""
    living: dict[str, tuple[str, str, str]] = {}
    ended: set[str] = set()  # at whatever station: a certificate goes with its order
    for station, number, event, order, until in db.rows(
        "SELECT station, number, event, id, valid_until FROM suket WHERE at_ms < ? ORDER BY station, seq",
        end_ms,
    ):
        if event == "suket_issued":
            living[number] = (order, station, until)
        elif event in _ENDS:
            ended.add(number)
    found = {
        order: station
        for number, (order, station, until) in living.items()
        if until >= on and number not in ended
    }
    handed = set(db.rows("SELECT id FROM order_at WHERE state = 'handed_over' AND at_ms < ?", end_ms))
    return {order: station for order, station in found.items() if (order,) not in handed}


def carried(db: Database, order: str) -> dict[str, str] | None:
    """The certificate that is out for an order which comes from another station; None where there is none.

    By the word of the station that gave the order back, or by what was held of one that answers no more.
    """
    came = db.one(
        "SELECT from_station, answer, answer_seq FROM order_move WHERE id = ? AND answer <> 'order_kept' "
        "ORDER BY number DESC LIMIT 1",
        order,
    )
    if came is None:
        return None
    start, answer, seq = came
    if answer == "order_returned":
        return _read(_body(db, start, seq).get("suket"))
    marks = ", ".join("?" * len(_ENDS))
    row = db.one(
        "SELECT station, seq, number, at_ms FROM suket s WHERE id = ? AND event = 'suket_issued' AND NOT "  # noqa: S608
        f"EXISTS (SELECT 1 FROM suket e WHERE e.number = s.number AND e.event IN ({marks})) "
        "ORDER BY at_ms DESC LIMIT 1",
        *(order, *_ENDS),
    )
    if row is None:
        return None
    return _read({**_body(db, row[0], row[1]), "number": row[2], "issued_on": day(row[3])})


def _read(told: object) -> dict[str, str] | None:
    """What a station said of one; what cannot be read is none, so that its order is not held up by it."""
    try:
        return None if told is None else certificates.read(told)
    except ValueError:
        return None


def _body(db: Database, station: str, seq: int) -> dict[str, Any]:
    row = db.one("SELECT body FROM event WHERE station = ? AND seq = ?", station, seq)
    told: dict[str, Any] = json.loads(row[0]) if row else {}
    return told
