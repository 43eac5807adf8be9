"""A card printer on USB, through pyusb. Only this file and the usbip ones, pyusb's far end, import ``usb``.

The device is found anew whenever it is not open, so an unplugged cable heals by itself at the next exchange.
Bytes go out in transfers of 64 to 256 KiB: a real kernel refuses a whole job in one write. The kernel's own
printer driver (usblp), which takes class 7 interfaces first, is detached, and attached again at close.
A reply that came after we had stopped waiting for it must never pass for the next command's: after any
trouble the IN pipe is emptied before anything new is said.
Source: drivers/transports/PROTOCOL.md §3-4.
"""

import array
import contextlib
import errno
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import usb.core
import usb.util

from drivers.errors import Cause, OutcomeUnknown, Unreachable

TRANSFER_BYTES_MIN, TRANSFER_BYTES_MAX = 64 * 1024, 256 * 1024
REPLY_BYTES_MAX = 16 * 1024
TAIL_S = 0.05  # how long a status block may come after the reply's NUL
DRAIN_S = 0.01
FEEL_MS = 2000
PRINTER_CLASS = 7

_CAUSES: dict[int | None, Cause] = {
    errno.ENODEV: "unplugged",
    errno.ENOENT: "unplugged",
    errno.EIO: "unplugged",  # what a real bus says in the moment of the pull
    errno.ETIMEDOUT: "no_answer",
    errno.EBUSY: "busy",
    errno.EACCES: "refused_connection",
    errno.ECONNREFUSED: "refused_connection",
    errno.EPIPE: "garbled_reply",
    errno.EOVERFLOW: "garbled_reply",
}


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
        self._vid = vid
        self._serial = serial
        self._backend = backend
        self._release = release
        self._monotonic = monotonic
        self._device: Any = None
        self._interface = 0
        self._detached = False
        self._in: Any = None
        self._out: Any = None
        self._stale = False  # a late reply may lie in the IN pipe

    def exchange(self, data: Iterable[bytes | memoryview], timeout_s: float) -> bytes:
        """Write the pieces, return the reply: text, NUL, status bytes. Empty: one ZLP asks for status alone.

        Raises Unreachable while nothing had left, OutcomeUnknown after, for whatever reason.
        """
        deadline = self._monotonic() + timeout_s
        may_have_left = False
        try:
            self._open()
            self._drain()
            self._feel()
            length = 0
            for chunk in _gathered(data):
                self._stale = may_have_left = True  # a write that fails does not tell how much it moved
                self._write(chunk, deadline)
                length += len(chunk)
            if length % self._out.wMaxPacketSize == 0:  # nothing else tells that the message ends here
                self._stale = True
                self._out.write(array.array("B"), self._left_ms(deadline))
            reply = self._read(deadline)
        except (usb.core.USBError, usb.core.NoBackendError, _Failure) as error:
            kind = OutcomeUnknown if may_have_left else Unreachable
            raise kind(self._after(error), f"USB: {error}") from error
        self._stale = False
        return reply

    def close(self) -> None:
        """Let the device go and give it back to the kernel's driver; twice is harmless."""
        device, self._device = self._device, None
        if device is not None:
            try:
                usb.util.release_interface(device, self._interface)
                if self._detached:
                    device.attach_kernel_driver(self._interface)
            except (usb.core.USBError, NotImplementedError):
                pass  # an unplugged device needs no giving back
            usb.util.dispose_resources(device)
        self._detached = False
        if self._release is not None:
            self._release()

    # -- finding and taking -------------------------------------------------------------------------------

    def _open(self) -> None:
        """Find the device, take it from the kernel, claim its interface. Nothing is said to it yet."""
        if self._device is not None:
            return
        self._device = usb.core.find(
            backend=self._backend or _libusb(), idVendor=self._vid, custom_match=self._is_ours
        )
        if self._device is None:
            raise _Failure("unplugged", "no such printer is plugged in")
        self._interface = _printer_interface(self._device[0]).bInterfaceNumber
        self._take_from_kernel()
        interface = _printer_interface(self._active_configuration())
        self._out = _bulk(interface, usb.util.ENDPOINT_OUT)
        self._in = _bulk(interface, usb.util.ENDPOINT_IN)
        usb.util.claim_interface(self._device, self._interface)
        self._stale = True  # whoever had it before us may have left a reply unread

    def _is_ours(self, device: Any) -> bool:
        if not any(_is_printer(interface) for interface in device[0]):
            return False
        if not self._serial:
            return True
        try:
            return bool(device.serial_number == self._serial)
        except (usb.core.USBError, ValueError, NotImplementedError):
            return False  # a device that does not tell its serial number is not the one asked for

    def _take_from_kernel(self) -> None:
        try:
            if self._device.is_kernel_driver_active(self._interface):
                self._device.detach_kernel_driver(self._interface)
                self._detached = True
        except NotImplementedError:
            pass  # Windows: the driver was chosen when the device was installed

    def _active_configuration(self) -> Any:
        try:
            return self._device.get_active_configuration()
        except usb.core.USBError as error:
            if error.errno is not None:
                raise
            self._device.set_configuration()  # none was set: pyusb says so without a number
            return self._device.get_active_configuration()

    # -- moving bytes -------------------------------------------------------------------------------------

    def _left_ms(self, deadline: float) -> int:
        """What is left, never 0: pyusb takes that for "without end"."""
        left_ms = int((deadline - self._monotonic()) * 1000)
        if left_ms <= 0:
            raise _Failure("no_answer", "the time is over")
        return left_ms

    def _feel(self) -> None:
        """Ask for the standard device status: a cable pulled while idle is seen before a byte leaves."""
        try:
            self._device.ctrl_transfer(0x80, 0, 0, 0, 2, FEEL_MS)
        except usb.core.USBError as error:
            if error.errno != errno.EPIPE:  # a stalled request is an answer too
                raise

    def _write(self, chunk: memoryview, deadline: float) -> None:
        """Write all of ``chunk`` in one transfer; less is taken only when the time is over."""
        block = array.array("B")
        block.frombytes(chunk)
        if self._out.write(block, self._left_ms(deadline)) < len(chunk):
            raise _Failure("no_answer", "the printer takes no more")

    def _read(self, deadline: float) -> bytes:
        """Transfers up to the one that holds or follows the reply's NUL."""
        reply = bytearray()
        while b"\0" not in reply:
            reply += self._in.read(REPLY_BYTES_MAX, self._left_ms(deadline)).tobytes()
            if len(reply) > REPLY_BYTES_MAX:
                raise _Failure("garbled_reply", "a reply without end")
        if reply.endswith(b"\0") and reply.index(b"\0") == len(reply) - 1:
            with contextlib.suppress(usb.core.USBTimeoutError):  # status blocks may be switched off
                reply += self._in.read(REPLY_BYTES_MAX, int(TAIL_S * 1000)).tobytes()
        return bytes(reply)

    def _drain(self) -> None:
        """Throw away what an earlier command was answered too late."""
        while self._stale:
            try:
                self._in.read(REPLY_BYTES_MAX, int(DRAIN_S * 1000))
            except usb.core.USBTimeoutError:
                self._stale = False

    def _after(self, error: Exception) -> Cause:
        """Put things right for the next exchange, and name the cause."""
        if isinstance(error, _Failure):
            if error.cause not in ("no_answer", "garbled_reply"):
                self.close()
            return error.cause
        number = error.errno if isinstance(error, usb.core.USBError) else None
        if number == errno.EPIPE and self._clear_halts():
            return _CAUSES[number]
        if number != errno.ETIMEDOUT:
            self.close()
        return _CAUSES.get(number, "link_lost" if number else "unsupported")

    def _clear_halts(self) -> bool:
        """End a stall on both pipes; False when the device does not even take that."""
        try:
            self._out.clear_halt()
            self._in.clear_halt()
        except usb.core.USBError:
            return False
        return True


