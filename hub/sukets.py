"""Temporary certificates as the province counts them: every order whose holder stands with one.

That is, at the end of a day and each order once:

- print-ready records asked for because their holder has a certificate (the reasons of
  ``domain.policy.ON_SUKET``), whose card was not out by then: those of before any journal was kept;
- orders for which a station's journal issued one that was by then neither void nor closed by its card, had
  not run out, and whose card was handed over nowhere.

A certificate counts from its issue on, not from the printer's or the clerk's word: a sheet may exist.
"""

from __future__ import annotations

from collections import Counter

from domain.policy import ON_SUKET
from domain.regions import split_station
from hub.database import Database


def outstanding(db: Database, on: str, end_ms: int) -> Counter[str]:
    """How many stand with one at the end of the WITA day ``on``, by the office that owes the card."""
    owed: Counter[str] = Counter()
    marks = ", ".join("?" * len(ON_SUKET))
    for station, count in db.rows(
        f"SELECT station, count(*) FROM order_ WHERE requested <= ? AND reason IN ({marks}) AND NOT EXISTS "  # noqa: S608
        "(SELECT 1 FROM card WHERE card.id = order_.id AND card.at_ms < ?) GROUP BY station",
        *(on, *ON_SUKET, end_ms),
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
    living: dict[tuple[str, str], tuple[str, str]] = {}
    for station, number, event, order, until in db.rows(
        "SELECT station, number, event, id, valid_until FROM suket WHERE at_ms < ? ORDER BY station, seq",
        end_ms,
    ):
        if event == "suket_issued":
            living[station, number] = (order, until)
        elif event in ("suket_void", "suket_closed"):
            living.pop((station, number), None)
    found = {order: station for (station, _), (order, until) in living.items() if until >= on}
    handed = set(db.rows("SELECT id FROM order_at WHERE state = 'handed_over' AND at_ms < ?", end_ms))
    return {order: station for order, station in found.items() if (order,) not in handed}
