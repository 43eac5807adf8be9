"""The province's rules change during the day: published once, followed by each counter once it hears of them.

A pinned-up list gathers people, and so does waiting for the line: from this day on ready cards are announced
by telephone alone, and people are recorded without it too. A policy is whole: what it does not tell is as in
2020.
"""

import json
import time
from pathlib import Path
from typing import Any

from domain.wita import day
from simulators.demo.supply import Hub

NAME = "keep-apart"
FORWARD = "store_and_forward"
RULES: dict[str, Any] = {"announce_channels": ["wa", "sms"], "recording_mode": FORWARD}


class Rules:
    """The day's one policy. ``hub`` runs a command of the province."""

    def __init__(self, hub: Hub, place: Path) -> None:
        self._hub, self._file = hub, place / f"{NAME}.json"

    async def publish(self) -> None:
        """From today on, for everybody."""
        today = day(time.time_ns() // 1_000_000)
        self._file.write_text(json.dumps({"name": NAME, "from": today, "rules": RULES}), encoding="utf-8")
        await self._hub("policy publish", str(self._file), "--json")

    async def followed(self) -> int:
        """How many counters have told the province that they follow it."""
        told: Any = await self._hub("policy show", "--json")
        return sum(each["policy"] == NAME and each["state"] == "applied" for each in told["stations"])
