"""Ends the play's programs when the play itself is killed.

Strategy: a small process of its own that reads whom the play has started and whom it has ended, one line
each. When the play dies, however it dies, the pipe ends, and whoever is still on the list is told to stop.
"""

import contextlib
import os
import signal
import subprocess
import sys
from typing import Self, TextIO


class Keeper:
    """The play's side of the pipe."""

    def __init__(self) -> None:
        self._process = subprocess.Popen(
            [sys.executable, "-m", "simulators.demo.keeper"],
            stdin=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(self, *_: object) -> None:
        """The play is over: whoever was not let go is ended."""
        self.close()

    def hold(self, pid: int) -> None:
        """This process is to end with the play."""
        self._tell("+", pid)

    def let_go(self, pid: int) -> None:
        """This process has ended: its number may soon be somebody else's."""
        self._tell("-", pid)

    def close(self) -> None:
        """See `__exit__`; twice is harmless."""
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()
        self._process.wait()

    def _tell(self, sign: str, pid: int) -> None:
        if self._process.stdin is not None:
            with contextlib.suppress(OSError):  # a keeper that was killed itself keeps nobody
                self._process.stdin.write(f"{sign}{pid}\n")
                self._process.stdin.flush()


def keep(lines: TextIO) -> None:
    """Read to the end, then end whoever is left."""
    held: set[int] = set()
    for line in lines:
        if line.startswith("+"):
            held.add(int(line[1:]))
        else:
            held.discard(int(line[1:]))
    for pid in held:
        with contextlib.suppress(OSError):
            os.kill(pid, signal.SIGTERM)


if __name__ == "__main__":
    keep(sys.stdin)
