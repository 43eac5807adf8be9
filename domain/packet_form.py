"""What a recording's values may be, and how all but the person and the parts is told in a packet's manifest.

The same rules hold where a packet is made and where it is opened. Each gives one word: BAD_MANIFEST (the
heading), BAD_BIODATA, BAD_STROKES, BAD_PARTS (a name that is none, a part twice, or both there and missing),
IMAGE_BAD_RECORD and IMAGE_WRONG_PART (a record that is none, or of another part).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from domain import people
from domain.iso19794 import BadRecord, single
from domain.packet import FINGERS, IRISES, BadPacket, Missing, Modality, Part, Rechecked, Recording

PARTS = {
    Modality.FINGER: FINGERS,
    Modality.IRIS: IRISES,
    Modality.FACE: ("",),
    Modality.EXCEPTION_PHOTO: ("",),
}
TIME_MAX = 253_402_214_400_000  # the last day of year 9999: every zone still has a date for it
STROKES_MAX, POINTS_MAX, UNIT_MAX = 1_000, 100_000, 1_000_000
TEXT_MAX, FIELDS_MAX, DEVICES_MAX, FLAGS_MAX, ATTEMPTS_MAX = 400, 64, 16, 32, 999
_STATION = re.compile(r"[0-9]{2}\.[0-9]{2}-[0-9]{1,3}")
_ID = re.compile(r"R-[A-Za-z0-9.-]{1,60}")
_WORD = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,39}")
_PLACE = re.compile(r"[\w .,'/()-]{0,80}")
_FIELD = re.compile(r"[a-z][a-z_]{0,39}")
_HEADING = (
    "id", "station", "begun_ms", "ended_ms", "mode", "place", "rechecked", "endorsed", "staff", "flags",
    "devices",
)  # fmt: skip


def heading(recording: Recording) -> dict[str, Any]:
    """The manifest's part of a recording."""
    told = {name: getattr(recording, name) for name in _HEADING}
    return told | {
        "staff": dict(recording.staff),
        "flags": list(recording.flags),
        "devices": [dict(each) for each in recording.devices],
    }


def recording(
    told: Any, parts: tuple[Part, ...], missing: tuple[Missing, ...], biodata: Any, signature: Any
) -> Recording:
    """A recording from a manifest's part and the other members. Raises BadPacket."""
    if not isinstance(told, dict) or set(told) != set(_HEADING):
        raise BadPacket("BAD_MANIFEST")
    if not isinstance(told["flags"], list) or not isinstance(told["devices"], list):
        raise BadPacket("BAD_MANIFEST")
    try:
        rechecked = Rechecked(told["rechecked"])
    except (ValueError, TypeError):
        raise BadPacket("BAD_MANIFEST") from None
    made = told | {"flags": tuple(told["flags"]), "devices": tuple(told["devices"]), "rechecked": rechecked}
    return Recording(**made, parts=parts, missing=missing, biodata=biodata, signature=signature)


def check(recording: Recording) -> None:
    """Raise BadPacket unless every value is one that a packet holds."""
    if not _good_heading(recording):
        raise BadPacket("BAD_MANIFEST")
    if not _texts(recording.biodata) or not all(map(_FIELD.fullmatch, recording.biodata)):
        raise BadPacket("BAD_BIODATA")
    if recording.signature is not None and not _good_strokes(recording.signature):
        raise BadPacket("BAD_STROKES")
    _check_parts(recording.parts, recording.missing)


def _good_heading(told: Recording) -> bool:
    texts = (told.id, told.station, told.mode, told.place)
    if not all(isinstance(text, str) for text in texts) or not isinstance(told.endorsed, bool):
        return False
    if not all(_whole(at_ms, TIME_MAX) for at_ms in (told.begun_ms, told.ended_ms)):
        return False
    named = _ID.fullmatch(told.id) and _STATION.fullmatch(told.station) and not people.holds_nik(told.id)
    placed = _WORD.fullmatch(told.mode) and _PLACE.fullmatch(told.place) and not people.holds_nik(told.place)
    return bool(named and placed and told.begun_ms <= told.ended_ms and _good_lists(told))


def _good_lists(told: Recording) -> bool:
    if not isinstance(told.staff, Mapping) or set(told.staff) != {"by", "second"}:
        return False
    marks = [mark for mark in told.staff.values() if mark is not None]
    if not all(isinstance(mark, str) and people.is_mark(mark) for mark in marks):
        return False
    flags, devices = told.flags, told.devices
    if len(flags) > FLAGS_MAX or not all(isinstance(flag, str) and _WORD.fullmatch(flag) for flag in flags):
        return False
    if any(map(people.holds_nik, (*flags, told.mode))):  # they stand in rows and answers
        return False
    return len(devices) <= DEVICES_MAX and all(map(_texts, devices))


def _texts(told: Any) -> bool:
    """Whether it is a mapping of bounded texts."""
    return (
        isinstance(told, Mapping)
        and len(told) <= FIELDS_MAX
        and all(
            isinstance(text, str) and len(text) <= TEXT_MAX and text.isprintable()
            for pair in told.items()
            for text in pair
        )
    )


def _whole(number: Any, most: int) -> bool:
    return type(number) is int and 0 <= number <= most


def _good_strokes(told: Any) -> bool:
    if not isinstance(told, Mapping) or set(told) != {"width", "height", "dpi", "strokes"}:
        return False
    strokes = told["strokes"]
    if not isinstance(strokes, list | tuple) or len(strokes) > STROKES_MAX:
        return False
    if not all(isinstance(stroke, list | tuple) for stroke in strokes):
        return False
    points = [point for stroke in strokes for point in stroke]
    sides = [told["width"], told["height"], told["dpi"]]
    if len(points) > POINTS_MAX or not all(isinstance(p, list | tuple) and len(p) == 4 for p in points):
        return False
    return all(_whole(number, UNIT_MAX) for numbers in (sides, *points) for number in numbers)


def _check_parts(parts: tuple[Part, ...], missing: tuple[Missing, ...]) -> None:
    names = [(part.modality, part.part) for part in parts]
    lacking = [(Modality.IRIS if each.part in IRISES else Modality.FINGER, each.part) for each in missing]
    every = names + lacking
    if len(set(every)) != len(every) or any(part not in PARTS[modality] for modality, part in every):
        raise BadPacket("BAD_PARTS")
    for part in parts:
        if not (1 <= part.attempts <= ATTEMPTS_MAX and 0 <= part.quality <= 100):
            raise BadPacket("BAD_PARTS")
        try:
            head = single(part.record)
        except BadRecord:
            raise BadPacket("IMAGE_BAD_RECORD") from None
        pictured = Modality.FACE if part.modality is Modality.EXCEPTION_PHOTO else part.modality
        if (head.modality, head.part) != (pictured, part.part):
            raise BadPacket("IMAGE_WRONG_PART")
