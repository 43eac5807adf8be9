"""One box told of twice: booked in at two places, or taken for the centre's before its sender's word came.

On the embedded engine alone: nothing here is the engine's matter.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from domain.words import RefusedByRule
from hub import ingest, schema
from hub.books import acts, store
from hub.books import prove as proof
from hub.books.store import Load
from hub.database import Database, open_database
from hub.projections import Folder
from tests.unit.hub.ledgers import TWO, WRITER, counted, handed, join, prove, received, sent
from tests.unit.hub.stations import NOW_MS, FakeStation, Line, card

FAULTS = ("unaccounted", "disputed", "altered", "missing", "below")
NONE: dict[str, Any] = {"unaccounted": [], "disputed": [], "altered": [], "missing": {}, "below": []}
ABC = ("A", "B", "C")


@pytest.fixture
def db(tmp_path: Path) -> Iterator[Database]:
    opened = open_database(str(tmp_path / "hub.db"))
    schema.create(opened, now_ms=0)
    yield opened
    opened.close()


def faults(found: dict[str, Any]) -> dict[str, Any]:
    return {word: found[word] for word in FAULTS}


def settled(db: Database, consignment: str) -> dict[str, Any]:
    """The proof after two people's word; a rebuild ends at the same."""
    Folder(db).catch_up()
    store.settle(db, consignment, TWO, WRITER)
    found = prove(db)
    Folder(db).rebuild()
    assert prove(db) == found
    return found


def lost(consignment: str, *names: str, count: int | None = None) -> list[Line]:
    told = {"kind": "ktp", "reason": "gone", "by": "P.1", "second": "P.2"}
    number = [] if count is None else [("blank_lost", consignment, {**told, "count": count})]
    return [*number, *(("blank_lost", name, told) for name in names)]


@pytest.mark.parametrize("names", [None, ABC], ids=["by_count", "by_name"])
@pytest.mark.parametrize("back", [2, 3])
def test_a_box_sent_back_and_booked_before_its_sender_s_word_came_is_the_sender_s(
    db: Database, names: tuple[str, ...] | None, back: int
) -> None:
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", None, 40), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", None, 12), "64.11-1", WRITER)
    offices.far.write(received("K-1", *ABC) if names else counted(12, "K-1"))
    offices.send(db)
    store.take_in(db, Load("T-9", "ktp", names and names[:back], back), NOW_MS)
    offices.far.write(sent("T-9", "province", *(names or ()), count=3))
    offices.send(db)
    found = prove(db)
    (dispute,) = (each for each in found["disputed"] if each["consignment"] == "T-9")
    assert (dispute["booked_by"], dispute["elsewhere"]) == ("province", ["centre"])
    assert not proof.holds(found) and found["in_transit"] == []
    with pytest.raises(RefusedByRule, match="centre"):
        store.take_in(db, Load("T-9", "ktp", names and names[:back], back), NOW_MS, "64.11-1")
    found = settled(db, "T-9")
    if names:
        settled(db, "K-1")  # three of twelve came
        found = prove(db)
    assert faults(found) == NONE
    assert found["accounts"]["centre"] == {"ktp": -40}
    assert sum(found["accounts"].get("province/lost", {}).values()) == 3 - back + (9 if names else 0)
    with pytest.raises(RefusedByRule, match="T-9"):
        store.settle(db, "T-9", TWO, WRITER)


def test_a_blank_that_the_store_sent_out_cannot_come_from_the_centre(db: Database) -> None:
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", ABC, 3), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", ABC, 3), "64.11-1", WRITER)
    offices.far.write(received("K-1", *ABC))
    offices.send(db)
    store.take_in(db, Load("T-9", "ktp", ("A",), 1), NOW_MS)
    offices.far.write(sent("T-9", "province", "A"))
    offices.send(db)
    assert faults(prove(db)) == NONE
    assert store.send_out(db, Load("K-2", "ktp", ("A",), 1), "64.02-1", WRITER)


def test_a_name_booked_as_the_centre_s_before_that_was_seen_is_settled_too(db: Database) -> None:
    """Acts of an older hub stay as they are: the store knew the name, and took it for a new one."""
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", ("A",), 1), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", ("A",), 1), "64.11-1", WRITER)
    offices.far.write(received("K-1", "A"), sent("T-9", "province", "A"))
    offices.send(db)
    acts.append(db, NOW_MS, "blanks_collected", "T-9", {"kind": "ktp", "names": ["A"], "count": 1})
    assert not proof.holds(prove(db))
    assert faults(settled(db, "T-9")) == NONE
    assert store.send_out(db, Load("K-2", "ktp", ("A",), 1), "64.02-1", WRITER)


