"""What the model is made of: devices, frames, steps, a capture and a stream that run. Values only, pure."""

from __future__ import annotations

from dataclasses import dataclass

from simulators.sbi import words
from simulators.sbi.requests import Wanted
from simulators.sbi.subject import Look
from simulators.sbi.words import FACE, FINGER, IRIS


@dataclass(frozen=True, slots=True)
class Device:
    """One device of the service; ``serial`` is its number, ``code`` its deviceCode."""

    id: str
    modality: str
    sub_type: str
    model: str
    serial: str
    subs: tuple[str, ...]

    @property
    def code(self) -> str:
        """What ties answers to the device; not the serial number, so that nobody equates them."""
        return f"code-{self.serial}"


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame that was seen; ``scores`` beside ``looks``."""

    looks: tuple[Look, ...]
    scores: tuple[float, ...]

    @property
    def mean(self) -> float:
        """What the device compares with the score that is asked."""
        return sum(self.scores) / len(self.scores)


@dataclass(frozen=True, slots=True)
class Wait:
    """Nothing to do before this moment, unless a hand moves."""

    until_ms: int


@dataclass(frozen=True, slots=True)
class Shoot:
    """Take these pictures and tell ``saw``."""

    looks: tuple[Look, ...]


@dataclass(frozen=True, slots=True)
class Done:
    """The end: the best frame, or a code."""

    frame: Frame | None
    code: str = words.SUCCESS


Step = Wait | Shoot | Done


@dataclass(slots=True)
class Capture:
    """One that runs. ``counts``: as they were when it began; ``lag_ms``: what the pictures have cost."""

    wanted: Wanted
    began_ms: int
    counts: dict[str, int]
    stream: int
    lag_ms: int = 0
    best: Frame | None = None
    since_ms: int = 0
    moved_ms: int = 0
    taken: int = 0


@dataclass(slots=True)
class Stream:
    """One that runs, by the number it has."""

    number: int
    device: Device
    sub: str
    began_ms: int
    until_ms: int


def devices(number: int) -> tuple[Device, ...]:
    """The three devices of the service with this seed."""
    made = (
        ("1", FINGER, "Slap", "SPECIMEN Slap", ("1", "2", "3")),
        ("2", IRIS, "Double", "SPECIMEN Iris", ("1", "2", "3")),
        ("3", FACE, "Full face", "SPECIMEN Face", ("0",)),
    )
    return tuple(
        Device(name, kind, sub, model, f"SIM{number:05}{name}", subs) for name, kind, sub, model, subs in made
    )
