"""The province's own acts: a forked station written off, a store that gives what it has, announcements.

On the embedded engine alone: nothing here is the engine's matter.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.words import RefusedByRule
from hub import ingest, reports, schema
from hub.books import prove as proof
from hub.books import store
from hub.books.announce import forward
from hub.books.store import Load, Word
from hub.database import Database, open_database
from tests.unit.hub.ledgers import (
    TWO,
    WRITER,
    city,
    counted,
    join,
    on,
    prove,
    received,
    sent,
)
from tests.unit.hub.stations import NOW_MS, card, consignment


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(str(tmp_path / "hub.db"))
    schema.create(opened, now_ms=0)
    yield opened
    opened.close()


def test_a_forked_station_is_written_off_and_what_was_found_goes_on(db: Database) -> None:
    offices = join(db)
    unsure = [*list(card("o1", "A"))[:-1], on("unsure", "o1", "A")]
    offices.first.write(consignment("A", "B", "C"), counted(10, "K-1"), *unsure, *card("o2", "U1"))
    offices.send(db)
    word = Word("P.01", "P.02", "forked")
    found = [Load("W-1", "ktp", ("B", "U2"), 2)]
    with pytest.raises(RefusedByRule, match="forked"):
        store.write_off(db, "64.72-1", found, "64.72-2", word, WRITER)
    ingest.forked(db, "64.72-1")
    done = store.write_off(db, "64.72-1", found, "64.72-2", word, WRITER)
    assert done[0] == {"station": "64.72-1", "kind": "ktp", "found": 2, "lost": 2 + 8, "new": True}
    assert not store.write_off(db, "64.72-1", found, "64.72-2", word, WRITER)[0]["new"]
    offices.second.write(received("W-1", "B", "U2"))
    ingest.take(db, "64.72-2", offices.second.batch(), NOW_MS)
    found_now = prove(db)
    assert proof.holds(found_now) and found_now["accounts"]["64.72-1/lost"] == {"ktp": 10}
    assert found_now["accounts"]["64.72-2/stock"] == {"ktp": 2}
    assert reports.daily(db, "2020-05-12", NOW_MS)["blanks"] == 2


def test_a_forked_station_s_numbers_are_written_off_by_number(db: Database) -> None:
    offices = join(db)
    offices.first.write(consignment("A"), counted(10, "K-1"))
    offices.send(db)
    ingest.forked(db, "64.72-1")
    found = [Load("W-1", "ktp", None, 4)]
    done = store.write_off(db, "64.72-1", found, "64.72-2", TWO, WRITER)
    assert (done[0]["found"], done[0]["lost"], done[1]["lost"]) == (4, 7, 0)
    offices.second.write(counted(4, "W-1"))
    ingest.take(db, "64.72-2", offices.second.batch(), NOW_MS)
    assert proof.holds(prove(db))


def announced(db: Database, station: str) -> list[tuple[str, dict[str, Any]]]:
    rows = db.rows(
        "SELECT subject, body FROM order_log WHERE station = ? AND event = 'blanks_announced' ORDER BY seq",
        station,
    )
    return [(subject, json.loads(body)) for subject, body in rows]


def test_what_is_sent_is_announced_to_its_receiver_once(db: Database) -> None:
    offices = city(db)
    store.send_out(db, Load("K-1", "ktp", None, 5), "64.11-1", WRITER)
    assert not store.send_out(db, Load("K-1", "ktp", None, 5), "64.11-1", WRITER)
    offices.far.write(counted(5, "K-1"), sent("T-1", "64.02-1", count=3))
    offices.send(db)
    assert forward(db, WRITER) == 0
    ((subject, body),) = announced(db, "64.11-1")
    assert (subject, body["count"], body["names"], body["sender"]) == ("K-1", 5, None, "province")
    ((subject, body),) = announced(db, "64.02-1")
    assert (subject, body["count"], body["sender"]) == ("T-1", 3, "64.11-1")


def test_a_great_consignment_is_announced_in_pieces(db: Database) -> None:
    join(db)
    names = tuple(f"N{n:05}" for n in range(4500))
    store.take_in(db, Load("P-1", "ktp", names, 4500), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", names, 4500), "64.11-1", WRITER)
    told = [body for _, body in announced(db, "64.11-1")]
    assert [(body["piece"], len(body["names"]), body["count"]) for body in told] == [
        (0, 2000, 4500), (1, 2000, 4500), (2, 500, 4500),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("word", "load", "to"),
    [
        ("UNKNOWN_STATION", Load("K-1", "ktp", None, 1), "64.01-9"),
        ("NOT_IN_STOCK", Load("K-1", "ktp", None, 31), "64.11-1"),
        ("NOT_IN_STOCK", Load("K-1", "kia", None, 1), "64.11-1"),
        ("BLANK_UNKNOWN", Load("K-1", "kia", ("Q",), 1), "64.11-1"),
        ("BLANK_UNKNOWN", Load("K-1", "kia", ("A",), 1), "64.11-1"),
        ("STATION_FORKED", Load("K-1", "ktp", None, 1), "64.02-1"),
        ("BAD_ORDER", Load("K 1", "ktp", None, 1), "64.11-1"),
    ],
)
def test_the_store_gives_only_what_it_has_to_whom_it_knows(
    db: Database, word: str, load: Load, to: str
) -> None:
    city(db)
    ingest.forked(db, "64.02-1")
    with pytest.raises(RefusedByRule) as refused:
        store.send_out(db, load, to, WRITER)
    assert refused.value.word == word
    assert db.rows("SELECT 1 FROM act WHERE event = 'blanks_sent'") == []


def test_a_consignment_of_one_name_is_one_consignment(db: Database) -> None:
    city(db)
    assert not store.take_in(db, Load("P-1", "ktp", ("C", "B", "A"), 3), NOW_MS)
    for load in (Load("P-1", "ktp", None, 3), Load("P-2", "ktp", None, 31)):
        with pytest.raises(RefusedByRule) as refused:
            store.take_in(db, load, NOW_MS)
        assert refused.value.word == "CONSIGNMENT_CHANGED"
    with pytest.raises(RefusedByRule) as refused:
        store.take_in(db, Load("P-9", "ktp", ("A",), 1), NOW_MS)
    assert refused.value.word == "BLANK_USED"


@pytest.mark.parametrize(
    ("word", "by"),
    [(Word("P.1", "P.1", "x"), "SECOND_IS_FIRST"), (Word("1" * 16, "P.1", "x"), "SECOND_NEEDED")],
)
def test_other_holders_blanks_take_two_people(db: Database, word: Word, by: str) -> None:
    join(db)
    with pytest.raises(RefusedByRule) as refused:
        store.settle(db, "K", word, WRITER)
    assert refused.value.word == by
    with pytest.raises(RefusedByRule) as refused:
        store.write_off(db, "64.11-1", [], None, word, WRITER)
    assert refused.value.word == by
