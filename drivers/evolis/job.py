"""A card's job as bytes, in the exact order the printer expects. Pure; source: PROTOCOL.md §5.1.

The texts below are rows of that table. The job ends with its document; the closing (``Pcla;0`` and
``<END>``) is an exchange of its own, sent when the printer has shown that it holds the job.
Panels are joined once and sent as views of that one buffer, so that a card's two megabytes are copied
as rarely as they can be.
"""

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from drivers.evolis.models import Ribbon

PIECE_BYTES = 128 * 1024
"""A multiple of every USB packet size: only the last piece may end a message."""

COLOURS = "ymc"


@dataclass(frozen=True, slots=True)
class Panel:
    """One pass of the ribbon: its letter, its levels of ink, its packed dots."""

    letter: str
    levels: int
    data: bytes


@dataclass(frozen=True, slots=True)
class Face:
    """One side's panels in printing order.

    ``density`` is (per cent of dots without colour ink, mean level of y, of m, of c), each level 0..255;
    None on a ribbon without colour.
    """

    panels: tuple[Panel, ...]
    density: tuple[int, int, int, int] | None


CLOSING = b"\x1bPcla;0\r\x1bPsync;11;1\r<END>\x1bPsync;11;0\r"
"""Ends the claim; sent alone, once CLAIM has been seen."""

_HEADER = (
    "\x1bPsync;1;0\r<HEADER>\x1bPsmgr;1\r\x1bPpws;{stamp}\r\x1bPcla;1\r\x1bPpmode;0\r"
    "\x1bPr;{ribbon};t\r\x1bPwres;300;300;{ribbon}\r\x1bPsk;10\r\x1bPiqla;a;d\r\x1bPmc;h\r\x1bPeoic;k;D\r"
    "\x1bPsync;2\r</HEADER>\x1bPsync;12;1\r<OPTION Dpi=300x300>\x1bPsync;13;0\r</OPTION>"
    "\x1bPsync;3;1\r<DOC Duplex={duplex}>\x1bPsync;3;0\r"
    "\x1bPsync;5;1\r<CARD>\x1bPsync;5;0\r\x1bSs\r\x1bMr;s\r"
)
_FACE = (
    "\x1bPsync;9;1\r<FACE>\x1bPsync;9;0\r\x1b{side}\r"
    "\x1bPc;a;=;10\r\x1bPl;a;=;10\r\x1bPc;k;=;10\r\x1bPc;o;=;10\r\x1bPc;l;=;10\r\x1bPc;f;=;10\r\x1bPl;f;=;10\r"
)
_DENSITY = "\x1bPida;{};{};{};{}\r"
_FACE_END = b"\x1bPsync;10;1\r</FACE>\x1bPsync;10;0\r"
_END = b"\x1bSe\r\x1bPsync;6;1\r</CARD>\x1bPsync;6;0\r\x1bPsync;4;1\r</DOC>\x1bPsync;4;0\r"
_SIDES = ("Sr", "Sv")


def stream(faces: Sequence[Face], ribbon: Ribbon, stamp_s: int) -> bytes:
    """The whole job of one card, rows 1 to 24: one face, or two for both sides.

    ``stamp_s`` is the job's time in unix seconds. ValueError if a face has no panel or there are
    neither one nor two.
    """
    if not 1 <= len(faces) <= len(_SIDES) or not all(face.panels for face in faces):
        raise ValueError("a job has one or two faces, each with a panel at least.")
    duplex = len(faces) - 1
    parts = [_HEADER.format(stamp=stamp_s, ribbon=ribbon.code, duplex=duplex).encode("ascii")]
    for face, side in zip(faces, _SIDES, strict=False):
        parts += _face_parts(face, side)
    parts.append(_END)
    return b"".join(parts)


def pieces(job: bytes) -> Iterator[memoryview]:
    """The job cut for the wire, without copying it."""
    view = memoryview(job)
    for start in range(0, len(view), PIECE_BYTES):
        yield view[start : start + PIECE_BYTES]


def picture(faces: Sequence[Face]) -> str:
    """The card's picture as one number: SHA-256 over ``front`` or ``back``, letter and data of each panel."""
    digest = hashlib.sha256()
    for face, side in zip(faces, (b"front", b"back"), strict=False):
        for panel in face.panels:
            digest.update(side + panel.letter.encode("ascii"))
            digest.update(panel.data)
    return digest.hexdigest()


def count(faces: Sequence[Face]) -> int:
    """How far ``Rco;p`` will move."""
    return sum(len(face.panels) for face in faces)


def _face_parts(face: Face, side: str) -> list[bytes]:
    head = _FACE.format(side=side)
    if face.density is not None:
        head += _DENSITY.format(*face.density)
    parts = [head.encode("ascii")]
    colours = [panel for panel in face.panels if panel.letter in COLOURS]
    groups = [colours] if colours else []
    groups += [[panel] for panel in face.panels if panel.letter not in COLOURS]
    for group in groups:
        parts += _binary_parts(group)
    parts.append(_FACE_END)
    return parts


def _binary_parts(group: list[Panel]) -> list[bytes]:
    """One BINARY block; its size counts every byte of the commands in it."""
    commands: list[bytes] = []
    for panel in group:
        commands += [f"\x1bDb;{panel.letter};{panel.levels};".encode("ascii"), panel.data, b"\r"]
    size = sum(map(len, commands))
    return [f"<BINARY Size={size}>".encode("ascii"), *commands, b"</BINARY>"]
