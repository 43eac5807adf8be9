"""What the province answers to a recording, and when its file goes from this disk."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.home import Home
from agent.recording import book, purge
from agent.recording.book import KEPT_AFTER_RECEIPT_MS, State
from agent.recording.purge import Found
from agent.recording.upload import PURGE_EVERY_MS, Uploads
from agent.store.journal import DiskFull, Journal
from agent.store.packets import Packets
from domain.keys import SigningKey, order_bytes
from sync.log import Entry
from sync.pieces import Packet
from tests.unit.agent.recording.packets import record
from tests.unit.agent.stations import NAME, Clock, Province, events, make_home, open_at, take


@pytest.fixture
def province() -> Province:
    return Province()


@pytest.fixture
def home(tmp_path: Path, province: Province) -> Home:
    return make_home(tmp_path / "home", province)


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def journal(home: Home, clock: Clock) -> Iterator[Journal]:
    made = open_at(home, clock=clock)
    yield made
    made.close()


@pytest.fixture
def packets(home: Home) -> Packets:
    return Packets(home.recordings_path)


@pytest.fixture
def sitting(journal: Journal, packets: Packets) -> tuple[str, Packet]:
    return record(journal, packets)


def line(province: Province, event: str, id: str, station: str = NAME, **body: Any) -> Entry:
    signature = province.key.sign(order_bytes(station, id, body))
    return province.entry(event, id, body | {"signature": b64encode(signature).decode()})


def receipt(province: Province, id: str, packet: Packet, **more: Any) -> Entry:
    return line(province, "recording_received", id, sha256=packet.sha256, size=packet.size, **more)


def state(journal: Journal, id: str) -> State:
    found = book.get(journal, id)
    assert found is not None
    return found.state


def last(journal: Journal) -> tuple[str, str, dict[str, Any]]:
    entry = journal.entries(0, 999)[-1]
    return entry.event, entry.subject, dict(entry.body)


def test_a_receipt_is_written_down_once_with_the_cursor(
    journal: Journal, province: Province, sitting: tuple[str, Packet]
) -> None:
    id, packet = sitting
    told = receipt(province, id, packet)
    take(journal, province, told)
    assert state(journal, id) is State.RECEIPTED
    assert last(journal) == ("recording_receipted", id, {"sha256": packet.sha256})
    assert journal.cursor("orders_have") == told.seq
    head = journal.head()
    take(journal, province, told, receipt(province, id, packet))
    assert journal.head() == head, "told again, nothing"


def test_a_packet_that_the_province_cannot_use_is_kept_and_shown(
    journal: Journal, packets: Packets, province: Province, sitting: tuple[str, Packet]
) -> None:
    id, packet = sitting
    take(journal, province, line(province, "recording_rejected", id, sha256=packet.sha256, word="BAD_SEAL"))
    assert state(journal, id) is State.REJECTED
    assert last(journal) == ("recording_refused", id, {"sha256": packet.sha256, "word": "BAD_SEAL"})
    purge.purge(journal, packets, 10**15)
    assert packets.size(packet.sha256) == packet.size
    take(journal, province, receipt(province, id, packet))
    assert state(journal, id) is State.RECEIPTED, "the province looked again"


def test_the_centres_word_is_written_down(
    journal: Journal, province: Province, sitting: tuple[str, Packet]
) -> None:
    id, _ = sitting
    take(journal, province, line(province, "recording_status", id, status="PROCESSING"))
    assert last(journal)[:2] == ("recording_status", id)
    found = book.get(journal, id)
    assert found is not None
    assert found.status == "PROCESSING"


def forged(province: Province, id: str, packet: Packet) -> list[tuple[str, Entry]]:
    told = receipt(province, id, packet)
    other = Packet("0" * 64, packet.size)
    stranger = Province()
    stranger.key = SigningKey.generate()
    status = line(province, "recording_status", id, status="PROCESSING")
    return [
        ("BAD_SIGNATURE", province.changed(told, size=packet.size + 1)),
        ("BAD_SIGNATURE", province.changed(told, sha256="0" * 64)),
        ("BAD_SIGNATURE", receipt(stranger, id, packet)),
        ("BAD_SIGNATURE", line(province, "recording_received", id, "64.11-2", **dict(told.body))),
        ("BAD_SIGNATURE", province.entry("recording_received", "R-64.11-1-2", told.body)),
        ("BAD_SIGNATURE", province.changed(status, status="CARD_ISSUED")),
        ("MISSING_FIELD", province.entry("recording_received", id, {"sha256": packet.sha256})),
        ("MISSING_FIELD", province.entry("recording_rejected", id, told.body)),
        ("UNKNOWN_RECORDING", receipt(province, "R-64.11-1-9", packet)),
        ("OTHER_PACKET", receipt(province, id, other)),
        ("OTHER_PACKET", receipt(province, id, Packet(packet.sha256, packet.size + 1))),
        ("BAD_ANSWER", line(province, "recording_rejected", id, sha256=packet.sha256, word="no words")),
        ("BAD_ANSWER", line(province, "recording_rejected", id, sha256=packet.sha256, word=7)),
        ("BAD_ANSWER", line(province, "recording_status", id, status="")),
    ]


@pytest.mark.parametrize("number", range(14))
def test_an_answer_that_does_not_hold_changes_nothing_and_is_told(
    journal: Journal, province: Province, sitting: tuple[str, Packet], number: int
) -> None:
    id, packet = sitting
    word, told = forged(province, id, packet)[number]
    take(journal, province, told)
    assert last(journal) == ("recording_answer_refused", told.subject, {"word": word})
    assert state(journal, id) is State.SEALED
    assert journal.cursor("orders_have") == told.seq, "what is behind it is not held up"


def test_a_receipt_for_a_sitting_that_is_not_sealed_is_another_packets(
    journal: Journal, province: Province
) -> None:
    id = journal.write(lambda tx: book.begin(tx, NAME, mode="x", ticket=None, place=None))
    take(journal, province, receipt(province, id, Packet("0" * 64, 5)))
    assert last(journal)[2] == {"word": "OTHER_PACKET"}


def test_a_file_goes_a_day_after_its_receipt_and_not_before(
    journal: Journal, packets: Packets, province: Province, sitting: tuple[str, Packet], clock: Clock
) -> None:
    id, packet = sitting
    uploads = Uploads(journal, packets)
    uploads.purge(clock.at_ms + 10 * KEPT_AFTER_RECEIPT_MS)
    assert packets.size(packet.sha256) == packet.size, "without a receipt it never goes"
    take(journal, province, receipt(province, id, packet))
    received_ms = clock.at_ms
    purge.purge(journal, packets, received_ms + KEPT_AFTER_RECEIPT_MS - 10)
    assert packets.size(packet.sha256) == packet.size
    uploads = Uploads(journal, packets)
    uploads.purge(received_ms + KEPT_AFTER_RECEIPT_MS - 10)
    uploads.purge(received_ms + KEPT_AFTER_RECEIPT_MS + 1)
    assert packets.size(packet.sha256) == packet.size, "it is looked at once an hour"
    uploads.purge(received_ms + KEPT_AFTER_RECEIPT_MS + PURGE_EVERY_MS)
    assert packets.size(packet.sha256) is None
    assert state(journal, id) is State.PURGED
    assert last(journal) == ("recording_purged", id, {"sha256": packet.sha256})


def test_a_clock_that_was_put_back_does_not_put_off_the_next_look(
    journal: Journal, packets: Packets, province: Province, sitting: tuple[str, Packet], clock: Clock
) -> None:
    id, packet = sitting
    uploads = Uploads(journal, packets)
    uploads.purge(10**15)
    take(journal, province, receipt(province, id, packet))
    uploads.purge(clock.at_ms + KEPT_AFTER_RECEIPT_MS)
    assert packets.size(packet.sha256) is None


def test_on_a_disk_that_takes_no_line_the_file_stays(
    journal: Journal,
    packets: Packets,
    province: Province,
    sitting: tuple[str, Packet],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    id, packet = sitting
    take(journal, province, receipt(province, id, packet))

    def full(_tx: object, id: str) -> None:
        raise DiskFull(id)

    with monkeypatch.context() as patched:
        patched.setattr(book, "purged", full)
        assert purge.purge(journal, packets, 10**15) == 0
    assert packets.size(packet.sha256) == packet.size
    assert purge.purge(journal, packets, 10**15) == 1


class Cut(Exception):
    """The power goes here."""


def test_a_power_cut_while_a_file_goes_leaves_nothing_the_next_start_does_not_finish(
    journal: Journal,
    packets: Packets,
    province: Province,
    sitting: tuple[str, Packet],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    id, packet = sitting
    take(journal, province, receipt(province, id, packet))

    def die(*_: object) -> None:
        raise Cut

    with monkeypatch.context() as patched:
        patched.setattr(Packets, "remove", die)
        with pytest.raises(Cut):
            purge.purge(journal, packets, 10**15)
    assert packets.size(packet.sha256) == packet.size
    assert state(journal, id) is State.PURGED, "the line comes first"
    assert purge.sweep(journal, packets) == Found(0, 0)
    assert packets.size(packet.sha256) is None


def test_a_file_that_does_not_go_now_goes_at_the_next_start(
    journal: Journal,
    packets: Packets,
    province: Province,
    sitting: tuple[str, Packet],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    id, packet = sitting
    take(journal, province, receipt(province, id, packet))

    def held(*_: object) -> None:
        raise PermissionError(13, "another program reads it")

    with monkeypatch.context() as patched:
        patched.setattr(Packets, "remove", held)
        assert purge.purge(journal, packets, 10**15) == 1
    purge.sweep(journal, packets)
    assert packets.size(packet.sha256) is None


def test_what_does_not_fit_the_journal_is_kept_counted_and_told(
    journal: Journal, packets: Packets, sitting: tuple[str, Packet]
) -> None:
    _, packet = sitting
    stranger = packets.put(b"sealed, and no line tells of it")
    assert purge.sweep(journal, packets) == Found(1, 0) == purge.read(journal)
    assert packets.size(stranger) is not None
    packets.remove(packet.sha256)
    packets.remove(stranger)
    head = journal.head()
    assert purge.sweep(journal, packets) == Found(0, 1) == purge.read(journal)
    assert journal.head() == head
    assert ("recording_purged", "R-64.11-1-1") not in events(journal)
