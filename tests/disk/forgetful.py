"""A file system that keeps what was synced and forgets the rest: FUSE, everything in memory.

A write is volatile until its file is synced; a new file is there for good only after it or its folder was
synced; a name that was given or taken away, and a new folder, only after the folder around it was. It is told
what to do by extended attributes of its root:

    user.cut    b"N drop|torn SEED"   the power goes at the N-th write from here: it and all after it fail;
                                      what was not synced is forgotten, or partly kept, in pieces of 512 bytes
    user.fail   b"N EIO|ENOSPC"       the N-th write fails: once, or for ENOSPC all from there on until healed
    user.heal   b""                   the power is back
    user.ops    (read)                how many writes, syncs and changes of names there were

    python -m tests.disk.forgetful MOUNTPOINT
"""

from __future__ import annotations

import errno
import os
import stat
import sys
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from random import Random
from typing import Any

import mfusepy  # type: ignore[import-untyped]

TEAR_BYTES = 512
ROOT = "/"


@dataclass(slots=True)
class File:
    """``seen``: what readers get; ``kept``: what survives; ``late``: writes between the two, in order.

    A late write is (offset, data), a late cut (size, None).
    """

    seen: bytearray = field(default_factory=bytearray)
    kept: bytearray = field(default_factory=bytearray)
    late: list[tuple[int, bytes | None]] = field(default_factory=list)

    def apply(self, to: bytearray, offset: int, data: bytes | None) -> None:
        """One write, or one change of size."""
        if data is None:
            del to[offset:]
            to.extend(bytes(offset - len(to)))
        else:
            to.extend(bytes(max(0, offset - len(to))))
            to[offset : offset + len(data)] = data

    def change(self, offset: int, data: bytes | None) -> None:
        """A write that is not synced yet."""
        self.apply(self.seen, offset, data)
        self.late.append((offset, data))

    def sync(self) -> None:
        """Everything so far survives."""
        self.kept[:] = self.seen
        self.late.clear()

    def forget(self, dice: Random | None) -> None:
        """The power went: the late writes are lost, or some pieces of them with dice."""
        for offset, data in self.late if dice else ():
            if data is None:
                if dice and dice.random() < 0.5:
                    self.apply(self.kept, offset, None)
                continue
            for at in range(0, len(data), TEAR_BYTES):
                if dice and dice.random() < 0.5:
                    self.apply(self.kept, offset + at, data[at : at + TEAR_BYTES])
        self.seen[:] = self.kept
        self.late.clear()


