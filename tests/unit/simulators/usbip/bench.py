"""What the USB/IP tests share: a printer of three lists, and requests written byte by byte from the kernel's
page."""

import struct
from collections.abc import Callable

from simulators.usbip.descriptors import evolis
from simulators.usbip.device import UsbPrinter


class Drawer:
    """A printer that only keeps what it is told: `capacity` bytes fit until `drink` empties it."""

    def __init__(self, capacity: int = 1 << 30) -> None:
        self.capacity = capacity
        self.taken = bytearray()
        self.level = 0
        self.ends: list[int] = []
        self.resets: list[bool] = []
        self.replies: list[bytes] = []
        self.wake: Callable[[], None] = lambda: None

    def room(self) -> int:
        return self.capacity - self.level

    def write(self, data: bytes) -> None:
        assert 0 < len(data) <= self.room()
        self.taken += data
        self.level += len(data)

    def drink(self) -> None:
        self.level = 0
        self.wake()

    def end(self) -> None:
        self.ends.append(len(self.taken))

    def reply(self) -> bytes | None:
        return self.replies.pop(0) if self.replies else None

    def say(self, reply: bytes) -> None:
        self.replies.append(reply)
        self.wake()

    def reset(self, soft: bool) -> None:
        self.resets.append(soft)
        self.replies.clear()

    def port_status(self) -> int:
        return 0x18

    def watch(self, wake: Callable[[], None]) -> None:
        self.wake = wake


def printer(drawer: Drawer) -> UsbPrinter:
    """A Zenius in front of the drawer."""
    return UsbPrinter(evolis("zenius", "SIM00001"), drawer)


def submit(
    seqnum: int,
    endpoint: int,
    inward: bool,
    length: int,
    data: bytes = b"",
    setup: bytes = bytes(8),
    flags: int = 0,
) -> bytes:
    """CMD_SUBMIT as the kernel's page lays it out."""
    return struct.pack(
        ">IIIIIIIIII8s", 1, seqnum, 0x10002, int(inward), endpoint, flags, length, 0, 0xFFFFFFFF, 0, setup
    ) + data  # fmt: skip


def unlink(seqnum: int, target: int) -> bytes:
    """CMD_UNLINK as the kernel's page lays it out."""
    return struct.pack(">IIIIII24x", 2, seqnum, 0x10002, 0, 0, target)


def reply(raw: bytes) -> tuple[int, int, int, int, bytes]:
    """(command, seqnum, status, actual_length, data) of a RET_SUBMIT or RET_UNLINK."""
    command, seqnum, devid, direction, endpoint, status, actual = struct.unpack(">IIIIIiI", raw[:28])
    assert (devid, direction, endpoint) == (0, 0, 0)
    return command, seqnum, status, actual, raw[48:]


def control(kind: int, request: int, value: int, index: int, length: int) -> bytes:
    """A setup packet: little endian."""
    return struct.pack("<BBHHH", kind, request, value, index, length)
