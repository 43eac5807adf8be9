"""What a sitting is made of: what was settled before the first press, the devices, and what it has so far."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Protocol

from agent.recording.biodata import Person
from domain.packet import Missing, Part, Rechecked
from domain.policy import Capture
from drivers.finger_reader import FingerReader
from drivers.scanner import Scanner
from drivers.signature_pad import Signature, SignaturePad


class Pictures(Protocol):
    """What is looked at in a recorded picture: agent.recording.pictures."""

    def finger(self, record: bytes) -> bytes | None:
        """As the small reader takes it."""
        ...

    def background(self, record: bytes) -> str | None:
        """The colour behind a face."""
        ...


@dataclass(frozen=True, slots=True)
class Plan:
    """What was settled before the first press. ``by``, ``second``: staff marks; ``patience_ms``: how long a
    device is waited for before the clerk is asked; ``flags``: words that go into the packet as they are."""

    id: str
    station: str
    begun_ms: int
    mode: str
    place: str
    person: Person
    missing: tuple[Missing, ...]
    by: str | None
    second: str | None
    rules: Capture
    patience_ms: int
    flags: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Devices:
    """What stands on the desk."""

    scanner: Scanner
    reader: FingerReader | None
    pad: SignaturePad | None


@dataclass(slots=True)
class Held:
    """What the sitting has so far; only in memory."""

    missing: tuple[Missing, ...]
    by: str | None
    second: str | None
    flags: list[str]
    parts: list[Part] = field(default_factory=list)
    rechecked: Rechecked = Rechecked.NO_READER
    signature: Signature | None = None
    endorsed: bool = False
    without_reader: bool = False

    def goes_without(self, reader: FingerReader) -> bool:
        """Whether the clerk chose to go on without the reader, which is still away: it is waited for once."""
        return self.without_reader and reader.status().state != "ready"

    def flag(self, word: str) -> None:
        """Remember something that whoever reads the packet should know; once."""
        if word not in self.flags:
            self.flags.append(word)

    def unflag(self, word: str) -> None:
        """What it told of is gone."""
        self.flags = [each for each in self.flags if each != word]
