"""What the simulated retransfer printer's tests share: a host on each wire, tiny planes, a judge.

Messages and command blocks are written here from PROTOCOL.md byte by byte, not with the simulator's codec.
"""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from itertools import count
from typing import Any

from simulators.cards.truth import Witness
from simulators.matica.bench import MemoryPrinter
from tests.unit.simulators.witnesses import Judge

READY, NO_CARDS, DOOR, BUSY, PRINTING = 0, 0x2D000, 0x2D100, 0x2D300, 0x2D400
WARMING, INITIALISING, STARTED, POWER_LOST = 0x2DA00, 0x2DB00, 0x62800, 0x2C300
BAD_COMMAND, CARD_POSITION = 0x52000, 0x52600
STATUS, POSITION = 0x01020000, 0x02020000
LOAD_CHIP, LOAD_PRINT, TO_PRINT = 0x04028002, 0x04028000, 0x05020000
ENGAGE, RELEASE, REJECT, TO_EJECT = 0x0A021000, 0x0A025000, 0x05020004, 0x05020005
RETURN, FLIP, EJECT = 0x07020000, 0x07021000, 0x07020005
BIT = {"y": 1, "m": 2, "c": 4, "k": 8, "p": 0x20, "u": 0x40}
INK = {letter: letter.encode() * 8 for letter in BIT}
"""Planes of the tiny image."""


def tiny(printer: MemoryPrinter) -> MemoryPrinter:
    """The same machine with an image of 4 x 2 dots."""
    printer.printer.make = replace(printer.printer.make, columns=4, rows=2)
    return printer


def bench(*faults: str, witness: Witness | None = None, **told: Any) -> MemoryPrinter:
    """A warm printer with a judge and tiny planes."""
    return tiny(MemoryPrinter(faults=faults, witness=witness or Judge(), **told))


