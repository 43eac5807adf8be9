"""Which pictures are good enough to be recorded: a table of limits per modality, and the word that says no.

Recording keeps what the person looks like for a lifetime, so pictures are lossless, or WSQ at most. Sources:
MOSIP's biometric image specification for registration (500 dpi; iris K2 or K3, 210 px across; full frontal
face; JPEG 2000 lossless); WSQ, PNG and uncompressed beside it, as ISO/IEC 19794-4 lists them and the FBI's
WSQ profile allows. The least sides of a face are those of ISO/IEC 19794-5's full frontal image.
"""

from __future__ import annotations

from dataclasses import dataclass

from domain.iso19794 import BadRecord, Compression, Head, single
from domain.packet import Modality, Part

_LOSSLESS = frozenset({Compression.RAW, Compression.JP2_LOSSLESS, Compression.PNG})
_JP2 = (b"\x00\x00\x00\x0cjP  \r\n\x87\n", b"\xff\x4f\xff\x51")
_BEGINS: dict[Compression, tuple[bytes, ...]] = {
    Compression.WSQ: (b"\xff\xa0",),
    Compression.JPEG: (b"\xff\xd8\xff",),
    Compression.JP2_LOSSY: _JP2,
    Compression.JP2_LOSSLESS: _JP2,
    Compression.JP2: _JP2,
    Compression.PNG: (b"\x89PNG\r\n\x1a\n",),
}


@dataclass(frozen=True, slots=True)
class Limits:
    """``kinds``: impression, iris image or face types that may be recorded; sizes in pixels."""

    stored: frozenset[Compression]
    kinds: frozenset[int]
    width: int
    height: int
    dpi: float = 0.0
    iris_px: int = 0


LIMITS: dict[Modality, Limits] = {
    # kinds: live plain, live rolled, contactless plain; latent prints and copies are none of a living hand
    Modality.FINGER: Limits(_LOSSLESS | {Compression.WSQ}, frozenset({0, 1, 24}), 128, 128, dpi=500.0),
    # kinds: uncropped, VGA (K2), cropped (K3); K7 is masked, and so lost what lies around the iris
    Modality.IRIS: Limits(_LOSSLESS, frozenset({1, 2, 3}), 640, 480, iris_px=210),
    # kinds: full frontal, token frontal
    Modality.FACE: Limits(_LOSSLESS, frozenset({1, 2}), 240, 320),
    Modality.EXCEPTION_PHOTO: Limits(_LOSSLESS, frozenset({0, 1, 2}), 320, 240),
}
WORDS = (
    "IMAGE_BAD_RECORD", "IMAGE_WRONG_PART", "IMAGE_LOSSY", "IMAGE_KIND", "IMAGE_DPI", "IMAGE_SMALL",
    "IMAGE_DEPTH", "IMAGE_OTHER",
)  # fmt: skip
"""What ``refusal`` can say."""


def refusal(part: Part) -> str | None:
    """Why this part's record may not be recorded; None when it may. Never raises."""
    try:
        head = single(part.record)
    except BadRecord:
        return "IMAGE_BAD_RECORD"
    pictured = Modality.FACE if part.modality is Modality.EXCEPTION_PHOTO else part.modality
    if head.modality is not pictured or head.part != part.part:
        return "IMAGE_WRONG_PART"
    return _speaks_against(head, LIMITS[part.modality], part.record)


def _speaks_against(head: Head, limits: Limits, record: bytes) -> str | None:
    if head.compression not in limits.stored:
        return "IMAGE_LOSSY"
    if head.kind not in limits.kinds:
        return "IMAGE_KIND"
    if limits.dpi and (head.dpi or 0.0) < limits.dpi:
        return "IMAGE_DPI"
    too_small = head.width < limits.width or head.height < limits.height
    if too_small or (head.iris_px is not None and head.iris_px < limits.iris_px):
        return "IMAGE_SMALL"
    if head.bit_depth != 8:
        return "IMAGE_DEPTH"
    begins = _BEGINS.get(head.compression, (b"",))
    return None if record[head.image].startswith(begins) else "IMAGE_OTHER"
