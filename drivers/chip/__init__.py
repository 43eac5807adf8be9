"""Readers of the chip that lies in every identity card.

Its UID is the blank's name. A card that carries the specimen application (PROTOCOL.md) can also bear the
attempt's tag: evidence where it is found, never asked for where it is not.
"""

from dataclasses import dataclass
from typing import Protocol

ATTEMPT_BYTES, ARTEFACT_BYTES = 16, 32


@dataclass(frozen=True, slots=True)
class Tag:
    """What a card bears of an attempt: 16 bytes of its job id's SHA-256, and its artefact's SHA-256."""

    attempt: bytes
    artefact: bytes

    def __post_init__(self) -> None:
        if len(self.attempt) != ATTEMPT_BYTES or len(self.artefact) != ARTEFACT_BYTES:
            raise ValueError("a tag is 16 bytes of attempt and 32 of artefact")


class ChipReader(Protocol):
    """Tells which chip lies at the station, and tags it. ``timeout_s`` is for card and answers together.

    Every call raises NeedsHands("no_chip") when no card comes and ("chip_dead") when it is mute, and
    Unreachable when the reader itself is not there ("unplugged", "no_answer") or in another's hands ("busy").
    """

    def uid(self, timeout_s: float) -> str:
        """The UID in upper-case hex."""
        ...

    def read_tag(self, uid: str, timeout_s: float) -> Tag | None:
        """The tag on the card ``uid``; None when it bears none, or cannot bear one.

        NeedsHands("chip_changed") when another card lies there; OutcomeUnknown("chip_changed") when the
        tag is torn: some attempt had begun to write it.
        """
        ...

    def write_tag(self, uid: str, tag: Tag, timeout_s: float) -> bool:
        """Put ``tag`` on the card ``uid`` and read it back; False when the card cannot bear one, unchanged.

        True without a write when it bears this very tag; another one is replaced. NeedsHands("chip_changed")
        when another card lies there. OutcomeUnknown("chip_changed") when it does not read back as written,
        OutcomeUnknown("chip_dead") when the chip fell silent after the first byte of the write.
        """
        ...

    def close(self) -> None:
        """Let go of the reader; twice is harmless."""
        ...
