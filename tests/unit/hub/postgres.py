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
from contextlib import contextmanager
from pathlib import Path

START_TIMEOUT_S = 60


def server_programs() -> Path | None:
    """The folder of ``initdb`` and ``pg_ctl``; None where no server is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb")) if sys.platform == "linux" else []
    if found:
        return found[-1].parent
    on_path = shutil.which("initdb")
    return Path(on_path).resolve().parent if on_path else None


@contextmanager
def cluster(programs: Path) -> Iterator[str]:
    """Start a server; yields the URL of its one database, and ends it when the block is left."""
    home = Path(tempfile.mkdtemp(prefix="loket-pg-"))
    user = None
    if sys.platform == "linux" and os.getuid() == 0:
        user = "nobody"
        shutil.chown(home, user)

    def call(program: str, *words: str) -> None:
        subprocess.run(
            [str(programs / program), *words],
            user=user,
            cwd=home,
            check=True,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            timeout=START_TIMEOUT_S,
        )

    data = home / "data"
    try:
        call("initdb", "-A", "trust", "-U", "loket", "-D", str(data), "-E", "UTF8", "--no-sync")
        options = f"-c listen_addresses= -c unix_socket_directories={home}"
        call("pg_ctl", "-D", str(data), "-w", "-l", str(home / "log"), "-o", options, "start")
        try:
            yield f"postgresql:///postgres?host={home}&user=loket"
        finally:
            call("pg_ctl", "-D", str(data), "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)
