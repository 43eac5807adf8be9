"""What the province makes of the journals: tables that can be dropped and folded again at any time.

A projection is pure: it turns one line of one station's journal into changes of its own tables, keyed by
station, so that no order between stations matters and a rebuild ends exactly where the kept tables were.
Each has its own place in every station's journal, moved in the same transaction as its tables.
A line that cannot be read is passed over; it stays in ``event`` and is told in ``aside``.

    card      one row a good card       job       where each job is       order_at  what a station did with
    printer   its last told state       blanks    the ledger's rows and figures     an order
    suket     the lines of temporary certificates
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from domain.ledger import Ledger
from domain.regions import PROVINCE_HOLDER
from domain.wita import day
from hub import ingest
from hub.books import acts, fold
from hub.books.fold import readable
from hub.database import Database, Value
from hub.moves import stand
from sync.log import Entry

LINES_A_TURN = 500

Change = tuple[str, tuple[Value, ...]]
Fold = Callable[[str, Entry], Iterator[Change]]

JOB_STATE = {
    "job_queued": "queued",
    "feed_intended": "staged",
    "staged": "staged",
    "print_intended": "printing",
    "printed": "printed",
    "unsure": "unsure",
    "untouched": "queued",
    "spoiled": "spoiled",
    "lost": "lost",
    "cancelled": "cancelled",
    "verified": "verified",
    "ready": "ready",
    "sent": "sent",
    "withheld": "withheld",
    "returned": "returned",
    "handed_over": "handed_over",
}
ORDER_STATE = {
    "order_received": "waiting",
    "order_refused": "refused",
    "order_returned": "returned",
    "job_queued": "taken",
    "printed": "printed",
    "spoiled": "waiting",
    "lost": "lost",
    "cancelled": "waiting",
    "ready": "printed",  # also one that was withheld, or came back from the post
    "sent": "printed",
    "handed_over": "handed_over",
    "withheld": "withheld",
    "returned": "withheld",
}


@dataclass(frozen=True, slots=True)
class Projection:
    """``fold`` tells the changes of one line; ``tables`` are its own and nobody else's."""

    tables: tuple[str, ...]
    fold: Fold


def cards(station: str, line: Entry) -> Iterator[Change]:
    """One row for each good card, on the WITA day its station tells; one found spoiled later is none."""
    if line.event == "spoiled":
        yield "DELETE FROM card WHERE station = ? AND job = ?", (station, line.subject)
    if line.event == "printed":
        body = line.body
        yield (
            "INSERT INTO card (station, seq, id, job, kind, blank, day, at_ms) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            (
                *(station, line.seq, _text(body["order"]), line.subject, _text(body["kind"])),
                *(_word(body["blank"]), _day(line.at_ms), line.at_ms),
            ),
        )


def job(station: str, line: Entry) -> Iterator[Change]:
    """Where each job is."""
    state = JOB_STATE.get(line.event)
    if line.event == "job_queued":
        yield (
            "INSERT INTO job (station, job, id, kind, state, at_ms) VALUES (?, ?, ?, ?, ?, ?) "
            "ON CONFLICT (station, job) DO UPDATE SET state = excluded.state, at_ms = excluded.at_ms",
            (station, line.subject, _text(line.body["order"]), _text(line.body["kind"]), state, line.at_ms),
        )
    elif state:
        yield (
            "UPDATE job SET state = ?, cause = ?, blank = coalesce(?, blank), at_ms = ? "
            "WHERE station = ? AND job = ?",
            (
                *(state, _word(line.body.get("cause")), _word(line.body.get("blank")), line.at_ms),
                *(station, line.subject),
            ),
        )


def order_at(station: str, line: Entry) -> Iterator[Change]:
    """What a station did with an order."""
    state = ORDER_STATE.get(line.event)
    if state:
        subject = line.subject if line.event.startswith("order_") else _text(line.body["order"])
        yield (
            "INSERT INTO order_at (station, id, state, word, at_ms) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (station, id) DO UPDATE SET state = excluded.state, word = excluded.word, "
            "at_ms = excluded.at_ms",
            (station, subject, state, _word(line.body.get("word")), line.at_ms),
        )


def printer(station: str, line: Entry) -> Iterator[Change]:
    """The state a printer was last told to be in."""
    if line.event == "printer_state":
        yield (
            "INSERT INTO printer (station, serial, state, cause, at_ms) VALUES (?, ?, ?, ?, ?) "
            "ON CONFLICT (station, serial) DO UPDATE SET state = excluded.state, cause = excluded.cause, "
            "at_ms = excluded.at_ms",
            (
                *(station, line.subject, _text(line.body["state"]), _word(line.body["cause"])),
                line.at_ms,
            ),
        )


