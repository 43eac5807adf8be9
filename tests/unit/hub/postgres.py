"""A PostgreSQL cluster of our own, made in a second and thrown away.

Real server programs, durable as in a province (fsync stays on), reachable by a unix socket only.
The server refuses to run as root, so it is given to an unprivileged user then.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

START_TIMEOUT_S = 60


def server_programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``; None where no server is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) if sys.platform == "linux" else []
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


class Server:
    """One cluster in a folder of its own; can be killed and started again."""

    def __init__(self, programs: Path) -> None:
        self._programs = programs
        self.home = Path(tempfile.mkdtemp(prefix="loket-pg-"))
        self.url = f"postgresql:///postgres?host={self.home}&user=loket"
        self._user = None
        if sys.platform == "linux" and os.getuid() == 0:
            self._user = "nobody"
            shutil.chown(self.home, self._user)
        self._data = str(self.home / "data")
        self._call("initdb", "-A", "trust", "-U", "loket", "-D", self._data, "-E", "UTF8", "--no-sync")

    def start(self) -> None:
        options = f"-c listen_addresses= -c unix_socket_directories={self.home}"
        self._call("pg_ctl", "-D", self._data, "-w", "-l", str(self.home / "log"), "-o", options, "start")

    def kill(self) -> None:
        """What a power cut leaves: no checkpoint, no good-bye."""
        self._call("pg_ctl", "-D", self._data, "-w", "-m", "immediate", "stop")

    def _call(self, program: str, *words: str) -> None:
        subprocess.run(
            [str(self._programs / program), *words],
            user=self._user,
            cwd=self.home,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=START_TIMEOUT_S,
        )


@contextmanager
def running(programs: Path) -> Iterator[Server]:
    """A server that runs; ended and forgotten when the block is left, started or not."""
    server = Server(programs)
    try:
        server.start()
        yield server
    finally:
        with suppress(subprocess.CalledProcessError):
            server.kill()
        shutil.rmtree(server.home, ignore_errors=True)


@contextmanager
def cluster(programs: Path) -> Iterator[str]:
    """The URL of a running server's one database."""
    with running(programs) as server:
        yield server.url
