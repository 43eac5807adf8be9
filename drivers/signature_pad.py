"""What a signature pad is to the rest of Loket. Types only, no I/O."""

from dataclasses import dataclass
from typing import Literal, Protocol

from drivers.address import Address


@dataclass(frozen=True, slots=True)
class Point:
    """Where the pen was: units from the upper left, pressure 0-1023, milliseconds since the first point."""

    at_ms: int
    x: int
    y: int
    pressure: int


@dataclass(frozen=True, slots=True)
class Signature:
    """Strokes as they were drawn, on a pad of ``width`` x ``height`` units, ``dpi`` of them an inch."""

    strokes: tuple[tuple[Point, ...], ...]
    width: int
    height: int
    dpi: int


@dataclass(frozen=True, slots=True)
class PadIdentity:
    """Who the pad says it is; empty where it did not tell."""

    model: str
    serial: str


@dataclass(frozen=True, slots=True)
class PadStatus:
    """The pad at this moment; ``raw`` is for a technician."""

    state: Literal["ready", "busy", "needs_hands", "error", "offline"]
    cause: str | None
    raw: str


class SignaturePad(Protocol):
    """One pad. Every call but ``status`` may raise DeviceError."""

    address: Address

    def identify(self) -> PadIdentity:
        """Who it is."""
        ...

    def status(self) -> PadStatus:
        """How it stands; ``offline`` is an answer, never an error."""
        ...

    def sign(self, timeout_s: float) -> Signature:
        """Wait for a signature, which ends when the pen stays away. NeedsHands ``no_signature``."""
        ...

    def close(self) -> None:
        """Let go; doing it twice is harmless."""
        ...
