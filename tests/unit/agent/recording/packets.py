"""Sealed packets as a sitting leaves them: bytes nobody here can open, a file, and the journal's lines."""

from __future__ import annotations

import random
from typing import Any

from agent.recording import book
from agent.store.journal import Journal
from agent.store.packets import Packets
from sync.pieces import Packet

STATION = "64.11-1"
COUNTS: dict[str, Any] = {
    "fingers": 10, "irises": 2, "exceptions": 0, "forced": 0, "rechecked": "match", "endorsed": False,
}  # fmt: skip


def sealed_bytes(number: int, size: int = 20_000) -> bytes:
    """The sealed bytes of a sitting, by number."""
    return random.Random(number).randbytes(size)


def record(
    journal: Journal, packets: Packets, number: int = 1, size: int = 20_000, *, station: str = STATION
) -> tuple[str, Packet]:
    """One sitting, sealed: its name and its packet."""
    sealed = sealed_bytes(number, size)
    id = journal.write(lambda tx: book.begin(tx, station, mode="store_and_forward", ticket=None, place=None))
    sha = packets.put(sealed)
    journal.write(lambda tx: book.sealed(tx, id, sha, len(sealed), COUNTS))
    return id, Packet(sha, len(sealed))
