"""Files named by the SHA-256 of their bytes, in ``aa/<sha256>.pkt`` under one folder; both ends use it.

A name is given only to bytes that are on the disk: written under another name, synced, renamed, and the
folder synced where the system has such a thing. Whoever writes sealed packets gives a row in a database the
name afterwards, so that a power cut leaves at most a file without a row, never a row without its file.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Collection
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

from sync import disk

_SHA = re.compile(r"[0-9a-f]{64}")
_UNNAMED = ".tmp"


class PacketFiles:
    """One folder of them. Errors of the disk are OSError; a name that is no SHA-256 is ValueError."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made: set[Path] = set()

    def put(self, data: bytes) -> str:
        """Keep ``data``; its SHA-256 in hex. On the disk when this returns, wholly absent when it raises."""
        sha = sha256(data).hexdigest()
        path = self._path(sha)
        self._make(path.parent)
        there = path.exists()
        waiting = self.folder / f"{secrets.token_hex(8)}{_UNNAMED}"
        try:
            disk.create(waiting, data)
            disk.name(waiting, path)
        except BaseException:
            for each in (waiting,) if there else (waiting, path):
                with suppress(OSError):
                    each.unlink(missing_ok=True)
            raise
        return sha

    def read(self, sha: str, offset: int, size: int) -> bytes:
        """Up to ``size`` bytes from ``offset``; fewer only at the end. Raises FileNotFoundError."""
        with self._path(sha).open("rb") as file:
            file.seek(offset)
            return file.read(size)

    def size(self, sha: str) -> int | None:
        """How many bytes, None where there is no such file."""
        try:
            return self._path(sha).stat().st_size
        except FileNotFoundError:
            return None

    def remove(self, sha: str) -> None:
        """Forget it, for good: the folder is synced. Doing it twice is harmless."""
        path = self._path(sha)
        path.unlink(missing_ok=True)
        if path.parent.is_dir():
            disk.sync_folder(path.parent)

    def sweep(self, known: Collection[str]) -> list[str]:
        """Remove what a power cut left unnamed; the names of files that are not ``known``, which stay.

        Only for whoever is alone at the folder: a file that is just being written has no name either.
        """
        if not self.folder.is_dir():
            return []
        for waiting in self.folder.glob(f"*{_UNNAMED}"):
            waiting.unlink(missing_ok=True)
        named = (path.stem for path in self.folder.glob("??/*.pkt") if _SHA.fullmatch(path.stem))
        return sorted(sha for sha in named if sha not in known)

    def _make(self, room: Path) -> None:
        """A room of the folder, with the names of both on the disk: once for each in a process's life, since
        whoever made it first may have died before it was."""
        if room in self._made:
            return
        room.mkdir(mode=0o700, parents=True, exist_ok=True)
        disk.sync_folder(self.folder)
        if not self._made:
            disk.sync_folder(self.folder.parent)
        self._made.add(room)

    def _path(self, sha: str) -> Path:
        if not _SHA.fullmatch(sha):
            raise ValueError("a packet is named by its SHA-256 in hex")
        return self.folder / sha[:2] / f"{sha}.pkt"
