"""Blanks on their way between holders: what settles, what is disputed, what nobody can explain.

On the embedded engine alone: nothing here is the engine's matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from domain.ledger import Row
from hub import reports, schema
from hub.books import acts, balance, store
from hub.books import prove as proof
from hub.books.store import Load
from hub.database import Database, open_database
from tests.unit.hub.ledgers import (
    TWO,
    WRITER,
    city,
    counted,
    destroyed,
    handed,
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


@pytest.mark.parametrize(
    ("debit", "stands"),
    [
        ("centre", True),
        ("64.11-1/unnamed", True),
        ("citizen", True),
        ("64.11-1/stock", False),
        ("unknown", False),
    ],
)
def test_a_blank_begins_where_blanks_begin(debit: str, stands: bool) -> None:
    made = balance.books([Row("ktp", "A", 1, debit, "64.11-1/card", "j")])
    assert balance.astray(made) == ([] if stands else ["A"])


def test_what_the_receiver_does_not_find_in_the_box_is_disputed_by_name(db: Database) -> None:
    offices = city(db)
    store.send_out(db, Load("K-1", "ktp", ("A", "B"), 2), "64.11-1", WRITER)
    offices.far.write(received("K-1", "A", "Z"))
    offices.send(db)
    found = prove(db)
    (dispute,) = found["disputed"]
    assert (dispute["missing"], dispute["extra"], dispute["booked_by"]) == (["B"], ["Z"], "64.11-1")
    assert not proof.holds(found) and found["unaccounted"] == []
    done = store.settle(db, "K-1", TWO, WRITER)
    assert (done[0]["missing"], done[0]["extra"]) == (["B"], {"Z": "centre"})
    found = prove(db)
    assert proof.holds(found) and found["accounts"]["province/lost"] == {"ktp": 1}


def test_a_blank_its_sender_forgot_to_list_is_two_places_until_the_dispute_is_settled(db: Database) -> None:
    offices = city(db)
    store.send_out(db, Load("K-1", "ktp", ("A",), 1), "64.11-1", WRITER)
    offices.far.write(received("K-1", "A", "B"))
    offices.send(db)
    assert prove(db)["unaccounted"] == ["B"]
    assert store.settle(db, "K-1", TWO, WRITER)[0]["extra"] == {"B": "province/stock"}
    assert proof.holds(prove(db))


@pytest.mark.parametrize(("there", "field"), [(3, "missing_unnamed"), (7, "extra_unnamed")])
def test_a_count_that_differs_is_disputed_by_number(db: Database, there: int, field: str) -> None:
    offices = city(db)
    store.send_out(db, Load("K-1", "ktp", None, 5), "64.11-1", WRITER)
    offices.far.write(counted(there, "K-1"))
    offices.send(db)
    (dispute,) = prove(db)["disputed"]
    assert dispute[field] == 2
    store.settle(db, "K-1", TWO, WRITER)
    assert proof.holds(prove(db))


def test_names_on_one_side_settle_a_number_on_the_other(db: Database) -> None:
    offices = city(db)
    store.send_out(db, Load("K-1", "ktp", ("A", "B"), 2), "64.11-1", WRITER)
    store.send_out(db, Load("K-2", "ktp", None, 2), "64.02-1", WRITER)
    offices.far.write(counted(2, "K-1"), *card("o1", "A"))
    offices.near.write(received("K-2", "N1", "N2"), *card("o2", "N2"))
    offices.send(db)
    assert proof.holds(prove(db))


def test_a_name_may_travel_among_numbers_and_be_read_at_the_far_end(db: Database) -> None:
    offices = city(db)
    store.send_out(db, Load("K-1", "ktp", ("A", "B"), 2), "64.72-1", WRITER)
    offices.first.write(counted(2, "K-1"), sent("T-1", "64.11-1", count=2))
    offices.far.write(received("T-1", "A", "N1"), *card("o1", "A"))
    offices.send(db)
    assert proof.holds(prove(db))


def test_what_another_office_booked_in_is_disputed_and_what_its_own_second_pc_did_is_not(
    db: Database,
) -> None:
    offices = city(db)
    store.send_out(db, Load("K-1", "ktp", ("A", "B"), 2), "64.72-1", WRITER)
    store.send_out(db, Load("K-2", "ktp", None, 2), "64.11-1", WRITER)
    offices.second.write(received("K-1", "A", "B"))
    offices.near.write(counted(2, "K-2"))
    offices.send(db)
    found = prove(db)
    assert [(each["consignment"], each["booked_by"]) for each in found["disputed"]] == [("K-2", "64.02-1")]
    store.settle(db, "K-2", TWO, WRITER)
    assert proof.holds(prove(db))


def test_two_pcs_that_used_one_blank_share_nothing(db: Database) -> None:
    offices = join(db)
    offices.first.write(consignment("A"), *card("o1", "A"))
    offices.second.write(*card("o2", "A"))
    offices.send(db)
    assert prove(db)["unaccounted"] == ["A"]
    assert reports.reconcile(db)["blanks_unaccounted"] == ["A"]


def test_one_blank_received_twice_is_named_by_every_command_alike(db: Database) -> None:
    offices = join(db)
    offices.first.write(received("K-1", "DUP1", "DUP2", "A"))
    offices.second.write(received("K-2", "DUP1", "DUP2"))
    offices.near.write(consignment("B"))
    offices.send(db)
    found = reports.reconcile(db)
    assert prove(db)["unaccounted"] == found["blanks_unaccounted"] == ["DUP1", "DUP2"]
    assert not reports.holds(found)
    told = reports.daily(db, "2020-05-12", NOW_MS)
    flagged = [code for code, each in told["regencies"].items() if "BLANKS_UNACCOUNTED" in each["flags"]]
    assert (flagged, "BLANKS_UNACCOUNTED" in told["flags"]) == (["64.72"], True)
    assert "BLANKS_UNACCOUNTED" not in reports.daily(db, "2020-05-11", NOW_MS)["flags"]


def test_what_only_the_province_s_store_lacks_is_flagged_for_the_whole_report(db: Database) -> None:
    join(db)
    store.take_in(db, Load("P-1", "ktp", ("A",), 1), NOW_MS)
    store.take_in(db, Load("P-2", "ktp", None, 1), NOW_MS)
    for ident, to in (("K-1", "64.11-1"), ("K-2", "64.02-1")):
        acts.append(db, NOW_MS, "blanks_sent", ident, {"kind": "ktp", "names": ["A"], "count": 1, "to": to})
    assert prove(db)["unaccounted"] == ["A"]
    told = reports.daily(db, "2020-05-12", NOW_MS)
    assert "BLANKS_UNACCOUNTED" in told["flags"]
    assert not any("BLANKS_UNACCOUNTED" in each["flags"] for each in told["regencies"].values())


def test_the_cupboard_has_no_more_names_than_blanks(db: Database) -> None:
    offices = join(db)
    offices.first.write(counted(1, "K-1"))
    offices.second.write(*card("o1", "A"), *card("o2", "B"))
    offices.send(db)
    assert prove(db)["unaccounted"] == ["B"]
    assert reports.reconcile(db)["blanks_unaccounted"] == ["B"]


def test_the_report_counts_a_shared_blank_where_it_is(db: Database) -> None:
    offices = join(db)
    offices.first.write(consignment("A", "B"), counted(3, "K-1"))
    offices.second.write(*card("o1", "A"), *card("o3", "D"), *list(card("o2", "C"))[:-1])
    offices.send(db)
    told = reports.daily(db, "2020-05-12", NOW_MS)["regencies"]["64.72"]
    assert (told["blanks"], told["flags"]) == (3, [])
    assert reports.reconcile(db)["blanks_unaccounted"] == []


def test_a_second_card_from_one_blank_never_proves(db: Database) -> None:
    offices = join(db)
    offices.far.write(consignment("A", "B"), *card("o1", "A"), *handed("o1", "A"), *card("o2", "A"))
    offices.far.write(*card("o3", "B"), on("spoiled", "o3", "B"), on("printed", "o4", "B"))
    offices.send(db)
    assert prove(db)["unaccounted"] == ["A", "B"]


def test_a_card_that_comes_in_at_another_office_moves_there(db: Database) -> None:
    offices = join(db)
    offices.far.write(consignment("A"), *card("o1", "A"), *handed("o1", "A"))
    offices.near.write(
        ("card_voided", "A", {"kind": "ktp", "why": "worn", "job": None}), destroyed("BA", "A")
    )
    offices.send(db)
    found = prove(db)
    assert proof.holds(found) and found["accounts"]["fire"] == {"ktp": 1}


def test_a_card_that_still_lies_on_one_shelf_cannot_come_in_at_another_office(db: Database) -> None:
    offices = join(db)
    offices.far.write(consignment("A"), *card("o1", "A"))
    offices.near.write(("card_voided", "A", {"kind": "ktp", "why": "worn", "job": None}))
    offices.send(db)
    assert prove(db)["unaccounted"] == ["A"]


def test_more_sent_than_there_was_names_the_consignment(db: Database) -> None:
    offices = join(db)
    offices.far.write(counted(2, "K-1"), sent("T-1", "64.02-1", count=5))
    offices.send(db)
    found = prove(db)
    assert found["unaccounted"] == ["T-1"] and found["below"] == ["unknown"]
