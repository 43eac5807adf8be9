"""Readers of the chip that lies in every identity card."""

from typing import Protocol


class ChipReader(Protocol):
    """Tells which chip lies at the station. Its UID is the blank's name."""

    def uid(self, timeout_s: float) -> str:
        """The UID in upper-case hex. NeedsHands("no_chip") when none comes, ("chip_dead") when it is mute."""
        ...

    def close(self) -> None:
        """Let go of the reader; twice is harmless."""
        ...
