"""What the province makes of the journals, and that it can be made again from them alone."""

from __future__ import annotations

import json
import random
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as some

from domain.events import JOURNAL
from domain.ledger import Ledger
from hub import ingest, reports, schema
from hub.database import Database, open_database
from hub.projections import TABLES, Folder
from tests.unit.hub.stations import NOW_MS, FakeStation, Line, card, consignment


def tables(db: Database) -> dict[str, list[Any]]:
    return {table: sorted(db.rows(f"SELECT * FROM {table}"), key=repr) for table in TABLES}  # noqa: S608


def certificate(order: str, number: int) -> tuple[Line, Line]:
    """One that was issued and made void."""
    told = {"order": order, "reason": "marriage", "valid_until": "2020-11-12", "sha256": "00"}
    return ("suket_issued", f"S{number}", told), ("suket_void", f"S{number}", {"reason": "x"})


def busy_day(seed: int) -> list[FakeStation]:
    """Two stations whose journals hold every kind of line."""
    dice = random.Random(seed)
    stations = [FakeStation("64.11-1"), FakeStation("64.02-1", epoch=21)]
    for place, station in enumerate(stations):
        station.write(consignment(*(f"{place}{n:02}" for n in range(40))))
        for number in range(30):
            order, blank = f"o{place}-{number}", f"{place}{number:02}"
            station.write(("order_received", order, {"kind": "ktp", "reason": "first_card"}))
            lines = list(card(order, blank))
            end = dice.choice(["printed", "unsure", "spoiled", "lost", "untouched", "cancelled", "kept"])
            told: dict[str, Any] = {
                "order": order,
                "kind": "ktp",
                "blank": blank,
                "reason": "x",
                "by": "clerk",
            }
            if end == "cancelled":
                lines = [lines[0], ("cancelled", f"{order}-1", {"order": order, "reason": "x"})]
            elif end != "printed":
                lines[-1] = ("unsure", f"{order}-1", {"cause": "power_lost", "blank": blank})
            if end in ("spoiled", "lost", "untouched"):
                lines.append((end, f"{order}-1", told | {"second": "x"}))
            if end == "kept":
                lines.append(("order_kept", order, {"state": "unsure"}))
            station.write(*lines)
            if dice.random() < 0.2:
                station.write(
                    ("printer_state", "SIM1", {"state": dice.choice(["ready", "error"]), "cause": None})
                )
            if dice.random() < 0.1:
                station.write(
                    ("order_refused", f"r{number}", {"word": "BAD_SIGNATURE"}), ("of_later", "", {})
                )
            if dice.random() < 0.1:
                station.write(*certificate(order, number))
            station.now_ms += dice.randrange(3_600_000)
    return stations


@pytest.mark.parametrize("seed", range(4))
def test_a_rebuild_ends_exactly_where_the_kept_tables_were(db: Database, seed: int) -> None:
    dice = random.Random(seed)
    stations = [station.join(db) for station in busy_day(seed)]
    folder = Folder(db)
    while any(ingest.known(db, s.name).have.seq < len(s.journal) for s in stations):
        station = dice.choice(stations)
        have = ingest.known(db, station.name).have.seq
        if have < len(station.journal):
            ingest.take(db, station.name, station.batch(have, dice.randrange(1, 60)), NOW_MS)
        if dice.random() < 0.5:
            folder.catch_up()
        if dice.random() < 0.2:
            folder = Folder(db)  # another hub, or the same after its death
    folder.catch_up()
    kept = tables(db)
    assert all(kept.values()), "every table has something to compare"
    assert folder.catch_up() == 0
    assert Folder(db).rebuild() > 0
    assert tables(db) == kept


def test_the_figures_of_blanks_are_the_ledger_s(db: Database) -> None:
    station = busy_day(1)[0].join(db)
    station.send(db)
    Folder(db).catch_up()
    ledger = Ledger().post_all((line.event, line.subject, line.body) for line in station.journal)
    kept = {kind: json.loads(account) for kind, account in db.rows("SELECT kind, account FROM blank_account")}
    assert kept == ledger.accounts()


def test_a_turn_that_is_undone_leaves_the_ledger_as_it_was(db: Database) -> None:
    station = FakeStation().join(db).write(consignment("A", "B"))
    station.send(db)
    folder = Folder(db)
    folder.catch_up()
    station.write(*card("o1", "A")).send(db)
    with pytest.raises(RuntimeError), db.transaction():
        lines = station.journal[2:]
        folder._blanks(station.name, 1, lines, len(station.journal))
        raise RuntimeError
    folder.catch_up()
    (account,) = db.one("SELECT account FROM blank_account WHERE kind = 'ktp'") or ("",)
    assert json.loads(account)["used"] == 1
    assert json.loads(account)["unaccounted"] == []


