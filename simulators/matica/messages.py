"""The Ethernet wire's messages as values: bytes cut into messages wherever the stream is cut, and the layouts
of what the printer says (PROTOCOL.md §3). Pure.
"""

from __future__ import annotations

import struct
from collections.abc import Callable
from dataclasses import dataclass

from simulators.matica import sensors
from simulators.matica.codes import (
    PLACES,
    BadCommand,
    Engage,
    Load,
    Move,
    Order,
    Place,
    Print,
    Release,
    Transfer,
    panels,
    place,
)
from simulators.matica.model import Printer
from simulators.matica.scsi import FIRMWARE, LOT

COMMAND, PANEL, ANSWER = 0xF0000100, 0xF0000200, 0xF2000300
GREETING = 0xF3000200
INFO, SET, SETTINGS = 0xF0000600, 0xF0000800, 0xF0000A00
REPLY = 0x01000000
STATUS, POSITION = 0x01020000, 0x02020000
HEAD_BYTES = 16
WORDS_MIN, WORDS_MAX = 2, 1_000_000
_HEAD = struct.Struct(">IIII")
_PANEL = struct.Struct(">B3xII")
_BITS = {0x01: "y", 0x02: "m", 0x04: "c", 0x08: "k", 0x20: "p", 0x40: "u"}
_FIXED: dict[int, Order] = {
    0x07020000: Transfer("return"),
    0x07021000: Transfer("flip"),
    0x07020005: Transfer("eject"),
    0x0A020000: Engage(Place.CONTACT),
    0x0A024000: Release(Place.CONTACT),
    0x0A021000: Engage(Place.CONTACTLESS),
    0x0A025000: Release(Place.CONTACTLESS),
}


class NoMessage(Exception):
    """Bytes that are none: the connection ends."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message; ``word`` is its parameter or its error."""

    code: int
    word: int
    sequence: int
    payload: bytes = b""

    def raw(self) -> bytes:
        """As it travels."""
        padded = self.payload + bytes(-len(self.payload) % 4)
        return _HEAD.pack(self.code, 2 + len(padded) // 4, self.word, self.sequence) + padded


class Stream:
    """Cuts one byte stream into messages."""

    def __init__(self) -> None:
        self._buffer = bytearray()

    def feed(self, data: bytes) -> None:
        """More bytes."""
        self._buffer += data

    def next(self) -> Message | None:
        """The next whole message; None: more bytes are needed. Raises NoMessage."""
        if len(self._buffer) < 8:
            return None
        words = int.from_bytes(self._buffer[4:8], "big")
        if not WORDS_MIN <= words <= WORDS_MAX:
            raise NoMessage(f"{words} words")
        size = 8 + 4 * words
        if len(self._buffer) < size:
            return None
        code, _, word, sequence = _HEAD.unpack_from(self._buffer)
        with memoryview(self._buffer) as whole:
            payload = bytes(whole[HEAD_BYTES:size])
        del self._buffer[:size]
        return Message(code, word, sequence, payload)


def order(param: int) -> Order:
    """What a command's parameter asks to be moved. Raises BadCommand."""
    if (fixed := _FIXED.get(param)) is not None:
        return fixed
    kind, low = param & 0xFFFF0000, param & 0xFFFF
    if kind == 0x04020000 and low & 0x0FFF < 4 and not low & 0x6000:
        return Load(place(low & 0x0FFF), bool(low & 0x8000), bool(low & 0x1000))
    if kind == 0x05020000:
        return Move(place(low))
    if kind == 0x06020000:
        return Print(panels(low, _BITS))
    raise BadCommand(f"no command {param:08x}")


def plane(payload: bytes, plane_bytes: int) -> tuple[str, bytes]:
    """A panel message's letter and data. Raises BadCommand."""
    if len(payload) < _PANEL.size:
        raise BadCommand("no panel")
    bit, length, size = _PANEL.unpack_from(payload)
    data = payload[_PANEL.size : _PANEL.size + size]
    if bit not in _BITS or length != size + 4 or size != plane_bytes or len(data) != size:
        raise BadCommand("no whole plane")
    return _BITS[bit], data


def position(printer: Printer) -> bytes:
    """The 20 bytes that say where the card is."""
    where = (1, 0) if printer.at is None else (0, PLACES.index(printer.at))
    return bytes(18) + bytes(where)


def greeting(printer: Printer) -> Message:
    """What the printer says first. Byte offsets are those of the whole message."""
    raw = bytearray(88)
    raw[40:44] = bytes((127, 0, 0, 1))
    raw[56:72] = printer.make.title.encode().ljust(16, b"\0")
    raw[87] = 1  # the loopback in IPv6, too
    return Message(GREETING, 0, 0, bytes(raw[HEAD_BYTES:]))


def _tlvs(told: dict[int, bytes]) -> bytes:
    return b"".join(struct.pack(">BH", tag, len(value)) + value for tag, value in told.items())


def _info(printer: Printer) -> bytes:
    wide = struct.Struct(">H").pack
    told = {
        0x01: printer.serial.encode(),
        0x02: FIRMWARE.encode(),
        0x0A: bytes((0 if printer.blank_ready else 2,)),
        0x0B: wide(max(0, printer.ribbon.left) // 2),
        0x0C: wide(max(0, printer.film.left) // 10),
        0x0D: bytes((printer.ribbon.ink,)),
        0x0E: wide(printer.ribbon.total),
        0x0F: LOT.encode(),
    }
    counters = sensors.counters(printer).items()
    return _tlvs(told | {0x10 + code: struct.pack(">I", count) for code, count in counters})


def _settings(printer: Printer) -> bytes:
    return _tlvs({0x20 + number: bytes((value,)) for number, value in enumerate(printer.settings)})


QUESTIONS: dict[int, Callable[[Printer], bytes]] = {INFO: _info, SETTINGS: _settings}
"""What is answered over UDP, by the question's code."""
