"""What a single-finger reader with a matcher of its own is to the rest of Loket. Types only, no I/O.

The module compares; the host only carries templates, which are opaque, and pictures. Its library holds the
fingers of the staff and nobody else's.
"""

from dataclasses import dataclass
from typing import Literal, Protocol

from drivers.address import Address

WIDTH, HEIGHT = 256, 288
PICTURE_BYTES = WIDTH * HEIGHT
"""A picture is 8-bit grey at about 500 dpi, rows top to bottom, ridges dark."""

Answer = Literal["match", "mismatch", "unable"]


@dataclass(frozen=True, slots=True)
class ReaderIdentity:
    """Who the reader says it is. ``library``: how many fingers it can hold."""

    model: str
    serial: str
    firmware: str
    library: int


@dataclass(frozen=True, slots=True)
class ReaderStatus:
    """The reader at this moment; ``raw`` is for a technician."""

    state: Literal["ready", "busy", "needs_hands", "error", "offline"]
    cause: str | None
    raw: str


@dataclass(frozen=True, slots=True)
class Hit:
    """A finger of the library, and how well it fits, in the module's own measure."""

    slot: int
    score: int


class FingerReader(Protocol):
    """One reader. Raises DeviceError when the reader itself fails; a finger that is not there, dry, wet or
    badly laid is asked for again until ``timeout_s`` is over, and only then "unable" or NeedsHands.
    """

    address: Address

    def identify(self) -> ReaderIdentity:
        """Who it is."""
        ...

    def status(self) -> ReaderStatus:
        """How it stands; ``offline`` is an answer, never an error."""
        ...

    def match(self, template: bytes, timeout_s: float) -> Answer:
        """The finger on the glass against ``template``, 1:1, by the module itself; it keeps neither."""
        ...

    def match_picture(self, picture: bytes, timeout_s: float) -> Answer:
        """The finger on the glass against a ``picture`` of PICTURE_BYTES; it keeps neither."""
        ...

    def search_picture(self, picture: bytes) -> Hit | None:
        """Whether the finger on ``picture`` is one of the library's. Nothing is asked of the glass."""
        ...

    def search(self, timeout_s: float) -> Hit | None:
        """Whether the finger on the glass is one of the library's. NeedsHands when none came."""
        ...

    def template(self, timeout_s: float) -> bytes:
        """The module's own template of the finger on the glass, taken twice. NeedsHands when none came."""
        ...

    def picture(self, timeout_s: float) -> bytes:
        """PICTURE_BYTES of the finger on the glass. NeedsHands when none came."""
        ...

    def enrol(self, slot: int, timeout_s: float) -> None:
        """Keep the finger on the glass, taken twice, under ``slot``; what was there is replaced."""
        ...

    def erase(self, slot: int) -> None:
        """Forget what is kept under ``slot``; nothing there is fine."""
        ...

    def slots(self) -> frozenset[int]:
        """Which slots hold a finger."""
        ...

    def close(self) -> None:
        """Let go; doing it twice is harmless."""
        ...
