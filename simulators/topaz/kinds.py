"""The models of pads as numbers (PROTOCOL.md 5). Pure."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Kind:
    """One model. ``x``, ``y``: raw start and stop; ``format``: 0 is 8O1, 1 is 7O1; ``lcd``: it listens."""

    word: str
    title: str
    x: tuple[int, int]
    y: tuple[int, int]
    baud: int
    format: int
    lcd: bool

    @property
    def bits(self) -> int:
        """Of one byte on the line: start, data, parity, stop."""
        return 11 - self.format

    def raw(self, x: float, y: float) -> tuple[int, int]:
        """Of a place 0-1, 0-1 from the upper left."""
        return round(self.x[0] + x * (self.x[1] - self.x[0])), round(self.y[0] + y * (self.y[1] - self.y[0]))


KINDS = {
    kind.word: kind
    for kind in (
        Kind("siglitelcd1x5", "SigLite LCD 1x5", (400, 2400), (350, 1050), 19200, 0, lcd=True),
        Kind("siglite1x5", "SigLite 1x5", (500, 2650), (700, 2100), 19200, 0, lcd=False),
        Kind("siglitelcd4x5", "SigLite LCD 4x5", (500, 2600), (500, 2100), 38400, 0, lcd=True),
        Kind("sigem1x5", "SignatureGem 1x5", (400, 2400), (350, 950), 19200, 0, lcd=False),
        Kind("sigemlcd1x5", "SignatureGem LCD 1x5", (400, 2400), (350, 1250), 19200, 1, lcd=True),
        Kind("sigem4x5", "SignatureGem 4x5", (500, 2650), (700, 2100), 19200, 0, lcd=False),
        Kind("clipgem", "ClipGem", (485, 2800), (170, 3200), 9600, 0, lcd=False),
        Kind("sigcolor5x7", "SigGem Color 5x7", (300, 2370), (350, 1950), 115200, 0, lcd=True),
    )
}
"""The first is what one gets without asking."""
