"""A simulated printer that speaks IPP, as a process of its own on a free port, with its truth beside it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

from tests.conformance.wires import SPEED


class IppProcess:
    """``loket-sim paper`` or ``loket-sim spooler``; ``SPEED`` times too fast."""

    def __init__(self, what: str, *options: str) -> None:
        self._room = tempfile.TemporaryDirectory()
        self._truth = Path(self._room.name) / "truth.jsonl"
        command = [sys.executable, "-c", "from simulators.cli import main; main()", what]
        command += ["--speed", str(SPEED), "--truth", str(self._truth), *options]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.ready = self._line()
        self.address: str = self.ready["addresses"][0]

    def hand(self, told: dict[str, Any]) -> dict[str, Any]:
        """A technician's hands."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(told) + "\n")
        self._process.stdin.flush()
        return self._line()

    def truth(self, event: str) -> list[dict[str, Any]]:
        """What really happened so far, of one kind."""
        lines = [json.loads(line) for line in self._truth.read_text("utf-8").splitlines()]
        return [line for line in lines if line["event"] == event]

    def close(self) -> None:
        """An orderly end."""
        self._process.terminate()
        self._process.communicate(timeout=10)
        assert self._process.returncode == 0
        self._room.cleanup()

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told
