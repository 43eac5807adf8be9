"""Moving an order from one station to another, without ever owing it to two.

The first station is asked to give the order back by a line in its order log; only when its journal says
``order_returned`` is the order owed to the second. It may answer ``order_kept``: then it stays. While the
first station is off line the order waits, which is the price of never printing it twice.

    orders move ──order_withdrawn──▶ first station ──order_returned──▶ route() ──order──▶ second station

``orders withdraw`` asks the same way, and then nobody owes the order.

A forked station answers nothing any more. What it still owes is taken over by another one only when people
who stood before it say so: no line of any log can.
"""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from domain.words import RefusedByRule
from hub import ingest, order_log, orders
from hub.database import Database
from hub.ingest import FORKED
from hub.order_log import Writer
from sync.log import Entry

READER = "router"
LINES_A_TURN = 500
ANSWERS = ("order_returned", "order_kept")
NOBODY = ""  # in the second station's place: the order is withdrawn
TAKEN_OVER = "taken_over"  # in the answer's place: people said it, not the station
BEGUN = ("staged", "printing", "unsure", "lost")


def move(db: Database, order: str, to: str, writer: Writer) -> dict[str, Any]:
    """Ask for an order to be owed by another station; asked again for the same, change nothing.

    Gives ``{order, from, to, state}``: ``asked`` (the first station has to answer), ``moved`` (it was not
    in any log yet) or ``there`` (nothing to do).
    Errors: RefusedByRule UNKNOWN_ORDER, UNKNOWN_STATION, STATION_FORKED, MOVE_OPEN, ORDER_CLOSED.
    """
    with db.transaction():
        row = db.locked("SELECT station, log_seq FROM order_ WHERE id = ?", order)
        if row is None:
            raise RefusedByRule("UNKNOWN_ORDER")
        if _is_withdrawn(db, order):
            raise RefusedByRule("ORDER_CLOSED")
        _may_owe(db, to)
        start, log_seq = row
        state = _state(db, order, start, to, log_seq)
        if state in ("ask", "asked"):
            _may_owe(db, start)  # a forked station would never answer
        if state == "moved":
            db.run("UPDATE order_ SET station = ? WHERE id = ?", to, order)
        elif state == "ask":
            _ask(db, order, start, to, writer)
            state = "asked"
    if state == "moved":
        orders.dispatch(db, to, writer)
    return {"order": order, "from": start, "to": to, "state": state}


def withdraw(db: Database, order: str, writer: Writer) -> dict[str, Any]:
    """Let nobody owe an order any more, once its station gave it back; asked again, change nothing.

    Gives ``{order, from, state}``: ``asked`` (the station has to answer; it may keep it) or ``withdrawn``.
    Errors: RefusedByRule UNKNOWN_ORDER, STATION_FORKED, MOVE_OPEN, ORDER_CLOSED.
    """
    with db.transaction():
        row = db.locked("SELECT station, log_seq FROM order_ WHERE id = ?", order)
        if row is None:
            raise RefusedByRule("UNKNOWN_ORDER")
        start, log_seq = row
        state = "withdrawn" if _is_withdrawn(db, order) else _state(db, order, start, NOBODY, log_seq)
        if state == "moved":
            _end(db, order, writer.now_ms)
            state = "withdrawn"
        elif state == "ask":
            _may_owe(db, start)  # a forked station would never answer
            _ask(db, order, start, NOBODY, writer)
            state = "asked"
    return {"order": order, "from": start, "state": state}


def _is_withdrawn(db: Database, order: str) -> bool:
    return db.one("SELECT 1 FROM withdrawn WHERE id = ?", order) is not None


def _end(db: Database, order: str, at_ms: int) -> None:
    """Nobody owes it: it will stand in no other log."""
    db.run("INSERT INTO withdrawn (id, at_ms) VALUES (?, ?)", order, at_ms)
    db.run("UPDATE order_ SET log_seq = 0 WHERE id = ? AND log_seq IS NULL", order)