def test_an_order_spoiled_once_and_printed_the_second_time_is_printed(db: Database) -> None:
    station = FakeStation().join(db).write(consignment("A", "B"))
    first = [*list(card("o1", "A"))[:-1], ("unsure", "o1-1", {"cause": "jam", "blank": "A"})]
    spoiled = {"order": "o1", "kind": "ktp", "blank": "A", "reason": "jam", "by": "clerk"}
    station.write(*first, ("spoiled", "o1-1", spoiled), *card("o1", "B", attempt=2)).send(db)
    Folder(db).catch_up()
    assert db.rows("SELECT id, state FROM order_at") == [("o1", "printed")]
    jobs = db.rows("SELECT job, state, cause, blank FROM job ORDER BY job")
    assert jobs == [("o1-1", "spoiled", None, "A"), ("o1-2", "printed", None, "B")]
    assert db.rows("SELECT id, blank, day FROM card") == [("o1", "B", "2020-05-12")]


def test_an_order_whose_card_was_spoiled_waits_again(db: Database) -> None:
    spoiled = {"order": "o1", "kind": "ktp", "blank": "A", "reason": "jam", "by": "clerk"}
    FakeStation().join(db).write(*list(card("o1", "A"))[:-1], ("spoiled", "o1-1", spoiled)).send(db)
    Folder(db).catch_up()
    assert db.rows("SELECT id, state FROM order_at") == [("o1", "waiting")]


def test_a_card_found_spoiled_after_it_came_out_is_no_card_and_its_successor_the_only_one(
    db: Database,
) -> None:
    station = FakeStation().join(db).write(consignment("A", "B"), *card("o1", "A"))
    spoiled = {"order": "o1", "kind": "ktp", "blank": "A", "reason": "smeared", "by": "P.01"}
    station.write(("spoiled", "o1-1", spoiled)).send(db)
    Folder(db).catch_up()
    assert db.rows("SELECT id FROM card") == []
    assert reports.daily(db, "2020-05-12", NOW_MS)["printed"] == 0
    station.write(*card("o1", "B", attempt=2)).send(db)
    Folder(db).catch_up()
    assert db.rows("SELECT job, blank FROM card") == [("o1-2", "B")]
    found = reports.reconcile(db)
    assert (found["cards_per_order_max"], reports.holds(found)) == (1, True)


def test_a_job_armed_again_with_another_blank_tells_the_last_one(db: Database) -> None:
    untouched = ("untouched", "o1-1", {"blank": "A", "by": "evidence", "reason": "counters"})
    lines = list(card("o1", "B"))
    FakeStation().join(db).write(*list(card("o1", "A"))[:4], untouched, *lines[1:]).send(db)
    Folder(db).catch_up()
    assert db.rows("SELECT state, blank FROM job") == [("printed", "B")]


@pytest.mark.parametrize("event", sorted(JOURNAL))
def test_a_line_that_says_nothing_is_passed_over(db: Database, event: str) -> None:
    FakeStation().join(db).write((event, "x", {}), consignment("A"), *card("o1", "A")).send(db)
    Folder(db).catch_up()
    assert db.rows("SELECT id FROM card") == [("o1",)]


JUNK = some.recursive(
    some.none() | some.booleans() | some.integers() | some.text(max_size=5) | some.floats(allow_nan=False),
    lambda inner: some.lists(inner, max_size=3) | some.dictionaries(some.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)
NAMES = sorted({field for fields in JOURNAL.values() for field in fields})


@settings(max_examples=60)
@given(
    event=some.sampled_from(sorted(JOURNAL)),
    subject=some.text(max_size=5),
    body=some.fixed_dictionaries(dict.fromkeys(NAMES, JUNK))
    | some.dictionaries(some.sampled_from(NAMES), JUNK),
    at_ms=some.integers(0, 2**63 - 1),
)
def test_no_line_a_station_can_send_stops_the_folding(
    event: str, subject: str, body: dict[str, Any], at_ms: int, tmp_path_factory: pytest.TempPathFactory
) -> None:
    place = tmp_path_factory.mktemp("junk") / "hub.db"
    db = open_database(str(place))
    schema.create(db, now_ms=0)
    station = FakeStation().join(db).write(consignment("A"))
    station.now_ms = at_ms
    station.write((event, subject, body))
    station.send(db)
    station.now_ms = NOW_MS
    station.write(*card("o1", "A")).send(db)
    Folder(db).catch_up()
    assert ("o1",) in db.rows("SELECT id FROM card")
    db.close()
