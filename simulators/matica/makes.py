"""What differs between the printers of one family, what ribbons they take, and their pace.

Times are whole milliseconds of the simulated world, the defaults of PROTOCOL.md §6.1.
"""

from __future__ import annotations

from dataclasses import dataclass

LOAD_MS, MOVE_MS, ENGAGE_MS = 4000, 1500, 500
COLOUR_MS, SINGLE_MS = 3500, 3000
TRANSFER_MS, FLIP_MS, EJECT_MS, REJECT_MS = 9000, 3000, 2000, 2000
BOOT_MS, INITIALISING_MS, WARMING_MS = 5000, 10_000, 120_000
FEATURES = bytes.fromhex("0100020010000003")  # the settings bytes as it comes from the box (§2.2)


@dataclass(frozen=True, slots=True)
class Make:
    """One model of printer."""

    name: str
    title: str
    dpi: int
    columns: int
    rows: int
    card_columns: int
    card_rows: int

    @property
    def plane_bytes(self) -> int:
        """One panel, a byte a dot."""
        return self.columns * self.rows


MAKES = {
    make.name: make
    for make in (
        Make("xid8600", "XID8600", 600, 2072, 1328, 2022, 1276),
        Make("xid580", "XID580ie", 300, 1036, 664, 1011, 638),
    )
}

INK = {"ymck": 0, "ymckk": 4, "ymcku": 5}
"""Ribbon kinds by their number on the wires; 255 is none, anything else one the machine cannot use."""
NO_RIBBON, FOREIGN = 0xFF, 0x7E
CAPACITY = {0: 500, 4: 400, 5: 400}  # cards on a new ribbon
FILM_CARDS = 1000


def panel_ms(letter: str) -> int:
    """Time to lay one panel down."""
    return COLOUR_MS if letter in "ymc" else SINGLE_MS
