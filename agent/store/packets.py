"""The station's sealed packets: files under ``recordings/`` of its home, named by their SHA-256.

First the file, on the disk with its name; then the journal line that tells of it; removed only after the
hub's receipt. The station cannot open them. A full disk is told as the journal tells it.
"""

from __future__ import annotations

import errno
from collections.abc import Collection
from pathlib import Path

from agent.store.journal import DISK_FULL, DiskFull
from sync.packet_files import PacketFiles

_FULL = (errno.ENOSPC, errno.EDQUOT)


class Packets:
    """The packets in one folder, ``home/recordings``, which need not exist yet."""

    def __init__(self, folder: Path) -> None:
        self._files = PacketFiles(folder)

    def put(self, sealed: bytes) -> str:
        """Keep a sealed packet; its SHA-256 in hex. It is on the disk when this returns.

        Raises DiskFull, or OSError for a disk that fails; then no part of it stays.
        """
        try:
            return self._files.put(sealed)
        except OSError as error:
            if error.errno in _FULL:
                raise DiskFull(DISK_FULL) from error
            raise

    def read(self, sha: str, offset: int, size: int) -> bytes:
        """Up to ``size`` bytes from ``offset``; fewer only at the end. Raises FileNotFoundError."""
        return self._files.read(sha, offset, size)

    def size(self, sha: str) -> int | None:
        """How many bytes, None where there is no such packet."""
        return self._files.size(sha)

    def remove(self, sha: str) -> None:
        """Forget a packet, for good. Doing it twice is harmless."""
        self._files.remove(sha)

    def sweep(self, known: Collection[str]) -> list[str]:
        """Remove what a power cut left unnamed. Gives the packets that are not ``known``; they stay, and the
        caller adopts or removes each. Only while nobody else writes here: under the home's lock.
        """
        return self._files.sweep(known)
