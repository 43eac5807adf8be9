"""Recordings in ``loket status``: how many wait, since when, and what a person should look at."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from agent.config import Config
from agent.home import Home
from agent.recording import book, purge
from agent.status import DISK_LOW_BYTES, SILENT_MS, collect, stamp
from agent.store.journal import Journal, set_cursor
from agent.store.packets import Packets
from tests.unit.agent.recording.packets import record
from tests.unit.agent.stations import Clock, make_home, open_at


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def home(tmp_path: Path) -> Home:
    return make_home(tmp_path / "home")


@pytest.fixture
def journal(home: Home, clock: Clock) -> Iterator[Journal]:
    made = open_at(home, clock=clock)
    yield made
    made.close()


@pytest.fixture
def packets(home: Home) -> Packets:
    return Packets(home.recordings_path)


def told(journal: Journal, now_ms: int) -> dict[str, Any]:
    journal.write(lambda tx: set_cursor(tx, "hub_has", journal.head(), 7))
    return collect(journal, Config("64.11", 1), free_bytes=DISK_LOW_BYTES, now_ms=now_ms, live=None)


def words(document: dict[str, Any]) -> list[tuple[str, int]]:
    return [(each["word"], each["count"]) for each in document["attention"]]


def test_packets_wait_until_their_receipt_and_the_oldest_tells_since_when(
    journal: Journal, packets: Packets, clock: Clock
) -> None:
    first, packet = record(journal, packets, 1)
    sealed_ms = clock.at_ms
    clock.at_ms += 60_000
    record(journal, packets, 2)
    document = told(journal, clock.at_ms)
    assert document["unsent"] == {"events": 0, "recordings": 2, "oldest_at": stamp(sealed_ms)}
    journal.write(lambda tx: book.receipted(tx, first, packet.sha256))
    document = told(journal, clock.at_ms)
    assert document["unsent"]["recordings"] == 1
    assert document["unsent"]["oldest_at"] != stamp(sealed_ms)
    journal.write(lambda tx: set_cursor(tx, "hub_has", 1, 7))
    document = collect(journal, Config("64.11", 1), free_bytes=DISK_LOW_BYTES, now_ms=0, live=None)
    assert document["unsent"]["oldest_at"] == stamp(journal.entries(1, 1)[0].at_ms), "lines wait too"


def test_a_week_without_a_receipt_is_told(journal: Journal, packets: Packets, clock: Clock) -> None:
    record(journal, packets, 1)
    sealed_ms = clock.at_ms
    assert words(told(journal, sealed_ms + SILENT_MS - 1)) == []
    assert words(told(journal, sealed_ms + SILENT_MS + 1)) == [("RECORDINGS_UNSENT", 1)]


def test_a_refused_one_is_told_for_a_week(journal: Journal, packets: Packets, clock: Clock) -> None:
    id, packet = record(journal, packets, 1)
    journal.write(lambda tx: book.rejected(tx, id, packet.sha256, "BAD_NIK"))
    assert words(told(journal, clock.at_ms)) == [("RECORDINGS_REJECTED", 1)]
    assert words(told(journal, clock.at_ms + SILENT_MS + 1)) == []


def test_files_that_do_not_fit_the_journal_are_told(journal: Journal, packets: Packets, clock: Clock) -> None:
    _, packet = record(journal, packets, 1)
    packets.remove(packet.sha256)
    packets.put(b"sealed, and no line tells of it")
    purge.sweep(journal, packets)
    document = told(journal, clock.at_ms)
    assert words(document) == [("RECORDINGS_MISSING", 1), ("RECORDINGS_UNCLAIMED", 1)]
    assert document["headline"] == {"colour": "red", "word": "RECORDINGS_MISSING"}


@pytest.mark.parametrize(
    ("answers", "asked"),
    [
        (["PROCESSING"], []),
        (["PRINT_READY_RECORD"], []),
        (["DUPLICATE_RECORD"], ["RECORDING_DUPLICATE"]),
        (["ENROLL_FAILURE_AT_CENTRAL"], ["RECORD_AGAIN"]),
        (["ENROLL_FAILURE_AT_REGIONAL"], ["RECORD_AGAIN"]),
        (["CARD_ISSUED", "DUPLICATE_RECORD"], ["RECORDING_DUPLICATE", "RECORDING_ODD"]),
        (["SOMETHING_NEW"], ["RECORDING_ODD"]),
    ],
)
def test_an_answer_of_the_centre_that_needs_the_person_is_told_for_a_month(
    journal: Journal, packets: Packets, clock: Clock, answers: list[str], asked: list[str]
) -> None:
    id, packet = record(journal, packets, 1)
    journal.write(lambda tx: book.receipted(tx, id, packet.sha256))
    for answer in answers:
        journal.write(lambda tx, a=answer: book.status(tx, id, a))  # type: ignore[misc]
    assert [word for word, _ in words(told(journal, clock.at_ms))] == asked
    assert words(told(journal, clock.at_ms + 31 * 86_400_000)) == []


def test_the_month_of_an_answer_does_not_begin_anew_when_the_packet_is_purged(
    journal: Journal, packets: Packets, clock: Clock
) -> None:
    id, packet = record(journal, packets, 1)
    journal.write(lambda tx: book.receipted(tx, id, packet.sha256))
    journal.write(lambda tx: book.status(tx, id, "DUPLICATE_RECORD"))
    clock.at_ms += 29 * 86_400_000
    journal.write(lambda tx: book.purged(tx, id))
    assert words(told(journal, clock.at_ms)) == [("RECORDING_DUPLICATE", 1)]
    assert words(told(journal, clock.at_ms + 2 * 86_400_000)) == []
