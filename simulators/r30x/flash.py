"""What the module keeps without power: library, notepad, password, address, parameters. Pure."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from simulators.r30x.codes import NOTEPAD_BYTES, NOTEPAD_PAGES

VERSION = 1


@dataclass(slots=True)
class Parameters:
    """What SetSysPara sets (PROTOCOL.md 6): N of the baud rate, security level, packet size code."""

    baud: int = 6
    level: int = 3
    packet: int = 2

    def copy(self) -> Parameters:
        """The same numbers."""
        return Parameters(self.baud, self.level, self.packet)


@dataclass(slots=True)
class Flash:
    """The non-volatile memory."""

    address: int = 0xFFFFFFFF
    password: int = 0
    parameters: Parameters = field(default_factory=Parameters)
    library: dict[int, bytes] = field(default_factory=dict)
    notepad: list[bytes] = field(default_factory=lambda: [bytes(NOTEPAD_BYTES)] * NOTEPAD_PAGES)

    def freeze(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "version": VERSION,
            "make": "r30x",
            "address": self.address,
            "password": self.password,
            "parameters": [self.parameters.baud, self.parameters.level, self.parameters.packet],
            "library": {str(slot): template.hex() for slot, template in self.library.items()},
            "notepad": [page.hex() for page in self.notepad],
        }


def thaw(kept: dict[str, Any]) -> Flash:
    """What `Flash.freeze` told. Raises ValueError on what is none of ours."""
    if kept.get("make") != "r30x" or kept.get("version") != VERSION:
        raise ValueError("this state is no finger module's, or of another version")
    return Flash(
        kept["address"],
        kept["password"],
        Parameters(*kept["parameters"]),
        {int(slot): bytes.fromhex(template) for slot, template in kept["library"].items()},
        [bytes.fromhex(page) for page in kept["notepad"]],
    )
