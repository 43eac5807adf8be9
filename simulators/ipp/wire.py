"""IPP messages as a printer reads and writes them. Pure; written from drivers/ipp/PROTOCOL.md §2.

A request comes in as plain values (int, bool, str, bytes), collections are stepped over. An answer goes out
from (tag, name, values) rows.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from typing import Any

OPERATION, JOB, END, PRINTER = 1, 2, 3, 4
INTEGER, BOOLEAN, ENUM = 0x21, 0x22, 0x23
NO_VALUE = 0x13
BEGIN, END_COLLECTION = 0x34, 0x37
TEXT, NAME = 0x41, 0x42
KEYWORD, URI, CHARSET, LANGUAGE, MIME = 0x44, 0x45, 0x47, 0x48, 0x49

Row = tuple[int, str, tuple[Any, ...]]
"""A value tag, an attribute's name, its values."""


@dataclass(frozen=True, slots=True)
class Request:
    """What a host asks. ``told``: the operation's attributes; ``template``: the job's."""

    version: bytes
    operation: int
    number: int
    told: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    template: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    document: bytes = b""

    def one(self, name: str) -> Any:
        """The first value of an operation attribute, or None."""
        return next(iter(self.told.get(name, ())), None)


def read(raw: bytes) -> Request:
    """The request. ValueError if it is none."""
    try:
        return _read(raw)
    except (IndexError, struct.error, UnicodeDecodeError) as wrong:
        raise ValueError("this is no IPP request") from wrong


def _read(raw: bytes) -> Request:
    operation, number = struct.unpack_from(">HI", raw, 2)
    at, groups, attributes, name = 8, {OPERATION: {}, JOB: {}}, {}, ""  # type: ignore[var-annotated]
    depth = 0
    while (tag := raw[at]) != END:
        at += 1
        if tag < 0x10:
            attributes = groups.setdefault(tag, {})
            continue
        told, at = _field(raw, at)
        value, at = _field(raw, at)
        if tag == BEGIN:
            depth += 1
        if depth == 0:
            name = told.decode() or name
            attributes[name] = (*attributes.get(name, ()), _value(tag, value))
        if tag == END_COLLECTION:
            depth -= 1
    return Request(raw[:2], operation, number, groups[OPERATION], groups[JOB], raw[at + 1 :])


def _field(raw: bytes, at: int) -> tuple[bytes, int]:
    (length,) = struct.unpack_from(">H", raw, at)
    if at + 2 + length > len(raw):
        raise IndexError(at)
    return raw[at + 2 : at + 2 + length], at + 2 + length


def _value(tag: int, raw: bytes) -> Any:
    if tag in (INTEGER, ENUM):
        return struct.unpack(">i", raw)[0]
    if tag == BOOLEAN:
        return raw == b"\x01"
    return raw.decode() if tag >= 0x40 else raw


def write(request: Request, status: int, groups: list[tuple[int, list[Row]]]) -> bytes:
    """The answer to ``request``: its groups in order, the operation's put before them."""
    rows: list[Row] = [
        (CHARSET, "attributes-charset", ("utf-8",)),
        (LANGUAGE, "attributes-natural-language", ("en",)),
    ]
    parts = [b"\x02\x00", struct.pack(">HI", status, request.number)]
    for tag, attributes in [(OPERATION, rows), *groups]:
        parts.append(bytes([tag]))
        parts += [_row(*row) for row in attributes]
    return b"".join([*parts, bytes([END])])


def _row(tag: int, name: str, values: tuple[Any, ...]) -> bytes:
    if not values:
        tag, values = NO_VALUE, (b"",)
    parts = []
    for value in values:
        raw, called = _raw(tag, value), name.encode()
        parts.append(struct.pack(">BH", tag, len(called)) + called + struct.pack(">H", len(raw)) + raw)
        name = ""
    return b"".join(parts)


def _raw(tag: int, value: Any) -> bytes:
    if tag in (INTEGER, ENUM):
        return struct.pack(">i", value)
    if tag == BOOLEAN:
        return b"\x01" if value else b"\x00"
    return value if isinstance(value, bytes) else str(value).encode()