@pytest.mark.parametrize("second", ["second", "far"])
@pytest.mark.parametrize("names", [(), ABC], ids=["by_count", "by_name"])
def test_a_box_booked_in_at_two_places_is_disputed_until_two_people_say_where_it_is(
    db: Database, second: str, names: tuple[str, ...]
) -> None:
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", None, 40), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", names or None, 3), "64.72-1", WRITER)
    other: FakeStation = getattr(offices, second)
    for station in (offices.first, other):
        station.write(received("K-1", *names) if names else counted(3, "K-1"))
    offices.send(db)
    found = prove(db)
    (dispute,) = found["disputed"]
    assert (dispute["booked_by"], dispute["elsewhere"]) == (other.name, ["64.72-1"])
    assert not proof.holds(found) and found["unannounced"] == []
    found = settled(db, "K-1")
    assert faults(found) == NONE
    assert found["accounts"]["centre"] == {"ktp": -40}
    assert not any(account.startswith(f"{other.name}/") for account in found["accounts"])
    other.write(*lost("BA-1", *names, count=None if names else 3))  # so its own books are right again
    offices.send(db)
    found = prove(db)
    assert faults(found) == NONE and "province/lost" not in found["accounts"]


@pytest.mark.parametrize("names", [(), ABC], ids=["by_count", "by_name"])
def test_a_box_is_where_it_was_opened_whomever_it_was_sent_to(db: Database, names: tuple[str, ...]) -> None:
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", None, 40), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", names or None, 3), "64.72-1", WRITER)
    for station in (offices.first, offices.far):
        station.write(received("K-1", *names) if names else counted(3, "K-1"))
    offices.far.write(*card("o1", "A"), *handed("o1", "A"))
    offices.send(db)
    found = settled(db, "K-1")
    assert faults(found) == NONE
    assert not any(account.startswith("64.72-1/") for account in found["accounts"])
    offices.first.write(*lost("BA-1", *names, count=None if names else 3))
    offices.send(db)
    found = prove(db)
    assert {**faults(found), "unaccounted": []} == NONE
    assert found["accounts"]["centre"] == {"ktp": -40} and found["accounts"]["citizen"] == {"ktp": 1}


def test_names_of_a_box_booked_by_name_go_to_where_they_were_read(db: Database) -> None:
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", None, 40), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", ABC, 3), "64.72-1", WRITER)
    offices.first.write(received("K-1", *ABC))
    offices.far.write(counted(3, "K-1"), *card("o1", "A"))
    offices.send(db)
    assert prove(db)["unaccounted"] == ["A"]
    found = settled(db, "K-1")
    assert {word: found[word] for word in ("unaccounted", "disputed", "below")} == {
        "unaccounted": [], "disputed": [], "below": [],
    }  # fmt: skip


def test_a_delivery_note_of_the_centre_that_two_booked_is_the_province_s(db: Database) -> None:
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", None, 40), NOW_MS)
    offices.far.write(counted(40, "P-1"))
    offices.send(db)
    found = prove(db)
    assert [each["elsewhere"] for each in found["disputed"]] == [["province"]] and not proof.holds(found)
    found = settled(db, "P-1")
    assert faults(found) == NONE
    assert found["accounts"] == {"centre": {"ktp": -40}, "province/unnamed": {"ktp": 40}}


def test_a_delivery_note_that_an_office_opened_is_not_the_province_s_any_more(db: Database) -> None:
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", None, 40), NOW_MS)
    offices.far.write(counted(40, "P-1"), *card("o1", "A"))
    offices.send(db)
    found = settled(db, "P-1")
    assert faults(found) == NONE and found["accounts"]["centre"] == {"ktp": -40}
    with pytest.raises(RefusedByRule, match="0 ktp"):
        store.send_out(db, Load("K-1", "ktp", None, 1), "64.02-1", WRITER)


@pytest.mark.parametrize("where", ["64.02-1", "64.11-1"])
def test_a_box_from_the_centre_that_two_offices_booked_stays_with_the_one_that_opened_it(
    db: Database, where: str
) -> None:
    offices = join(db)
    for station in (offices.far, offices.near):
        station.write(counted(5, "D-1"))
        if station.name == where:
            station.write(*card("o1", "A"))
    offices.send(db)
    assert {each["booked_by"] for each in prove(db)["disputed"]} == {"64.02-1", "64.11-1"}
    found = settled(db, "D-1")
    assert faults(found) == NONE and found["accounts"] == {
        f"{where}/card": {"ktp": 1},
        f"{where}/unnamed": {"ktp": 4},
        "centre": {"ktp": -5},
    }


