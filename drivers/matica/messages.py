"""The Ethernet wire in bytes: messages, commands, panels, tagged values. Pure; source: PROTOCOL.md §3.

    code u32 | count u32 (words that follow) | param or error u32 | sequence u32 | payload, padded to 4

Whatever arrives, a reader here returns a value or raises Garbled, nothing else.
"""

import struct
from dataclasses import dataclass

from drivers.matica.blocks import ERRORS, HEAD, SINCE_CLEANING, TOTAL, place, text
from drivers.matica.job import Plane
from drivers.matica.machine import About, Counters, Garbled, Motion

_HEAD = struct.Struct(">IIII")
_TAG = struct.Struct(">BH")
_PANEL_HEAD = struct.Struct(">B3xII")

GREETING, WELCOME, COMMAND, PANEL, INFO, SETTINGS = (
    0xF3000200,
    0xF2000300,
    0xF0000100,
    0xF0000200,
    0xF0000600,
    0xF0000A00,
)
WELCOME_SEQUENCE = 0x99999999
STATUS, POSITION = 0x01020000, 0x02020000
OUTSTANDING_MAX = 3
_WELCOME_TEXT_BYTES = 60
_POSITION_BYTES = 20
PANELS = {"y": 0, "m": 1, "c": 2, "k": 3, "p": 5, "u": 6}
_FILM_INIT = 0x8000
_MOTIONS = {
    "load": 0x04020000 | _FILM_INIT,
    "move": 0x05020000,
    "print": 0x06020000,
    "flip": 0x07021000,
    "eject": 0x07020005,
    "engage": 0x0A021000,
    "release": 0x0A025000,
}
SERIAL, FIRMWARE, INK_LEFT, FILM_LEFT, INK = 0x01, 0x02, 0x0B, 0x0C, 0x0D
COUNTER_TAG = 0x10
CARDS_AN_INK_LEFT, CARDS_A_FILM_LEFT = 2, 10


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ``word`` is the param of what we say, the error of what is answered."""

    code: int
    word: int
    sequence: int
    payload: bytes


def by_datagram(code: int) -> bool:
    """Whether what begins with ``code`` goes by UDP."""
    return code in (INFO, SETTINGS)


def is_answered(sequence: int) -> bool:
    """Whether a message of this sequence is answered for certain; our answer to the greeting may not be."""
    return sequence != WELCOME_SEQUENCE


def pack(code: int, word: int, sequence: int, payload: bytes = b"") -> bytes:
    """One message."""
    padded = payload + bytes(-len(payload) % 4)
    return _HEAD.pack(code, 2 + len(padded) // 4, word, sequence) + padded


def welcome() -> bytes:
    """Our answer to a greeting; it names nobody."""
    names = ("OWNER", "xid.document")
    payload = b"".join(name.encode("utf-16-le").ljust(_WELCOME_TEXT_BYTES, b"\0") for name in names)
    return pack(WELCOME, 0, WELCOME_SEQUENCE, bytes(8) + payload)


def motion(said: Motion) -> int:
    """The command of one motion."""
    command = _MOTIONS[said.kind]
    for letter in said.panels:
        command |= 1 << PANELS[letter]
    return command | said.place


def panel(plane: Plane, sequence: int) -> tuple[bytes, bytes | memoryview, bytes]:
    """The message of one panel as pieces, so that its data is not copied."""
    size = len(plane.data)
    head = _PANEL_HEAD.pack(1 << PANELS[plane.letter], size + 4, size)
    padding = bytes(-size % 4)
    words = 2 + (len(head) + size + len(padding)) // 4
    return _HEAD.pack(PANEL, words, 0, sequence) + head, plane.data, padding


def take(raw: bytes) -> list[Message]:
    """The whole messages in ``raw``; Garbled if anything is left over."""
    found: list[Message] = []
    while raw:
        if len(raw) < _HEAD.size:
            raise Garbled("a message cut short")
        code, words, word, sequence = _HEAD.unpack_from(raw)
        end = 8 + words * 4
        if words < 2 or len(raw) < end:
            raise Garbled("a message cut short")
        found.append(Message(code, word, sequence, raw[_HEAD.size : end]))
        raw = raw[end:]
    return found


def take_greeting(raw: bytes) -> tuple[str, str]:
    """Model and IPv4 address in the printer's first message."""
    if len(raw) < 88 or _HEAD.unpack_from(raw)[0] != GREETING:
        raise Garbled("no greeting")
    return text(raw[56:72]), ".".join(map(str, raw[40:44]))


def take_answers(raw: bytes, sequences: range) -> list[Message]:
    """The replies to our messages ``sequences``, in order; the welcome's own reply is passed over."""
    found = [message for message in take(raw) if is_answered(message.sequence)]
    if [message.sequence for message in found] != list(sequences):
        raise Garbled("a reply to no message of ours")
    return found


def take_position(payload: bytes) -> str | None:
    """Where the card is; None when none is inside."""
    if len(payload) < _POSITION_BYTES:
        raise Garbled("a position cut short")
    return place(out=payload[18], number=payload[19])


def take_values(payload: bytes) -> dict[int, bytes]:
    """Tagged values up to the end, or to a tag 0; the first of each tag."""
    found: dict[int, bytes] = {}
    at = 0
    while at < len(payload) and payload[at]:
        if len(payload) < at + _TAG.size:
            raise Garbled("a tag cut short")
        tag, size = _TAG.unpack_from(payload, at)
        at += _TAG.size + size
        if at > len(payload):
            raise Garbled("a value cut short")
        found.setdefault(tag, payload[at - size : at])
    return found


def take_counters(values: dict[int, bytes]) -> Counters:
    """The counters among the info's values; those that are missing, or not of four bytes, are None."""

    def count(code: int) -> int | None:
        value = values.get(COUNTER_TAG + code, b"")
        return int.from_bytes(value, "big") if len(value) == 4 else None

    return Counters(count(TOTAL), count(HEAD), count(SINCE_CLEANING), count(ERRORS))


def take_about(values: dict[int, bytes], model: str, otherwise: str) -> About:
    """Who it is; ``otherwise`` stands for a serial number that is not told."""

    def number(tag: int, times: int = 1) -> int | None:
        return int.from_bytes(values[tag], "big") * times if values.get(tag) else None

    serial, firmware = (text(values.get(tag, b"")) for tag in (SERIAL, FIRMWARE))
    left = number(INK_LEFT, CARDS_AN_INK_LEFT), number(FILM_LEFT, CARDS_A_FILM_LEFT)
    return About(model, serial or otherwise, firmware or "unknown", number(INK), *left)


def take_settings(values: dict[int, bytes]) -> tuple[tuple[str, str], ...]:
    """Every value under its tag."""
    return tuple((f"tag {tag:02X}h", values[tag].hex().upper()) for tag in sorted(values))
