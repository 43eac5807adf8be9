"""A card printer on USB, through pyusb: a message and its reply (printer class).

The device is found anew whenever it is not open, so an unplugged cable heals by itself at the next exchange.
The kernel's own printer driver (usblp), which takes class 7 interfaces first, is detached meanwhile.
A reply that came after we had stopped waiting for it must never pass for the next command's: after any
trouble the IN pipe is emptied before anything new is said.
Source: drivers/transports/PROTOCOL.md §3-4.
"""

import contextlib
import errno
import time
from collections.abc import Callable, Iterable
from typing import Any

import usb.core

from drivers.errors import Cause, OutcomeUnknown, Unreachable
from drivers.transports.usb_device import CAUSES, Failure, UsbDevice, gathered, left_ms

REPLY_BYTES_MAX = 16 * 1024
TAIL_S = 0.05  # how long a status block may come after the reply's NUL
DRAIN_S = 0.01
PRINTER_CLASS = 7


class UsbTransport:
    """``exchange`` and ``close`` over the first bulk OUT and IN of a printer-class interface.

    ``vid``: the maker's number; ``serial``: which one of several. ``backend``: pyusb's, or None for the
    machine's own libusb. ``release`` is called when the device is let go (a backend's own ``close``).
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
        self._device = UsbDevice(vid, serial, _is_printer, backend, release)
        self._stale = False  # a late reply may lie in the IN pipe

    def exchange(self, data: Iterable[bytes | memoryview], timeout_s: float) -> bytes:
        """Write the pieces, return the reply: text, NUL, status bytes. Empty: one ZLP asks for status alone.

        Raises Unreachable while nothing had left, OutcomeUnknown after, for whatever reason.
        """
        deadline = self._monotonic() + timeout_s
        may_have_left = False
        try:
            self._open()
            self._drain(deadline)
            self._device.feel()
            length = 0
            for chunk in gathered(data):
                self._stale = may_have_left = True  # a write that fails does not tell how much it moved
                self._device.write(chunk, self._left_ms(deadline))
                length += len(chunk)
            if length % self._device.out.wMaxPacketSize == 0:  # nothing else tells that the message ends here
                self._stale = True
                self._device.write(b"", self._left_ms(deadline))
            reply = self._read(deadline)
        except (usb.core.USBError, usb.core.NoBackendError, Failure) as error:
            kind = OutcomeUnknown if may_have_left else Unreachable
            raise kind(self._after(error), f"USB: {error}") from error
        self._stale = False
        return reply

    def close(self) -> None:
        """Let the device go and give it back to the kernel's driver; twice is harmless."""
        self._device.let_go()

    def _open(self) -> None:
        if not self._device.taken:
            self._device.take()
            self._stale = True  # whoever had it before us may have left a reply unread

    def _left_ms(self, deadline: float) -> int:
        return left_ms(deadline, self._monotonic())

    def _read(self, deadline: float) -> bytes:
        """Transfers up to the one that holds or follows the reply's NUL."""
        reply = bytearray()
        while b"\0" not in reply:
            reply += self._device.into.read(REPLY_BYTES_MAX, self._left_ms(deadline)).tobytes()
            if len(reply) > REPLY_BYTES_MAX:
                raise Failure("garbled_reply", "a reply without end")
        if reply.endswith(b"\0") and reply.index(b"\0") == len(reply) - 1:
            with contextlib.suppress(usb.core.USBTimeoutError):  # status blocks may be switched off
                reply += self._device.into.read(REPLY_BYTES_MAX, int(TAIL_S * 1000)).tobytes()
        return bytes(reply)

    def _drain(self, deadline: float) -> None:
        """Throw away what an earlier command was answered too late; Failure if it never ends."""
        while self._stale:
            try:
                self._device.into.read(REPLY_BYTES_MAX, min(int(DRAIN_S * 1000), self._left_ms(deadline)))
            except usb.core.USBTimeoutError:
                self._stale = False

    def _after(self, error: Exception) -> Cause:
        """Put things right for the next exchange, and name the cause."""
        if isinstance(error, Failure):
            if error.cause not in ("no_answer", "garbled_reply"):
                self.close()
            return error.cause
        number = error.errno if isinstance(error, usb.core.USBError) else None
        if number == errno.EPIPE and self._device.clear_halts():
            return CAUSES[number]
        if number != errno.ETIMEDOUT:
            self.close()
        return CAUSES.get(number, "link_lost" if number else "unsupported")


def _is_printer(interface: Any) -> bool:
    return bool(interface.bInterfaceClass == PRINTER_CLASS)
