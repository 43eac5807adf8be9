"""A province's database as an earlier release left it is brought up to date and tells the same truth.

Each released schema leaves a dump in ``tests/databases/``; released steps are never edited.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pysqlite3 as sqlite3
import pytest

from hub import ingest, moves, order_log, reports, schema
from hub.database import Database, open_database
from hub.projections import Folder
from tests.unit.hub.stations import NOW_MS
from tests.unit.hub.test_orders import WRITER
from tests.unit.hub.test_projections import tables

DUMPS = sorted((Path(__file__).parents[2] / "databases").glob("hub-v*.sql"))


@pytest.fixture(params=DUMPS, ids=lambda dump: dump.stem)
def old(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    path = tmp_path / "old.db"
    raw = sqlite3.connect(str(path))
    raw.executescript(request.param.read_text())
    raw.close()
    opened = open_database(str(path))
    schema.create(opened, now_ms=NOW_MS)
    yield opened
    opened.close()


def shape(db: Database) -> set[tuple[str, str]]:
    rows = db.rows("SELECT name, sql FROM sqlite_master WHERE sql IS NOT NULL")
    return {(name, re.sub(r"\s+", " ", sql)) for name, sql in rows}


def test_the_schema_of_today_has_left_its_dump() -> None:
    assert DUMPS[-1].stem == f"hub-v{len(schema.STEPS)}"


def test_an_old_database_becomes_what_a_new_one_is(old: Database, tmp_path: Path) -> None:
    new = open_database(str(tmp_path / "new.db"))
    schema.create(new, now_ms=0)
    assert shape(old) == shape(new)
    new.close()


def test_an_old_database_tells_the_same_and_works_on(old: Database) -> None:
    told = {
        each["name"]: (each["state"], each["seq"], each["unsent_reported"]) for each in reports.offices(old)
    }
    assert told == {
        "64.11-1": ("joined", 8, 4),
        "64.02-1": ("joined", 0, 0),
        "64.74-2": ("invited", 0, 0),
    }
    Folder(old).catch_up()
    kept = tables(old)
    Folder(old).rebuild()
    assert tables(old) == kept
    assert reports.reconcile(old)["missing"] == 4
    assert reports.daily(old, "2020-05-12", NOW_MS)["regencies"]["64.11"]["printed"] == 1
    assert moves.move(old, "o2", "64.02-1", WRITER)["state"] == "asked"
    ingest.forked(old, "64.11-1")
    assert order_log.OrderLog(old, "64.02-1").head().seq == 0
