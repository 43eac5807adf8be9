"""Whoever does what a conformance check asks for, by telling a simulator; and the wires a stream comes by."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

WIRES = ("memory", "tcp") if sys.platform == "win32" else ("memory", "pty", "tcp")
SPEED = "40"


@dataclass
class Person:
    """Does a task by telling the simulator what ``moves`` has for it."""

    tell: Callable[[dict[str, Any]], dict[str, Any]]
    moves: Mapping[str, dict[str, Any]]

    def do(self, task: str) -> bool:
        answer = self.tell(self.moves[task])
        assert "error" not in answer, answer
        return True
