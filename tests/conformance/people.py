"""A simulated biometric service as a process, and whoever stands before it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

DONE = {
    "show_right_slap": ("whole", "place auto"),
    "show_left_slap": ("whole", "place auto"),
    "show_left_without_little": ("whole", "missing Left LittleFinger", "place auto"),
    "show_thumbs": ("whole", "place auto"),
    "show_eyes": ("place auto",),
    "show_face": ("place auto",),
    "show_nothing": ("place nothing",),
    "unplug_scanner": ("unplug Finger",),
    "plug_scanner": ("plug",),
}
"""Each task in the simulator's words; ``auto`` is a person who does as asked."""


class Service:
    """``loket-sim sbi``; its hands do every task of the checks."""

    def __init__(self, folder: Path, *options: str, speed: int = 1) -> None:
        self.ca = folder / "anchors.pem"
        command = [sys.executable, "-c", "from simulators.cli import main; main()", "sbi", "--port", "0"]
        command += ["--ca", str(self.ca), "--speed", str(speed), *options]
        self._process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        self.address = str(self._line()["addresses"][0])
        self.trust = self.ca.read_bytes()

    def tell(self, line: str) -> dict[str, Any]:
        """One line of hands."""
        assert self._process.stdin is not None
        self._process.stdin.write(line + "\n")
        self._process.stdin.flush()
        told = self._line()
        assert "error" not in told, told
        return told

    def do(self, task: str) -> bool:
        """Drivers.conformance.bench.Hands."""
        for line in DONE[task]:
            self.tell(line)
        return True

    def close(self) -> None:
        self._process.terminate()
        self._process.communicate(timeout=10)

    def _line(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        told: dict[str, Any] = json.loads(self._process.stdout.readline())
        return told
