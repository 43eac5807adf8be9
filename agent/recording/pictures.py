"""What a station looks at in recorded pictures: a finger as the small reader takes it, a photo's background.

Pillow is loaded here and nowhere else of a sitting, and only in the command's own process. Pictures stay in
memory. One that cannot be decoded here (a WSQ without its plug-in) is no fault: nothing is said of it.
"""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

from domain.iso19794 import BadRecord, Compression, Head, single
from drivers.finger_reader import HEIGHT, WIDTH

if TYPE_CHECKING:
    from PIL.Image import Image

READER_DPI = 500.0
WHITE = 255
DOTS_MAX = 20_000_000
STRONG = 1.25  # how much more of its own colour a red or blue background holds than of the other


def finger(record: bytes) -> bytes | None:
    """The finger of an ISO 19794-4 record as a FingerReader takes pictures; None if it is unreadable."""
    picture = _decoded(record, "L")
    if picture is None:
        return None
    image, head = picture
    if head.dpi and abs(head.dpi - READER_DPI) > 1:
        scale = READER_DPI / head.dpi
        image = image.resize((max(1, round(image.width * scale)), max(1, round(image.height * scale))))
    left, top = (WIDTH - image.width) // 2, (HEIGHT - image.height) // 2
    from PIL import Image as images

    glass = images.new("L", (WIDTH, HEIGHT), WHITE)
    glass.paste(image, (left, top))
    return glass.tobytes()


def background(record: bytes) -> str | None:
    """``red``, ``blue`` or ``other``: what lies behind the face of an ISO 19794-5 record; None if unreadable.

    Looked at beside the head, in the upper corners.
    """
    picture = _decoded(record, "RGB")
    if picture is None:
        return None
    image, _ = picture
    wide, high = max(1, image.width // 8), max(1, image.height // 4)
    corners = [image.crop((left, 0, left + wide, high)) for left in (0, image.width - wide)]
    return colour(*_mean(corners))


def colour(red: float, green: float, blue: float) -> str:
    """The name of a colour by its mean parts, 0-255."""
    if red > STRONG * max(green, blue, 1):
        return "red"
    return "blue" if blue > STRONG * max(red, 1) and blue >= green else "other"


def _mean(parts: list[Image]) -> tuple[float, float, float]:
    whole = [part.resize((1, 1), resample=4).getpixel((0, 0)) for part in parts]  # 4: every dot counts alike
    sums = [sum(dot[each] for dot in whole if isinstance(dot, tuple)) / len(whole) for each in range(3)]
    return sums[0], sums[1], sums[2]


def _decoded(record: bytes, mode: str) -> tuple[Image, Head] | None:
    from PIL import Image as images

    try:
        head = single(record)
        if head.width * head.height > DOTS_MAX:
            return None
        if head.compression is Compression.RAW:
            kept = "L" if head.bit_depth == 8 and mode == "L" else "RGB"
            return images.frombytes(kept, (head.width, head.height), record[head.image]).convert(mode), head
        return images.open(BytesIO(record[head.image])).convert(mode), head
    except (BadRecord, OSError, ValueError, SyntaxError):
        return None
