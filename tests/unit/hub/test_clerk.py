"""The hub's second thread: what it writes is on its way at once, and a hub at rest disturbs nobody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from hub import schema
from hub.database import Database, open_database
from hub.order_log import Writer
from hub.recordings.receipts import Receipts
from hub.service import Clerk
from tests.unit.hub.packets import Office, Shelf, packet
from tests.unit.hub.stations import FakeStation
from tests.unit.hub.test_orders import WRITER

PATIENCE_S = 20.0
LOOKS_A_TURN = 4  # how often a turn asks for a writer


class Turns:
    """Counts the clerk's turns, and how often it rang."""

    def __init__(self) -> None:
        self.rung = threading.Semaphore(0)
        self._looks = threading.Semaphore(0)

    def writer(self) -> Writer:
        self._looks.release()
        return WRITER

    def begin_another(self, clerk: Clerk) -> None:
        """Until the clerk has begun a turn more, and so ended the one before."""
        clerk.wake()
        for _ in range(LOOKS_A_TURN):
            assert self._looks.acquire(timeout=PATIENCE_S)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    db = open_database(str(tmp_path / "hub.db"))
    schema.create(db, now_ms=0)
    yield Office(db, tmp_path / "incoming", FakeStation().join(db))
    db.close()


@contextmanager
def clerk_of(office: Office, turns: Turns, tmp_path: Path) -> Iterator[Clerk]:
    def opened() -> Database:
        return open_database(str(tmp_path / "hub.db"))

    clerk = Clerk(opened, turns.writer, Receipts(office.incoming.parts, Shelf()), turns.rung.release)
    clerk.start()
    try:
        yield clerk
    finally:
        clerk.stop()


def test_an_answer_to_a_packet_rings_once_and_rest_is_silent(office: Office, tmp_path: Path) -> None:
    turns = Turns()
    with clerk_of(office, turns, tmp_path) as clerk:
        turns.begin_another(clerk)
        turns.begin_another(clerk)
        assert not turns.rung.acquire(blocking=False), "a hub at rest rings nobody"
        sealed = packet()
        office.seal(sealed)
        office.send(sealed)
        clerk.wake()
        assert turns.rung.acquire(timeout=PATIENCE_S)
        assert [event for event, _, _ in office.answers()] == ["recording_received"], "there when it rings"
        turns.begin_another(clerk)
        turns.begin_another(clerk)
    assert not turns.rung.acquire(blocking=False)
