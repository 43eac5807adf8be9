"""Packets of Topaz signature pads, found in a stream that may begin anywhere. Pure.

Five bytes each, begun by a byte that no other byte of a packet can be. A beginning in the middle of a packet
drops what was collected. Source: drivers/topaz/PROTOCOL.md sections 2 and 3.
"""

from dataclasses import dataclass
from typing import Literal

PACKET_BYTES = 5
POSITIONS, INFO, PRESSURE = frozenset({0, 1, 4}), 2, 7
NOWHERE = 0xFFF
Format = Literal[0, 1]


@dataclass(frozen=True, slots=True)
class Position:
    """Where the pen is, in the pad's own units 0-4095; near: above the pad; down: drawing."""

    x: int
    y: int
    near: bool
    down: bool


@dataclass(frozen=True, slots=True)
class Pressure:
    """0-1023, of the positions behind it."""

    value: int


@dataclass(frozen=True, slots=True)
class Info:
    """What the pad says it is: numbers whose table is not public."""

    model: int
    serial: int


Event = Position | Pressure | Info


class Parser:
    """Bytes in, as they come; what they mean out. What means nothing known is left out."""

    def __init__(self, form: Format) -> None:
        self._start = 0x80 if form == 0 else 0x40
        self._form: Format = form
        self._held = bytearray()

    def feed(self, data: bytes) -> list[Event]:
        """Take what came; return what became whole by it, in its order."""
        found: list[Event] = []
        for byte in data:
            if byte & self._start:
                self._held[:] = bytes([byte])
                continue
            if not self._held:
                continue
            self._held.append(byte)
            if len(self._held) == PACKET_BYTES:
                event = decoded(bytes(self._held), self._form)
                self._held.clear()
                if event is not None:
                    found.append(event)
        return found

    def clear(self) -> None:
        """Forget what is held."""
        self._held.clear()


def decoded(packet: bytes, form: Format) -> Event | None:
    """What five bytes mean; None for what nobody knows, and for a position that is none."""
    kind = packet[0] >> 2 & 7
    if kind == PRESSURE:
        return Pressure((packet[4] & 0x07) << 7 | packet[3] & 0x7F)
    if kind == INFO:
        low, high = packet[1] | packet[2] << 7, packet[3] | packet[4] << 7
        return Info((low & 0xFC) >> 2, (low & 3) << 16 | high)
    if kind not in POSITIONS:
        return None
    low_bits, high_mask = (7, 0x1F) if form == 0 else (6, 0x3F)
    mask = (1 << low_bits) - 1
    x = (packet[2] & high_mask) << low_bits | packet[1] & mask
    y = (packet[4] & high_mask) << low_bits | packet[3] & mask
    if x == NOWHERE and y == NOWHERE:
        return None
    return Position(x, y, bool(packet[0] & (0x40 if form == 0 else 0x04)), bool(packet[0] & 1))
