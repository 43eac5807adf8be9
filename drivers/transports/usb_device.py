"""One USB device through pyusb: found, taken from the kernel, claimed, felt, given back.

What is said over its two bulk pipes is the transports' business (``usb``: printer class, ``bulk_only``: mass
storage style). A device is found by its maker's number and by an interface that fits; whatever kernel driver
has it is detached, and attached again when it is let go.
Source: drivers/transports/PROTOCOL.md §3-5.
"""

import array
import errno
import sys
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import usb.core
import usb.util

from drivers.errors import Cause

TRANSFER_BYTES_MIN, TRANSFER_BYTES_MAX = 64 * 1024, 256 * 1024
"""A real kernel refuses a whole job in one write."""
FEEL_MS = 2000

CAUSES: dict[int | None, Cause] = {
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


class Failure(Exception):
    """What pyusb has no exception for."""

    def __init__(self, cause: Cause, sentence: str) -> None:
        super().__init__(sentence)
        self.cause: Cause = cause


class UsbDevice:
    """The first device of maker ``vid`` (and ``serial``) with an interface that ``fits``.

    ``backend``: pyusb's, or None for the machine's own libusb. ``release`` is called when the device is let
    go. ``out`` and ``into`` are the interface's first bulk endpoints while it is taken. Everything here may
    raise usb.core.USBError, usb.core.NoBackendError or Failure.
    """

    def __init__(
        self,
        vid: int,
        serial: str,
        fits: Callable[[Any], bool],
        backend: Any = None,
        release: Callable[[], None] | None = None,
    ) -> None:
        self._vid = vid
        self._serial = serial
        self._fits = fits
        self._backend = backend
        self._release = release
        self._device: Any = None
        self._interface = 0
        self._detached = False
        self.into: Any = None
        self.out: Any = None

    @property
    def taken(self) -> bool:
        """Whether its interface is claimed."""
        return self._device is not None

    def take(self) -> None:
        """Find the device, take it from the kernel, claim its interface. Nothing is said to it yet."""
        try:
            self._take()
        except (usb.core.USBError, usb.core.NoBackendError, Failure):
            self.let_go()  # half taken is not taken
            raise

    def _take(self) -> None:
        self._device = usb.core.find(
            backend=self._backend or _libusb(), idVendor=self._vid, custom_match=self._is_ours
        )
        if self._device is None:
            raise Failure("unplugged", "no such printer is plugged in")
        self._interface = self._chosen(self._device[0]).bInterfaceNumber
        self._take_from_kernel()
        interface = self._chosen(self._active_configuration())
        self.out = _bulk(interface, usb.util.ENDPOINT_OUT)
        self.into = _bulk(interface, usb.util.ENDPOINT_IN)
        usb.util.claim_interface(self._device, self._interface)

    def let_go(self) -> None:
        """Give the device back to the kernel's driver; twice is harmless, and nothing is raised."""
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

    def feel(self) -> None:
        """Ask for the standard device status: a cable pulled while idle is seen before a byte leaves."""
        try:
            self._device.ctrl_transfer(0x80, 0, 0, 0, 2, FEEL_MS)
        except usb.core.USBError as error:
            if error.errno != errno.EPIPE:  # a stalled request is an answer too
                raise

    def request(self, kind: int, request: int, timeout_ms: int) -> None:
        """A control request to the interface, without data."""
        self._device.ctrl_transfer(kind, request, 0, self._interface, None, timeout_ms)

    def write(self, chunk: Iterable[int] | memoryview, timeout_ms: int) -> None:
        """Write all of ``chunk`` in one transfer; less is taken only when the time is over."""
        block = array.array("B", bytes(chunk))
        if self.out.write(block, timeout_ms) < len(block):
            raise Failure("no_answer", "the printer takes no more")

    def clear_halts(self) -> bool:
        """End a stall on both pipes; False when the device does not even take that."""
        try:
            self.out.clear_halt()
            self.into.clear_halt()
        except usb.core.USBError:
            return False
        return True

    def _is_ours(self, device: Any) -> bool:
        if not any(self._fits(interface) for interface in device[0]):
            return False
        if not self._serial:
            return True
        try:
            return bool(device.serial_number == self._serial)
        except (usb.core.USBError, ValueError, NotImplementedError):
            return False  # a device that does not tell its serial number is not the one asked for

    def _chosen(self, configuration: Any) -> Any:
        for interface in configuration:
            if self._fits(interface):
                return interface
        raise Failure("unsupported", "the device has no printer interface")

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


def left_ms(deadline: float, now: float) -> int:
    """What is left, never 0: pyusb takes that for "without end". Failure when the time is over."""
    left = int((deadline - now) * 1000)
    if left <= 0:
        raise Failure("no_answer", "the time is over")
    return left


def has_both_bulk(interface: Any) -> bool:
    """Whether the interface has a bulk pipe each way."""
    return all(_bulks(interface, way) for way in (usb.util.ENDPOINT_OUT, usb.util.ENDPOINT_IN))


def gathered(pieces: Iterable[bytes | memoryview]) -> Iterator[memoryview]:
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


def _bulks(interface: Any, direction: int) -> list[Any]:
    return [
        endpoint
        for endpoint in interface
        if usb.util.endpoint_type(endpoint.bmAttributes) == usb.util.ENDPOINT_TYPE_BULK
        and usb.util.endpoint_direction(endpoint.bEndpointAddress) == direction
    ]


def _bulk(interface: Any, direction: int) -> Any:
    found = _bulks(interface, direction)
    if not found:
        raise Failure("unsupported", "the printer interface lacks a bulk endpoint")
    return found[0]


def _libusb() -> Any:
    """The machine's own libusb: pyusb finds it, except on Windows, where a package brings it."""
    if sys.platform == "win32":
        import libusb_package

        return libusb_package.get_libusb1_backend()
    return None
