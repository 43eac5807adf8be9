"""How a sealed packet gets from a station to the hub in pieces that resume. No I/O, no clock.

The station asks how much of a packet the hub holds and sends on from there, a few pieces ahead of the
answers; the hub answers each piece after its own fsync. Whoever forgets asks again, or is asked, so nothing
of it rests on disk but the packet on one side and its beginning on the other. That the hub holds every byte
is not its receipt: that one comes in the order log. The rules and their reasons: sync/PROTOCOL.md.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from sync.log import PATIENCE_MAX_MS, PATIENCE_MS

PACKET_BYTES_MAX = 8 << 20
PIECE_BYTES = 8 << 10  # what we send: two of these are through a bad 2G line in seven seconds
PIECE_BYTES_MAX = 24 << 10  # what we take
WINDOW = 2  # pieces on their way before an answer is waited for: a satellite's line stays full

Read = Callable[[str, int, int], bytes]
"""(sha256, offset, size) -> that part of the packet; shorter, or OSError, where the packet is not whole."""


@dataclass(frozen=True, slots=True)
class Packet:
    """What is to be carried. ``sha256``: of the sealed bytes, in hex."""

    sha256: str
    size: int


@dataclass(frozen=True, slots=True)
class Piece:
    """Sealed bytes of a packet, from ``offset``. Without ``data`` it asks how far the hub is."""

    sha256: str
    size: int
    offset: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class Held:
    """After the hub's fsync: it holds the first ``have`` bytes.

    ``gap``: go on from exactly there; the hub was asked, misses what was before your piece, or begins anew.
    """

    sha256: str
    have: int
    gap: bool = False


class Carrier:
    """The station's side: one packet at a time. Times are whole milliseconds of any steady clock."""

    def __init__(self, read: Read, window: int = WINDOW) -> None:
        self._read = read
        self._window_bytes = window * PIECE_BYTES
        self.packet: Packet | None = None
        self.lost = False  # our own file is not what it was
        self._held: int | None = None  # None: the hub has not said yet, so it is asked
        self._sent = 0
        self._rewound_to: int | None = None
        self._deadline_ms: int | None = None
        self._patience_ms = PATIENCE_MS

    def carry(self, packet: Packet | None) -> None:
        """Which packet is to be carried now; the same one goes on where it is."""
        if packet != self.packet:
            self.packet, self.lost = packet, False
            self._patience_ms = PATIENCE_MS
            self._forget()

    def apart(self) -> None:
        """The line is gone, or nobody listens: the hub is asked again."""
        self._patience_ms = PATIENCE_MS
        self._forget()

    @property
    def whole(self) -> bool:
        """Whether the hub said that it holds every byte."""
        return self.packet is not None and self._held == self.packet.size

    @property
    def deadline_ms(self) -> int | None:
        """When ``next`` has to be called at the latest; None while no answer is owed."""
        return self._deadline_ms

    def next(self, now_ms: int) -> list[Piece]:
        """What may leave now, in order. Call only while nothing else waits to be sent or answered."""
        packet = self.packet
        if packet is None or self.lost or self.whole:
            return []
        if self._deadline_ms is not None and now_ms >= self._deadline_ms:
            self._patience_ms = min(2 * self._patience_ms, PATIENCE_MAX_MS)
            self._forget()
        if self._held is None:
            return self._ask(packet, now_ms)
        pieces = self._pieces(packet, self._held)
        if self._sent > self._held and self._deadline_ms is None:
            self._deadline_ms = now_ms + self._patience_ms
        return pieces

    def on_held(self, held: Held) -> None:
        """How far the hub is. What is behind and no gap is a late answer, and tells nothing."""
        if self.packet is None or held.sha256 != self.packet.sha256 or held.have > self.packet.size:
            return
        if self._held is None:
            self._held = self._sent = held.have
        elif held.gap and (held.have != self._held or self._rewound_to != held.have):
            # Once per place: a lost piece makes each later one of the window answer the same gap.
            self._held = self._sent = self._rewound_to = held.have
        elif held.have > self._held:
            self._held = held.have
            self._sent = max(self._sent, held.have)
        else:
            return
        self._deadline_ms = None
        self._patience_ms = PATIENCE_MS

    def _ask(self, packet: Packet, now_ms: int) -> list[Piece]:
        if self._deadline_ms is not None:
            return []
        self._deadline_ms = now_ms + self._patience_ms
        return [Piece(packet.sha256, packet.size, 0)]

    def _pieces(self, packet: Packet, held: int) -> list[Piece]:
        pieces: list[Piece] = []
        while self._sent < packet.size and self._sent - held < self._window_bytes:
            size = min(PIECE_BYTES, packet.size - self._sent)
            try:
                data = self._read(packet.sha256, self._sent, size)
            except OSError:
                data = b""
            if len(data) != size:
                self.lost = True
                break
            pieces.append(Piece(packet.sha256, packet.size, self._sent, data))
            self._sent += size
        return pieces

    def _forget(self) -> None:
        self._held = self._rewound_to = self._deadline_ms = None
        self._sent = 0


def refusal(piece: Piece, announced: int | None) -> str | None:
    """Why the hub does not take a piece: a word. ``announced``: the packet's size by that station's own
    journal, None when the journal does not tell of it.
    """
    if announced is None or piece.size != announced:
        return "unannounced"
    if announced > PACKET_BYTES_MAX or len(piece.data) > PIECE_BYTES_MAX:
        return "too_large"
    if piece.offset + len(piece.data) > announced:
        return "beyond_end"
    return None


def fits(piece: Piece, have: int) -> bool:
    """Whether the hub, which holds ``have`` bytes of the packet, appends the piece."""
    return bool(piece.data) and piece.offset == have


def answer(piece: Piece, have: int) -> Held:
    """What the hub says to a piece, now that it holds ``have`` bytes.

    One that it holds already is answered with what is held; a question, a gap, an end that is missing and a
    beginning anew with where to go on.
    """
    return Held(piece.sha256, have, gap=not piece.data or have < piece.offset + len(piece.data))
