"""A signature pad in memory: the same model with a clock that jumps, for tests and benchmarks.

``connect``, ``now_ms`` and ``sleep_ms`` are what PROTOCOL.md 7 asks of a far end.
"""

from __future__ import annotations

import random
from collections.abc import Sequence
from typing import Any

from simulators.lines.faults import Faults
from simulators.lines.memory import Opened, Wire
from simulators.topaz import clock, hands
from simulators.topaz.faults import parse
from simulators.topaz.kinds import KINDS
from simulators.topaz.model import Pad
from simulators.topaz.wire import SERIAL


class MemoryPad:
    """One simulated pad, its clock and the person beside it. ``hand`` False: signs only when told."""

    def __init__(
        self, model: str = "siglitelcd1x5", seed: int = 1, faults: Sequence[str] = (), *, hand: bool = True
    ) -> None:
        dice = random.Random(f"topaz|{seed}")
        ordered = Faults([parse(text) for text in faults])
        self.pad = Pad(KINDS[model], seed, SERIAL, dice, hand, ordered)
        self._wire = Wire(
            self.pad,
            lambda: clock.next_ms(self.pad),
            lambda at_ms: clock.advance(self.pad, at_ms),
            self.pad.opened,
        )

    def connect(self) -> Opened:
        """The line. ConnectionRefusedError when it is unplugged."""
        return self._wire.connect()

    def now_ms(self) -> int:
        """Simulated ms."""
        return self.pad.now_ms

    def sleep_ms(self, ms: int) -> None:
        """Let that much simulated time pass."""
        self._wire.sleep_ms(ms)

    def hand(self, told: str | None = None, /, **word: Any) -> dict[str, Any]:
        """``hand("sign 12")``, ``hand(unplug=2000)``…"""
        return hands.do(self.pad, told if told is not None else word)

    def later(self, ms: int, told: str) -> None:
        """A hand that moves after so much simulated time, even while the driver waits."""
        self._wire.later(ms, lambda: self.hand(told))
