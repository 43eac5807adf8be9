"""A forgetful disk, mounted for a test; the test skips by name where the kernel does not give the right."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests import witness

MOUNTED_S = 10.0


class Disk:
    """The mounted folder, and the switch of its power."""

    def __init__(self, root: Path) -> None:
        self.root = root

    def cut(self, operations: int, how: str, seed: int = 0) -> None:
        """The power goes at the ``operations``-th write from now on; ``how``: drop or torn."""
        os.setxattr(self.root, "user.cut", f"{operations} {how} {seed}".encode())

    def fail(self, operations: int, fault: str) -> None:
        """The ``operations``-th write from now on fails with ``fault``: EIO once, ENOSPC until healed."""
        os.setxattr(self.root, "user.fail", f"{operations} {fault}".encode())

    def heal(self) -> None:
        """The power is back, or there is room again; every file must be closed."""
        os.setxattr(self.root, "user.heal", b"")

    def operations(self) -> int:
        """How many operations that write there were."""
        return int(os.getxattr(self.root, "user.ops"))


@contextmanager
def mounted(folder: Path) -> Iterator[Disk]:
    """A disk of its own, or a skip."""
    witness.library("mfusepy", "mfusepy")
    witness.program("fusermount3", "fuse3")
    if not os.access("/dev/fuse", os.R_OK | os.W_OK):
        witness.right("fuse")
    root = folder / "disk"
    root.mkdir()
    server = subprocess.Popen(
        [sys.executable, "-m", "tests.disk.forgetful", str(root)], stderr=subprocess.PIPE, text=True
    )
    try:
        if not _is_mounted(server, root):
            told = server.communicate(timeout=10)[1] if server.poll() is not None else "it never came"
            witness.right(f"fuse: {told.strip().splitlines()[-1] if told.strip() else 'no mount'}")
        yield Disk(root)
    finally:
        subprocess.run(["fusermount3", "-u", "-z", str(root)], check=False, capture_output=True)
        server.terminate()
        server.communicate(timeout=10)


def _is_mounted(server: subprocess.Popen[str], root: Path) -> bool:
    end = time.monotonic() + MOUNTED_S
    while time.monotonic() < end and server.poll() is None:
        if root.is_mount():
            return True
        try:
            server.wait(0.02)
        except subprocess.TimeoutExpired:
            continue
    return False
