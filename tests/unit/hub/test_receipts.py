"""The answer to a packet: written once, whatever dies, and only for what was kept."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from domain.keys import signed
from hub import order_log
from hub.database import Database
from hub.recordings.parts import Parts
from hub.recordings.receipts import AGAIN_MS, Receipts, answer
from sync.pieces import PACKET_BYTES_MAX, Piece
from tests.unit.hub.packets import Cut, Office, Shelf, name_of, packet
from tests.unit.hub.stations import FakeStation
from tests.unit.hub.test_orders import WRITER


@pytest.fixture
def office(db: Database, tmp_path: Path) -> Iterator[Office]:
    yield Office(db, tmp_path / "incoming", FakeStation().join(db))


def test_a_packet_that_opens_badly_is_answered_with_the_word(office: Office) -> None:
    sealed = packet()
    sha = office.seal(sealed)
    office.send(sealed)
    assert Receipts(office.incoming.parts, Shelf("BAD_SEAL")).settle(office.db, WRITER) == 1
    ((event, id, body),) = office.answers()
    assert (event, body["sha256"], body["word"]) == ("recording_rejected", sha, "BAD_SEAL")
    assert signed(WRITER.keys.sign.public(), office.station.name, id, body)


@pytest.mark.parametrize("before_the_line", [True, False])
def test_a_hub_that_dies_while_it_answers_repeats_it_harmlessly(
    office: Office, monkeypatch: pytest.MonkeyPatch, before_the_line: bool
) -> None:
    sealed, shelf = packet(), Shelf()
    office.seal(sealed)
    office.send(sealed)

    def die(*_: object) -> None:
        raise Cut

    with monkeypatch.context() as patched:
        if before_the_line:
            patched.setattr(order_log, "append", die)
        else:
            patched.setattr(Parts, "remove", die)
        with pytest.raises(Cut):
            Receipts(office.incoming.parts, shelf).settle(office.db, WRITER)
    assert len(office.answers()) == (not before_the_line)
    office.restart()
    Receipts(office.incoming.parts, shelf).settle(office.db, WRITER)
    assert len(office.answers()) == 1
    assert len(shelf.kept) == 1
    assert shelf.asked == 1 + before_the_line, "what is answered is not opened again"
    assert office.incoming.parts.whole() == []


def test_a_packet_above_the_bound_is_refused_in_the_log_and_none_of_it_is_taken(office: Office) -> None:
    sha = office.seal(packet(), size=PACKET_BYTES_MAX + 1)
    assert office.word(Piece(sha, PACKET_BYTES_MAX + 1, 0)) == "too_large"
    receipts = Receipts(office.incoming.parts, Shelf())
    assert receipts.settle(office.db, WRITER) == 1
    assert receipts.settle(office.db, WRITER) == 0
    ((event, _, body),) = office.answers()
    assert (event, body["word"]) == ("recording_rejected", "PACKET_LARGE")


def test_a_packet_is_answered_once_under_the_name_it_was_told_first(office: Office) -> None:
    sealed = packet()
    sha = office.seal(sealed)
    office.seal(sealed, 2)
    office.send(sealed)
    assert answer(office.db, office.station.name, sha, None, WRITER)
    assert not answer(office.db, office.station.name, sha, "BAD_NIK", WRITER)
    assert not answer(office.db, office.station.name, "0" * 64, None, WRITER)
    assert [(event, id) for event, id, _ in office.answers()] == [("recording_received", "R-64.11-1-1")]


def test_a_store_that_takes_nothing_is_tried_again_later_and_nothing_is_answered(office: Office) -> None:
    sealed, shelf = packet(), Shelf()
    office.seal(sealed)
    office.send(sealed)

    def full(_db: Database, _station: str, _id: str, _sealed: bytes) -> str | None:
        shelf.asked += 1
        raise OSError(28, "No space left on device")

    receipts = Receipts(office.incoming.parts, full)
    for _ in range(3):
        assert receipts.settle(office.db, WRITER) == 0
    assert shelf.asked == 1
    later = replace(WRITER, now_ms=WRITER.now_ms + AGAIN_MS)
    assert receipts.settle(office.db, later) == 0
    assert shelf.asked == 2
    before = replace(WRITER, now_ms=WRITER.now_ms - 10 * AGAIN_MS)
    assert receipts.settle(office.db, before) == 0
    assert shelf.asked == 3, "a clock that was put back holds up nothing"
    assert Receipts(office.incoming.parts, shelf).settle(office.db, later) == 1


def test_a_packet_that_cannot_be_stored_holds_up_none_behind_it(office: Office) -> None:
    first, second, shelf = packet(1), packet(2), Shelf()
    for number, sealed in enumerate((first, second), start=1):
        office.seal(sealed, number)
        office.send(sealed)
    bad = min((first, second), key=name_of)

    def keep(db: Database, station: str, id: str, sealed: bytes) -> str | None:
        if sealed == bad:
            raise OSError(5, "Input/output error")
        return shelf(db, station, id, sealed)

    assert Receipts(office.incoming.parts, keep).settle(office.db, WRITER) == 1
    assert [event for event, _, _ in office.answers()] == ["recording_received"]
    assert len(office.incoming.parts.whole()) == 1


def test_a_whole_packet_that_this_disk_lost_is_not_refused_but_asked_for_again(office: Office) -> None:
    sealed, shelf = packet(), Shelf("BAD_SEAL")
    sha = office.seal(sealed)
    office.send(sealed)
    path = office.folder / office.station.name / f"{sha}.whole"
    path.write_bytes(path.read_bytes()[:-1])
    assert Receipts(office.incoming.parts, shelf).settle(office.db, WRITER) == 0
    assert shelf.asked == 0
    assert office.answers() == []
    assert office.send(sealed) == 4
