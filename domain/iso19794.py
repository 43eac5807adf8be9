"""Reading ISO/IEC 19794-4, -5 and -6:2011 records: fingers (FIR), faces (FAC), irises (IIR). Big-endian.

Nothing is believed: every length field must agree with the bytes that are there, every count is bounded, and
whatever does not fit is BadRecord with one word that repeats no byte. Pictures are found, not decoded; which
are good enough for a recording is told in domain/recorded_images.py.

Layouts: MOSIP's biometric image specification and its published sample records (biometric fact sheet §1.14).
"""

from __future__ import annotations

import calendar
import struct
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from domain.packet import FINGERS, IRISES, Modality

RECORD_BYTES_MAX = 2 << 20
REPRESENTATIONS_MAX = 16
_PPCM_TO_DPI = 2.54


class BadRecord(Exception):
    """No such record, or one that contradicts itself. ``word``: NOT_A_RECORD, TOO_LARGE, TRUNCATED, LENGTH,
    REPRESENTATIONS, BAD_CODE or BAD_SIZE."""

    def __init__(self, word: str) -> None:
        self.word = word
        super().__init__(word)


class Compression(StrEnum):
    """How a picture is stored."""

    RAW = "raw"
    PACKED = "packed"
    WSQ = "wsq"
    JPEG = "jpeg"
    JP2_LOSSY = "jp2_lossy"
    JP2_LOSSLESS = "jp2_lossless"
    JP2 = "jp2"  # an iris record need not tell which
    PNG = "png"


@dataclass(frozen=True, slots=True)
class Quality:
    """One algorithm's score, 0-100; 255: it failed."""

    score: int
    vendor: int
    algorithm: int


@dataclass(frozen=True, slots=True)
class Head:
    """One picture of a record.

    ``part``: as domain.packet names it, "" for a face or an unknown position; ``position``: the record's own
    number; ``kind``: its impression, iris image or face type; ``dpi``: None where the format tells none;
    ``iris_px``: the iris's largest diameter, None where it is not told; ``image``: where the picture lies in
    the record; ``captured_ms``: Unix ms, None for a date that is none.
    """

    modality: Modality
    part: str
    position: int
    kind: int
    width: int
    height: int
    bit_depth: int
    dpi: float | None
    iris_px: int | None
    compression: Compression
    image: slice
    quality: tuple[Quality, ...]
    captured_ms: int | None


_FINGER_COMPRESSION = (
    Compression.RAW, Compression.PACKED, Compression.WSQ, Compression.JPEG,
    Compression.JP2_LOSSY, Compression.JP2_LOSSLESS, Compression.PNG,
)  # fmt: skip
_FACE_COMPRESSION = (
    Compression.JPEG,
    Compression.JP2_LOSSY,
    Compression.JP2_LOSSLESS,
    Compression.PNG,
)
_IRIS_FORMAT = {
    0x02: Compression.RAW, 0x04: Compression.RAW, 0x06: Compression.JPEG, 0x08: Compression.JPEG,
    0x0A: Compression.JP2, 0x0C: Compression.JP2, 0x0E: Compression.PNG, 0x10: Compression.PNG,
}  # fmt: skip
_IRIS_HISTORY = {0x40: Compression.JP2_LOSSLESS, 0x80: Compression.JP2_LOSSY}
_UNDEFINED = 0xFFFF
_LANDMARK_BYTES, _CERTIFICATION_BYTES = 8, 3
_FACE_TRAITS_BYTES = 15  # gender, eyes, hair, height, features, expression, pose and how sure it is


class _Cursor:
    """Walks through one span of the record and never past its end."""

    def __init__(self, data: bytes, at: int, end: int) -> None:
        self.data, self.at, self.end = data, at, end

    def take(self, form: str) -> tuple[int, ...]:
        """The next fields, as struct tells them."""
        start = self.skip(struct.calcsize(">" + form))
        return struct.unpack_from(">" + form, self.data, start)

    def skip(self, size: int) -> int:
        """Go on by ``size`` bytes; where they begin."""
        start = self.at
        if size > self.end - start:
            raise BadRecord("TRUNCATED")
        self.at = start + size
        return start


def read(record: bytes) -> tuple[Head, ...]:
    """The pictures of a record of any of the three kinds. Raises BadRecord and nothing else."""
    if len(record) > RECORD_BYTES_MAX:
        raise BadRecord("TOO_LARGE")
    form = _FORMS.get(bytes(record[:8]))
    if form is None:
        raise BadRecord("NOT_A_RECORD")
    after_head, read_one, may_be_longer = form
    cursor = _Cursor(record, 8, len(record))
    total, count, certified = cursor.take("IHB")
    cursor.skip(after_head)
    if total != len(record):
        raise BadRecord("LENGTH")
    if not 1 <= count <= REPRESENTATIONS_MAX:
        raise BadRecord("REPRESENTATIONS")
    if certified > 1:
        raise BadRecord("BAD_CODE")
    heads = tuple(_representation(cursor, bool(certified), read_one, may_be_longer) for _ in range(count))
    if cursor.at != len(record):
        raise BadRecord("LENGTH")
    return heads