class Forgetful(mfusepy.Operations):  # type: ignore[misc]
    """The operations that SQLite and named packets need of a file system, and the switch of its power.

    ``files`` and ``folders`` are what is seen, ``names`` and ``rooms`` those of them that survive.
    """

    use_ns = True

    def __init__(self) -> None:
        self.files: dict[str, File] = {}
        self.names: dict[str, File] = {}
        self.folders, self.rooms = {ROOT}, {ROOT}
        self.ops = 0
        self.dead = False
        self._cut_at = self._fail_at = 0
        self._tear: Random | None = None
        self._fault = 0

    # -- the switch ----------------------------------------------------------------------------------

    def setxattr(self, path: str, name: str, value: bytes, options: int, position: int = 0) -> int:
        words = value.decode().split()
        if name == "user.cut":
            self._cut_at = self.ops + int(words[0])
            self._tear = Random(words[2]) if words[1] == "torn" else None
        elif name == "user.fail":
            self._fail_at = self.ops + int(words[0])
            self._fault = getattr(errno, words[1])
        elif name == "user.heal":
            self._heal()
        return 0

    def getxattr(self, path: str, name: str, position: int = 0) -> bytes:
        if name != "user.ops":
            raise mfusepy.FuseOSError(errno.ENODATA)
        return str(self.ops).encode()

    def _heal(self) -> None:
        if self.dead or self._cut_at:
            for file in {id(file): file for file in (*self.files.values(), *self.names.values())}.values():
                file.forget(self._tear)
            self.folders = set(self.rooms)
            self.names = {name: file for name, file in self.names.items() if _around(name) in self.rooms}
            self.files = dict(self.names)
        self.dead, self._cut_at, self._fail_at = False, 0, 0

    def _writes(self, *, frees: bool = False) -> None:
        """One operation that writes begins; raises if the power is gone or a fault is due.

        What ``frees`` room works on a full disk, too.
        """
        self.ops += 1
        if self._cut_at and self.ops >= self._cut_at:
            self.dead = True
        if self.dead:
            raise mfusepy.FuseOSError(errno.EIO)
        due = self.ops >= self._fail_at if self._fault == errno.ENOSPC else self.ops == self._fail_at
        if self._fail_at and due and not (frees and self._fault == errno.ENOSPC):
            raise mfusepy.FuseOSError(self._fault)

    # -- the folder ----------------------------------------------------------------------------------

    def _file(self, path: str) -> File:
        if path not in self.files:
            raise mfusepy.FuseOSError(errno.ENOENT)
        return self.files[path]

    def getattr(self, path: str, fh: int | None = None) -> dict[str, Any]:
        owner = {"st_uid": os.getuid(), "st_gid": os.getgid()}
        if path in self.folders:
            return {"st_mode": stat.S_IFDIR | 0o700, "st_nlink": 2, **owner}
        file = self._file(path)
        return {"st_mode": stat.S_IFREG | 0o600, "st_nlink": 1, "st_size": len(file.seen), **owner}

    def readdir(self, path: str, fh: int) -> list[str]:
        inside = [name for name in (*self.files, *self.folders) if name != ROOT and _around(name) == path]
        return [".", "..", *(PurePosixPath(name).name for name in inside)]

    def mkdir(self, path: str, mode: int) -> int:
        self._writes()
        self.folders.add(path)
        return 0

    def rename(self, old: str, new: str) -> int:
        self._writes()
        self.files[new] = self._file(old)
        del self.files[old]
        return 0

    def create(self, path: str, mode: int, fi: Any = None) -> int:
        self._writes()
        self.files[path] = File()
        return 0

    def unlink(self, path: str) -> int:
        self._writes(frees=True)
        self._file(path)
        del self.files[path]
        return 0

    def fsyncdir(self, path: str, datasync: int, fh: int) -> int:
        self._writes()
        self.names = {name: file for name, file in self.names.items() if _around(name) != path}
        self.names |= {name: file for name, file in self.files.items() if _around(name) == path}
        self.rooms |= {name for name in self.folders if _around(name) == path}
        return 0

    def statfs(self, path: str) -> dict[str, int]:
        return {
            "f_bsize": 4096,
            "f_frsize": 4096,
            "f_blocks": 1 << 20,
            "f_bavail": 1 << 19,
            "f_bfree": 1 << 19,
        }

    def chmod(self, path: str, mode: int) -> int:
        return 0

    def utimens(self, path: str, times: Any = None) -> int:
        return 0

    # -- a file --------------------------------------------------------------------------------------

    def open(self, path: str, flags: int) -> int:
        self._file(path)
        return 0

    def read(self, path: str, size: int, offset: int, fh: int) -> bytes:
        return bytes(self._file(path).seen[offset : offset + size])

    def write(self, path: str, data: bytes, offset: int, fh: int) -> int:
        self._writes()
        self._file(path).change(offset, data)
        return len(data)

    def truncate(self, path: str, length: int, fh: int | None = None) -> int:
        self._writes()
        self._file(path).change(length, None)
        return 0

    def fsync(self, path: str, datasync: int, fh: int) -> int:
        self._writes()
        file = self._file(path)
        file.sync()
        if all(file is not other for other in self.names.values()):
            self.names[path] = file
        return 0


def _around(path: str) -> str:
    """The folder that a name stands in."""
    return str(PurePosixPath(path).parent)


def main(mountpoint: Path) -> None:
    """Serve until unmounted, one request at a time."""
    mfusepy.FUSE(
        Forgetful(), str(mountpoint), foreground=True, nothreads=True, attr_timeout=0, entry_timeout=0
    )


if __name__ == "__main__":
    main(Path(sys.argv[1]))
