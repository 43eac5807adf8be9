"""One serial line in simulated time: a byte takes its bits at the baud rate, both ways.

Strategy: each way is a queue of chunks with the microsecond at which they begin, so that a picture of 37 KB
costs some arithmetic and no event for each byte. Bytes are handed over in bursts, as a USB adapter does.
Two ends that do not agree on the rate hear nonsense. Pure.
"""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

BURST_BYTES = 64


@dataclass(slots=True)
class _Chunk:
    start_us: int
    data: bytes
    baud: int
    bits: int
    taken: int = 0

    def due_us(self, count: int) -> int:
        """When the first ``count`` bytes are across."""
        return self.start_us + -(-count * self.bits * 1_000_000 // self.baud)

    def across(self, now_us: int) -> int:
        """How many bytes are across."""
        return max(0, min(len(self.data), (now_us - self.start_us) * self.baud // (self.bits * 1_000_000)))


class Way:
    """One direction of the line."""

    def __init__(self) -> None:
        self._chunks: deque[_Chunk] = deque()
        self._free_us = 0

    @property
    def busy(self) -> bool:
        """Whether something is still to come across."""
        return bool(self._chunks)

    @property
    def free_ms(self) -> int:
        """When all that was sent is across."""
        return -(-self._free_us // 1000)

    def put(self, data: bytes, at_ms: int, baud: int, bits: int) -> None:
        """Send ``data``, from ``at_ms`` or as soon as what was sent before is across."""
        if data:
            chunk = _Chunk(max(at_ms * 1000, self._free_us), data, baud, bits)
            self._free_us = chunk.due_us(len(data))
            self._chunks.append(chunk)

    def take(self, now_ms: int) -> bytes:
        """What has come across since the last time."""
        got = bytearray()
        while self._chunks:
            chunk = self._chunks[0]
            upto = chunk.across(now_ms * 1000)
            got += chunk.data[chunk.taken : upto]
            chunk.taken = max(chunk.taken, upto)
            if upto < len(chunk.data):
                break
            self._chunks.popleft()
        return bytes(got)

    def next_ms(self) -> int | None:
        """When the next burst is across."""
        if not self._chunks:
            return None
        chunk = self._chunks[0]
        return -(-chunk.due_us(min(chunk.taken + BURST_BYTES, len(chunk.data))) // 1000)

    def clear(self) -> None:
        """Nothing of what was under way arrives."""
        self._chunks.clear()
        self._free_us = 0


class Line:
    """Both ways. ``host_baud`` None: the host's end follows the device's, as behind a serial server."""

    def __init__(self, baud: int, bits: int = 10) -> None:
        self.baud = baud
        self.host_baud: int | None = None
        self._bits = bits
        self.up, self.down = Way(), Way()

    def hear(self, data: bytes, now_ms: int) -> None:
        """The host has written ``data``."""
        self.up.put(self._heard(data), now_ms, self.host_baud or self.baud, self._bits)

    def say(self, data: bytes, at_ms: int) -> None:
        """The device writes ``data`` at ``at_ms``, or behind what it is writing."""
        self.down.put(self._heard(data), at_ms, self.baud, self._bits)

    def next_ms(self) -> int | None:
        """When bytes are across, either way."""
        return min((at for at in (self.up.next_ms(), self.down.next_ms()) if at is not None), default=None)

    def clear(self) -> None:
        """The line is interrupted."""
        self.up.clear()
        self.down.clear()

    def _heard(self, data: bytes) -> bytes:
        if self.host_baud in (None, self.baud):
            return data
        return bytes((byte * 29 + 0x37) & 0x7F for byte in data)