def single(record: bytes) -> Head:
    """The one picture of a record that holds one, as every record of a recording does. Raises BadRecord."""
    heads = read(record)
    if len(heads) != 1:
        raise BadRecord("REPRESENTATIONS")
    return heads[0]


_Common = tuple[tuple[Quality, ...], int | None]
_ReadOne = Callable[[_Cursor, _Common], Head]


def _representation(cursor: _Cursor, certified: bool, read_one: _ReadOne, may_be_longer: bool) -> Head:
    """One representation, which ends where its own length says; only a finger's may hold more behind it."""
    start = cursor.at
    (length,) = cursor.take("I")
    if start + length > len(cursor.data):
        raise BadRecord("LENGTH")
    inner = _Cursor(cursor.data, cursor.at, start + length)
    year, month, day, hour, minute, second, ms, _, _, _, scores = inner.take("HBBBBBHBHHB")
    quality = tuple(Quality(*inner.take("BHH")) for _ in range(scores))
    if certified:
        (count,) = inner.take("B")
        inner.skip(count * _CERTIFICATION_BYTES)
    head = read_one(inner, (quality, _unix_ms((year, month, day, hour, minute, second), ms)))
    if inner.at != inner.end and not may_be_longer:
        raise BadRecord("LENGTH")
    cursor.at = inner.end
    return head


def _unix_ms(told: tuple[int, int, int, int, int, int], ms: int) -> int | None:
    """The moment a device told, in UTC; None for what is no date, which some devices write.

    The last year that has a date is left out: another zone's clock would be past it.
    """
    year, month, day, hour, minute, second = told
    if not (1970 <= year < 9999 and 1 <= month <= 12 and 1 <= day <= calendar.monthrange(year, month)[1]):
        return None
    if hour > 23 or minute > 59 or second > 59 or ms > 999:
        return None
    return calendar.timegm((*told, 0, 0, 0)) * 1000 + ms


def _finger(cursor: _Cursor, common: _Common) -> Head:
    position, _, scale, _, _, across, down, depth, code, kind, width, height, size = cursor.take(
        "BBBHHHHBBBHHI"
    )
    if code >= len(_FINGER_COMPRESSION) or scale not in (1, 2):
        raise BadRecord("BAD_CODE")
    dpi = min(across, down) * (1.0 if scale == 1 else _PPCM_TO_DPI)
    part = FINGERS[position - 1] if 1 <= position <= len(FINGERS) else ""
    picture = (_FINGER_COMPRESSION[code], size, width, height, depth, 1)
    return _head(cursor, common, picture, (Modality.FINGER, part, position, kind), dpi)


def _iris(cursor: _Cursor, common: _Common) -> Head:
    _, eye, kind, form, properties, width, height, depth = cursor.take("HBBBBHHB")
    *_, least, most, size = cursor.take("3H6HI")
    stored = _IRIS_FORMAT.get(form)
    if stored is None or eye > len(IRISES):
        raise BadRecord("BAD_CODE")
    if stored is Compression.JP2:
        stored = _IRIS_HISTORY.get(properties & 0xC0, Compression.JP2)
    channels = 3 if form in (0x04, 0x08, 0x0C, 0x10) else 1
    told = max((px for px in (least, most) if px not in (0, _UNDEFINED)), default=None)
    picture = (stored, size, width, height, depth, channels)
    names = (Modality.IRIS, IRISES[eye - 1] if eye else "", eye, kind)
    return _head(cursor, common, picture, names, None, told)


def _face(cursor: _Cursor, common: _Common) -> Head:
    (landmarks,) = cursor.take("H")
    cursor.skip(_FACE_TRAITS_BYTES + landmarks * _LANDMARK_BYTES)
    kind, code, width, height, _, _, _, _, size = cursor.take("BBHHBHBBI")
    if code >= len(_FACE_COMPRESSION):
        raise BadRecord("BAD_CODE")
    picture = (_FACE_COMPRESSION[code], size, width, height, 8, 3)
    return _head(cursor, common, picture, (Modality.FACE, "", 0, kind), None)


def _head(
    cursor: _Cursor,
    common: _Common,
    picture: tuple[Compression, int, int, int, int, int],
    names: tuple[Modality, str, int, int],
    dpi: float | None,
    iris_px: int | None = None,
) -> Head:
    """The picture's place; one that is stored as it is must have the size that its sides tell."""
    stored, size, width, height, depth, channels = picture
    start = cursor.skip(size)
    if not (size and width and height):
        raise BadRecord("BAD_SIZE")
    if stored is Compression.RAW and size * 8 != width * height * depth * channels:
        raise BadRecord("BAD_SIZE")
    place = slice(start, start + size)
    return Head(*names, width, height, depth, dpi, iris_px, stored, place, *common)


_FORMS: dict[bytes, tuple[int, _ReadOne, bool]] = {
    b"FIR\x00020\x00": (1, _finger, True),
    b"IIR\x00020\x00": (1, _iris, False),
    b"FAC\x00030\x00": (2, _face, False),
}
"""By magic and version: bytes of the general header after the common ones; how one is read; whether extended
blocks (segmentation, comments) may follow the picture."""
