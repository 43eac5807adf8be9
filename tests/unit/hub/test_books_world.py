"""Whatever people do with blanks, the province's books end where the blanks lie; and no row goes unseen."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from hub import ingest, schema
from hub.books import prove as proof
from hub.database import Database, open_database
from hub.projections import Folder
from tests.unit.hub.blank_world import World
from tests.unit.hub.ledgers import prove
from tests.unit.hub.stations import NOW_MS

SEEDS, TURNS, ROWS = range(20), 70, 6


class _Undone(Exception):
    pass


@pytest.mark.parametrize("seed", SEEDS)
def test_the_books_end_where_the_blanks_lie(seed: int, tmp_path: Path) -> None:
    """Goal: every account, to the blank. Method: a world by seed; journals arrive in any order and pieces."""
    dice = random.Random(seed)
    db = open_database(str(tmp_path / "hub.db"))
    schema.create(db, now_ms=0)
    world = World(db, dice)
    for _ in range(TURNS):
        world.turn()
    deliver(world)
    found = prove(db)
    assert {name: found[name] for name in ("unaccounted", "disputed", "altered", "missing", "below")} == {
        "unaccounted": [], "disputed": [], "altered": [], "missing": {}, "below": [],
    }, f"seed {seed}"  # fmt: skip
    assert found["accounts"] == world.accounts(), f"seed {seed}"
    assert {each["consignment"] for each in found["in_transit"]} == {box.ident for box in world.boxes}
    take_rows_out(db, dice)
    db.close()


def deliver(world: World) -> None:
    """The journals reach the hub by and by, and it folds whenever it likes."""
    folder = Folder(world.db)
    while behind := [
        each for each in world.stations.values() if held(world.db, each.name) < len(each.journal)
    ]:
        station = world.dice.choice(behind)
        have = held(world.db, station.name)
        ingest.take(world.db, station.name, station.batch(have, world.dice.randrange(1, 40)), NOW_MS)
        if world.dice.random() < 0.3:
            folder.catch_up()


def held(db: Database, name: str) -> int:
    return ingest.known(db, name).have.seq


def take_rows_out(db: Database, dice: random.Random) -> None:
    rows = db.rows("SELECT station, seq, number, blank, subject FROM ledger ORDER BY station, seq, number")
    for station, seq, number, blank, subject in dice.sample(rows, ROWS):
        with pytest.raises(_Undone), db.transaction():
            db.run("DELETE FROM ledger WHERE station = ? AND seq = ? AND number = ?", station, seq, number)
            assert (blank or subject) in proof.prove(db)["unaccounted"]
            raise _Undone
