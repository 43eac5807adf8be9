"""USB/IP messages to and from bytes: no socket, no device.

The layout is the kernel's (`PROTOCOL.md` beside this file). Fixed-size headers are unpacked with `struct`;
whoever calls has read exactly that many bytes. Errors of form raise `BadMessage`, and the connection ends.
"""

import struct
from dataclasses import dataclass
from enum import IntEnum

VERSION = 0x0111
OP_HEADER_BYTES = 8
BUSID_BYTES = 32
URB_HEADER_BYTES = 48
URB_BYTES_MAX = 16 << 20  # the kernel's usbfs gives up far below; more than this is not USB traffic

_OP = struct.Struct(">HHI")
_DEVICE = struct.Struct(">256s32sIIIHHHBBBBBB")
_INTERFACE = struct.Struct(">BBBx")
_SUBMIT = struct.Struct(">IIIIIIIIII8s")
_UNLINK = struct.Struct(">IIIIII24x")
_RET_SUBMIT = struct.Struct(">IIIIIiIIII8x")
_RET_UNLINK = struct.Struct(">IIIIIi24x")


class BadMessage(Exception):
    """Bytes that are no USB/IP: the connection is dropped, as the kernel does."""


class Op(IntEnum):
    """Messages before a device is imported; a reply is its request without the top bit."""

    DEVLIST = 0x8005
    IMPORT = 0x8003


class OpStatus(IntEnum):
    """What a reply to an import says."""

    OK = 0
    NOT_AVAILABLE = 1
    BUSY = 2
    NO_DEVICE = 4


class Errno(IntEnum):
    """Linux's numbers as they travel, whatever system this runs on."""

    OK = 0
    ENOENT = -2
    EPIPE = -32
    EOVERFLOW = -75
    ECONNRESET = -104
    EREMOTEIO = -121


CMD_SUBMIT, CMD_UNLINK, RET_SUBMIT, RET_UNLINK = 1, 2, 3, 4
SHORT_NOT_OK, ZERO_PACKET = 0x0001, 0x0040


@dataclass(frozen=True, slots=True)
class Summary:
    """A device as the list and the import reply show it."""

    busid: str
    busnum: int
    devnum: int
    speed: int
    vid: int
    pid: int
    bcd_device: int
    configuration: int
    interfaces: tuple[tuple[int, int, int], ...]


@dataclass(slots=True)
class Urb:
    """One submitted transfer. `data` is what goes out; `done` counts what was taken or has been gathered in
    `got`."""

    seqnum: int
    inward: bool
    endpoint: int
    flags: int
    length: int
    setup: bytes
    data: bytes = b""
    done: int = 0
    got: bytearray | None = None


@dataclass(frozen=True, slots=True)
class Unlink:
    """A request to forget the transfer `target`."""

    seqnum: int
    target: int


def read_op(header: bytes) -> Op:
    """What a connection's first 8 bytes ask for; `BadMessage` for another version or code."""
    version, code, _status = _OP.unpack(header)
    if version != VERSION:
        raise BadMessage(f"version {version:04x}")
    try:
        return Op(code)
    except ValueError as unknown:
        raise BadMessage(f"code {code:04x}") from unknown


def _device(summary: Summary) -> bytes:
    path = f"/sys/devices/simulated/usb{summary.busnum}/{summary.busid}"
    return _DEVICE.pack(
        path.encode(), summary.busid.encode(), summary.busnum, summary.devnum, summary.speed,
        summary.vid, summary.pid, summary.bcd_device, 0, 0, 0, summary.configuration, 1,
        len(summary.interfaces),
    )  # fmt: skip


def devlist_reply(devices: list[Summary]) -> bytes:
    """`OP_REP_DEVLIST` over these devices."""
    parts = [_OP.pack(VERSION, Op.DEVLIST & 0x7FFF, 0), struct.pack(">I", len(devices))]
    for device in devices:
        parts.append(_device(device))
        parts.extend(_INTERFACE.pack(*interface) for interface in device.interfaces)
    return b"".join(parts)


def import_reply(status: OpStatus, device: Summary | None) -> bytes:
    """`OP_REP_IMPORT`: the device only follows when the status is OK."""
    header = _OP.pack(VERSION, Op.IMPORT & 0x7FFF, status)
    return header + _device(device) if status is OpStatus.OK and device is not None else header


def read_urb(header: bytes) -> Urb | Unlink:
    """A 48-byte header; for an OUT transfer the caller then reads `length` bytes into `data`."""
    command, seqnum, _devid, direction, endpoint, flags, length, _frame, packets, _interval, setup = (
        _SUBMIT.unpack(header)
    )
    if command == CMD_UNLINK:
        return Unlink(seqnum, _UNLINK.unpack(header)[5])
    if command != CMD_SUBMIT:
        raise BadMessage(f"command {command}")
    if length > URB_BYTES_MAX or packets not in (0, 0xFFFFFFFF) or direction > 1:
        raise BadMessage("a transfer no bulk or control endpoint can mean")
    return Urb(seqnum, direction == 1, endpoint, flags, length, setup)


def submit_reply(urb: Urb, status: Errno, data: bytes = b"") -> bytes:
    """`RET_SUBMIT`; `data` only behind an IN transfer."""
    actual = len(data) if urb.inward else urb.done
    return _RET_SUBMIT.pack(RET_SUBMIT, urb.seqnum, 0, 0, 0, status, actual, 0, 0xFFFFFFFF, 0) + data


def unlink_reply(unlink: Unlink, status: Errno) -> bytes:
    """`RET_UNLINK`: ECONNRESET when it was still pending, 0 when it had been answered."""
    return _RET_UNLINK.pack(RET_UNLINK, unlink.seqnum, 0, 0, 0, status)
