"""Files that an end keeps beside its database: whole on the disk or not there, read by their owner alone.

What is not a row is a file that was written elsewhere, synced, and given its name, in this order; and the
folder is synced where the system has such a thing. So a power cut leaves the old file, or the new one.
"""

from __future__ import annotations

import errno
import os
import sys
from contextlib import suppress
from pathlib import Path

_NO_SUCH_THING = (errno.EINVAL, errno.ENOTSUP)  # a stick's file system may sync no folder


def create(path: Path, data: bytes) -> None:
    """A new file of ``data``, its bytes on the disk when this returns, its name not yet. Errors: OSError."""
    file = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
    with os.fdopen(file, "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())


def put(path: Path, data: bytes) -> None:
    """``data`` at ``path``, instead of what was there, on the disk with its name. Errors: OSError."""
    waiting = path.with_name(path.name + ".new")
    waiting.unlink(missing_ok=True)
    try:
        create(waiting, data)
        name(waiting, path)
    except BaseException:
        with suppress(OSError):
            waiting.unlink(missing_ok=True)  # half of it may be a person in clear
        raise


if sys.platform == "win32":

    def name(waiting: Path, path: Path) -> None:
        """Windows syncs no folder; the move itself returns when it is on the disk. Errors: OSError."""
        import ctypes

        replace_existing, write_through = 1, 8
        move = ctypes.windll.kernel32.MoveFileExW
        if not move(str(waiting), str(path), replace_existing | write_through):
            raise ctypes.WinError()

    def sync_folder(folder: Path) -> None:
        """There is no such thing here."""

else:

    def name(waiting: Path, path: Path) -> None:
        """Give a file on the disk its name there. Errors: OSError."""
        waiting.replace(path)
        sync_folder(path.parent)

    def sync_folder(folder: Path) -> None:
        """The names in it are on the disk when this returns. Errors: OSError."""
        place = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
        try:
            os.fsync(place)
        except OSError as error:
            if error.errno not in _NO_SUCH_THING:
                raise
        finally:
            os.close(place)
