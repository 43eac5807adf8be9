"""What differs between the printers of one family: abilities, depth of colour and pace.

Times are whole milliseconds of the simulated world, from the table of times in PROTOCOL.md: what owners
report, not what anybody measured.
"""

from __future__ import annotations

from dataclasses import dataclass

LINES = 1016
LINE_PIXELS = 648
PIXELS = LINES * LINE_PIXELS
BITS = {2: 1, 32: 5, 64: 6, 128: 7, 256: 8}  # levels a dot may have → bits it takes


def panel_bytes(levels: int) -> int:
    """Bytes of one uncompressed panel. Raises KeyError for a depth no head knows."""
    return PIXELS * BITS[levels] // 8


@dataclass(frozen=True, slots=True)
class Make:
    """One model of printer. All ``*_ms`` are simulated milliseconds."""

    name: str
    title: str
    config: int
    usb_product: int
    feed_ms: int
    station_ms: int
    colour_ms: int  # one of y, m, c
    single_ms: int  # any other panel
    flip_ms: int
    eject_ms: int

    @property
    def duplex(self) -> bool:
        """Whether it has a flip station."""
        return bool(self.config & 0x0010_0000)

    def panel_ms(self, letter: str) -> int:
        """Time to lay one panel down."""
        return self.colour_ms if letter in "ymc" else self.single_ms


MAKES = {
    make.name: make
    for make in (
        Make("primacy2", "Evolis Primacy 2", 0x8278_2020, 0xFFF2, 2000, 800, 2200, 1500, 7000, 1200),
        Make("primacy", "Evolis Primacy", 0x8078_2020, 0xFFF1, 2500, 800, 3000, 2000, 6700, 1500),
        Make("zenius", "Evolis Zenius", 0x4048_2020, 0x0A00, 3000, 800, 5200, 3000, 0, 2000),
    )
}
