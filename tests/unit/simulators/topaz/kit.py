"""A reader of the pad's bytes, written from PROTOCOL.md alone, and a host that collects a signature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from simulators.topaz.bench import MemoryPad

Spot = tuple[int, int, int]


@dataclass
class Reading:
    """What came: raw strokes of (x, y, pressure), info packets, and whether the pen left."""

    strokes: list[list[Spot]] = field(default_factory=list)
    infos: list[tuple[int, int]] = field(default_factory=list)
    near: bool = False


def packets(raw: bytes, form: int = 0) -> list[bytes]:
    """Five bytes each; a start byte begins anew."""
    first = 0x80 if form == 0 else 0x40
    found: list[bytes] = []
    packet = b""
    for byte in raw:
        packet = bytes([byte]) if byte & first else packet + bytes([byte]) if packet else b""
        if len(packet) == 5:
            found.append(packet)
            packet = b""
    return found


def read(raw: bytes) -> Reading:
    """Format 0."""
    reading = Reading()
    pressure, down = 0, False
    for status, b1, b2, b3, b4 in packets(raw):
        kind = status >> 2 & 7
        x, y = (b2 & 0x1F) << 7 | b1, (b4 & 0x1F) << 7 | b3
        if kind == 7:
            pressure = (b4 & 7) << 7 | b3
        elif kind == 2:
            low, high = b1 | b2 << 7, b3 | b4 << 7
            reading.infos.append(((low & 0xFC) >> 2, (low & 3) << 16 | high))
        elif (x, y) != (0xFFF, 0xFFF):
            reading.near = bool(status & 0x40)
            if status & 1:
                if not down:
                    reading.strokes.append([])
                reading.strokes[-1].append((x, y, pressure))
            down = bool(status & 1)
    return reading


def signed(pad: MemoryPad, told: str | None = "04 14", for_s: float = 8.0) -> bytes:
    """All that comes after the pad was cleared."""
    line = pad.connect()
    if told is not None:
        line.write(bytes.fromhex(told))
    return collected(pad, line.read, for_s)


def collected(pad: MemoryPad, hear: object, for_s: float) -> bytes:
    """All that comes in so much simulated time."""
    assert callable(hear)
    until, got = pad.now_ms() + round(for_s * 1000), b""
    while (left := until - pad.now_ms()) > 0:
        got += hear(4096, left / 1000)
    return got


def spots(strokes: Sequence[Sequence[Spot]]) -> list[list[tuple[int, int]]]:
    """Without the pressure."""
    return [[(x, y) for x, y, _ in stroke] for stroke in strokes]
