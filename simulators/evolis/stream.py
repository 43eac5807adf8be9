"""Bytes in, commands out, wherever the stream is cut.

Strategy: one buffer, cut from the front. Outside a command everything that is no ESC is skipped (NULs, tags,
the CR behind a download). A command runs from ESC to CR, except a download: its head ends at the last
separator, and the data that follows is counted, never searched, because it may hold any byte.
Nothing that comes in raises; what cannot be read becomes a `Command` of its own text, for the face to refuse.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from simulators.evolis.makes import BITS, LINE_PIXELS, panel_bytes

ESC, CR = 0x1B, 0x0D
COMMAND_BYTES_MAX = 512
_HEAD = re.compile(rb"(Db|Dbc|Dbp|Dbpc);([a-z]);(\d{1,3});(?:(\d{1,7});)?(?:(\d{1,7});)?")
_HEAD_BYTES_MAX = 40


@dataclass(frozen=True, slots=True)
class Command:
    """``text`` without ESC and CR; ``data`` only for a whole download."""

    text: str
    data: bytes | None = None


@dataclass(frozen=True, slots=True)
class Opening:
    """The head of a download has come, its data not yet: the moment the panel before it starts printing."""

    letter: str


class Stream:
    """Cuts one byte stream into commands. Holds at most one command or one panel."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._want: tuple[str, int] | None = None

    def feed(self, data: bytes) -> None:
        """More bytes from the host."""
        self._buffer += data

    @property
    def inside(self) -> bool:
        """Whether a command has begun and not ended."""
        return self._want is not None or bool(self._buffer.strip(b"\0"))

    def __iter__(self) -> Iterator[Command | Opening]:
        """What is complete; stops when more bytes are needed. May be asked again after every feed."""
        while True:
            found = self._data(*self._want) if self._want else self._command()
            if found is None:
                return
            yield found

    def _data(self, head: str, size: int) -> Command | None:
        if len(self._buffer) < size:
            return None
        with memoryview(self._buffer) as whole:
            data = bytes(whole[:size])
        del self._buffer[:size]
        self._want = None
        return Command(head, data)

    def _command(self) -> Command | Opening | None:
        at = self._buffer.find(ESC)
        del self._buffer[: len(self._buffer) if at < 0 else at]
        if not self._buffer:
            return None
        if (opening := self._download()) is not None:
            return opening
        end = self._buffer.find(CR, 1, COMMAND_BYTES_MAX)
        anew = self._buffer.find(ESC, 1, end if end > 0 else COMMAND_BYTES_MAX)
        if anew > 0:  # the first command was cut off and the host has started anew
            end = anew - 1
        elif end < 0:
            if len(self._buffer) < COMMAND_BYTES_MAX:
                return None
            end = COMMAND_BYTES_MAX - 1
        text = bytes(self._buffer[1 : end + (anew > 0)]).decode("latin-1")
        del self._buffer[: end + 1]
        return Command(text)

    def _download(self) -> Opening | None:
        if self._buffer[1:3] != b"Db":
            return None
        head = bytes(self._buffer[1:_HEAD_BYTES_MAX])
        size = _size(head)
        if size is None:
            return None
        text, count = size
        del self._buffer[: 1 + len(text)]
        self._want = (text, count)
        return Opening(text.split(";")[1])


def _size(head: bytes) -> tuple[str, int] | None:
    """The head's own text and the bytes that follow it; None: no whole head, or one we cannot count."""
    found = _HEAD.match(head)
    if not found:
        return None
    name, levels = found[1], int(found[3])
    numbers = [int(part) for part in (found[4], found[5]) if part is not None]
    if levels not in BITS:
        return None
    match name, numbers:
        case b"Db", _:
            text = b";".join(head.split(b";")[:3]) + b";"
            return text.decode(), panel_bytes(levels)
        case b"Dbc", [count, *_]:
            text = b";".join(head.split(b";")[:4]) + b";"
            return text.decode(), count
        case b"Dbp", [_, lines]:
            return found[0].decode(), lines * LINE_PIXELS * BITS[levels] // 8
        case b"Dbpc", [_, count]:
            return found[0].decode(), count
    return None
