"""ISO/IEC 19794-4, -5 and -6:2011 records of one picture each, as a device writes them. Pure, big-endian.

A record is a general header, then one representation: a head of 19 bytes with the capture's UTC moment, one
block of five bytes for the quality, the part that differs between fingers, irises and faces, the picture.
Every length field counts itself and all that follows of its own block.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from datetime import datetime

from simulators.sbi.words import EYE_NUMBERS, POSITIONS

UNDEFINED = 0xFFFF
FINGER_JP2, FACE_JP2 = {False: 5, True: 4}, {False: 2, True: 1}  # by whether something is lost
MONO_JP2 = 0x0A
UPRIGHT, HISTORY = 0x15, {False: 0x40, True: 0x80}
UNCROPPED, CROPPED_AND_MASKED = 1, 7
PPI = 500
VENDOR, ALGORITHM = 0, 0  # unregistered: what it measures is a simulated device's own score
OPTICAL_LIVE, CAMERA, STILL_CAMERA = 0x02, 0x00, 0x02


@dataclass(frozen=True, slots=True)
class Picture:
    """A JPEG 2000 file and its size in pixels. ``lossy``: compressed with loss, as for a comparison."""

    jp2: bytes
    width: int
    height: int
    lossy: bool = False


@dataclass(frozen=True, slots=True)
class Circle:
    """The outer rim of an iris in pixels; ``spread`` is how sure the camera is, to either side."""

    x: int
    y: int
    diameter: int
    spread: int = 2


def finger(part: str, picture: Picture, quality: float, at: datetime) -> bytes:
    """A FIR of one live plain impression at 500 ppi, 8 bits."""
    body = struct.pack(
        ">BBBHHHHBBBHHI", POSITIONS[part], 1, 1, PPI, PPI, PPI, PPI, 8, FINGER_JP2[picture.lossy], 0,
        picture.width, picture.height, len(picture.jp2),
    )  # fmt: skip
    return _record(b"FIR\x00020\x00", b"\x01", _rest(OPTICAL_LIVE, quality, at, body + picture.jp2))


def iris(part: str, picture: Picture, rim: Circle, quality: float, at: datetime) -> bytes:
    """An IIR of one picture in 8 bits of grey, upright: uncropped, or with loss of the masked iris alone."""
    kind = CROPPED_AND_MASKED if picture.lossy else UNCROPPED
    centre = (rim.x - rim.spread, rim.x + rim.spread, rim.y - rim.spread, rim.y + rim.spread)
    body = struct.pack(
        ">HBBBBHHBHHH6HI", 1, EYE_NUMBERS[part], kind, MONO_JP2, UPRIGHT | HISTORY[picture.lossy],
        picture.width, picture.height, 8, 0, UNDEFINED, UNDEFINED, *centre,
        rim.diameter - rim.spread, rim.diameter + rim.spread, len(picture.jp2),
    )  # fmt: skip
    return _record(b"IIR\x00020\x00", b"\x01", _rest(CAMERA, quality, at, body + picture.jp2))


def face(picture: Picture, quality: float, at: datetime) -> bytes:
    """A FAC of one full frontal colour portrait, without landmarks; nothing is said of the person."""
    body = struct.pack(
        ">HBBBB3sH3s3sBBHHBHBBI", 0, 0, 0, 0, 0, bytes(3), 0, bytes(3), bytes(3), 1, FACE_JP2[picture.lossy],
        picture.width, picture.height, 0, 0, 0, 1, len(picture.jp2),
    )  # fmt: skip
    return _record(b"FAC\x00030\x00", b"\0\0", _rest(STILL_CAMERA, quality, at, body + picture.jp2))


def _rest(technology: int, quality: float, at: datetime, body: bytes) -> bytes:
    """The representation without its length: moment, device, quality, what differs."""
    moment = struct.pack(
        ">HBBBBBH", at.year, at.month, at.day, at.hour, at.minute, at.second, at.microsecond // 1000
    )
    device = struct.pack(">BHH", technology, 0, 0)
    score = struct.pack(">BBHH", 1, min(100, max(0, round(quality))), VENDOR, ALGORITHM)
    return moment + device + score + body


def _record(magic: bytes, tail: bytes, rest: bytes) -> bytes:
    """``tail``: the count of fingers or eyes, or the temporal semantics: what ends the general header."""
    representation = struct.pack(">I", 4 + len(rest)) + rest
    total = len(magic) + 4 + 2 + 1 + len(tail) + len(representation)
    return magic + struct.pack(">IHB", total, 1, 0) + tail + representation
