"""IPP messages to bytes and back. Pure; source: PROTOCOL.md §2.

Reading is tolerant: an unknown tag, or a value of a wrong length, is kept as bytes under its tag. It is also
bounded: what is cut short, too deep or too long is ``Garbled``, the only error there is.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

OPERATION, JOB, END, PRINTER, UNSUPPORTED = 0x01, 0x02, 0x03, 0x04, 0x05
GROUP_TAGS_END = 0x10
NO_VALUES_END = 0x20

INTEGER, BOOLEAN, ENUM = 0x21, 0x22, 0x23
OCTETS, DATE_TIME, RESOLUTION, RANGE, BEGIN, TEXT_LANGUAGE, NAME_LANGUAGE, END_COLLECTION = range(0x30, 0x38)
TEXT, NAME = 0x41, 0x42
KEYWORD, URI, SCHEME, CHARSET, LANGUAGE, MIME, MEMBER = range(0x44, 0x4B)

VALUES_MAX = 20_000
DEPTH_MAX = 8
LENGTH_MAX = 0x7FFF

Content = int | bool | str | bytes | tuple[int, ...] | tuple["Attribute", ...] | None
"""int: integer, enum. Tuple of int: range (2), resolution (3); of Attribute: a collection. None: no value."""


class Garbled(ValueError):
    """These bytes are no IPP message."""


@dataclass(frozen=True, slots=True)
class Value:
    """One value under its tag; ``bytes`` where the tag or the length is not known."""

    tag: int
    content: Content


@dataclass(frozen=True, slots=True)
class Attribute:
    """A name and its values, one at least."""

    name: str
    values: tuple[Value, ...]


@dataclass(frozen=True, slots=True)
class Group:
    """Attributes under a group's tag."""

    tag: int
    attributes: tuple[Attribute, ...]

    def get(self, name: str) -> tuple[Content, ...]:
        """The contents of the first attribute of that name; empty if there is none."""
        for attribute in self.attributes:
            if attribute.name == name:
                return tuple(value.content for value in attribute.values)
        return ()


@dataclass(frozen=True, slots=True)
class Message:
    """A request or an answer. ``code``: operation or status. ``data``: what follows the attributes."""

    code: int
    request: int
    groups: tuple[Group, ...]
    data: bytes = b""
    version: tuple[int, int] = (2, 0)

    def of(self, tag: int) -> tuple[Group, ...]:
        """The groups of one tag, in order."""
        return tuple(group for group in self.groups if group.tag == tag)


def attribute(tag: int, name: str, *contents: Content) -> Attribute:
    """An attribute whose values all have one tag."""
    return Attribute(name, tuple(Value(tag, content) for content in contents))


# -- writing -----------------------------------------------------------------------------------------


def encode(message: Message) -> bytes:
    """The message's bytes. ValueError if a name or a value does not fit its tag or its length field."""
    parts = [struct.pack(">BBHI", *message.version, message.code, message.request)]
    for group in message.groups:
        parts.append(bytes([group.tag]))
        parts += [_attribute_bytes(each) for each in group.attributes]
    parts += [bytes([END]), message.data]
    return b"".join(parts)


def _attribute_bytes(told: Attribute) -> bytes:
    name = told.name
    parts = []
    for value in told.values:
        parts.append(_value_bytes(value.tag, name, value.content))
        name = ""
    return b"".join(parts)


def _value_bytes(tag: int, name: str, content: Content) -> bytes:
    if tag == BEGIN:
        return _collection_bytes(name, content)
    return _field(tag, name.encode(), _content_bytes(tag, content))


def _field(tag: int, name: bytes, value: bytes) -> bytes:
    if len(name) > LENGTH_MAX or len(value) > LENGTH_MAX:
        raise ValueError("an IPP name or value is at most 32767 bytes.")
    return struct.pack(">BH", tag, len(name)) + name + struct.pack(">H", len(value)) + value


def _collection_bytes(name: str, content: Content) -> bytes:
    if not isinstance(content, tuple):
        raise ValueError("a collection's content is a tuple of attributes.")
    parts = [_field(BEGIN, name.encode(), b"")]
    for member in content:
        if not isinstance(member, Attribute):
            raise ValueError("a collection's content is a tuple of attributes.")
        parts.append(_field(MEMBER, b"", member.name.encode()))
        parts += [_value_bytes(value.tag, "", value.content) for value in member.values]
    return b"".join([*parts, _field(END_COLLECTION, b"", b"")])


def _content_bytes(tag: int, content: Content) -> bytes:
    match content:
        case None:
            return b""
        case bytes():
            return content
        case str():
            return content.encode()
        case bool():
            return bytes([content])
        case int():
            return _integer(content)
    numbers = [number for number in content if isinstance(number, int)]
    if len(numbers) == len(content) == _NUMBERS.get(tag):
        unit = bytes([numbers[2]]) if tag == RESOLUTION else b""
        return _integer(numbers[0]) + _integer(numbers[1]) + unit
    raise ValueError(f"{content!r} is no content of an IPP value of tag {tag:02x}h.")


