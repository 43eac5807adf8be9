"""A finger module in memory: the same model with a clock that jumps, for tests and benchmarks.

``connect``, ``now_ms`` and ``sleep_ms`` are what PROTOCOL.md 10 asks of a far end; ``hand`` and ``later`` are
the technician and the person at the glass.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from simulators.cards.truth import Memory, Witness
from simulators.lines.memory import Opened, Wire
from simulators.r30x import clock, hands, memory
from simulators.r30x.codes import MAKES
from simulators.r30x.faults import parse
from simulators.r30x.model import Eye


class MemoryModule:
    """One simulated module, its clock and the hands beside it. ``kept``: what `memory.freeze` told
    before; ``cold``: only just switched on."""

    def __init__(
        self,
        model: str = "zfm20",
        seed: int = 1,
        faults: Sequence[str] = (),
        *,
        eye: Eye | None = None,
        kept: dict[str, Any] | None = None,
        witness: Witness | None = None,
        steady: bool = False,
        cold: bool = False,
    ) -> None:
        if eye is None:
            from simulators.r30x.eye import SkinEye  # numpy, only when fingers are really looked at

            eye = SkinEye(MAKES[model])
        ordered = [parse(text) for text in faults]
        self.module = memory.build(model, seed, eye, ordered, kept, witness or Memory())
        self.module.glass.steady = steady
        self._wire = Wire(self.module, lambda: clock.next_ms(self.module), self._advance)
        self.module.power_on(warm=not cold)

    def connect(self) -> Opened:
        """The line. ConnectionRefusedError when it is unplugged."""
        return self._wire.connect()

    def now_ms(self) -> int:
        """Simulated ms since the module's first power-on."""
        return self.module.now_ms

    def sleep_ms(self, ms: int) -> None:
        """Let that much simulated time pass."""
        self._wire.sleep_ms(ms)

    def hand(self, told: str | None = None, /, **word: Any) -> dict[str, Any]:
        """``hand("finger 7:1 wet")``, ``hand(power="cut")``…"""
        return hands.do(self.module, told if told is not None else word)

    def later(self, ms: int, told: str) -> None:
        """A hand that moves after so much simulated time, even while the driver waits."""
        self._wire.later(ms, lambda: self.hand(told))

    def freeze(self) -> dict[str, Any]:
        """What would be left if the process were killed now."""
        return memory.freeze(self.module)

    def _advance(self, at_ms: int) -> None:
        clock.advance(self.module, at_ms)
        while (work := clock.work(self.module)) is not None:
            clock.done(self.module, work, work.run())
