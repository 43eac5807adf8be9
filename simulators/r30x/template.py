"""The module's own template: 512 bytes that say where ridges end and fork. No other make's template fits.

    4s magic | u8 version | u8 count | u16 zero | u32 CRC-32 of the marks | count x 5 bytes | zeros

A mark is x (u8), y with the fork's bit on top (u16), direction in 256ths of a turn (u8), quality (u8). All
numbers big-endian. A template with another magic, no mark, a wrong CRC or bytes behind its marks is invalid.
"""

from __future__ import annotations

import struct
import zlib
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

BYTES, MOST = 512, 100
MAGIC, VERSION = b"SIMF", 1
_HEAD = struct.Struct(">4sBBHI")
_MARK = np.dtype([("x", "u1"), ("y", ">u2"), ("turn", "u1"), ("quality", "u1")])
_FORK = 0x8000
TURN = np.float32(2 * np.pi / 256)
Floats = npt.NDArray[np.floating[Any]]


class BadTemplate(ValueError):
    """These are not 512 bytes that this module made."""


@dataclass(frozen=True, slots=True, eq=False)
class Marks:
    """Endings and forks of one picture, best first. ``turn``: radians from the right, counter-clockwise."""

    x: Floats
    y: Floats
    turn: Floats
    fork: npt.NDArray[np.bool_]
    quality: Floats

    def __len__(self) -> int:
        return len(self.x)

    def only(self, which: npt.NDArray[np.intp]) -> Marks:
        """These of the marks, in this order."""
        return Marks(self.x[which], self.y[which], self.turn[which], self.fork[which], self.quality[which])


def pack(marks: Marks) -> bytes:
    """At most MOST of the marks as a template. x below 256, y below 32768, quality 0-1."""
    best = marks.only(np.arange(min(len(marks), MOST)))
    rows = np.zeros(len(best), _MARK)
    rows["x"], rows["y"] = np.rint(best.x), np.rint(best.y).astype(np.uint16) | (best.fork * _FORK)
    rows["turn"] = np.rint(best.turn / TURN).astype(np.int64) % 256
    rows["quality"] = np.rint(np.clip(best.quality, 0, 1) * 255)
    body = rows.tobytes()
    head = _HEAD.pack(MAGIC, VERSION, len(best), 0, zlib.crc32(body))
    return (head + body).ljust(BYTES, b"\0")


def unpack(data: bytes) -> Marks:
    """The marks of a template. Raises BadTemplate for anything this file's ``pack`` did not make."""
    if len(data) != BYTES:
        raise BadTemplate("not 512 bytes")
    magic, version, count, zero, crc = _HEAD.unpack_from(data)
    end = _HEAD.size + count * _MARK.itemsize
    if (magic, version, zero) != (MAGIC, VERSION, 0) or not 0 < count <= MOST or any(data[end:]):
        raise BadTemplate("not a template of this module")
    if zlib.crc32(data[_HEAD.size : end]) != crc:
        raise BadTemplate("a damaged template")
    rows = np.frombuffer(data, _MARK, count, _HEAD.size)
    y = rows["y"].astype(np.int32)
    return Marks(
        x=rows["x"].astype(np.float32),
        y=(y & ~_FORK).astype(np.float32),
        turn=rows["turn"].astype(np.float32) * TURN,
        fork=(y & _FORK) > 0,
        quality=rows["quality"].astype(np.float32) / 255,
    )


def valid(data: bytes) -> bool:
    """Whether these bytes are a template of this module."""
    try:
        unpack(data)
    except BadTemplate:
        return False
    return True
