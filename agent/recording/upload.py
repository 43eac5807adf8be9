"""The station's sealed packets on their way to the province: which goes next, and from where it is read.

Pieces and their order are sync/pieces.py's; what waits for a receipt the book says (agent/recording/book.py).
The province holding every byte is no receipt: such a packet is passed over for a while and asked about again,
so that the next one need not wait until it was opened there. Few go ahead like that: the province takes no
more than it can open, and what it drops is missed only after a long patience. Driven by the link's thread.
"""

from __future__ import annotations

import logging
from hashlib import sha256

from agent.recording import book, purge
from agent.store.journal import Journal
from agent.store.packets import Packets
from sync.pieces import Carrier, Held, Packet, Piece

RECEIPT_MS = 600_000  # how long the province may take to open a packet that it holds
AHEAD_MAX = 3  # packets that it has yet to open, one less than it keeps (hub/recordings/parts.py FILES_MAX)
OPENING_MS = 5_000  # then it is no longer waited for: it may never answer one of them
PURGE_EVERY_MS = 3_600_000

log = logging.getLogger("loket.recordings")


class Uploads:
    """``now_ms`` is the link's steady clock everywhere but in ``purge``."""

    def __init__(self, journal: Journal, packets: Packets) -> None:
        self._journal = journal
        self._packets = packets
        self._carrier = Carrier(packets.read)
        self._looked_at = -1  # the journal's head when the book was last read
        self._waiting: list[Packet] = []
        self._held: dict[str, int] = {}  # packets that the province holds, and since when
        self._lost: dict[str, int] = {}  # packets whose file is not what was sealed, and since when
        self._purged_ms: int | None = None

    def next(self, head: int, now_ms: int) -> list[Piece]:
        """The pieces that may leave now. ``head``: of the journal. Call only while nothing else waits."""
        self._look(head)
        self._choose(now_ms)
        pieces = self._carrier.next(now_ms)
        if self._carrier.lost and self._carrier.packet is not None:
            self._lose(self._carrier.packet, now_ms)
        return pieces

    def on_held(self, held: Held) -> None:
        """The province said how much it holds."""
        self._carrier.on_held(held)

    def apart(self) -> None:
        """The line is gone, or nobody listens: everything is asked again."""
        self._carrier.apart()
        self._held.clear()

    @property
    def deadline_ms(self) -> int | None:
        """When ``next`` has to be called at the latest; None while nothing is waited for."""
        return self._carrier.deadline_ms

    def purge(self, now_unix_ms: int) -> None:
        """Once an hour: the files that the province has had for a day go."""
        if self._purged_ms is None or not 0 <= now_unix_ms - self._purged_ms < PURGE_EVERY_MS:
            self._purged_ms = now_unix_ms
            purge.purge(self._journal, self._packets, now_unix_ms)

    def _look(self, head: int) -> None:
        """What waits changes by lines of the journal alone."""
        if head != self._looked_at:
            self._looked_at = head
            self._waiting = [Packet(sha, size) for _, sha, size in book.unsent(self._journal)]
            shas = {packet.sha256 for packet in self._waiting}
            self._held = {sha: since_ms for sha, since_ms in self._held.items() if sha in shas}

    def _choose(self, now_ms: int) -> None:
        """The oldest that the province does not hold yet; the one under way is seen to its end."""
        current = self._carrier.packet
        if current is not None and self._carrier.whole and current.sha256 not in self._held:
            self._held[current.sha256] = now_ms
        if current in self._waiting and self._may_go(current, now_ms):
            return
        self._carrier.carry(None)
        if sum(now_ms - since_ms < OPENING_MS for since_ms in self._held.values()) >= AHEAD_MAX:
            return
        for packet in self._waiting:
            if self._may_go(packet, now_ms) and self._is_sound(packet, now_ms):
                self._held.pop(packet.sha256, None)
                self._lost.pop(packet.sha256, None)
                self._carrier.carry(packet)
                return

    def _may_go(self, packet: Packet | None, now_ms: int) -> bool:
        """A file that does not read is looked at again: another program held it, or somebody puts it back."""
        if packet is None:
            return False
        passed_over = (each[packet.sha256] for each in (self._held, self._lost) if packet.sha256 in each)
        return all(now_ms >= since_ms + RECEIPT_MS for since_ms in passed_over)

    def _is_sound(self, packet: Packet, now_ms: int) -> bool:
        """Whether the file still is what was sealed: a bad one would be sent and thrown away for ever."""
        try:
            sealed = self._packets.read(packet.sha256, 0, packet.size + 1)
        except OSError:
            sealed = b""
        if sha256(sealed).hexdigest() != packet.sha256:
            self._lose(packet, now_ms)
            return False
        return True

    def _lose(self, packet: Packet, now_ms: int) -> None:
        log.error("the packet %s… is not on this disk as it was sealed", packet.sha256[:8])
        self._lost[packet.sha256] = now_ms
        self._carrier.carry(None)