def message(code: int, word: int, sequence: int, payload: bytes = b"") -> bytes:
    """One message as it travels."""
    padded = payload + bytes(-len(payload) % 4)
    return struct.pack(">IIII", code, 2 + len(padded) // 4, word, sequence) + padded


def panel_payload(letter: str, data: bytes) -> bytes:
    """What a panel message carries."""
    return struct.pack(">B3xII", BIT[letter], len(data) + 4, len(data)) + data


@dataclass(frozen=True)
class Reply:
    """A message as the host reads it."""

    code: int
    error: int
    sequence: int
    payload: bytes


def replies(raw: bytes) -> list[Reply]:
    """Every message of ``raw``; nothing may be left over."""
    found = []
    while raw:
        code, words, error, sequence = struct.unpack(">IIII", raw[:16])
        found.append(Reply(code, error, sequence, raw[16 : 8 + 4 * words]))
        assert len(raw) >= 8 + 4 * words
        raw = raw[8 + 4 * words :]
    return found


ANSWER = message(0xF2000300, 0, 0x99999999, bytes(128))


@dataclass
class Host:
    """A host on the Ethernet wire: greets, and says one message after another."""

    printer: MemoryPrinter
    sequence: Iterator[int] = field(default_factory=count)

    def connect(self) -> Host:
        """The greeting and its answer; also takes the news of the start-up."""
        self.printer.exchange()
        assert replies(self.printer.exchange(ANSWER))[0].error == 0
        return self

    def say(
        self, word: int, code: int = 0xF0000100, payload: bytes = b"", timeout_ms: int = 600_000
    ) -> Reply:
        """One message, one reply of its own."""
        sequence = next(self.sequence)
        (reply,) = replies(self.printer.exchange(message(code, word, sequence, payload), timeout_ms))
        assert (reply.code, reply.sequence) == (code + 0x01000000, sequence)
        return reply

    def do(self, *words: int) -> None:
        """Motions that must end well."""
        for word in words:
            assert self.say(word).error == READY, f"{word:08x}"

    def panels(self, letters: str) -> None:
        """Write the planes and lay them."""
        for letter in letters:
            assert self.say(0, 0xF0000200, panel_payload(letter, INK[letter])).error == READY
        self.do(0x06020000 + sum(BIT[letter] for letter in letters))

    def status(self) -> int:
        """The look."""
        return self.say(STATUS).error

    def at(self) -> int | None:
        """The position; None: no card inside."""
        payload = self.say(POSITION).payload
        assert len(payload) == 20
        return None if payload[18] else payload[19]


def host(printer: MemoryPrinter) -> Host:
    """A connected host that has been told of the start-up."""
    connected = Host(printer).connect()
    connected.status()
    return connected


def card(say: Host, front: str = "ymck", back: str = "") -> None:
    """A whole card from the chip station to the output tray."""
    say.do(LOAD_CHIP, ENGAGE, RELEASE, TO_PRINT)
    say.panels(front)
    if back:
        say.do(FLIP)
        say.panels(back)
    say.do(EJECT)


def picture(*panels: str) -> str:
    """What the truth must say of a card with these panels of `INK`."""
    told = hashlib.sha256()
    for panel in panels:
        side, letter = panel.split()
        told.update(side.encode() + letter.encode() + INK[letter])
    return told.hexdigest()


def tlvs(payload: bytes) -> dict[int, bytes]:
    """The items of a UDP answer."""
    found, at = {}, 0
    while at < len(payload) and payload[at]:
        size = int.from_bytes(payload[at + 1 : at + 3], "big")
        found[payload[at]] = payload[at + 3 : at + 3 + size]
        at += 3 + size
    return found


def ask(printer: MemoryPrinter, code: int = 0xF0000600) -> dict[int, bytes]:
    """A question by UDP."""
    (reply,) = replies(printer.exchange(message(code, 0, 77)))
    assert (reply.code, reply.error, reply.sequence) == (code + 0x01000000, 0, 77)
    return tlvs(reply.payload)


def counters(printer: MemoryPrinter) -> tuple[int, int, int]:
    """Total, head, errors."""
    told = ask(printer)
    total, head, errors = (int.from_bytes(told[0x10 + code], "big") for code in (0, 2, 4))
    return total, head, errors


def told(printer: MemoryPrinter, *events: str) -> list[tuple[Any, ...]]:
    """The truth's lines of these events, as (event, blank, panel, tray)."""
    return [
        (line["event"], line["blank"], line["panel"], line["tray"])
        for line in printer.truth
        if line["event"] in events
    ]


def block(cdb: bytes, tag: int = 1, length: int = 0, inward: bool = False) -> bytes:
    """A command block wrapper."""
    head = struct.pack("<4sIIBBB", b"USBC", tag, length, 0x80 if inward else 0, 0, len(cdb))
    return head + cdb.ljust(16, b"\0")


@dataclass
class Usb:
    """A host on the two pipes."""

    printer: MemoryPrinter
    tag: Iterator[int] = field(default_factory=lambda: count(1))

    def command(self, cdb: bytes, size: int = 0, data: bytes = b"") -> tuple[int, bytes, int]:
        """One command: (status, data in, residue). A failed IN stalls before its status."""
        tag = next(self.tag)
        self.printer.write(block(cdb, tag, len(data) or size, bool(size)))
        if data:
            self.printer.write(data)
        got = b""
        if size:
            try:
                got = self.printer.read()
            except BrokenPipeError:
                got = b"stalled"
        raw = self.printer.read()
        signature, back, residue, status = struct.unpack("<4sIIB", raw)
        assert (signature, back) == (b"USBS", tag)
        return status, got, residue

    def sense(self) -> int:
        """The code, told once."""
        status, raw, residue = self.command(bytes((3, 0, 0, 0, 0x14, 0)), 20)
        assert (status, len(raw), residue, raw[0], raw[7]) == (0, 20, 0, 0x70, 0x0C)
        return raw[2] << 16 | raw[12] << 8

    def say(self, cdb: bytes, data: bytes = b"") -> int:
        """A command without an answer of its own: its code."""
        status, _, _ = self.command(cdb, data=data)
        return self.sense() if status else READY

    def mechanism(self, *bytes_1_to_7: int) -> int:
        """``31``, its bytes from the first on."""
        return self.say(bytes((0x31, *bytes_1_to_7)).ljust(10, b"\0"))

    def look(self) -> int:
        """Test ready."""
        return self.say(bytes(6))

    def panel(self, letter: str) -> int:
        """Write one plane."""
        plane = {"y": 3, "m": 2, "c": 1, "k": 0, "p": 5, "u": 4}[letter]
        size = len(INK[letter])
        return self.say(bytes((0x2A, 0, plane, 0, 0)) + struct.pack(">IB", size, 0), INK[letter])
