"""The beginnings of packets on the hub's disk: ``<station>/<sha256>.part``, ``.whole`` when all is there.

A file is a row of pieces, each behind its length and CRC-32 and synced before anybody is told of it. So a
power cut tears at most the last one, which nobody was told of, and whoever opens the file next cuts
it there. The CRC only finds the tear; that a whole packet is the right one its SHA-256 tells.
"""

from __future__ import annotations

import os
import struct
import zlib
from collections.abc import Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from sync.disk import sync_folder
from sync.pieces import PIECE_BYTES_MAX

_HEAD = struct.Struct(">II")  # how many bytes, and their CRC-32
PART, WHOLE = ".part", ".whole"
FILES_MAX = 4  # begun and unfinished, of one station: 32 MiB at most


class NoRoom(Exception):
    """The disk takes nothing, or the station has begun too much; nothing was written."""


class Parts:
    """All of them, under one folder. ``station`` and ``sha``, 64 hex digits, are safe as names of files."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._held: dict[Path, int] = {}

    def have(self, station: str, sha: str) -> int:
        """How many bytes of a packet are on the disk; a torn tail is cut off first. Errors: OSError."""
        path = self._path(station, sha)
        if path not in self._held:
            self._held[path] = _mended(path) if path.exists() else 0
        return self._held[path]

    def append(self, station: str, sha: str, data: bytes) -> int:
        """Put the next bytes behind; how many are on the disk now. Raises NoRoom."""
        path = self._path(station, sha)
        have = self.have(station, sha)
        try:
            if not path.exists():
                self._begin(path)
            _write(path, _HEAD.pack(len(data), zlib.crc32(data)) + data)
        except OSError as error:
            self._held.pop(path, None)  # what of it is there is looked at when it is asked for again
            raise NoRoom from error
        self._held[path] = have + len(data)
        return self._held[path]

    def finish(self, station: str, sha: str) -> bool:
        """All bytes are there. Whether they are the right ones; if not, none is kept. Errors: OSError."""
        path = self._path(station, sha)
        if sha256(b"".join(_pieces(path))).hexdigest() != sha:
            self.remove(station, sha)
            return False
        path.replace(path.with_suffix(WHOLE))
        sync_folder(path.parent)
        return True

    def is_whole(self, station: str, sha: str) -> bool:
        """Whether it waits to be opened."""
        return self._path(station, sha).with_suffix(WHOLE).exists()

    def whole(self) -> list[tuple[str, str]]:
        """(station, sha256) of the packets that are whole."""
        return sorted((path.parent.name, path.stem) for path in self._folder.glob(f"*/*{WHOLE}"))

    def read(self, station: str, sha: str) -> bytes:
        """A whole packet. Errors: OSError."""
        return b"".join(_pieces(self._path(station, sha).with_suffix(WHOLE)))

    def remove(self, station: str, sha: str) -> None:
        """Forget what there is of a packet; doing it twice is harmless."""
        path = self._path(station, sha)
        for each in (path, path.with_suffix(WHOLE)):
            each.unlink(missing_ok=True)
        self._held.pop(path, None)

    def _path(self, station: str, sha: str) -> Path:
        return self._folder / station / f"{sha}{PART}"

    def _begin(self, path: Path) -> None:
        """Make the file. What has waited longest for its next piece makes room: it can be asked for again."""
        path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        there = [each for each in path.parent.iterdir() if each.suffix in (PART, WHOLE)]
        begun = sorted(
            (each for each in there if each.suffix == PART), key=lambda each: each.stat().st_mtime_ns
        )
        for old in begun[: max(0, len(there) - FILES_MAX + 1)]:
            old.unlink(missing_ok=True)
            self._held.pop(old, None)
        if len(there) - len(begun) >= FILES_MAX:
            raise OSError("the packets that are whole have to be opened first")
        path.touch(mode=0o600)
        for folder in (path.parent, path.parent.parent, path.parent.parent.parent):
            sync_folder(folder)


def _write(path: Path, data: bytes) -> None:
    """All of ``data`` behind the rest, or nothing of it. Errors: OSError."""
    with path.open("r+b", buffering=0) as file:
        end = file.seek(0, os.SEEK_END)
        try:
            view = memoryview(data)
            while view:
                view = view[file.write(view) :]
            os.fsync(file.fileno())
        except OSError:
            with suppress(OSError):
                file.truncate(end)
            raise


def _pieces(path: Path) -> Iterator[bytes]:
    """The pieces that are whole, in order, up to the first that is torn."""
    with path.open("rb") as file:
        while len(head := file.read(_HEAD.size)) == _HEAD.size:
            size, crc = _HEAD.unpack(head)
            if not 0 < size <= PIECE_BYTES_MAX:
                return  # a torn head may tell any size, and memory would be taken for it
            data = file.read(size)
            if len(data) != size or zlib.crc32(data) != crc:
                return
            yield data


def _mended(path: Path) -> int:
    """Cut the file after its last whole piece; how many bytes of the packet that are. Errors: OSError."""
    have = end = 0
    for data in _pieces(path):
        have += len(data)
        end += _HEAD.size + len(data)
    if path.stat().st_size != end:
        with path.open("r+b", buffering=0) as file:
            file.truncate(end)
            os.fsync(file.fileno())
    return have
