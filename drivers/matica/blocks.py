"""The USB wire in bytes: command blocks and what comes back. Pure; source: PROTOCOL.md §2.

    block   "USBC" | tag u32 LE | data length u32 LE | flags | 0 | length of CDB | CDB, zero-filled to 16
    status  "USBS" | tag u32 LE | residue u32 LE | 0 done, 1 failed, 2 out of step

Whatever arrives, a reader here returns a value or raises Garbled, nothing else.
"""

import struct
from dataclasses import dataclass

from drivers.matica.machine import PLACES, About, Counters, Garbled, Motion

_BLOCK = struct.Struct("<4sIIBBB16s")
_STATUS = struct.Struct("<4sIIB")
_LOG_ITEM = struct.Struct(">HHI")
_IN = 0x80
DONE, FAILED = 0, 1

TOTAL, HEAD, SINCE_CLEANING, ERRORS = 0, 2, 3, 4
"""Codes of the counters, over both wires."""
SETTINGS_AT = range(36, 44)
PLANES = {"y": 3, "m": 2, "c": 1, "k": 0, "p": 5, "u": 4}
_PRINT_MASK = {"y": 0x02, "m": 0x02, "c": 0x02, "k": 0x04, "u": 0x08, "p": 0x10}
_FILM_INIT = 0x04
_MECHANISM = {"load": 0x01, "move": 0x0B, "print": 0x08, "flip": 0x0A, "eject": 0x09}
_STATION = {"engage": 0x04, "release": 0x05}


@dataclass(frozen=True, slots=True)
class Command:
    """A CDB, and how many bytes are read after it or ``out`` written."""

    cdb: bytes
    read: int = 0
    out: int = 0


READY = Command(bytes(6))
SENSE = Command(bytes((0x03, 0, 0, 0, 20, 0)), read=20)
INQUIRY = Command(bytes((0x12, 0, 0, 0, 96, 0)), read=96)
SETTINGS = Command(bytes((0x1A, 0, 0x68, 0, 64, 0)), read=64)
SUPPLIES = Command(bytes((0x1A, 0, 0x63, 0, 44, 0)), read=44)
COUNTERS = Command(bytes((0x4D, 0, 0x78, 0, 0, 0, 0, 0, 52, 0)), read=52)
POSITION = Command(bytes((0x34, 0, 0, 0, 0, 0, 0, 0, 8, 0)), read=8)


def motion(said: Motion) -> Command:
    """The command of one motion."""
    cdb = bytearray(10)
    if said.kind in _STATION:
        cdb[0:2] = 0x32, _STATION[said.kind]
        return Command(bytes(cdb))
    cdb[0:2] = 0x31, _MECHANISM[said.kind]
    if said.kind == "print":
        for letter in said.panels:
            cdb[2] |= _PRINT_MASK[letter]
    if said.kind == "load":
        cdb[4] = _FILM_INIT
    cdb[7] = said.place
    return Command(bytes(cdb))


def panel(letter: str, size: int) -> Command:
    """The command that is followed by ``size`` bytes of one plane."""
    return Command(struct.pack(">BxBxxIx", 0x2A, PLANES[letter], size), out=size)


def block(command: Command, tag: int) -> bytes:
    """The 31 bytes that begin a command."""
    flags = _IN if command.read else 0
    length = command.read or command.out
    return _BLOCK.pack(b"USBC", tag, length, flags, 0, len(command.cdb), command.cdb)


def take(raw: bytes, command: Command, tag: int) -> bytes | None:
    """What came in with a command's status; None if it failed. Garbled if it is another's, or cut short."""
    data, status = raw[: -_STATUS.size], raw[-_STATUS.size :]
    if len(status) < _STATUS.size:
        raise Garbled("no status")
    mark, its_tag, _, done = _STATUS.unpack(status)
    if mark != b"USBS" or its_tag != tag or done not in (DONE, FAILED):
        raise Garbled("a status of no command of ours")
    if done == FAILED:
        return None
    if len(data) != command.read:
        raise Garbled(f"{len(data)} bytes instead of {command.read}")
    return data


def take_sense(data: bytes) -> int:
    """The code in sense data of 20 bytes."""
    return data[2] << 16 | data[12] << 8


def take_position(data: bytes) -> str | None:
    """Where the card is; None when none is inside."""
    return place(out=data[0], number=data[7])


def place(out: int, number: int) -> str | None:
    """A word of PLACES, None for out; Garbled for a number no row names."""
    if out:
        return None
    if number >= len(PLACES):
        raise Garbled(f"position {number}")
    return PLACES[number]


def take_counters(data: bytes) -> Counters:
    """The counters in a log of 52 bytes; those that are missing, or not of four bytes, are None."""
    found: dict[int, int] = {}
    for at in range(4, len(data) - _LOG_ITEM.size + 1, _LOG_ITEM.size):
        code, length, value = _LOG_ITEM.unpack_from(data, at)
        if length == 4:
            found.setdefault(code, value)
    return Counters(found.get(TOTAL), found.get(HEAD), found.get(SINCE_CLEANING), found.get(ERRORS))


def take_about(inquiry: bytes, supplies: bytes | None) -> About:
    """Model, serial number and firmware from an inquiry, the ribbon from page 63h if that was answered."""
    ink = supplies[6] if supplies is not None else None
    return About(text(inquiry[16:24]), text(inquiry[24:32]), text(inquiry[58:71]), ink)


def take_settings(page: bytes) -> tuple[tuple[str, str], ...]:
    """The settings bytes of page 68h, each under its place."""
    return tuple((f"68h+{at}", f"{page[at]:02X}") for at in SETTINGS_AT)


def text(raw: bytes) -> str:
    """Printable ASCII without its filling; Garbled for anything else."""
    try:
        words = raw.rstrip(b"\0 ").decode("ascii").strip()
    except UnicodeDecodeError as error:
        raise Garbled("not text") from error
    if words and not words.isprintable():
        raise Garbled("not text")
    return words
