"""A card printer on USB that speaks in command blocks (mass-storage "bulk-only"), through pyusb.

One exchange is one command: the 31-byte block, its data if that goes out, then whatever comes in, closed by
the 13-byte status. The wire is *held*: it is taken only by an exchange that says nothing, and after any
trouble it is let go, so that whoever is above sees for certain where one holding ends and another begins.
A stall where data or status is read is cleared, as the wrapper asks; no command is ever written twice.
Source: drivers/matica/PROTOCOL.md §2.1, drivers/transports/PROTOCOL.md §5.
"""

import errno
import struct
import time
from collections.abc import Callable, Iterable
from typing import Any

import usb.core

from drivers.errors import Cause, OutcomeUnknown, Unreachable
from drivers.transports.usb_device import CAUSES, Failure, UsbDevice, gathered, has_both_bulk, left_ms

BLOCK_BYTES, STATUS_BYTES = 31, 13
READ_BYTES_MAX = 64 * 1024
STALLS_MAX = 10
RESET, RESET_MS = (0x21, 0xFF), 2000
"""The wrapper's own reset: throws away data in hand, so that the next block is read as one."""
_LENGTH_AND_WAY = struct.Struct("<8xIB")
_IN = 0x80


class BulkOnlyTransport:
    """``exchange`` and ``close`` over an interface with a bulk pipe each way.

    ``vid``, ``serial``, ``backend`` and ``release`` are as UsbTransport's.
    """

    def __init__(
        self,
        vid: int,
        serial: str = "",
        *,
        backend: Any = None,
        release: Callable[[], None] | None = None,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        self._device = UsbDevice(vid, serial, has_both_bulk, backend, release)

    def exchange(self, data: Iterable[bytes | memoryview], timeout_s: float) -> bytes:
        """One command: its block as the first piece, its data as the rest; data that came in, and the status.

        Nothing said: take the device, and return nothing. Raises Unreachable while nothing had left,
        OutcomeUnknown after; either way the device has been let go.
        """
        deadline = self._monotonic() + timeout_s
        may_have_left = False
        try:
            pieces = iter(data)
            block = bytes(next(pieces, b""))
            if not block:
                self._take(deadline)
                return b""
            if not self._device.taken:
                raise Failure("link_lost", "the device is not held")
            self._device.feel()
            may_have_left = True
            self._device.write(block, self._left_ms(deadline))
            for chunk in gathered(pieces):
                self._device.write(chunk, self._left_ms(deadline))
            return self._data_in(block, deadline) + self._status(deadline)
        except (usb.core.USBError, usb.core.NoBackendError, Failure) as error:
            self.close()
            kind = OutcomeUnknown if may_have_left else Unreachable
            raise kind(_cause(error), f"USB: {error}") from error

    def close(self) -> None:
        """Let the device go and give it back to the kernel's driver; twice is harmless."""
        self._device.let_go()

    def _take(self, deadline: float) -> None:
        """Claim the interface, and begin with clean pipes whatever was said before us."""
        self._device.let_go()
        self._device.take()
        try:
            self._device.request(*RESET, min(RESET_MS, self._left_ms(deadline)))
        except usb.core.USBError as error:
            if error.errno != errno.EPIPE:  # a device that knows no reset needs none
                raise
        self._device.clear_halts()

    def _left_ms(self, deadline: float) -> int:
        return left_ms(deadline, self._monotonic())

    def _data_in(self, block: bytes, deadline: float) -> bytes:
        """What the block asks for, or as much as comes before a short packet or a stall."""
        length, way = _LENGTH_AND_WAY.unpack_from(block)
        taken = bytearray()
        while way & _IN and len(taken) < length:
            asked = min(length - len(taken), READ_BYTES_MAX)
            try:
                part = self._device.into.read(asked, self._left_ms(deadline))
            except usb.core.USBError as error:
                if error.errno != errno.EPIPE:
                    raise
                self._device.into.clear_halt()
                break
            taken += part.tobytes()
            if len(part) < asked:
                break
        return bytes(taken)

    def _status(self, deadline: float) -> bytes:
        """The 13 bytes that end a command; a stall before them is cleared, ten times at most."""
        for _ in range(STALLS_MAX):
            try:
                status: bytes = self._device.into.read(STATUS_BYTES, self._left_ms(deadline)).tobytes()
            except usb.core.USBError as error:
                if error.errno != errno.EPIPE:
                    raise
                self._device.into.clear_halt()
                continue
            if not status:
                continue  # the empty packet that ended the data
            if len(status) == STATUS_BYTES:
                return status
            raise Failure("garbled_reply", "a status cut short")
        raise Failure("garbled_reply", "the printer stalls for ever")


def _cause(error: Exception) -> Cause:
    if isinstance(error, Failure):
        return error.cause
    number = error.errno if isinstance(error, usb.core.USBError) else None
    return CAUSES.get(number, "link_lost" if number else "unsupported")
