"""People settle before the last line came: what was said to be lost comes after all.

On the embedded engine alone: nothing here is the engine's matter.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from agent.stock.blanks import NAMES_A_LINE_MAX
from domain.ledger import Row
from hub import schema
from hub.books import acts, balance, store
from hub.books import prove as proof
from hub.books.store import Load
from hub.database import Database, open_database
from hub.projections import Folder
from tests.unit.hub.ledgers import TWO, WRITER, counted, join, prove, received, sent
from tests.unit.hub.stations import NOW_MS, FakeStation, Line, card

FIVE = ("A", "B", "C", "D", "E")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(str(tmp_path / "hub.db"))
    schema.create(opened, now_ms=0)
    yield opened
    opened.close()


def send_five(db: Database, to: str, named: bool = True) -> None:
    store.take_in(db, Load("P-1", "ktp", FIVE if named else None, 5), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", FIVE if named else None, 5), to, WRITER)


def come(db: Database, station: FakeStation, *lines: Line) -> None:
    station.write(*lines).send(db)
    Folder(db).catch_up()


def settled(db: Database, consignment: str = "K-1") -> dict[str, dict[str, int]]:
    """The accounts after two people's word: the proof holds, and a rebuild ends at the same."""
    Folder(db).catch_up()
    store.settle(db, consignment, TWO, WRITER)
    found = prove(db)
    assert proof.holds(found) and found["accounts"]["centre"]["ktp"] == -sum(
        numbers["ktp"] for account, numbers in found["accounts"].items() if account != "centre"
    )
    Folder(db).rebuild()
    assert prove(db) == found
    accounts: dict[str, dict[str, int]] = found["accounts"]
    return accounts