@pytest.mark.parametrize("names", [(), ABC], ids=["by_count", "by_name"])
def test_a_word_that_proves_wrong_is_taken_back_by_the_next(db: Database, names: tuple[str, ...]) -> None:
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", None, 40), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", names or None, 3), "64.72-1", WRITER)
    for station in (offices.first, offices.far):
        station.write(received("K-1", *names) if names else counted(3, "K-1"))
    offices.send(db)
    assert faults(settled(db, "K-1")) == NONE
    offices.far.write(*card("o1", "A"))  # it had the box after all
    offices.send(db)
    assert [each["booked_by"] for each in prove(db)["disputed"]] == ["64.11-1"]
    found = settled(db, "K-1")
    assert faults(found) == NONE and found["accounts"]["centre"] == {"ktp": -40}
    assert not any(account.startswith("64.72-1/") for account in found["accounts"])


def test_a_box_that_was_opened_at_both_places_is_settled_and_the_centre_gave_the_rest(db: Database) -> None:
    offices = join(db)
    for station, blank in ((offices.far, "A"), (offices.near, "B")):
        station.write(counted(2, "D-1"), *card("o1", blank))
    offices.send(db)
    found = settled(db, "D-1")
    assert faults(found) == NONE and found["accounts"]["centre"] == {"ktp": -3}


def test_a_word_given_before_the_sender_s_journal_came_is_taken_back_by_the_next(db: Database) -> None:
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", None, 40), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", None, 12), "64.11-1", WRITER)
    offices.far.write(counted(12, "K-1"))
    offices.near.write(counted(12, "K-1"))
    offices.send(db)
    assert faults(settled(db, "K-1")) == NONE
    offices.far.write(sent("K-1", "64.02-1", count=12))  # the same box went on under its name
    offices.send(db)
    assert [each["missing_unnamed"] for each in prove(db)["disputed"]] == [12]
    found = settled(db, "K-1")
    assert faults(found) == NONE and found["accounts"]["64.02-1/unnamed"] == {"ktp": 12}
    assert "province/lost" not in found["accounts"]


def test_two_boxes_of_one_name_from_two_senders_are_two(db: Database) -> None:
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", None, 40), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", None, 3), "64.72-1", WRITER)
    offices.far.write(counted(9, "D-1"), sent("K-1", "64.02-1", count=4))
    offices.second.write(counted(3, "K-1"))
    offices.send(db)
    found = prove(db)
    assert faults(found) == NONE
    assert [each["to"] for each in found["in_transit"]] == ["64.02-1"]


def test_what_two_pcs_of_an_office_took_out_of_one_box_adds_up(db: Database) -> None:
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", None, 40), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", None, 12), "64.72-1", WRITER)
    offices.first.write(counted(7, "K-1"))
    offices.second.write(counted(5, "K-1"))
    offices.send(db)
    assert faults(prove(db)) == NONE


def test_the_receiver_that_has_nothing_of_a_box_is_not_told_that_it_has(db: Database) -> None:
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", None, 40), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", None, 12), "64.72-1", WRITER)
    offices.first.write(counted(12, "K-1"))
    offices.far.write(counted(12, "K-1"))
    offices.send(db)
    head = ingest.known(db, "64.11-1").order_head
    settled(db, "K-1")
    assert ingest.known(db, "64.11-1").order_head == head


def test_the_acts_of_an_older_hub_are_read_as_they_were_written(db: Database) -> None:
    """An act of before there were accounts for each share: what was too much came from the centre."""
    offices = join(db)
    store.take_in(db, Load("P-1", "ktp", None, 40), NOW_MS)
    store.send_out(db, Load("K-1", "ktp", None, 3), "64.11-1", WRITER)
    offices.far.write(counted(5, "K-1"))
    offices.send(db)
    old = {"kind": "ktp", "receiver": "64.11-1", "missing": [], "extra": {}, "missing_unnamed": 0}
    acts.append(db, NOW_MS, acts.SETTLED, "K-1", {**old, "extra_unnamed": 2, **TWO.body()})
    found = prove(db)
    assert faults(found) == NONE and found["accounts"]["centre"] == {"ktp": -42}
