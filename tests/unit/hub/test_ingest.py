"""Who may speak, what is taken, and that it is taken once."""

from __future__ import annotations

import pytest

from domain.words import RefusedByRule
from hub import ingest
from hub.database import Database
from sync.log import START, Entry, Fork, Gap, Mark, Taken
from sync.wire import Keys, proof
from tests.unit.hub.stations import NOW_MS, TOKEN, FakeStation, card, consignment


def held(db: Database, name: str = "64.11-1") -> list[Entry]:
    return ingest.entries(db, name, 0, 10_000)


def test_a_station_joins_by_its_token_and_its_keys_are_pinned(db: Database) -> None:
    station = FakeStation().join(db)
    kept = ingest.known(db, station.name)
    assert (kept.state, kept.sign_key, kept.have) == ("joined", station.sign.public().text, START)
    assert db.one("SELECT token FROM station") == (None,), "the token is forgotten at the first hello"


def test_the_same_first_hello_twice_changes_nothing(db: Database) -> None:
    station = FakeStation().join(db)
    assert ingest.admit(db, station.name, station.keys()).sign_key == station.sign.public().text


def test_a_joined_station_cannot_change_its_keys(db: Database) -> None:
    FakeStation().join(db)
    with pytest.raises(RefusedByRule) as refused:
        ingest.admit(db, "64.11-1", FakeStation().keys())
    assert refused.value.word == "OTHER_KEYS"


def test_half_of_other_keys_is_other_keys(db: Database) -> None:
    good, other = FakeStation().join(db).keys(), FakeStation().keys()
    for keys in (Keys(good.sign, other.seal, good.proof), Keys(other.sign, good.seal, good.proof)):
        with pytest.raises(RefusedByRule) as refused:
            ingest.admit(db, "64.11-1", keys)
        assert refused.value.word == "OTHER_KEYS"


def test_an_old_hello_that_comes_late_takes_nothing_back(db: Database) -> None:
    station = FakeStation().join(db).write(*card("o1", "A"))
    ingest.greet(db, station.name, Mark(9, 11), NOW_MS)
    ingest.greet(db, station.name, Mark(3, 11), NOW_MS)
    station.send(db)
    assert ingest.known(db, station.name).head == 9


@pytest.mark.parametrize("wrong", ["token", "sign", "seal", "text"])
def test_a_proof_is_tied_to_the_token_and_to_both_keys(db: Database, wrong: str) -> None:
    station, other = FakeStation(), FakeStation()
    ingest.invite(db, station.name, "64.11", TOKEN)
    good = station.keys()
    keys = {
        "token": station.keys(bytes(32)),
        "sign": Keys(other.keys().sign, good.seal, good.proof),
        "seal": Keys(good.sign, other.keys().seal, good.proof),
        "text": Keys("?", good.seal, proof(TOKEN, station.name, "?", good.seal)),
    }[wrong]
    with pytest.raises(RefusedByRule) as refused:
        ingest.admit(db, station.name, keys)
    assert refused.value.word == "BAD_PROOF"


def test_a_station_without_a_join_code_is_refused_by_name(db: Database) -> None:
    station = FakeStation()
    for attempt in (
        lambda: ingest.admit(db, station.name, station.keys()),
        lambda: ingest.greet(db, station.name, START, NOW_MS),
        lambda: ingest.take(db, station.name, station.write(consignment("A")).batch(), NOW_MS),
    ):
        with pytest.raises(RefusedByRule) as refused:
            attempt()
        assert refused.value.word == "UNKNOWN_STATION"


def test_a_new_join_code_replaces_an_unused_one_and_only_that(db: Database) -> None:
    station = FakeStation()
    ingest.invite(db, station.name, "64.11", bytes(32))
    station.join(db)
    with pytest.raises(RefusedByRule, match="new number"):
        ingest.invite(db, station.name, "64.11", TOKEN)


def test_a_batch_is_kept_line_for_line(db: Database) -> None:
    station = FakeStation().join(db).write(consignment("A", "B"), *card("o1", "A"))
    assert station.send(db) == Taken(tuple(station.journal), (), Mark(6, 11))
    assert held(db) == station.journal
    assert ingest.known(db, station.name).have == Mark(6, 11)


