"""USB/IP messages and USB descriptors as values. No I/O.

    command u32 | seqnum u32 | devid u32 | direction u32 | endpoint u32 | 28 bytes by command | payload

Everything is big-endian except USB's own descriptors and ``setup``. A reply does not say whether payload
follows it: only the submit it answers does, so the reader is told which seqnums were IN.
Source: drivers/transports/PROTOCOL.md §1-2.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass

VERSION = 0x0111
REQ_DEVLIST, REP_DEVLIST, REQ_IMPORT, REP_IMPORT = 0x8005, 0x0005, 0x8003, 0x0003
CMD_SUBMIT, CMD_UNLINK, RET_SUBMIT, RET_UNLINK = 1, 2, 3, 4
DIR_OUT, DIR_IN = 0, 1
FLAG_DIR_IN = 0x200
NOT_ISOCHRONOUS = 0xFFFFFFFF
UNLINKED = -104  # Linux ECONNRESET: the URB is gone and no RET_SUBMIT will follow

OP = struct.Struct(">HHI")
DEVICE = struct.Struct(">256s32sIIIHHHBBBBBB")
BASIC = struct.Struct(">IIIII")
SUBMIT = struct.Struct(">IIIIIIIIII8s")
UNLINK = struct.Struct(">IIIIII24x")
RETURN = struct.Struct(">IIIIIiIIII8x")
HEADER_BYTES = RETURN.size  # 48, the same for all four


class Garbled(ValueError):
    """The far end does not speak USB/IP, or not this version of it."""


@dataclass(frozen=True, slots=True)
class Exported:
    """One device as a server names it. ``speed`` is the kernel's number (PROTOCOL.md §1)."""

    path: str
    busid: str
    busnum: int
    devnum: int
    speed: int
    vid: int
    pid: int
    configuration: int

    @property
    def devid(self) -> int:
        """The number by which URBs name the device."""
        return self.busnum << 16 | self.devnum


@dataclass(frozen=True, slots=True)
class Reply:
    """RET_SUBMIT or RET_UNLINK. ``status`` is a negative Linux errno or 0; ``data`` only for an IN submit."""

    command: int
    seqnum: int
    status: int
    actual: int
    data: bytes


def req_devlist() -> bytes:
    """The 8 bytes that ask what is exported."""
    return OP.pack(VERSION, REQ_DEVLIST, 0)


def req_import(busid: str) -> bytes:
    """The 40 bytes that ask for one device. ``busid`` has at most 31 ASCII letters."""
    name = busid.encode("ascii")
    if not 0 < len(name) < 32:
        raise ValueError(f"a bus id has 1 to 31 letters, not {len(name)}")
    return OP.pack(VERSION, REQ_IMPORT, 0) + name.ljust(32, b"\0")


def op_status(head: bytes, code: int) -> int:
    """The status of an 8-byte reply head; Garbled when it is not the reply ``code``."""
    version, got, status = OP.unpack(head)
    if version != VERSION or got != code:
        raise Garbled(f"expected USB/IP {VERSION:04x} reply {code:04x}, got {version:04x} {got:04x}")
    return int(status)


def exported(record: bytes) -> tuple[Exported, int]:
    """A 312-byte device record as a value, and its number of interfaces."""
    path, busid, busnum, devnum, speed, vid, pid, _, _, _, _, config, _, interfaces = DEVICE.unpack(record)
    names = [name.split(b"\0", 1)[0].decode("ascii", "replace") for name in (path, busid)]
    return Exported(names[0], names[1], busnum, devnum, speed, vid, pid, config), interfaces


def submit(
    seqnum: int, devid: int, endpoint: int, length: int, data: bytes | None, setup: bytes = bytes(8)
) -> bytes:
    """CMD_SUBMIT with its payload. ``data`` is None for IN, else exactly ``length`` bytes; endpoint 0..15."""
    direction, flags = (DIR_IN, FLAG_DIR_IN) if data is None else (DIR_OUT, 0)
    head = SUBMIT.pack(
        CMD_SUBMIT, seqnum, devid, direction, endpoint, flags, length, 0, NOT_ISOCHRONOUS, 0, setup
    )
    return head if data is None else head + data


def unlink(seqnum: int, devid: int, victim: int) -> bytes:
    """CMD_UNLINK for the URB ``victim``."""
    return UNLINK.pack(CMD_UNLINK, seqnum, devid, 0, 0, victim)


def take_reply(buffer: bytearray, was_in: Callable[[int], bool]) -> Reply | None:
    """Remove and return the first whole reply; None when more bytes are needed.

    ``was_in`` tells whether the submit with that seqnum asked for bytes. Raises Garbled on a command that is
    no reply; the stream cannot be trusted after that.
    """
    if len(buffer) < HEADER_BYTES:
        return None
    command, seqnum, _, _, _, status, actual, _, _, _ = RETURN.unpack_from(buffer)
    if command == RET_UNLINK:
        actual = 0  # those bytes are padding there
    elif command != RET_SUBMIT:
        raise Garbled(f"expected a USB/IP reply, got command {command:08x}")
    follows = actual if command == RET_SUBMIT and was_in(seqnum) else 0
    end = HEADER_BYTES + follows
    if len(buffer) < end:
        return None
    reply = Reply(command, seqnum, status, actual, bytes(buffer[HEADER_BYTES:end]))
    del buffer[:end]
    return reply
