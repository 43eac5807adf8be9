"""Honest journals in any order, and people who settle at any moment: every blank is accounted for in the end.

On the embedded engine alone: nothing here is the engine's matter.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from hub import ingest, schema
from hub.books import prove as proof
from hub.books import store
from hub.books.store import Load
from hub.database import Database, open_database
from hub.projections import Folder
from tests.unit.hub.ledgers import TWO, WRITER, Offices, counted, join, prove, received, sent
from tests.unit.hub.stations import NOW_MS, FakeStation, Line, card

NAMES = tuple("ABCDEFGHIJ")


def cut(dice: random.Random, names: Sequence[str]) -> list[Sequence[str]]:
    """In one to three pieces."""
    at = sorted(dice.sample(range(1, len(names)), min(dice.randrange(3), len(names) - 1)))
    return [names[start:end] for start, end in zip([0, *at], [*at, len(names)], strict=True)]


def told(named: bool, consignment: str, part: Sequence[str]) -> Line:
    return received(consignment, *part) if named else counted(len(part), consignment)


def honest(dice: random.Random, offices: Offices) -> list[Load]:
    """A box for one office, booked in piece by piece at its PCs, in part sent on; what the store did of it.

    Each end of a box tells it by name or by number.
    """
    named = dice.random() < 0.5
    pcs = dice.choice([[offices.far], [offices.first, offices.second]])
    for part in cut(dice, NAMES):
        pc = dice.choice(pcs)
        pc.write(told(named, "K-1", part))
        if dice.random() < 0.5:
            send_on(dice, pc, offices.near, part, named=named)
        elif dice.random() < 0.5:
            pc.write(*card(f"o{part[0]}", part[0]))
    by_name = dice.random() < 0.5
    names = [NAMES if by_name else None, NAMES if by_name or dice.random() < 0.5 else None]
    return [Load("P-1", "ktp", names[0], 10), Load("K-1", "ktp", names[1], 10)]


def send_on(dice: random.Random, pc: FakeStation, to: FakeStation, part: Sequence[str], named: bool) -> None:
    consignment = f"T-{part[0]}"
    for piece in cut(dice, part):
        pc.write(sent(consignment, to.name, *(piece if named else ()), count=len(piece)))
    named = dice.random() < 0.5
    for piece in cut(dice, part):
        to.write(told(named, consignment, piece))
    to.write(*card(f"n{part[0]}", part[0]))


def disputed(db: Database) -> list[str]:
    return sorted({each["consignment"] for each in prove(db)["disputed"]})


def ended(db: Database, seed: int) -> dict[str, Any]:
    """The proof once every line came and nothing is disputed."""
    dice = random.Random(seed)
    offices = join(db)
    collected, box = honest(dice, offices)
    store.take_in(db, collected, NOW_MS)
    store.send_out(db, box, "64.11-1" if offices.far.journal else "64.72-1", WRITER)
    while behind := [each for each in offices.all if held(db, each) < len(each.journal)]:
        station = dice.choice(behind)
        ingest.take(db, station.name, station.batch(held(db, station), dice.randrange(1, 4)), NOW_MS)
        if dice.random() < 0.4:
            for consignment in disputed(db)[:1]:
                store.settle(db, consignment, TWO, WRITER)
    for consignment in disputed(db):
        store.settle(db, consignment, TWO, WRITER)
    return prove(db)


def held(db: Database, station: FakeStation) -> int:
    return ingest.known(db, station.name).have.seq


@pytest.mark.parametrize("seed", range(20))
def test_honest_lines_in_any_order_settled_at_any_moment_leave_no_blank_unaccounted(
    tmp_path: Path, seed: int
) -> None:
    """Goal: no moment of a settle strands a blank. Method: seeded journals, pieces and moments."""
    db = open_database(str(tmp_path / "hub.db"))
    schema.create(db, now_ms=0)
    found = ended(db, seed)
    assert proof.holds(found), found
    assert sum(numbers["ktp"] for numbers in found["accounts"].values()) == 0
    Folder(db).rebuild()
    assert prove(db) == found
    db.close()
