"""What a technician may see of a recording: sizes, scores and dates; never the person, never a picture."""

from __future__ import annotations

from typing import Any

from domain.iso19794 import single
from domain.packet import Part, Recording
from hub.database import Database
from hub.home import Home, Trouble
from hub.recordings import book
from hub.recordings.keep import files, opened
from hub.reports import stamp


def show(db: Database, home: Home, kept: book.Kept) -> dict[str, Any]:
    """Row, answers and heads of one recording. Raises Trouble when its packet is gone, BadPacket."""
    try:
        sealed = files(home).read(kept.sha256, 0, kept.size)
    except FileNotFoundError:
        raise Trouble(f"The packet of {kept.id} is missing from {files(home).folder}.") from None
    except OSError as error:
        raise Trouble(f"The packet of {kept.id} cannot be read: {error.strerror}.") from error
    recording = opened(db, home, kept.station, kept.id, sealed, kept=True)
    return kept.to_json() | {"answers": book.answers(db, kept.id)} | _sitting(recording)


def _sitting(told: Recording) -> dict[str, Any]:
    return {
        "begun_at": stamp(told.begun_ms),
        "ended_at": stamp(told.ended_ms),
        "mode": told.mode,
        "rechecked": str(told.rechecked),
        "endorsed": told.endorsed,
        "signed": told.signature is not None,
        "staff": dict(told.staff),
        "devices": [dict(each) for each in told.devices],
        "parts": [_part(part) for part in told.parts],
        "missing": [{"part": each.part, "permanent": each.permanent} for each in told.missing],
    }


def _part(part: Part) -> dict[str, Any]:
    head = single(part.record)
    return {
        "modality": str(part.modality),
        "part": part.part,
        "quality": part.quality,
        "attempts": part.attempts,
        "forced": part.forced,
        "width": head.width,
        "height": head.height,
        "dpi": head.dpi,
        "stored": str(head.compression),
        "bytes": len(part.record),
        "captured_at": stamp(head.captured_ms),
    }
