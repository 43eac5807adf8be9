"""Confirmation codes and kinds of module as numbers (PROTOCOL.md 3, 5 and 6). Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum


class Code(IntEnum):
    """The first byte of every acknowledge."""

    DONE = 0x00
    BAD_PACKET = 0x01
    NO_FINGER = 0x02
    NOT_TAKEN = 0x03
    TOO_DRY = 0x04
    TOO_WET = 0x05
    DISORDERED = 0x06
    FEW_FEATURES = 0x07
    NO_MATCH = 0x08
    NOT_FOUND = 0x09
    NOT_COMBINED = 0x0A
    BAD_ID = 0x0B
    BAD_TEMPLATE = 0x0C
    NO_UPLOAD = 0x0D
    CANNOT_TAKE = 0x0E
    NO_PICTURE_UP = 0x0F
    WRONG_PASSWORD = 0x13
    NO_PICTURE = 0x15
    FLASH = 0x18
    NO_SUCH_PARAMETER = 0x1A
    NO_SUCH_VALUE = 0x1B
    NO_SUCH_PAGE = 0x1C
    PORT = 0x1D
    FULL = 0x1F
    PASSWORD_FIRST = 0x21
    SENSOR = 0x29
    HERE = 0x55
    UNSUPPORTED = 0xFC
    FAILED = 0xFE


READY = b"\x55"
SYSTEM_ID = 0x0009
BUSY, MATCHED, VERIFIED, PICTURE = 1, 2, 4, 8
"""Bits of the status word."""
BAUD_STEP = 9600
BAUDS = (1, 2, 4, 6, 12)
LEVELS = range(1, 6)
PACKET_CODES = range(4)
NOTEPAD_PAGES, NOTEPAD_BYTES = 16, 32
INDEX_IDS = 256
INFO_BYTES = 512


@dataclass(frozen=True, slots=True)
class Make:
    """One kind of module. ``lasting``: parameters wait for the next power-up."""

    name: str
    title: str
    width: int
    height: int
    template_bytes: int
    buffers: int
    library: int
    boot_ms: int
    lasting: bool

    @property
    def picture_bytes(self) -> int:
        """Of a picture in 8-bit grey."""
        return self.width * self.height


MAKES = {
    "zfm20": Make("zfm20", "ZFM-20", 256, 288, 512, 2, 1000, 300, lasting=False),
    "r503": Make("r503", "R503", 192, 192, 1536, 6, 200, 50, lasting=True),
}