def test_a_batch_told_twice_is_kept_once(db: Database) -> None:
    station = FakeStation().join(db).write(consignment("A"))
    for _ in range(2):
        assert isinstance(ingest.take(db, station.name, station.batch(), NOW_MS), Taken)
    assert held(db) == station.journal


def test_an_overlapping_batch_gives_only_its_new_lines(db: Database) -> None:
    station = FakeStation().join(db).write(*card("o1", "A"))
    ingest.take(db, station.name, station.batch(0, 3), NOW_MS)
    taken = ingest.take(db, station.name, station.batch(1), NOW_MS)
    assert isinstance(taken, Taken)
    assert [entry.seq for entry in taken.fresh] == [4, 5]
    assert held(db) == station.journal


def test_a_gap_keeps_nothing_and_tells_where_we_stand(db: Database) -> None:
    station = FakeStation().join(db).write(*card("o1", "A"))
    assert ingest.take(db, station.name, station.batch(2), NOW_MS) == Gap(START)
    assert held(db) == []


def test_a_restored_disk_that_writes_other_lines_is_a_fork(db: Database) -> None:
    station = FakeStation().join(db).write(*card("o1", "A"))
    station.send(db)
    restored = FakeStation(epoch=12, journal=station.journal[:2]).write(*card("o2", "B"))
    assert isinstance(ingest.take(db, station.name, restored.batch(2), NOW_MS), Fork)
    assert held(db) == station.journal
    assert ingest.known(db, station.name).state == "forked"


def test_a_hello_tells_what_is_still_unsent(db: Database) -> None:
    station = FakeStation().join(db).write(*card("o1", "A"))
    ingest.take(db, station.name, station.batch(0, 3), NOW_MS)
    ingest.greet(db, station.name, Mark(5, 11), NOW_MS + 1)
    kept = ingest.known(db, station.name)
    assert (kept.head, kept.have.seq, kept.epoch, kept.last_seen_ms) == (5, 3, 11, NOW_MS + 1)


def test_lines_of_a_newer_station_are_kept_and_those_we_cannot_read_are_told(db: Database) -> None:
    station = FakeStation().join(db)
    station.write(("smiled_at", "o1", {"x": [1, "\0"]}), ("printed", "\0\ud800", {}), consignment("A"))
    taken = station.send(db)
    assert isinstance(taken, Taken)
    assert taken.have == Mark(3, 11)
    assert [entry.event for entry in held(db)] == ["smiled_at", "printed", "blanks_received"]
    assert held(db)[0].body == {"x": [1, "\0"]}
    assert db.rows("SELECT * FROM aside") == [("64.11-1", 2, "MISSING_FIELD")]


def test_a_withheld_card_is_read_and_a_line_that_could_not_be_sent_is_set_aside(db: Database) -> None:
    card = {"order": "o1", "kind": "ktp", "blank": "A", "reason": "FINGER_MISMATCH", "by": "P.01"}
    stand_in = {"event": "printed", "cause": "too_long"}
    FakeStation().join(db).write(("withheld", "o1-1", card), ("withheld", "o2-1", stand_in)).send(db)
    assert db.rows("SELECT seq, word FROM aside") == [(2, "WITHHELD")]


def test_each_start_of_a_station_is_known_by_its_first_line(db: Database) -> None:
    station = FakeStation().join(db).write(consignment("A"), ("printed", "o1-1", {}))
    station.epoch = 12
    station.write(consignment("B", ident="c2"), ("printed", "o2-1", {}), consignment("C", ident="c3"))
    station.send(db)
    assert db.rows("SELECT epoch, first_seq FROM epoch ORDER BY epoch") == [(11, 1), (12, 3)]
    assert ingest.known(db, station.name).have == Mark(5, 12)


def test_numbers_that_no_column_holds_are_refused_whole(db: Database) -> None:
    station = FakeStation(epoch=2**63).join(db).write(consignment("A"))
    with pytest.raises(ValueError, match="63 bits"):
        ingest.take(db, station.name, station.batch(), NOW_MS)
    assert held(db) == []
