"""What a scanner of people is to the rest of Loket: slaps of fingers, irises, faces. Types only, no I/O.

One scanner is one service, which may hold several devices; whoever records somebody asks it for parts of a
person and never for a device. Every sample comes with the device's own signed word, kept as evidence. A
*sitting* is one chain: ``begin`` starts it, and each capture hangs on the one before.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import Literal, Protocol

from drivers.address import Address


class Modality(StrEnum):
    """What is recorded of a person."""

    FINGER = "Finger"
    IRIS = "Iris"
    FACE = "Face"


_HAND = ("IndexFinger", "MiddleFinger", "RingFinger", "LittleFinger")
LEFT_SLAP = tuple(f"Left {finger}" for finger in _HAND)
RIGHT_SLAP = tuple(f"Right {finger}" for finger in _HAND)
THUMBS = ("Left Thumb", "Right Thumb")
IRISES = ("Left", "Right")
GROUPS: tuple[tuple[Modality, tuple[str, ...]], ...] = (
    (Modality.FINGER, RIGHT_SLAP),
    (Modality.FINGER, LEFT_SLAP),
    (Modality.FINGER, THUMBS),
    (Modality.IRIS, IRISES),
    (Modality.FACE, ()),
)
"""What is captured in one press, in the words of MOSIP's SBI; a face has no parts."""


@dataclass(frozen=True, slots=True)
class Wanted:
    """One press. ``parts`` and ``missing`` together are one of GROUPS; a face has neither, but an exception
    photo (a face beside the hands) names the missing parts. ``quality``: 0-100, the score that ends the
    capture at once; below it the best frame comes at ``timeout_ms``.
    """

    modality: Modality
    parts: tuple[str, ...]
    missing: tuple[str, ...]
    quality: int
    timeout_ms: int


@dataclass(frozen=True, slots=True)
class Sample:
    """One part. ``record``: ISO/IEC 19794-4, -5 or -6:2011, as the device made it; ``quality``: 0-100.

    ``attestation``: UTF-8 JSON {"header", "payload", "signature", "hash"}: the device's signed word, the
    record taken out of ``payload`` (the text ``<bioValue>`` stands for it), so that with the record it can be
    checked again, byte for byte.
    """

    modality: Modality
    part: str
    record: bytes
    quality: float
    attestation: bytes


@dataclass(frozen=True, slots=True)
class ScannerIdentity:
    """Who answers, for one of its devices."""

    modality: Modality
    model: str
    serial: str
    firmware: str


@dataclass(frozen=True, slots=True)
class ScannerStatus:
    """The service at this moment; ``raw`` is for a technician."""

    state: Literal["ready", "busy", "needs_hands", "error", "offline"]
    cause: str | None
    raw: str


class Scanner(Protocol):
    """A service that captures parts of people. Every call may raise DeviceError with a word of Cause;
    after any of them the next call finds the device again by itself, without a restart.
    """

    address: Address

    def identify(self) -> tuple[ScannerIdentity, ...]:
        """Every device of the service, by modality."""
        ...

    def status(self) -> ScannerStatus:
        """How it stands; ``offline`` is an answer, never an error."""
        ...

    def begin(self, transaction: str) -> None:
        """A new sitting: a new chain under this name, ``[a-zA-Z0-9-]{4,50}``, which names no person."""
        ...

    def capture(self, wanted: Wanted) -> tuple[Sample, ...]:
        """One sample for each wanted part (one in all for a face), after every check of the device's word.

        Raises NeedsHands (nothing there, badly placed, ...), Unreachable, Refused; no answer is incomplete.
        """
        ...

    def preview(self, modality: Modality, parts: tuple[str, ...], timeout_ms: int) -> Iterator[bytes]:
        """JPEG pictures as the device sees the person now, until the caller stops asking; closing the
        iterator ends the stream. Raises as ``capture``.
        """
        ...

    def close(self) -> None:
        """Let go; doing it twice is harmless."""
        ...
