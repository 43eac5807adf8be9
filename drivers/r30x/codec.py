"""Packets of the serial fingerprint modules, found again in whatever comes, and their pictures. Pure.

A line may begin in the middle, lose bytes, or carry the module's `55` anywhere. The parser holds what may
still become a packet and skips what cannot: a header with an impossible length was none, and behind a bad
checksum it looks on two bytes later, so that a true packet swallowed by a false header is found.
Source: drivers/r30x/PROTOCOL.md sections 2 and 3.
"""

from dataclasses import dataclass
from enum import IntEnum

HEADER = b"\xef\x01"
HEAD_BYTES = 9  # header, address, kind, length
SUM_BYTES = 2
CONTENT_BYTES_MAX = 256
READY = 0x55


class Kind(IntEnum):
    """What a packet is."""

    COMMAND = 0x01
    DATA = 0x02
    ACK = 0x07
    LAST = 0x08


_KINDS = frozenset(Kind)


@dataclass(frozen=True, slots=True)
class Packet:
    """One whole packet whose checksum is right."""

    address: int
    kind: Kind
    content: bytes


@dataclass(frozen=True, slots=True)
class Damaged:
    """What looked like a packet and was none: its checksum does not fit."""


def pack(address: int, kind: Kind, content: bytes) -> bytes:
    """The bytes of one packet. ``content``: at most 256 bytes."""
    if len(content) > CONTENT_BYTES_MAX:
        raise ValueError(f"{len(content)} bytes are too many for one packet.")
    summed = bytes([kind]) + (len(content) + SUM_BYTES).to_bytes(2, "big") + content
    return HEADER + address.to_bytes(4, "big") + summed + checksum(summed).to_bytes(2, "big")


def checksum(summed: bytes) -> int:
    """Of kind, length and content."""
    return sum(summed) & 0xFFFF


def data_packets(address: int, data: bytes, size: int) -> list[bytes]:
    """``data`` as data packets of ``size`` bytes each; the last one says so and may be shorter."""
    pieces = [data[at : at + size] for at in range(0, len(data), size)] or [b""]
    kinds = [Kind.DATA] * (len(pieces) - 1) + [Kind.LAST]
    return [pack(address, kind, piece) for kind, piece in zip(kinds, pieces, strict=True)]


class Parser:
    """Bytes in, as they come; packets out, and word of what was damaged."""

    def __init__(self) -> None:
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Packet | Damaged]:
        """Take what came; return what became whole by it, in its order."""
        self._held += data
        found: list[Packet | Damaged] = []
        while (next_one := self._next()) is not None:
            found.append(next_one)
        return found

    def give_up(self) -> list[Packet | Damaged]:
        """The rest of a packet will not come: skip its header and look once more at what stands behind it."""
        if len(self._held) < len(HEADER):
            self._held.clear()
            return []
        del self._held[: len(HEADER)]
        return [Damaged(), *self.feed(b"")]

    def clear(self) -> None:
        """Forget what is held."""
        self._held.clear()

    @property
    def waiting(self) -> bool:
        """Whether something is held that may become a packet."""
        return len(self._held) > 0

    def _next(self) -> Packet | Damaged | None:
        while True:
            self._skip_noise()
            held = self._held
            if len(held) < HEAD_BYTES:
                return None
            length = int.from_bytes(held[7:9], "big")
            if held[6] not in _KINDS or not SUM_BYTES <= length <= CONTENT_BYTES_MAX + SUM_BYTES:
                del held[: len(HEADER)]
                continue
            end = HEAD_BYTES + length
            if len(held) < end:
                return None
            summed, told = (
                bytes(held[6 : end - SUM_BYTES]),
                int.from_bytes(held[end - SUM_BYTES : end], "big"),
            )
            if checksum(summed) != told:
                del held[: len(HEADER)]
                return Damaged()
            packet = Packet(int.from_bytes(held[2:6], "big"), Kind(held[6]), summed[3:])
            del held[:end]
            return packet

    def _skip_noise(self) -> None:
        """Drop all before the next header; a lone first byte of one is kept."""
        at = self._held.find(HEADER)
        if at < 0:
            at = len(self._held) - self._held.endswith(HEADER[:1])
        del self._held[:at]


_HIGH = bytes((byte >> 4) * 17 for byte in range(256))
_LOW = bytes((byte & 15) * 17 for byte in range(256))
_UPPER = bytes(byte & 0xF0 for byte in range(256))
_DOWN = bytes(byte >> 4 for byte in range(256))


def from_wire(wire: bytes) -> bytes:
    """A picture of 8 bits a pixel from one of 4: the high nibble is the left pixel."""
    picture = bytearray(2 * len(wire))
    picture[::2], picture[1::2] = wire.translate(_HIGH), wire.translate(_LOW)
    return bytes(picture)


def to_wire(picture: bytes) -> bytes:
    """A picture of 4 bits a pixel from one of 8: the upper half of each. An even number of pixels."""
    left, right = picture[::2].translate(_UPPER), picture[1::2].translate(_DOWN)
    both = int.from_bytes(left, "big") | int.from_bytes(right, "big")
    return both.to_bytes(len(left), "big")
