"""Packets of the pad, to bytes (PROTOCOL.md 2 and 3). Pure."""

from __future__ import annotations

POSITION, INFO, PRESSURE = 0, 2, 7
PRESSURE_MAX = 1023
NOWHERE = 0xFFF
MODEL_NUMBER, SERIAL = 11, 4711


def _packet(near: bool, down: bool, kind: int, first: int, second: int) -> bytes:
    """Two numbers of 14 bits in four bytes of seven."""
    status = 0x80 | near << 6 | kind << 2 | down
    return bytes([status, first & 0x7F, first >> 7 & 0x7F, second & 0x7F, second >> 7 & 0x7F])


def position(kind: int, near: bool, down: bool, x: int, y: int) -> bytes:
    """The pen at raw X, Y, in format 0 or 1."""
    if kind == 0:
        return _packet(near, down, POSITION, x, y)
    return bytes([0x40 | near << 2 | down, x & 0x3F, x >> 6, y & 0x3F, y >> 6])


def pressure(near: bool, down: bool, value: int) -> bytes:
    """0-1023, for the points after it. Format 0 only."""
    return _packet(near, down, PRESSURE, 0, value)


def info(serial: int) -> bytes:
    """Model number and serial. Format 0 only."""
    return _packet(False, False, INFO, MODEL_NUMBER << 2 | serial >> 16 & 3, serial & 0x3FFF)
