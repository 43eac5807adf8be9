"""Which packet goes up next, and what the station does when its own file or the province's word is odd."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from agent import keys
from agent.home import Home
from agent.link import LinkThread
from agent.recording import book
from agent.recording.upload import AHEAD_MAX, OPENING_MS, RECEIPT_MS, Uploads
from agent.store.journal import Journal
from agent.store.packets import Packets
from sync import topics, wire
from sync.log import Batch, Mark
from sync.pieces import PIECE_BYTES, Held, Piece
from sync.session import LinkDown
from tests.unit.agent.recording.packets import record, sealed_bytes
from tests.unit.agent.stations import NAME, START_MS, Province, make_home, open_at


@pytest.fixture
def province() -> Province:
    return Province()


@pytest.fixture
def home(tmp_path: Path, province: Province) -> Home:
    return make_home(tmp_path / "home", province)


@pytest.fixture
def journal(home: Home) -> Iterator[Journal]:
    made = open_at(home)
    yield made
    made.close()


@pytest.fixture
def packets(home: Home) -> Packets:
    return Packets(home.recordings_path)


def asked(pieces: list[Piece]) -> list[tuple[str, int, int]]:
    return [(piece.sha256, piece.offset, len(piece.data)) for piece in pieces]


def test_the_oldest_goes_first_and_the_next_when_the_province_holds_it(
    journal: Journal, packets: Packets
) -> None:
    uploads = Uploads(journal, packets)
    assert uploads.next(journal.head(), 0) == []
    _, first = record(journal, packets, 1)
    _, second = record(journal, packets, 2)
    assert asked(uploads.next(journal.head(), 0)) == [(first.sha256, 0, 0)]
    uploads.on_held(Held(first.sha256, 0, gap=True))
    pieces = uploads.next(journal.head(), 0)
    assert asked(pieces) == [(first.sha256, 0, PIECE_BYTES), (first.sha256, PIECE_BYTES, PIECE_BYTES)]
    assert b"".join(piece.data for piece in pieces) == sealed_bytes(1)[: 2 * PIECE_BYTES]
    uploads.on_held(Held(first.sha256, first.size))
    assert asked(uploads.next(journal.head(), 0)) == [(second.sha256, 0, 0)], "it need not be opened first"
    uploads.on_held(Held(second.sha256, second.size))
    assert uploads.next(journal.head(), 0) == []
    assert uploads.deadline_ms is None
    assert asked(uploads.next(journal.head(), RECEIPT_MS)) == [(first.sha256, 0, 0)], "where is the receipt?"


def test_one_whose_receipt_does_not_come_is_asked_about_once_in_a_while(
    journal: Journal, packets: Packets
) -> None:
    uploads = Uploads(journal, packets)
    _, packet = record(journal, packets)
    question = [(packet.sha256, 0, 0)]
    for round_ in range(3):
        now_ms = round_ * RECEIPT_MS
        assert asked(uploads.next(journal.head(), now_ms)) == question
        uploads.on_held(Held(packet.sha256, packet.size, gap=True))
        assert uploads.next(journal.head(), now_ms) == []
        assert uploads.next(journal.head(), now_ms + RECEIPT_MS - 1) == []


def test_no_more_is_sent_ahead_than_the_province_keeps_but_one_it_never_answers_holds_up_nobody(
    journal: Journal, packets: Packets
) -> None:
    uploads = Uploads(journal, packets)
    made = [record(journal, packets, number) for number in range(AHEAD_MAX + 2)]
    for _, packet in made[:AHEAD_MAX]:
        assert asked(uploads.next(journal.head(), 0)) == [(packet.sha256, 0, 0)]
        uploads.on_held(Held(packet.sha256, packet.size))
    assert uploads.next(journal.head(), OPENING_MS - 1) == []
    journal.write(lambda tx: book.receipted(tx, made[1][0], made[1][1].sha256))
    (fourth,) = uploads.next(journal.head(), OPENING_MS - 1)
    assert fourth.sha256 == made[AHEAD_MAX][1].sha256, "a receipt makes room"
    uploads.on_held(Held(fourth.sha256, fourth.size))
    assert uploads.next(journal.head(), OPENING_MS - 1) == []
    (fifth,) = uploads.next(journal.head(), OPENING_MS)
    assert fifth.sha256 == made[-1][1].sha256, "and so does time"


def test_a_new_packet_waits_for_the_one_under_way(journal: Journal, packets: Packets) -> None:
    uploads = Uploads(journal, packets)
    _, first = record(journal, packets, 1, 5 * PIECE_BYTES)
    uploads.next(journal.head(), 0)
    uploads.on_held(Held(first.sha256, PIECE_BYTES, gap=True))
    assert len(uploads.next(journal.head(), 0)) == 2
    record(journal, packets, 2)
    uploads.on_held(Held(first.sha256, 2 * PIECE_BYTES))
    assert asked(uploads.next(journal.head(), 0)) == [(first.sha256, 3 * PIECE_BYTES, PIECE_BYTES)]


def test_after_the_line_was_gone_all_without_a_receipt_are_asked_again(
    journal: Journal, packets: Packets
) -> None:
    uploads = Uploads(journal, packets)
    id, first = record(journal, packets, 1)
    uploads.next(journal.head(), 0)
    uploads.on_held(Held(first.sha256, first.size))
    assert uploads.next(journal.head(), 0) == []
    uploads.apart()
    assert asked(uploads.next(journal.head(), 1)) == [(first.sha256, 0, 0)]
    journal.write(lambda tx: book.receipted(tx, id, first.sha256))
    assert uploads.next(journal.head(), 2) == []
    uploads.apart()
    assert uploads.next(journal.head(), 3) == []


@pytest.mark.parametrize("damage", ["gone", "short", "long", "other"])
def test_a_file_that_is_not_what_was_sealed_is_never_sent_and_holds_up_nobody(
    home: Home, journal: Journal, packets: Packets, damage: str
) -> None:
    _, first = record(journal, packets, 1)
    _, second = record(journal, packets, 2)
    (path,) = home.recordings_path.glob(f"*/{first.sha256}.pkt")
    kept = path.read_bytes()
    path.unlink()
    if damage != "gone":
        end = {"short": b"", "long": kept[-1:] * 2, "other": bytes([kept[-1] ^ 1])}[damage]
        path.write_bytes(kept[:-1] + end)
    assert asked(Uploads(journal, packets).next(journal.head(), 0)) == [(second.sha256, 0, 0)]


def test_a_file_that_goes_while_it_is_sent_holds_up_nobody(
    home: Home, journal: Journal, packets: Packets
) -> None:
    uploads = Uploads(journal, packets)
    _, first = record(journal, packets, 1)
    _, second = record(journal, packets, 2)
    uploads.next(journal.head(), 0)
    uploads.on_held(Held(first.sha256, 0, gap=True))
    packets.remove(first.sha256)
    assert uploads.next(journal.head(), 0) == []
    assert asked(uploads.next(journal.head(), 0)) == [(second.sha256, 0, 0)]


def test_a_file_that_did_not_read_for_a_moment_or_is_put_back_is_sent_without_a_restart(
    home: Home, journal: Journal, packets: Packets
) -> None:
    uploads = Uploads(journal, packets)
    _, packet = record(journal, packets, 1)
    (path,) = home.recordings_path.glob(f"*/{packet.sha256}.pkt")
    kept = path.read_bytes()
    for round_ in range(2):
        path.unlink()
        assert uploads.next(journal.head(), 2 * round_ * RECEIPT_MS) == []
        path.write_bytes(kept)
        assert uploads.next(journal.head(), (2 * round_ + 1) * RECEIPT_MS - 1) == []
        assert asked(uploads.next(journal.head(), (2 * round_ + 1) * RECEIPT_MS)) == [(packet.sha256, 0, 0)]
        uploads.on_held(Held(packet.sha256, 0, gap=True))


class Said:
    """What the link hands to its line, without one."""

    def __init__(self, link: LinkThread, province: Province, monkeypatch: pytest.MonkeyPatch) -> None:
        self.link, self.province = link, province
        self.messages: list[wire.Message] = []
        monkeypatch.setattr(link, "_publish", lambda _topic, message: self.messages.append(message))
        monkeypatch.setattr(link._link, "wait", lambda _left_s: [])

    def hear(self, message: wire.Message) -> None:
        self.link._hear(wire.encode(message, topics.route_down(NAME), self.province.key.sign))

    def turn(self) -> list[wire.Message]:
        with suppress(LinkDown):
            self.link._turn()
        said, self.messages = self.messages, []
        return said


def test_a_line_of_the_journal_leaves_before_the_next_piece_and_its_answer_comes_first(
    home: Home, journal: Journal, packets: Packets, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, packet = record(journal, packets, 1, 9 * PIECE_BYTES)
    link = LinkThread(
        *(journal, NAME, "mqtt://127.0.0.1:9", keys.load(home.keys_path), home.keys_path),
        uploads=Uploads(journal, packets),
    )
    said = Said(link, province, monkeypatch)
    assert said.turn() == [], "nobody has answered yet"
    said.hear(wire.Hello(Mark(0, 0), Mark(0, 0), START_MS, ask=False))
    assert [type(message) for message in said.turn()] == [Batch]
    assert said.turn() == [], "the packet is announced first"
    said.hear(wire.Have(journal.last()))
    assert said.turn() == [Piece(packet.sha256, packet.size, 0)]
    said.hear(Held(packet.sha256, 0, gap=True))
    assert [type(message) for message in said.turn()] == [Piece, Piece]
    journal.write(lambda tx: tx.note("printer_state", "SIM1", {"state": "ready", "cause": None}))
    said.hear(Held(packet.sha256, PIECE_BYTES))
    assert [type(message) for message in said.turn()] == [Batch]
    said.hear(Held(packet.sha256, 2 * PIECE_BYTES))
    assert said.turn() == [], "no piece while a line is owed an answer"
    said.hear(wire.Have(journal.last()))
    assert [message.offset for message in said.turn() if isinstance(message, Piece)] == [
        2 * PIECE_BYTES,
        3 * PIECE_BYTES,
    ]
    said.hear(wire.Hello(Mark(0, 0), journal.last(), START_MS, ask=False))
    assert said.turn() == [Piece(packet.sha256, packet.size, 0)], "a hub that was away is asked at once"
    said.hear(wire.Refused("fork"))
    said.hear(Held(packet.sha256, 2 * PIECE_BYTES))
    assert [type(message) for message in said.turn()] == [], "nothing while a person has to look"
    link.stop()


def test_a_piece_that_is_owed_an_answer_keeps_the_thread_asleep_while_a_line_waits(
    home: Home, journal: Journal, packets: Packets, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    record(journal, packets, 1)
    link = LinkThread(
        *(journal, NAME, "mqtt://127.0.0.1:9", keys.load(home.keys_path), home.keys_path),
        uploads=Uploads(journal, packets),
    )
    said = Said(link, province, monkeypatch)
    said.hear(wire.Hello(Mark(0, 0), journal.last(), START_MS, ask=False))
    said.messages.clear()
    said.turn()
    assert 0 < link._left_s() <= 5.0
    link._uploads._carrier._deadline_ms = 0  # type: ignore[union-attr]
    assert link._left_s() == 0.0
    journal.write(lambda tx: tx.note("printer_state", "SIM1", {"state": "ready", "cause": None}))
    assert [type(message) for message in said.turn()] == [Batch]
    assert link._left_s() > 0.0
    link.stop()


def test_a_line_that_is_written_at_the_last_moment_still_goes_first_and_the_link_looks_after_the_files(
    home: Home, journal: Journal, packets: Packets, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    id, kept = record(journal, packets, 1)
    journal.write(lambda tx: book.receipted(tx, id, kept.sha256))
    _, packet = record(journal, packets, 2)
    link = LinkThread(
        *(journal, NAME, "mqtt://127.0.0.1:9", keys.load(home.keys_path), home.keys_path),
        uploads=Uploads(journal, packets),
        now_unix_ms=lambda: START_MS + 2 * book.KEPT_AFTER_RECEIPT_MS,
    )
    said = Said(link, province, monkeypatch)
    said.hear(wire.Hello(Mark(0, 0), journal.last(), START_MS, ask=False))
    link._seen = journal.head()
    said.messages.clear()
    assert said.turn() == [], "the purge has written a line"
    assert journal.entries(0, 99)[-1].event == "recording_purged"
    assert packets.size(kept.sha256) is None
    assert [type(message) for message in said.turn()] == [Batch]
    said.hear(wire.Have(journal.last()))
    assert said.turn() == [Piece(packet.sha256, packet.size, 0)]
    link.stop()
