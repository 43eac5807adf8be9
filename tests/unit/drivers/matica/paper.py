"""A machine of paper: the Ethernet wire's bytes from PROTOCOL.md, obeying at once unless a test objects.

It keeps every motion it was told, so that a test can see that none was told twice. ``answers`` holds codes
for commands to come, by their high half; ``looks`` codes for looks to come. ``breaks_at`` is the exchange
that finds the wire gone: before its bytes left, or (``late``) after the machine has taken them.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from drivers.address import parse
from drivers.card_printer import Artefact, Piece, Snapshot
from drivers.errors import OutcomeUnknown, Unreachable
from drivers.matica import job
from drivers.matica.job import Plane
from drivers.matica.net_machine import NetMachine
from drivers.matica.printer import MaticaPrinter

LOAD, MOVE, PRINT, TRANSFER, CHIP = 0x0402, 0x0502, 0x0602, 0x0702, 0x0A02
OUT = 99
_HEAD = struct.Struct(">IIII")


@dataclass
class Paper:
    """Wire, machine and clock in one; time passes only where somebody sleeps."""

    at: int = OUT
    total: int = 1000
    head: int = 4000
    errors: int | None = 7
    ink: int = 0
    disobeys: tuple[int, ...] = ()  # motions that are answered, and nothing comes of them
    drops: bool = False  # a blank that is fed leaves again, and no sensor sees it go
    counts: bool = True  # it tells how many cards were fed
    looks: list[int] = field(default_factory=list)
    standing: int = 0
    answers: dict[int, list[int]] = field(default_factory=dict)
    breaks_at: int | None = None
    late: bool = False
    deaf_after: int = 0  # so many questions by datagram are lost once a card is out
    deaf: int = 0
    said: list[int] = field(default_factory=list)
    refusals: list[int] = field(default_factory=list)  # codes for panels to come
    uploaded: list[int] = field(default_factory=list)
    exchanges: int = 0
    connections: int = 0
    sequence: int = 0
    held: bool = False
    ms: int = 0

    # the clock

    def now_ms(self) -> int:
        return self.ms

    def sleep_ms(self, ms: int) -> None:
        self.ms += ms

    # the wire

    def exchange(self, data: Iterable[Piece], timeout_s: float) -> bytes:
        told = b"".join(bytes(piece) for piece in data)
        gone = self.exchanges == self.breaks_at
        self.exchanges += 1
        if gone and (not self.late or not told):
            self.close()
            raise Unreachable("link_lost")
        if not told:
            self.held, self.connections, self.sequence = True, self.connections + 1, 0
            return self._greeting()
        if told[:4] in (b"\xf0\x00\x06\x00", b"\xf0\x00\x0a\x00"):
            self.deaf -= 1
            if self.deaf >= 0:
                raise Unreachable("no_answer")
            return self._info(told)
        if not self.held:
            raise Unreachable("link_lost", "not connected")
        reply = b"".join(self._obey(message) for message in _cut(told))
        if gone:
            self.close()
            raise OutcomeUnknown("link_lost")
        return reply

    def close(self) -> None:
        self.held = False

    # the machine

    def motions(self) -> list[int]:
        """All it was told to do to a card, chips aside."""
        return [command for command in self.said if command >> 16 != CHIP]

    def _obey(self, message: bytes) -> bytes:
        code, _, command, sequence = _HEAD.unpack_from(message)
        if code == 0xF2000300:
            return _reply(0xF3000300, 0, sequence)
        assert sequence == self.sequence, "numbered from 0 on each connection"
        self.sequence += 1
        if code == 0xF0000200:
            self.uploaded.append(message[16])
            refusal = self.refusals.pop(0) if self.refusals else 0
            return _reply(0xF1000200, refusal, sequence)
        if command == 0x01020000:
            return _reply(0xF1000100, self.looks.pop(0) if self.looks else self.standing, sequence)
        if command == 0x02020000:
            place = bytes(18) + bytes((self.at == OUT, 0 if self.at == OUT else self.at))
            return _reply(0xF1000100, 0, sequence, place)
        self.said.append(command)
        waiting = self.answers.get(command >> 16, [])
        if command >> 16 not in self.disobeys:
            self._move(command)
        return _reply(0xF1000100, waiting.pop(0) if waiting else 0, sequence)

    def _move(self, command: int) -> None:
        kind, low = command >> 16, command & 0xFFFF
        if kind == LOAD:
            self.total, self.at = self.total + 1, OUT if self.drops else low & 0xF
        elif kind == MOVE:
            self.at = OUT if low == 4 else low
        elif kind == PRINT:
            self.head += low.bit_count()
        elif kind == TRANSFER and low == 5:
            self.at, self.deaf = OUT, self.deaf_after

    def _info(self, told: bytes) -> bytes:
        code, _, _, sequence = _HEAD.unpack_from(told)
        told_of = [(1, b"PAPER001"), (2, b"1.0"), (0x0B, b"\0\x64"), (0x0C, b"\0\x0a")]
        told_of += [(0x0D, bytes((self.ink,)))] + ([(0x10, _four(self.total))] if self.counts else [])
        told_of += [(0x12, _four(self.head))]
        told_of += [(0x13, _four(55))] + ([] if self.errors is None else [(0x14, _four(self.errors))])
        if code == 0xF0000A00:
            told_of = [(0x21, b"\x02"), (0x20, b"\x01")]
        payload = b"".join(struct.pack(">BH", tag, len(value)) + value for tag, value in told_of)
        return _reply(code + 0x01000000, 0, sequence, payload + b"\0")

    def _greeting(self) -> bytes:
        greeting = bytearray(88)
        struct.pack_into(">II", greeting, 0, 0xF3000200, 20)
        greeting[56:63] = b"XID8600"
        return bytes(greeting)


def driver(paper: Paper) -> MaticaPrinter:
    """The real driver on it."""
    return MaticaPrinter(NetMachine(paper), parse("matica+memory://paper"), paper)


def reserved(paper: Paper) -> tuple[MaticaPrinter, Snapshot]:
    """The driver with session 777, and the snapshot taken under it."""
    printer = driver(paper)
    printer.reserve(777)
    return printer, printer.snapshot()


def card(*, duplex: bool = False) -> Artefact:
    """Four panels a side, a few bytes each: the machine of paper does not count them."""
    face = tuple(Plane(letter, letter.encode() * 8) for letter in "ymck")
    faces = (face, face) if duplex else (face,)
    return Artefact(job.pack(faces), job.count(faces), job.picture(faces))


def _cut(told: bytes) -> Iterable[bytes]:
    while told:
        end = 8 + 4 * _HEAD.unpack_from(told)[1]
        yield told[:end]
        told = told[end:]


def _reply(code: int, error: int, sequence: int, payload: bytes = b"") -> bytes:
    payload += bytes(-len(payload) % 4)
    return _HEAD.pack(code, 2 + len(payload) // 4, error, sequence) + payload


def _four(value: int) -> bytes:
    return value.to_bytes(4, "big")