def suket(station: str, line: Entry) -> Iterator[Change]:
    """One row for each line of a temporary certificate's life."""
    if line.event.startswith("suket_"):
        yield (
            "INSERT INTO suket (station, seq, number, event, id, valid_until, at_ms) "
            "VALUES (?, ?, ?, ?, ?, ?, ?)",
            (
                *(station, line.seq, line.subject, line.event, _word(line.body.get("order"))),
                *(_word(line.body.get("valid_until")), line.at_ms),
            ),
        )


PROJECTIONS: dict[str, Projection] = {
    "card": Projection(("card",), cards),
    "job": Projection(("job",), job),
    "order_at": Projection(("order_at",), order_at),
    "printer": Projection(("printer",), printer),
    "suket": Projection(("suket",), suket),
}
BLANKS = "blanks"  # folded through the ledger, which remembers more than its figures
NAMES = (*PROJECTIONS, BLANKS)
TABLES = (*(table for each in PROJECTIONS.values() for table in each.tables), "blank_account", "ledger")


class Folder:
    """Folds what is new, one turn a transaction. Keeps the ledgers it has read between turns."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self._ledgers: dict[str, tuple[int, Ledger]] = {}

    def catch_up(self) -> int:
        """Fold everything held by now; the number of turns it took, 0 when nothing was new."""
        turns = 0
        rows = self._db.rows("SELECT name, station, seq FROM reader")
        stood = {(name, station): seq for name, station, seq in rows}
        for station in ingest.stations(self._db):
            for name in NAMES:
                while stood.get((name, station.name), 0) < station.have.seq:
                    stood[name, station.name] = self._turn(name, station.name)
                    turns += 1
        return turns + self._acts(stood.get((BLANKS, PROVINCE_HOLDER), 0))

    def rebuild(self) -> int:
        """Forget every projection and fold the events again; the number of turns it took."""
        with self._db.transaction():
            for table in TABLES:
                self._db.run(f"DELETE FROM {table}")  # noqa: S608
            for name in NAMES:
                self._db.run("DELETE FROM reader WHERE name = ?", name)
        return self.catch_up()

    def _turn(self, name: str, station: str) -> int:
        """Fold the next lines of a station into one projection; where it stands then."""
        with self._db.transaction():
            after = stand(self._db, name, station)
            lines = ingest.entries(self._db, station, after, LINES_A_TURN)
            seq = lines[-1].seq if lines else after
            if name == BLANKS:
                self._blanks(station, after, lines, seq)
            else:
                for sql, values in changes(PROJECTIONS[name].fold, station, lines):
                    self._db.run(sql, *values)
            self._db.run("UPDATE reader SET seq = ? WHERE name = ? AND station = ?", seq, name, station)
        return seq

    def _acts(self, stood: int) -> int:
        """Fold the province's own acts; whether there were any."""
        if acts.head(self._db) <= stood:
            return 0
        with self._db.transaction():
            after = stand(self._db, BLANKS, PROVINCE_HOLDER)
            upto, rows = acts.head(self._db), acts.store(self._db)[1]
            self._db.copy_rows(
                "ledger", fold.COLUMNS, [row for row in rows if after < int(str(row[1])) <= upto]
            )
            self._db.run(
                "UPDATE reader SET seq = ? WHERE name = ? AND station = ?", upto, BLANKS, PROVINCE_HOLDER
            )
        return 1

    def _blanks(self, station: str, after: int, lines: list[Entry], seq: int) -> None:
        # A ledger that stands elsewhere is of a turn that was undone, or of another hub's: read it again.
        stood, ledger = self._ledgers.get(station, (-1, Ledger(station)))
        if stood != after:
            ledger = fold.ledger_of(self._db, station, after)
        rows: list[fold.Kept] = []
        for line in lines:
            rows += fold.kept(station, line.seq, fold.post(ledger, line.event, line.subject, line.body))
        self._db.copy_rows("ledger", fold.COLUMNS, rows)
        for kind, account in ledger.accounts().items():
            self._db.run(
                "INSERT INTO blank_account (station, kind, account) VALUES (?, ?, ?) "
                "ON CONFLICT (station, kind) DO UPDATE SET account = excluded.account",
                *(station, kind, json.dumps(account, sort_keys=True)),
            )
        self._ledgers[station] = (seq, ledger)


def changes(fold: Fold, station: str, lines: list[Entry]) -> Iterator[Change]:
    """The changes of many lines; those of an unreadable line are left out whole."""
    for line in lines:
        if readable(line.event, line.body):
            yield from list(fold(station, line))


def _word(value: Any) -> str | None:
    """A body's word as a column holds it: text, or nothing."""
    return None if value is None else _text(value)


def _text(value: Any) -> str:
    return ingest.plain(str(value))


def _day(at_ms: int) -> str:
    """The WITA day; empty for a clock that is out of its mind."""
    try:
        return day(at_ms)
    except (ValueError, OverflowError, OSError):
        return ""
