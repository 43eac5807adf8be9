"""The journals of several stations come in any order: the books, and how their disputes end, are the same.

On the embedded engine alone: nothing here is the engine's matter.
"""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

from domain.ledger import Row
from hub import ingest, schema
from hub.books import balance, store
from hub.books.store import Load
from hub.database import Database, open_database
from hub.projections import Folder
from tests.unit.hub.ledgers import TWO, WRITER, Offices, counted, join, on, prove, received, sent
from tests.unit.hub.stations import NOW_MS, FakeStation, card

TWICE = {"K-1", "K-2", "D-1", "T-9", "P-1"}
Told = tuple[dict[str, Any], dict[str, Any], list[Any]]


def tangle(db: Database) -> Offices:
    """Everything that can be told twice: sent on under one name, booked by two, collected and sent back."""
    offices = join(db)
    offices.far.write(counted(12, "K-1"), counted(5, "D-1"), *card("o1", "U1"))
    offices.far.write(sent("T-9", "province", count=2), received("K-2", "A"), counted(40, "P-1"))
    offices.near.write(counted(12, "K-1"), counted(5, "D-1"), sent("T-1", "64.72-1", count=3))
    offices.first.write(received("K-2", "A", "B"), counted(2, "T-1"), sent("K-2", "64.11-1", "A"))
    offices.second.write(received("K-2", "A", "B"), counted(1, "T-1"))
    offices.second.write(*card("o2", "B"), on("spoiled", "o2", "B"))
    store.take_in(db, Load("P-1", "ktp", None, 40), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", None, 12), "64.11-1", WRITER)
    store.send_out(db, Load("K-2", "ktp", ("A", "B"), 2), "64.72-1", WRITER)
    store.take_in(db, Load("T-9", "ktp", None, 2), NOW_MS)
    return offices


def in_pieces(db: Database, offices: Offices, dice: random.Random) -> None:
    """The journals come piece by piece, whosever; folded now and then."""
    folder = Folder(db)
    while behind := [each for each in offices.all if held(db, each) < len(each.journal)]:
        station = dice.choice(behind)
        ingest.take(db, station.name, station.batch(held(db, station), dice.randrange(1, 9)), NOW_MS)
        if dice.random() < 0.5:
            folder.catch_up()


def held(db: Database, station: FakeStation) -> int:
    return ingest.known(db, station.name).have.seq


def told(db: Database, seed: int | None) -> Told:
    """The proof, the proof once every dispute is settled, and the rows. No seed: each journal whole."""
    offices = tangle(db)
    if seed is None:
        offices.send(db)
    else:
        in_pieces(db, offices, random.Random(seed))
    found = prove(db)
    for consignment in sorted({each["consignment"] for each in found["disputed"]}):
        store.settle(db, consignment, TWO, WRITER)
        Folder(db).catch_up()
    rows = sorted(db.rows("SELECT * FROM ledger"), key=repr)
    Folder(db).rebuild()
    assert sorted(db.rows("SELECT * FROM ledger"), key=repr) == rows
    return found, prove(db), rows


def test_in_whatever_order_the_journals_come_the_books_are_the_same(tmp_path: Path) -> None:
    """Goal: no order between stations matters. Method: the same journals whole, and in pieces by seed."""
    tales: list[Told] = []
    for seed in (None, 1, 2):
        db = open_database(str(tmp_path / f"{seed}.db"))
        schema.create(db, now_ms=0)
        tales.append(told(db, seed))
        db.close()
    assert {each["consignment"] for each in tales[0][0]["disputed"]} == TWICE
    assert tales[0][1]["disputed"] == []
    assert tales[1:] == [tales[0], tales[0]]


def test_in_whatever_order_the_rows_are_read_they_add_up_to_the_same(tmp_path: Path) -> None:
    """Goal: the sums are pure. Method: the rows of the same tangle, shuffled, two hundred times."""
    db = open_database(str(tmp_path / "hub.db"))
    schema.create(db, now_ms=0)
    tangle(db).send(db)
    rows = [Row(*each) for each in db.rows("SELECT kind, blank, count, debit, credit, subject FROM ledger")]
    db.close()
    dice, whole = random.Random(7), summed(rows)
    assert {each["consignment"] for each in whole[0].disputed} == TWICE
    for _ in range(200):
        dice.shuffle(rows)
        assert summed(rows) == whole


def summed(rows: list[Row]) -> tuple[balance.Found, list[str], list[str], dict[str, dict[str, int]]]:
    made = balance.books(rows)
    found = balance.settle(made)
    return found, balance.astray(made), balance.below(made), balance.accounts(made)
