"""What was recorded of one person in one sitting, and what binds a sealed packet to its purpose.

Values only. domain/packing.py makes the bytes of a packet out of a ``Recording`` and reads them back;
domain/cbeff.py and domain/iso19794.py know what is inside. Part names are those of MOSIP's SBI and of CBEFF:
``Right IndexFinger``, ``Left Thumb``; ``Left`` and ``Right`` for irises; nothing for a face.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

PACKET_BYTES_MAX = 8 << 20
"""No sealed packet is larger: three times what ten fingers, two irises and two faces take."""
SEAL_BYTES_MAX = 4096
"""What sealing may add to a packet."""


class Modality(StrEnum):
    """What a part is of, in CBEFF's words. An exception photo shows the hands beside the face."""

    FINGER = "Finger"
    IRIS = "Iris"
    FACE = "Face"
    EXCEPTION_PHOTO = "ExceptionPhoto"


_FINGERS = ("Thumb", "IndexFinger", "MiddleFinger", "RingFinger", "LittleFinger")
FINGERS = tuple(f"{hand} {finger}" for hand in ("Right", "Left") for finger in _FINGERS)
"""In the order of ISO/IEC 19794-4's positions, 1 to 10."""
IRISES = ("Right", "Left")
"""In the order of ISO/IEC 19794-6's eyes, 1 and 2."""


ON_PAPER = "paper_signature"
"""The sitting's flag that the person was to sign on paper, and may not have: somebody looks at the sheet."""
MISMATCH_OVERRIDDEN, CLERKS_FINGER_OVERRIDDEN = "mismatch_overridden", "clerks_finger_overridden"
"""The sitting's flags that a second person decided something."""


class Rechecked(StrEnum):
    """How the index finger on the small reader compared with the one that was recorded."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNABLE = "unable"
    NO_READER = "no_reader"


class BadPacket(Exception):
    """The bytes are no packet, or one that may not be kept. ``word`` says why and repeats nothing of it."""

    def __init__(self, word: str) -> None:
        self.word = word
        super().__init__(word)


@dataclass(frozen=True, slots=True)
class Part:
    """One finger, iris or picture. ``record``: ISO/IEC 19794-4, -5 or -6:2011; ``quality``: 0-100;
    ``attempts``: from 1; ``forced``: kept below the threshold; ``attestation``: as drivers.scanner.Sample.
    """

    modality: Modality
    part: str
    record: bytes = field(repr=False)
    quality: float
    attempts: int
    forced: bool
    attestation: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Missing:
    """A finger, or an iris (``Left``, ``Right``), that the person does not have, or not today."""

    part: str
    permanent: bool


@dataclass(frozen=True, slots=True)
class Recording:
    """One sitting. Times: Unix ms. ``biodata``: the person, ``nik`` and ``name`` among it.

    ``signature``: {"width", "height", "dpi", "strokes": [[[at_ms, x, y, pressure], …], …]}, None without one.
    ``staff``: {"by", "second"}, marks or None. ``devices``: {"modality", "model", "serial", "firmware"} each.
    """

    id: str
    station: str
    begun_ms: int
    ended_ms: int
    mode: str
    place: str
    biodata: Mapping[str, str] = field(repr=False)
    parts: tuple[Part, ...]
    missing: tuple[Missing, ...]
    signature: Mapping[str, Any] | None = field(repr=False)
    rechecked: Rechecked
    endorsed: bool
    staff: Mapping[str, str | None]
    flags: tuple[str, ...] = ()
    devices: tuple[Mapping[str, str], ...] = ()


def due(missing: Collection[Missing]) -> tuple[tuple[Modality, str], ...]:
    """What a whole recording holds: the face, and every finger and iris that is not missing.

    Where a finger is missing, also the picture that shows so.
    """
    gone = {each.part for each in missing}
    fingers = [(Modality.FINGER, finger) for finger in FINGERS if finger not in gone]
    irises = [(Modality.IRIS, eye) for eye in IRISES if eye not in gone]
    shown = [(Modality.EXCEPTION_PHOTO, "")] if len(fingers) < len(FINGERS) else []
    return (*fingers, *irises, (Modality.FACE, ""), *shown)


def info(station: str, recording: str) -> bytes:
    """What a sealed packet is bound to: ``SealKey.seal(packet, info(station, id))``."""
    return b"loket-packet/1|" + station.encode() + b"|" + recording.encode()


def transaction(recording: str) -> str:
    """Under which name scanners take a recording, and sign what they take: letters, digits and dashes.

    Two recordings of one station have two, as long as the station's name is all of theirs that has dashes.
    """
    return recording.replace(".", "-")
