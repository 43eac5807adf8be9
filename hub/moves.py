"""Moving an order from one station to another, without ever owing it to two.

The first station is asked to give the order back by a line in its order log; only when its journal says
``order_returned`` is the order owed to the second. It may answer ``order_kept``: then it stays. While the
first station is off line the order waits, which is the price of never printing it twice.

    orders move ──order_withdrawn──▶ first station ──order_returned──▶ route() ──order──▶ second station
"""

from __future__ import annotations

from typing import Any

from domain.words import RefusedByRule
from hub import ingest, orders
from hub.database import Database
from hub.orders import Writer

READER = "router"
LINES_A_TURN = 500
ANSWERS = ("order_returned", "order_kept")


def move(db: Database, order: str, to: str, writer: Writer) -> dict[str, Any]:
    """Ask for an order to be owed by another station; asked again for the same, change nothing.

    Gives ``{order, from, to, state}``: ``asked`` (the first station has to answer), ``moved`` (it was not
    in any log yet) or ``there`` (nothing to do).
    Errors: RefusedByRule UNKNOWN_ORDER, UNKNOWN_STATION, MOVE_OPEN, ORDER_CLOSED.
    """
    with db.transaction():
        row = db.locked("SELECT station, log_seq FROM order_ WHERE id = ?", order)
        if row is None:
            raise RefusedByRule("UNKNOWN_ORDER")
        if ingest.station(db, to) is None:
            raise RefusedByRule("UNKNOWN_STATION")
        start, log_seq = row
        state = _state(db, order, start, to, log_seq)
        if state == "moved":
            db.run("UPDATE order_ SET station = ? WHERE id = ?", to, order)
        elif state == "ask":
            _ask(db, order, start, to, writer)
            state = "asked"
    if state == "moved":
        orders.dispatch(db, to, writer)
    return {"order": order, "from": start, "to": to, "state": state}


def _state(db: Database, order: str, start: str, to: str, log_seq: int | None) -> str:
    underway = db.one("SELECT to_station FROM order_move WHERE id = ? AND answer IS NULL", order)
    if underway:
        if underway[0] != to:
            raise RefusedByRule("MOVE_OPEN", f"It is on its way to {underway[0]}.")
        return "asked"
    if start == to:
        return "there"
    if log_seq is None:
        return "moved"
    if db.one("SELECT 1 FROM card WHERE id = ?", order):
        raise RefusedByRule("ORDER_CLOSED")
    return "ask"


def _ask(db: Database, order: str, start: str, to: str, writer: Writer) -> None:
    """The withdrawal in the first station's log, and what its answer will mean."""
    held = db.locked("SELECT order_head, watermark FROM station WHERE station = ?", start)
    head, watermark = held or (0, 0)
    orders.append(db, start, head, "order_withdrawn", [(order, {})], writer)
    (number,) = db.one("SELECT count(*) FROM order_move WHERE id = ?", order) or (0,)
    db.run(
        "INSERT INTO order_move (id, number, from_station, to_station, asked_ms, after_seq) "
        "VALUES (?, ?, ?, ?, ?, ?)",
        *(order, number + 1, start, to, writer.now_ms, watermark),
    )


def route(db: Database, writer: Writer) -> int:
    """Read what the stations answered since the last time and move what was given back; how many were.

    Any number of hubs may do this at once, and any of them may die in the middle.
    """
    moved = 0
    stood: dict[str, int] = dict(db.rows("SELECT station, seq FROM reader WHERE name = ?", READER))
    for station in ingest.stations(db):
        while stood.get(station.name, 0) < station.have.seq:
            targets, stood[station.name] = _turn(db, station.name)
            for target in targets:
                orders.dispatch(db, target, writer)
            moved += len(targets)
    return moved


def _turn(db: Database, name: str) -> tuple[list[str], int]:
    """One transaction's worth of a journal: the stations that now owe an order, and where we stand."""
    targets: list[str] = []
    with db.transaction():
        after = stand(db, READER, name)
        lines = ingest.entries(db, name, after, LINES_A_TURN)
        for line in lines:
            if line.event in ANSWERS:
                targets += _answered(db, name, line.subject, line.event, line.seq)
        seq = lines[-1].seq if lines else after
        db.run("UPDATE reader SET seq = ? WHERE name = ? AND station = ?", seq, READER, name)
    return targets, seq


def stand(db: Database, reader: str, name: str) -> int:
    """Where a reader stands in a station's journal, kept to ourselves until the transaction ends."""
    question = "SELECT seq FROM reader WHERE name = ? AND station = ?"
    row = db.locked(question, reader, name)
    if row is None:
        db.run(
            "INSERT INTO reader (name, station, seq) VALUES (?, ?, 0) ON CONFLICT DO NOTHING", reader, name
        )
        row = db.locked(question, reader, name)
    return int(row[0]) if row else 0


def _answered(db: Database, name: str, order: str, answer: str, seq: int) -> list[str]:
    """Settle the open move this answers. An answer from before the question was asked is not its answer."""
    underway = db.locked(
        "SELECT number, to_station FROM order_move WHERE id = ? AND from_station = ? AND answer IS NULL "
        "AND after_seq < ?",
        *(order, name, seq),
    )
    if underway is None:
        return []
    number, to = underway
    db.run(
        "UPDATE order_move SET answer = ?, answer_seq = ? WHERE id = ? AND number = ?",
        *(answer, seq, order, number),
    )
    if answer != "order_returned":
        return []
    db.run("UPDATE order_ SET station = ?, log_seq = NULL WHERE id = ? AND station = ?", to, order, name)
    return [to]
