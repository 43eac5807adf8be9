"""A module made of a table and a little memory, below the driver's stream, whose answers a test may damage.

It knows no fingerprints: what lies on the glass is a number, and equal numbers match. Time is its own and
passes when somebody waits. ``mangle`` gets each answer's number and bytes, and says what comes when.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Iterable

from drivers.address import parse
from drivers.r30x import codec
from drivers.r30x.codec import Kind, Packet
from drivers.r30x.line import Line, Progress
from drivers.r30x.module import Module
from drivers.r30x.reader import R30xReader

ADDRESS = parse("r30x+memory://bench")
PICTURE_WIRE = 36_864
TEMPLATE = 512
LIBRARY = 300
COMES_AFTER_MS = 20
Mangle = Callable[[int, bytes], Iterable[tuple[int, bytes]]]


def unharmed(_number: int, answer: bytes) -> list[tuple[int, bytes]]:
    return [(0, answer)]


def template_of(finger: int) -> bytes:
    return bytes([finger]) * TEMPLATE


class Scripted:
    """The far end. ``glass``: per picture taken, a finger's number, or the code that is answered instead."""

    def __init__(self, glass: Iterable[int | str] = (), mangle: Mangle = unharmed) -> None:
        self.now, self.mangle, self.here, self.breaks = 1_000, mangle, True, False
        self.glass, self.asked = list(glass), list[int]()
        self.buffers: dict[int, bytes] = {}
        self.picture = b""
        self.library: dict[int, bytes] = {}
        self.status, self.password, self.address, self.opened = 0, 0, 0xFFFFFFFF, 0
        self.product: bytes | None = None
        self._parser, self._out = codec.Parser(), list[tuple[int, bytes]]()
        self._download: tuple[str, int, bytearray] | None = None

    # -- the wire ----------------------------------------------------------------------------------------

    def connect(self) -> Scripted:
        if not self.here:
            raise ConnectionRefusedError
        self.opened += 1
        self._out.clear()
        return self

    def write(self, data: bytes) -> None:
        self._alive()
        for found in self._parser.feed(data):
            if isinstance(found, Packet) and found.address == self.address:
                self._take(found)

    def read(self, size: int, timeout_s: float) -> bytes:
        self._alive()
        end = self.now + int(timeout_s * 1000)
        if not self._out or self._out[0][0] > end:
            self.now = max(self.now, end)
            return b""
        at, data = self._out[0]
        self.now = max(self.now, at)
        self._out[0] = (at, data[size:])
        if not data[size:]:
            self._out.pop(0)
        return data[:size]

    def close(self) -> None:
        pass

    def now_ms(self) -> int:
        return self.now

    def sleep_ms(self, ms: int) -> None:
        self.now += ms

    def restart(self) -> None:
        """The power was away: buffers and the verified password are gone."""
        self.buffers, self.picture, self.status = {}, b"", 0

    def _alive(self) -> None:
        if self.breaks or not self.here:
            self.breaks = False
            raise ConnectionResetError

    # -- the module --------------------------------------------------------------------------------------

    def _take(self, packet: Packet) -> None:
        if packet.kind in (Kind.DATA, Kind.LAST):
            self._download_more(packet)
            return
        self._download = None
        op, arguments = packet.content[0], packet.content[1:]
        self.asked.append(op)
        replies = self._answer(op, arguments)
        number, at = len(self.asked), self.now + COMES_AFTER_MS
        for delay, data in self.mangle(number, replies):
            self._out.append((at + delay, data))

    def _download_more(self, packet: Packet) -> None:
        if self._download is None:
            return
        what, buffer, data = self._download
        data += packet.content
        if packet.kind is Kind.LAST:
            self._download = None
            if what == "picture":
                self.picture = bytes(data)
                self.status |= 8 if len(data) == PICTURE_WIRE else 0
            else:
                self.buffers[buffer] = bytes(data)

    def _ack(self, code: int, values: bytes = b"") -> bytes:
        return codec.pack(self.address, Kind.ACK, bytes([code]) + values)

    def _answer(self, op: int, arguments: bytes) -> bytes:
        act: Callable[[bytes], bytes] | None = getattr(self, f"_do_{op:02x}", None)
        return self._ack(0xFC) if act is None else act(arguments)

    def _do_01(self, _: bytes) -> bytes:
        there = self.glass.pop(0) if self.glass else "02"
        if isinstance(there, str):
            return self._ack(int(there, 16))
        self.picture = bytes([there]) * PICTURE_WIRE
        return self._ack(0)

    def _do_02(self, arguments: bytes) -> bytes:
        if not self.picture:
            return self._ack(0x15)
        if self.picture[0] == 0xEE:  # a picture without features
            return self._ack(0x07)
        self.buffers[arguments[0]] = template_of(self.picture[0])
        return self._ack(0)

    def _do_03(self, _: bytes) -> bytes:
        one, other = self.buffers.get(1), self.buffers.get(2)
        return self._ack(0, b"\x00\x64") if one and one == other else self._ack(8, bytes(2))

    def _do_04(self, arguments: bytes) -> bytes:
        wanted = self.buffers.get(arguments[0])
        slot = next((slot for slot, kept in self.library.items() if kept == wanted), None)
        return self._ack(9, bytes(4)) if slot is None else self._ack(0, struct.pack(">HH", slot, 100))

    def _do_05(self, _: bytes) -> bytes:
        return self._ack(0 if self.buffers.get(1) == self.buffers.get(2) else 0x0A)

    def _do_06(self, arguments: bytes) -> bytes:
        self.library[int.from_bytes(arguments[1:], "big")] = self.buffers[arguments[0]]
        return self._ack(0)

    def _do_08(self, arguments: bytes) -> bytes:
        data = codec.data_packets(self.address, self.buffers.get(arguments[0], b""), 128)
        return self._ack(0) + b"".join(data)

    def _do_09(self, arguments: bytes) -> bytes:
        self._download = ("template", arguments[0], bytearray())
        return self._ack(0)

    def _do_0a(self, _: bytes) -> bytes:
        return self._ack(0) + b"".join(codec.data_packets(self.address, self.picture, 128))

    def _do_0b(self, _: bytes) -> bytes:
        self.status &= ~8
        self._download = ("picture", 0, bytearray())
        return self._ack(0)

    def _do_0c(self, arguments: bytes) -> bytes:
        self.library.pop(int.from_bytes(arguments[:2], "big"), None)
        return self._ack(0)

    def _do_0f(self, _: bytes) -> bytes:
        return self._ack(0, struct.pack(">HHHHIHH", self.status, 9, LIBRARY, 3, self.address, 2, 6))

    def _do_13(self, arguments: bytes) -> bytes:
        right = int.from_bytes(arguments, "big") == self.password
        self.status |= 4 if right else 0
        return self._ack(0 if right else 0x13)

    def _do_15(self, arguments: bytes) -> bytes:
        self.address = int.from_bytes(arguments, "big")
        return self._ack(0)

    def _do_1f(self, arguments: bytes) -> bytes:
        table = bytearray(32)
        for slot in self.library:
            if slot // 256 == arguments[0]:
                table[slot % 256 // 8] |= 1 << slot % 8
        return self._ack(0, bytes(table))

    def _do_3c(self, _: bytes) -> bytes:
        return self._ack(0xFC) if self.product is None else self._ack(0, self.product)


def line_to(module: Scripted, progress: Progress | None = None) -> Line:
    return Line(module.connect, module, 57_600, progress=progress)


def reader_of(module: Scripted, password: int = 0) -> R30xReader:
    return R30xReader(Module(line_to(module), password), ADDRESS, module)