class _Failure(Exception):
    """What pyusb has no exception for."""

    def __init__(self, cause: Cause, sentence: str) -> None:
        super().__init__(sentence)
        self.cause: Cause = cause


def _is_printer(interface: Any) -> bool:
    return bool(interface.bInterfaceClass == PRINTER_CLASS)


def _printer_interface(configuration: Any) -> Any:
    for interface in configuration:
        if _is_printer(interface):
            return interface
    raise _Failure("unsupported", "the device has no printer interface")


def _bulk(interface: Any, direction: int) -> Any:
    for endpoint in interface:
        kind = usb.util.endpoint_type(endpoint.bmAttributes)
        if kind == usb.util.ENDPOINT_TYPE_BULK and direction == usb.util.endpoint_direction(
            endpoint.bEndpointAddress
        ):
            return endpoint
    raise _Failure("unsupported", "the printer interface lacks a bulk endpoint")


def _gathered(pieces: Iterable[bytes | memoryview]) -> Iterator[memoryview]:
    """The same bytes in chunks of 64 to 256 KiB, whole packets all; only the last may be anything.

    A packet that is not full would end the message, so nothing but its end may be one.
    """
    rest = bytearray()
    for piece in pieces:
        view = memoryview(piece)
        if rest:
            missing = TRANSFER_BYTES_MIN - len(rest)
            rest += view[:missing]
            view = view[missing:]
            if len(rest) < TRANSFER_BYTES_MIN:
                continue
            yield memoryview(rest)
            rest = bytearray()
        while len(view) >= TRANSFER_BYTES_MIN:
            size = min(len(view) // TRANSFER_BYTES_MIN * TRANSFER_BYTES_MIN, TRANSFER_BYTES_MAX)
            yield view[:size]
            view = view[size:]
        rest += view
    if rest:
        yield memoryview(rest)


def _libusb() -> Any:
    """The machine's own libusb: pyusb finds it, except on Windows, where a package brings it."""
    if sys.platform == "win32":
        import libusb_package

        return libusb_package.get_libusb1_backend()
    return None
