"""How large a picture says it is, read from its header alone: no picture is ever opened at the province.

A few bytes can promise more dots than any station has memory for; such a picture is refused with its row
instead of at the counter. Sources: PNG (W3C) 5.2 and 11.2.2; JPEG (ITU-T T.81) B.1.1 and B.2.2.
"""

from __future__ import annotations

PNG = b"\x89PNG\r\n\x1a\n"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {
    0xC4,
    0xC8,
    0xCC,
}  # SOF0 to SOF15; three of the row mean other things
_ALONE = frozenset({0x01, *range(0xD0, 0xD9)})  # markers that no length follows
_SCAN, _END = 0xDA, 0xD9


def dots(picture: bytes) -> int | None:
    """Width times height as the header of a PNG or JPEG tells it; None where it tells none."""
    if picture.startswith(PNG):
        if picture[12:16] != b"IHDR" or len(picture) < 24:
            return None
        return int.from_bytes(picture[16:20], "big") * int.from_bytes(picture[20:24], "big")
    return _jpeg(picture)


def _jpeg(picture: bytes) -> int | None:
    """The largest frame announced before the first scan."""
    told: int | None = None
    at = 2
    while at + 4 <= len(picture) and picture[at] == 0xFF:
        marker = picture[at + 1]
        if marker == 0xFF or marker in _ALONE:
            at += 1 if marker == 0xFF else 2
            continue
        if marker in (_SCAN, _END):
            break
        if marker in _FRAMES and at + 9 <= len(picture):
            high, wide = (int.from_bytes(picture[at + n : at + n + 2], "big") for n in (5, 7))
            told = max(told or 0, high * wide)
        at += 2 + int.from_bytes(picture[at + 2 : at + 4], "big")
    return told
