"""The pad, its line and the person with the pen. Pure; its clock is set for it.

The person signs shortly after the pad was cleared and keeps ink (an LCD), or after a host began to listen (no
LCD), or when told to. What a signature is on the line is worked out at once and said when its time has come.
"""

from __future__ import annotations

import random
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from simulators.lines.faults import Fault, Faults
from simulators.lines.line import Line
from simulators.people.signatures import Ink, signature
from simulators.topaz import pen, wire
from simulators.topaz.kinds import Kind

CLEAR, PERSISTENT = 0x04, 0x14
HAND_MS = 300
"""From the cleared pad to the pen."""
LATE_MS, PAUSE_MS, PLUG_MS = 3000, 800, 2000
DOT_POINTS = 3
NOW_AND_THEN = 17
"""Every so many packets."""
Script = list[tuple[int, bytes]]


@dataclass(slots=True, eq=False)
class Pad:
    """One pad. ``signer``: whose signature it is, a seed; ``hand``: whether the person signs unasked."""

    kind: Kind
    signer: int
    number: int
    dice: random.Random
    hand: bool = True
    faults: Faults = field(default_factory=Faults)
    now_ms: int = 0
    plugged: bool = True
    dead: bool = False
    cleared: bool = False
    signatures: int = 0
    script: deque[tuple[int, bytes]] = field(default_factory=deque)
    sign_ms: int | None = None
    plug_ms: int | None = None
    unplug_ms: int | None = None
    away_ms: int = PLUG_MS
    watchers: list[Callable[[], None]] = field(default_factory=list)
    line: Line = field(init=False)

    def __post_init__(self) -> None:
        self.line = Line(self.kind.baud, self.kind.bits)

    @property
    def there(self) -> bool:
        """Whether there is a line to be opened."""
        return self.plugged

    @property
    def serial(self) -> str:
        """As the info packet tells it."""
        return str(self.number)

    def opened(self) -> None:
        """A host begins to listen."""
        self.say_info()
        if not self.kind.lcd:
            self._expect_hand()

    def say_info(self) -> None:
        """Who it is."""
        if self.kind.format == 0 and not self.dead:
            self.line.say(wire.info(self.number), self.now_ms)

    def hear(self, data: bytes) -> None:
        """Bytes of the host; a pad without an LCD takes none."""
        for byte in data if self.kind.lcd else b"":
            if byte == CLEAR:
                self.cleared, self.sign_ms = True, None
            elif byte == PERSISTENT and self.cleared:
                self.cleared = False
                self._expect_hand()

    def sign(self, signer: int | None = None) -> None:
        """The person takes the pen; a signature under way goes on instead."""
        self.sign_ms = None
        if self.script or self.dead or not self.plugged:
            return
        if signer is not None:
            self.signer = signer
        self.signatures += 1
        struck = {each.name: each for each in self.faults.exchange(self.signatures, -1)}
        if "dead" in struck:
            self.dead = True
        if "no_pen" in struck or self.dead:
            return
        late_ms = struck["late"].lasts_ms(LATE_MS) if "late" in struck else 0
        told = self._twisted(struck)
        self.script.extend((self.now_ms + late_ms + at, packet) for at, packet in told)
        if out := struck.get("unplug"):
            self.unplug_ms = self.script[len(self.script) // 2][0]
            self.away_ms = out.lasts_ms(PLUG_MS)

    def unplug(self, for_ms: int | None) -> None:
        """The wire is out; what was being said is lost."""
        self.plugged, self.unplug_ms, self.sign_ms = False, None, None
        self.plug_ms = None if for_ms is None else self.now_ms + for_ms
        self.script.clear()
        self.line.clear()
        self.tell()

    def plug(self) -> None:
        """It is in again."""
        self.plugged, self.plug_ms = True, None
        self.tell()

    def tell(self) -> None:
        """Its world has changed in the middle of something."""
        for watcher in [*self.watchers]:
            watcher()

    def _expect_hand(self) -> None:
        if self.hand and not self.script:
            self.sign_ms = self.now_ms + HAND_MS

    def _twisted(self, struck: dict[str, Fault]) -> Script:
        strokes = signature(self.signer)
        if "dot" in struck:
            strokes = (strokes[0][:DOT_POINTS],)
        script = pen.written(self.kind, strokes, self.number)
        if "no_goodbye" in struck:
            script.pop()
        if pause := struck.get("pause"):
            script = _paused(self.kind, script, strokes[0][-1], pause.lasts_ms(PAUSE_MS))
        for name, twist in _TWISTS.items():
            if name in struck:
                script = [
                    each if at % NOW_AND_THEN else twist(self, each) for at, each in enumerate(script, 1)
                ]
        return script


def _paused(kind: Kind, script: Script, last: Ink, for_ms: int) -> Script:
    """The pen leaves after the first stroke, whose last point is told, and all the rest comes later."""
    at_ms = pen.HOVER_MS + last.at_ms
    before = [each for each in script if each[0] <= at_ms]
    after = [(at + for_ms, packet) for at, packet in script if at > at_ms]
    return [*before, (at_ms, pen.gone(kind, last)), *after]


def _noise(pad: Pad, each: tuple[int, bytes]) -> tuple[int, bytes]:
    """Bytes that begin no packet, or half of one that is never ended."""
    nonsense = bytes(pad.dice.randrange(0x40) for _ in range(pad.dice.randint(1, 3)))
    begun = bytes([0xC1]) if pad.dice.random() < 0.5 else b""
    return each[0], begun + nonsense + each[1]


def _lost(pad: Pad, each: tuple[int, bytes]) -> tuple[int, bytes]:
    at = pad.dice.randrange(len(each[1]))
    return each[0], each[1][:at] + each[1][at + 1 :]


def _nowhere(pad: Pad, each: tuple[int, bytes]) -> tuple[int, bytes]:
    return each[0], wire.position(pad.kind.format, True, True, wire.NOWHERE, wire.NOWHERE) + each[1]


_TWISTS: dict[str, Callable[[Pad, tuple[int, bytes]], tuple[int, bytes]]] = {
    "noise": _noise,
    "lost": _lost,
    "nowhere": _nowhere,
}
