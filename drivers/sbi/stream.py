"""Pictures out of a multipart/x-mixed-replace answer. PROTOCOL.md §8. Pure over whatever gives bytes.

Only the length of each part is looked at; the boundary's text is written in more ways than one.
"""

from collections.abc import Iterator
from typing import Protocol

from drivers.errors import Unreachable

FRAME_BYTES_MAX = 4 << 20
LINE_BYTES_MAX, LINES_MAX = 1024, 32
_LENGTH = b"content-length:"


class Source(Protocol):
    """An answer's body as it comes; fewer bytes than asked mean that it has ended."""

    def readline(self, limit: int = -1, /) -> bytes:
        """To the next line feed, which is part of it, or ``limit`` bytes."""
        ...

    def read(self, amount: int, /) -> bytes:
        """``amount`` bytes, or what is left."""
        ...


def frames(source: Source) -> Iterator[bytes]:
    """JPEG pictures until the body ends. ``garbled_reply`` if it is no such stream, or a frame is too big.

    A picture that is cut short is none; the stream has then ended before it.
    """
    while (length := _next_length(source)) is not None:
        if length > FRAME_BYTES_MAX:
            raise Unreachable("garbled_reply", "a frame too big")
        frame = source.read(length)
        if len(frame) < length:
            return
        yield frame


def _next_length(source: Source) -> int | None:
    """The length of the next part, its head read to the empty line; None at the end."""
    length: int | None = None
    for _ in range(LINES_MAX):
        line = source.readline(LINE_BYTES_MAX)
        if not line.endswith(b"\n"):
            if len(line) == LINE_BYTES_MAX:
                break
            return None
        if line.lower().startswith(_LENGTH):
            length = _length(line)
        if not line.strip() and length is not None:
            return length
    raise Unreachable("garbled_reply", "no picture in the stream")


def _length(line: bytes) -> int:
    digits = line[len(_LENGTH) :].strip()
    if not digits.isdigit() or len(digits) > 10:
        raise Unreachable("garbled_reply", "a part without a length")
    return int(digits)