def _may_owe(db: Database, name: str) -> None:
    found = ingest.station(db, name)
    if found is None:
        raise RefusedByRule("UNKNOWN_STATION")
    if found.state == FORKED:
        raise RefusedByRule("STATION_FORKED", name)


def take_over(
    db: Database, start: str, to: str, writer: Writer, named: Collection[str] = ()
) -> dict[str, Any]:
    """Let ``to`` owe what the forked station ``start`` owes and printed no card of, as far as was told.

    An order whose card was begun there stays, unless it is ``named``: then people looked for that card.
    Gives ``{from, to, moved: [order…], kept: [{order, state}…]}``. Bring the projections up to date before.
    Errors: RefusedByRule UNKNOWN_STATION, STATION_FORKED, NOT_FORKED, UNKNOWN_ORDER, ORDER_CLOSED.
    """
    route(db, writer)
    with db.transaction():
        row = db.locked("SELECT state, watermark FROM station WHERE station = ?", start)
        if row is None:
            raise RefusedByRule("UNKNOWN_STATION")
        if row[0] != FORKED:
            raise RefusedByRule("NOT_FORKED", start)
        _may_owe(db, to)
        rows = db.rows_locked("SELECT id FROM order_ WHERE station = ?", start)
        owed = [order for (order,) in rows if not _is_withdrawn(db, order)]
        begun = _begun(db, start)
        for order in named:
            if order not in owed:
                raise RefusedByRule("UNKNOWN_ORDER", order)
            if begun.get(order) == "printed":
                raise RefusedByRule("ORDER_CLOSED", order)
        moved = sorted(named or (order for order in owed if order not in begun))
        for order in moved:
            _settle(db, order, start, to, row[1], writer.now_ms)
    orders.dispatch(db, to, writer)
    kept = [{"order": order, "state": state} for order, state in sorted(begun.items()) if order in owed]
    left = [each for each in kept if each["order"] not in moved and each["state"] != "printed"]
    return {"from": start, "to": to, "moved": moved, "kept": left}


def _begun(db: Database, name: str) -> dict[str, str]:
    """The orders of which a station told that a card was begun, and how far that card got."""
    marks = ", ".join("?" * len(BEGUN))
    told = db.rows(f"SELECT id, state FROM job WHERE station = ? AND state IN ({marks})", name, *BEGUN)  # noqa: S608
    return dict(told) | {order: "printed" for (order,) in db.rows("SELECT DISTINCT id FROM card")}


def _settle(db: Database, order: str, start: str, to: str, watermark: int, now_ms: int) -> None:
    """The order is owed by ``to``; a question that was still open is answered by people."""
    told = (TAKEN_OVER, watermark)
    if not db.run(
        "UPDATE order_move SET to_station = ?, answer = ?, answer_seq = ? WHERE id = ? AND answer IS NULL",
        *(to, *told, order),
    ):
        (number,) = db.one("SELECT count(*) FROM order_move WHERE id = ?", order) or (0,)
        db.run(
            "INSERT INTO order_move (id, number, from_station, to_station, asked_ms, after_seq, answer, "
            "answer_seq) VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            *(order, number + 1, start, to, now_ms, watermark, *told),
        )
    db.run("UPDATE order_ SET station = ?, log_seq = NULL WHERE id = ?", to, order)


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
    order_log.append(db, start, head, "order_withdrawn", [(order, {})], writer)
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
                targets += _answered(db, name, line)
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


def _answered(db: Database, name: str, line: Entry) -> list[str]:
    """Settle the open move this answers. An answer from before the question was asked is not its answer."""
    order, answer, seq = line.subject, line.event, line.seq
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
    if to == NOBODY:
        _end(db, order, line.at_ms)
        return []
    db.run("UPDATE order_ SET station = ?, log_seq = NULL WHERE id = ? AND station = ?", to, order, name)
    return [to]
