"""When files of recordings stay although their day is over: a province put back from a copy forgot them."""

from __future__ import annotations

import pytest

from agent import keys
from agent.home import Home
from agent.inbox import CURSOR
from agent.link import LinkThread
from agent.recording import book
from agent.recording.upload import Uploads
from agent.store.journal import Journal, set_cursor
from agent.store.packets import Packets
from sync import wire
from sync.log import Mark
from tests.unit.agent.recording.packets import record
from tests.unit.agent.recording.test_upload import Said, home, journal, packets, province
from tests.unit.agent.stations import NAME, START_MS, Province

__all__ = ["home", "journal", "packets", "province"]


@pytest.mark.parametrize(
    ("head", "goes"), [((7, 3), True), ((6, 3), False), ((7, 4), False), ((0, 0), False), ((8, 4), False)]
)
def test_no_file_goes_while_the_province_s_order_log_lacks_what_it_told_us(
    home: Home,
    journal: Journal,
    packets: Packets,
    province: Province,
    monkeypatch: pytest.MonkeyPatch,
    head: tuple[int, int],
    goes: bool,
) -> None:
    id, packet = record(journal, packets, 1)
    journal.write(lambda tx: book.receipted(tx, id, packet.sha256))
    journal.write(lambda tx: set_cursor(tx, CURSOR, 7, 3))
    link = LinkThread(
        *(journal, NAME, "mqtt://127.0.0.1:9", keys.load(home.keys_path), home.keys_path),
        uploads=Uploads(journal, packets),
        now_unix_ms=lambda: START_MS + 2 * book.KEPT_AFTER_RECEIPT_MS,
    )
    said = Said(link, province, monkeypatch)
    said.turn()
    assert packets.size(packet.sha256) == packet.size, "nobody has spoken"
    said.hear(wire.Hello(Mark(*head), journal.last(), START_MS, ask=False))
    said.turn()
    assert (packets.size(packet.sha256) is None) == goes
    link.stop()


def test_a_province_that_fell_silent_or_refuses_lets_no_file_go(
    home: Home, journal: Journal, packets: Packets, province: Province, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [START_MS]
    link = LinkThread(
        *(journal, NAME, "mqtt://127.0.0.1:9", keys.load(home.keys_path), home.keys_path),
        uploads=Uploads(journal, packets),
        now_unix_ms=lambda: now[0],
    )
    said = Said(link, province, monkeypatch)
    said.hear(wire.Hello(Mark(0, 0), journal.last(), START_MS, ask=False))
    said.turn()
    id, packet = record(journal, packets, 1)
    journal.write(lambda tx: book.receipted(tx, id, packet.sha256))
    now[0] += 2 * book.KEPT_AFTER_RECEIPT_MS
    said.turn()
    assert packets.size(packet.sha256) == packet.size, "it may be put back from a copy just now"
    said.hear(wire.Refused("fork"))
    said.turn()
    assert packets.size(packet.sha256) == packet.size
    said.hear(wire.Hello(Mark(0, 0), journal.last(), START_MS, ask=False))
    said.turn()
    assert packets.size(packet.sha256) is None
    link.stop()
