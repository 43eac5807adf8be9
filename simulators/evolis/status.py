"""The status bits of the Primacy and Zenius generation, and the binary block they travel in.

Only the bits this simulator can raise have a name. All words travel big-endian (PROTOCOL.md, status block).
"""

from __future__ import annotations

import struct
from enum import IntFlag


class Info(IntFlag):
    """What is so."""

    CLAIM = 0x8000_0000
    HOPPER = 0x4000_0000
    FEEDER = 0x2000_0000
    FLIP = 0x1000_0000
    CONTACTLESS = 0x0800_0000
    CONTACT = 0x0400_0000
    PRINT = 0x0200_0000
    EJECT = 0x0100_0000
    PRINTER_MANAGES = 0x0080_0000
    RIBBON_LOW = 0x0008_0000
    CLEANING_ADVISED = 0x0002_0000
    RESET = 0x0001_0000
    PRINTING = 0x0000_0080
    BUSY = 0x0000_0001


class Warn(IntFlag):
    """What keeps the next job from starting."""

    REJECT_FULL = 0x0800_0000
    FEEDER_EMPTY = 0x0100_0000
    COOLING = 0x0020_0000
    HOPPER_FULL = 0x0010_0000
    RIBBON_ENDED = 0x0008_0000
    COVER_OPEN = 0x0002_0000
    NO_RIBBON = 0x0001_0000
    RIBBON_UNSUPPORTED = 0x0000_8000


class Err(IntFlag):
    """What interrupted a job; stays until ``Scs`` or the next job."""

    HEAD_TEMPERATURE = 0x2000_0000
    NO_OPTION = 0x1000_0000
    FEEDER = 0x0800_0000
    RIBBON = 0x0400_0000
    COVER_OPENED = 0x0200_0000
    MECHANICAL = 0x0100_0000
    REJECT_FULL = 0x0080_0000
    BAD_RIBBON = 0x0040_0000
    RIBBON_ENDED = 0x0020_0000
    HOPPER_FULL = 0x0010_0000
    NO_CARD = 0x0000_0100
    INTERNAL = 0x0000_0040


NO_ERROR = Err(0)


def block(config: int, info: int, warning: int, error: int, session: int) -> bytes:
    """The bytes behind a reply's NUL when status is switched on: 22 of them."""
    body = struct.pack(">BIIIIBH", 0x10, config, info, warning, error, 0x02, session)
    return struct.pack(">H", len(body)) + body


def text(config: int, info: int, warning: int, error: int) -> str:
    """The ``Rpst`` reply: 32 hexadecimal digits."""
    return f"{config:08X}{info:08X}{warning:08X}{error:08X}"