_NUMBERS = {RANGE: 2, RESOLUTION: 3}


def _integer(number: int) -> bytes:
    try:
        return struct.pack(">i", number)
    except struct.error as error:
        raise ValueError(f"{number} does not fit an IPP integer.") from error


# -- reading -----------------------------------------------------------------------------------------


def decode(raw: bytes) -> Message:
    """The message these bytes are. Garbled if they are none."""
    if len(raw) < 8:
        raise Garbled("shorter than a header")
    major, minor, code, request = struct.unpack_from(">BBHI", raw)
    reader = _Reader(raw, 8)
    groups: list[Group] = []
    while (tag := reader.byte()) != END:
        if tag >= GROUP_TAGS_END:
            raise Garbled("a value outside of any group")
        groups.append(Group(tag, reader.attributes()))
    return Message(code, request, tuple(groups), raw[reader.at :], (major, minor))


class _Reader:
    """A place in the bytes that only goes forward, and the count of values read so far."""

    def __init__(self, raw: bytes, at: int) -> None:
        self._raw = raw
        self.at = at
        self._values = 0

    def byte(self) -> int:
        if self.at >= len(self._raw):
            raise Garbled("cut short")
        self.at += 1
        return self._raw[self.at - 1]

    def attributes(self) -> tuple[Attribute, ...]:
        """Up to the next group's tag, which is left to be read."""
        found: list[tuple[str, list[Value]]] = []
        while True:
            tag = self.byte()
            if tag < GROUP_TAGS_END:
                self.at -= 1
                return tuple(Attribute(name, tuple(values)) for name, values in found)
            name, value = self._value(tag, 0)
            if name:
                found.append((name, [value]))
            elif found:
                found[-1][1].append(value)
            else:
                raise Garbled("a further value of no attribute")

    def _value(self, tag: int, depth: int) -> tuple[str, Value]:
        self._values += 1
        if self._values > VALUES_MAX:
            raise Garbled("too many values")
        name, raw = self._bytes(), self._bytes()
        told = name.decode("utf-8", "replace")
        if tag == BEGIN:
            return told, Value(tag, self._collection(depth + 1))
        return told, Value(tag, _content(tag, raw))

    def _bytes(self) -> bytes:
        length = self.byte() << 8 | self.byte()
        if length > len(self._raw) - self.at:
            raise Garbled("cut short")
        self.at += length
        return self._raw[self.at - length : self.at]

    def _collection(self, depth: int) -> tuple[Attribute, ...]:
        """The members up to the end of the collection; a value before any member's name is dropped."""
        if depth > DEPTH_MAX:
            raise Garbled("collections too deep")
        found: list[tuple[str, list[Value]]] = []
        while (tag := self.byte()) != END_COLLECTION:
            if tag < GROUP_TAGS_END:
                raise Garbled("a collection without an end")
            _, value = self._value(tag, depth)
            if tag == MEMBER:
                found.append((value.content if isinstance(value.content, str) else "", []))
            elif found:
                found[-1][1].append(value)
        self._bytes()
        self._bytes()
        return tuple(Attribute(name, tuple(values)) for name, values in found)


def _content(tag: int, raw: bytes) -> Content:
    """What a value means under its tag; the bytes themselves where it does not fit."""
    if GROUP_TAGS_END <= tag < NO_VALUES_END:
        return None
    reader = _CONTENTS.get(tag)
    found = None if reader is None else reader(raw)
    return raw if found is None else found


def _read_integer(raw: bytes) -> Content:
    return int.from_bytes(raw, "big", signed=True) if len(raw) == 4 else None


def _read_boolean(raw: bytes) -> Content:
    return raw == b"\x01" if raw in (b"\x00", b"\x01") else None


def _read_pair(raw: bytes) -> Content:
    return struct.unpack(">ii", raw) if len(raw) == 8 else None


def _read_resolution(raw: bytes) -> Content:
    return struct.unpack(">iiB", raw) if len(raw) == 9 else None


def _read_text(raw: bytes) -> Content:
    try:
        return raw.decode()
    except UnicodeDecodeError:
        return None


def _read_with_language(raw: bytes) -> Content:
    """The text alone; its language is of no use to us."""
    at = 2 + int.from_bytes(raw[:2], "big")
    text = raw[at + 2 :]
    fits = len(raw) >= at + 2 and int.from_bytes(raw[at : at + 2], "big") == len(text)
    return _read_text(text) if fits else None


_CONTENTS: dict[int, Callable[[bytes], Content]] = {
    INTEGER: _read_integer,
    ENUM: _read_integer,
    BOOLEAN: _read_boolean,
    RANGE: _read_pair,
    RESOLUTION: _read_resolution,
    TEXT_LANGUAGE: _read_with_language,
    NAME_LANGUAGE: _read_with_language,
    **dict.fromkeys((TEXT, NAME, KEYWORD, URI, SCHEME, CHARSET, LANGUAGE, MIME, MEMBER), _read_text),
}
