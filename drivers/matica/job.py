"""A card's panels in one buffer, as the driver gets them from the process that drew them. Pure.

    "XID1" | faces u8 | per face: panels u8 | per panel: letter u8, bytes u32 | then every panel's data

The machine has no job: the driver says motion by motion, so this is a box of our own and never on a wire.
Source of letters and order: PROTOCOL.md §5.1.
"""

import hashlib
import struct
from collections.abc import Sequence
from dataclasses import dataclass

MAGIC = b"XID1"
_PANEL = struct.Struct(">cI")
_SIDES = (b"front", b"back")


@dataclass(frozen=True, slots=True)
class Plane:
    """One panel: its letter, and 8 bits a dot."""

    letter: str
    data: bytes | memoryview


Face = tuple[Plane, ...]


def pack(faces: Sequence[Face]) -> bytes:
    """One buffer of one face, or two. ValueError if a face has no panel."""
    if not 1 <= len(faces) <= len(_SIDES) or not all(faces):
        raise ValueError("a card has one or two faces, each with a panel at least.")
    head = [MAGIC, bytes([len(faces)])]
    for face in faces:
        head.append(bytes([len(face)]))
        head += [_PANEL.pack(plane.letter.encode("ascii"), len(plane.data)) for plane in face]
    return b"".join([*head, *(plane.data for face in faces for plane in face)])


def unpack(job: bytes) -> tuple[Face, ...]:
    """The faces in a buffer, as views of it; ValueError if it is none of ``pack``'s."""
    view = memoryview(job)
    try:
        if view[: len(MAGIC)] != MAGIC:
            raise ValueError("another beginning")
        at = len(MAGIC) + 1
        sizes: list[list[tuple[str, int]]] = []
        for _ in range(view[len(MAGIC)]):
            count, at = view[at], at + 1
            heads = [_PANEL.unpack_from(view, at + _PANEL.size * index) for index in range(count)]
            at += _PANEL.size * count
            sizes.append([(letter.decode("ascii"), size) for letter, size in heads])
    except (IndexError, struct.error, ValueError) as error:
        raise ValueError(f"this is no Matica card: {error}.") from error
    faces: list[Face] = []
    for face in sizes:
        planes = []
        for letter, size in face:
            planes.append(Plane(letter, view[at : at + size]))
            at += size
        faces.append(tuple(planes))
    if at != len(view) or not 1 <= len(faces) <= len(_SIDES) or not all(faces):
        raise ValueError("this is no Matica card: its lengths do not add up.")
    return tuple(faces)


def picture(faces: Sequence[Face]) -> str:
    """The card's picture as one number: SHA-256 over ``front`` or ``back``, letter and data of each panel."""
    digest = hashlib.sha256()
    for face, side in zip(faces, _SIDES, strict=False):
        for plane in face:
            digest.update(side + plane.letter.encode("ascii"))
            digest.update(plane.data)
    return digest.hexdigest()


def count(faces: Sequence[Face]) -> int:
    """How far the work counter will move."""
    return sum(len(face) for face in faces)
