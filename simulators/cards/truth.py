"""What really happened, and what would be left if the power went now: two files, one order of writing.

The state file is replaced first and carries the very truth line that belongs to the change, with the place in
the truth file where that line begins; only then is the line appended. A SIGKILL before the replacement: the
change never happened, in both files. A SIGKILL between the two: on the next start the line is found
missing at its place and appended. No card is lost and none is told twice, and neither file needs an fsync,
because a killed process loses nothing it has handed to the kernel.
"""

from __future__ import annotations

import errno
import json
import os
from collections.abc import Callable
from io import RawIOBase
from pathlib import Path
from typing import Any, Protocol

from simulators.kept import kept_in

Line = dict[str, Any]


class Witness(Protocol):
    """Who is told of every physical change before the simulated world goes on."""

    def note(self, line: Line | None, freeze: Callable[[], dict[str, Any]]) -> None:
        """Keep ``line`` (None: a change that only matters to the state) and what ``freeze()`` tells."""


class Memory:
    """Truth in a list, for tests. Keeps no state: in memory nobody pulls the plug of the process."""

    def __init__(self) -> None:
        self.lines: list[Line] = []

    def note(self, line: Line | None, freeze: Callable[[], dict[str, Any]]) -> None:
        """See `Witness`."""
        if line is not None:
            self.lines.append(line)


class Files:
    """Truth and state on disk; either path may be None. Raises OSError where they cannot be kept."""

    def __init__(self, truth: Path | None, state: Path | None) -> None:
        if state and not state.parent.is_dir():  # told now, not at the first change
            raise FileNotFoundError(errno.ENOENT, "there is no such folder", str(state.parent))
        self._state = state
        self._truth = truth.open("ab", buffering=0) if truth else None
        self._end = self._truth.seek(0, os.SEEK_END) if self._truth else 0

    def note(self, line: Line | None, freeze: Callable[[], dict[str, Any]]) -> None:
        """State first, then the line; see above for why in that order."""
        raw = b"" if line is None else json.dumps(line, separators=(",", ":")).encode() + b"\n"
        if self._state:
            self._keep(self._state, {**freeze(), "truth": {"at": self._end, "line": raw.decode()}})
        if raw and self._truth:
            self._tell(self._truth, raw)

    def _keep(self, state: Path, kept: dict[str, Any]) -> None:
        spare = state.with_name(state.name + ".new")
        spare.write_bytes(json.dumps(kept, separators=(",", ":")).encode())
        spare.replace(state)

    def _tell(self, truth: RawIOBase, raw: bytes) -> None:
        truth.write(raw)
        self._end += len(raw)

    def close(self) -> None:
        """Let go of the truth file."""
        if self._truth:
            self._truth.close()


def recover(truth: Path | None, state: Path | None) -> dict[str, Any] | None:
    """The state that was left, or None; completes the truth file's last line if the power went in between.

    Raises ValueError when the state file is none of ours.
    """
    if state is None or not state.exists():
        return None
    with kept_in(state):
        kept: dict[str, Any] = json.loads(state.read_bytes())
        begun = kept.pop("truth")
        at, raw = int(begun["at"]), begun["line"].encode()
    if truth is not None and truth.exists() and raw:
        _complete(truth, at, raw)
    return kept


def _complete(truth: Path, at: int, raw: bytes) -> None:
    """Append what lacks of the line that begins ``at``; what is no beginning of it is another device's."""
    with truth.open("r+b") as file:
        if at <= file.seek(0, os.SEEK_END) < at + len(raw):
            file.seek(at)
            written = file.read()
            if raw.startswith(written):
                file.write(raw[len(written) :])