def test_the_rest_of_a_long_receipt_that_comes_after_a_settle_was_not_lost(db: Database) -> None:
    far = join(db).far
    names = tuple(f"N{number:05}" for number in range(NAMES_A_LINE_MAX + 50))
    store.take_in(db, Load("P-1", "ktp", names, len(names)), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", names, len(names)), "64.11-1", WRITER)
    come(db, far, received("K-1", *names[:NAMES_A_LINE_MAX]))
    assert settled(db)["province/lost"] == {"ktp": 50}
    come(db, far, received("K-1", *names[NAMES_A_LINE_MAX:]))
    assert settled(db) == {"64.11-1/stock": {"ktp": len(names)}, "centre": {"ktp": -len(names)}}


@pytest.mark.parametrize("rest", [counted(2, "K-1"), received("K-1", "D", "E")], ids=["by_count", "by_name"])
@pytest.mark.parametrize("part", [counted(3, "K-1"), received("K-1", *FIVE[:3])], ids=["count", "name"])
@pytest.mark.parametrize("named", [True, False])
def test_what_was_settled_as_lost_and_came_is_not_taken_from_the_centre(
    db: Database, named: bool, part: Line, rest: Line
) -> None:
    far = join(db).far
    send_five(db, "64.11-1", named)
    come(db, far, part)
    assert settled(db)["province/lost"] == {"ktp": 2}
    come(db, far, rest)
    accounts = settled(db)
    assert accounts["centre"] == {"ktp": -5} and "province/lost" not in accounts


def test_more_than_was_lost_is_taken_from_the_centre(db: Database) -> None:
    far = join(db).far
    send_five(db, "64.11-1", named=False)
    come(db, far, counted(3, "K-1"))
    settled(db)
    come(db, far, counted(3, "K-1"))
    assert settled(db) == {"64.11-1/unnamed": {"ktp": 6}, "centre": {"ktp": -6}}


@pytest.mark.parametrize("named", [True, False])
def test_what_a_sibling_found_after_it_was_settled_as_lost_is_the_sibling_s(
    db: Database, named: bool
) -> None:
    offices = join(db)
    send_five(db, "64.72-1", named)
    come(db, offices.first, received("K-1", *FIVE[:3]) if named else counted(3, "K-1"))
    assert settled(db)["province/lost"] == {"ktp": 2}
    come(db, offices.second, received("K-1", *FIVE[3:]) if named else counted(2, "K-1"))
    accounts = settled(db)
    place = "stock" if named else "unnamed"
    assert accounts[f"64.72-2/{place}"] == {"ktp": 2} and "province/lost" not in accounts
    come(db, offices.second, *card("o1", "D"))
    found = prove(db)
    assert proof.holds(found) and found["accounts"]["64.72-2/card"] == {"ktp": 1}


@pytest.mark.parametrize("named", [True, False])
def test_what_two_pcs_booked_of_one_box_before_its_sender_s_word_came_is_theirs(
    db: Database, named: bool
) -> None:
    offices = join(db)
    come(db, offices.first, received("K-1", *FIVE[:3]) if named else counted(3, "K-1"))
    come(db, offices.second, received("K-1", *FIVE[3:]) if named else counted(2, "K-1"))
    settled(db)
    come(db, offices.second, *card("o1", "D"))
    send_five(db, "64.72-1", named)
    accounts = settled(db)
    assert accounts["centre"] == {"ktp": -5} and "province/lost" not in accounts


@pytest.mark.parametrize("there", [counted(5, "T-1"), received("T-1", *FIVE)], ids=["by_count", "by_name"])
@pytest.mark.parametrize("named", [True, False])
def test_the_rest_of_a_sender_s_word_that_comes_after_a_settle_is_not_lost(
    db: Database, named: bool, there: Line
) -> None:
    offices = join(db)
    come(db, offices.far, received("D-1", *FIVE) if named else counted(5, "D-1"))
    come(db, offices.far, sent("T-1", "64.02-1", *(FIVE[:3] if named else ()), count=3))
    come(db, offices.near, there)
    settled(db, "T-1")
    come(db, offices.far, sent("T-1", "64.02-1", *(FIVE[3:] if named else ()), count=2))
    accounts = settled(db, "T-1")
    assert accounts["centre"] == {"ktp": -5} and "province/lost" not in accounts


def test_a_name_that_the_store_sent_and_said_was_lost_does_not_stand_in_the_store(db: Database) -> None:
    far = join(db).far
    store.take_in(db, Load("P-1", "ktp", None, 5), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", FIVE, 5), "64.11-1", WRITER)
    come(db, far, received("K-1", *FIVE[:3]))
    assert settled(db)["province/lost"] == {"ktp": 2}


def test_names_booked_by_two_pcs_and_still_in_the_store_come_out_of_the_store(db: Database) -> None:
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", FIVE, 5), NOW_MS)
    come(db, offices.first, received("K-1", *FIVE[:3]))
    come(db, offices.second, received("K-1", *FIVE[3:]), *card("o1", "D"))
    assert settled(db)["centre"] == {"ktp": -5}


def test_the_receiver_is_told_again_what_it_booked_and_not_what_was_lost(db: Database) -> None:
    far = join(db).far
    send_five(db, "64.11-1", named=False)
    come(db, far, counted(3, "K-1"))
    settled(db)
    come(db, far, counted(2, "K-1"))
    settled(db)
    rows = db.rows("SELECT body FROM order_log WHERE event = 'blanks_announced' ORDER BY seq")
    assert [json.loads(body)["count"] for (body,) in rows] == [5, 3, 5]


def test_the_disputes_of_a_consignment_are_ended_on_books_added_up_once(
    db: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Goal: eight disputes cost about what one does, and others write meanwhile. Method: count the sums; an
    act that another wrote meanwhile makes them once more."""
    offices, built = join(db), list[bool]()
    for station in offices.all:
        station.write(counted(5, "K-1"), counted(5, "K-1", "kia"))
    offices.send(db)
    books = balance.books

    def counting(rows: Iterable[Row]) -> balance.Books:
        other = open_database(str(tmp_path / "hub.db"))
        with other.transaction():  # somebody else writes meanwhile
            if not built:
                acts.append(
                    other, NOW_MS, "blanks_collected", "P-9", {"kind": "kia", "names": None, "count": 1}
                )
        other.close()
        built.append(True)
        return books(rows)

    monkeypatch.setattr(balance, "books", counting)
    assert len(store.settle(db, "K-1", TWO, WRITER)) == 8
    assert built == [True, True] and proof.holds(prove(db))
