"""Packets of the module's line, from bytes and to bytes, wherever the stream is cut (PROTOCOL.md 2). Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

HEADER = b"\xef\x01"
COMMAND, DATA, ACK, LAST = 0x01, 0x02, 0x07, 0x08
CONTENT_BYTES_MAX = 256
_FRAME = 9  # header, address, kind, length
_SUM_BYTES = 2
SILENCE_MS = 500


@dataclass(frozen=True, slots=True)
class Packet:
    """One whole packet; ``sound``: its checksum is right."""

    address: int
    kind: int
    content: bytes
    sound: bool = True


def build(address: int, kind: int, content: bytes) -> bytes:
    """A packet's bytes."""
    body = bytes([kind]) + (len(content) + _SUM_BYTES).to_bytes(2, "big") + content
    return HEADER + address.to_bytes(4, "big") + body + (sum(body) & 0xFFFF).to_bytes(2, "big")


def data_packets(address: int, data: bytes, payload: int) -> list[bytes]:
    """``data`` in packets of ``payload`` bytes, the last of its own kind."""
    parts = [data[at : at + payload] for at in range(0, len(data), payload)]
    return [build(address, DATA if at < len(parts) - 1 else LAST, part) for at, part in enumerate(parts)]


class Stream:
    """Cuts bytes into packets. What is no packet is skipped; nothing raises. After ``silence_ms`` without a
    byte half a packet is dropped.
    """

    def __init__(self) -> None:
        self.silence_ms = SILENCE_MS
        self._buffer = bytearray()
        self._last_ms = 0

    def feed(self, data: bytes, now_ms: int) -> None:
        """More bytes; after a silence they begin anew."""
        if now_ms - self._last_ms > self.silence_ms:
            self._buffer.clear()
        self._last_ms = now_ms
        self._buffer += data

    def clear(self) -> None:
        """Forget what has come."""
        self._buffer.clear()

    def __iter__(self) -> Iterator[Packet]:
        """What is whole; may be asked again after every feed."""
        while (packet := self._next()) is not None:
            yield packet

    def _next(self) -> Packet | None:
        while True:
            at = self._buffer.find(HEADER)
            if at < 0:
                del self._buffer[: len(self._buffer) - self._buffer.endswith(HEADER[:1])]
                return None
            del self._buffer[:at]
            if len(self._buffer) < _FRAME:
                return None
            length = int.from_bytes(self._buffer[7:9], "big")
            if _SUM_BYTES <= length <= CONTENT_BYTES_MAX + _SUM_BYTES:
                break
            del self._buffer[: len(HEADER)]
        whole = _FRAME + length
        if len(self._buffer) < whole:
            return None
        raw = bytes(self._buffer[:whole])
        del self._buffer[:whole]
        said = int.from_bytes(raw[-_SUM_BYTES:], "big")
        return Packet(
            int.from_bytes(raw[2:6], "big"), raw[6], raw[_FRAME:-_SUM_BYTES], said == sum(raw[6:-2]) & 0xFFFF
        )
