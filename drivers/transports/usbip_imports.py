"""What a USB/IP server gives out: its list, an import with its descriptors, and errors in pyusb's words.

The table of errors is where Linux's numbers on the wire become this machine's errno and libusb's codes.
Source: drivers/transports/PROTOCOL.md §1-2.
"""

import errno
import math
import struct
from collections.abc import Sequence
from dataclasses import dataclass, field

from usb.core import USBError, USBTimeoutError

from drivers.transports import usb_descriptors as descriptors
from drivers.transports import usbip_wire as wire
from drivers.transports.usbip_link import TIMED_OUT, Link, Unplugged, ask, read_exactly

CONTROL_S = 2.0
NO_SUCH_DEVICE = 4  # servers since 2018 tell this from 2, busy; older ones say 1 for both
_LIBUSB_CODES = {
    errno.EIO: -1,
    errno.EINVAL: -2,
    errno.EACCES: -3,
    errno.ENODEV: -4,
    errno.ENOENT: -5,
    errno.EBUSY: -6,
    errno.ETIMEDOUT: -7,
    errno.EOVERFLOW: -8,
    errno.EPIPE: -9,
    errno.ENOMEM: -11,
}
_STATUS_ERRNO = {  # the wire carries Linux numbers, whatever this machine calls them
    -32: errno.EPIPE,
    -75: errno.EOVERFLOW,
    -19: errno.ENODEV,
    -108: errno.ENODEV,
    TIMED_OUT: errno.ETIMEDOUT,
}
_LIBUSB_SPEED = {1: 1, 2: 2, 3: 3, 5: 4, 6: 5}


def usb_error(number: int, sentence: str) -> USBError:
    """The exception pyusb's libusb backend raises for this errno."""
    kind = USBTimeoutError if number == errno.ETIMEDOUT else USBError
    return kind(sentence, _LIBUSB_CODES.get(number), number)


@dataclass(slots=True)
class Import:
    """A device imported by this process: its descriptors, its active configuration, and who holds what."""

    link: Link
    device: descriptors.DeviceDescriptor
    configs: list[descriptors.ConfigDescriptor]
    configuration: int
    handles: int = 0
    claims: dict[int, object] = field(default_factory=dict)


def listed(address: tuple[str, int]) -> list[wire.Exported]:
    """What the server exports and nobody holds. USBError when it cannot be asked."""
    try:
        sock, status = ask(address, wire.req_devlist(), wire.REP_DEVLIST)
        with sock:
            if status:
                raise usb_error(errno.EIO, "the USB/IP server refused to list its devices")
            (count,) = struct.unpack(">I", read_exactly(sock, 4))
            found = []
            for _ in range(count):
                device, interfaces = wire.exported(read_exactly(sock, wire.DEVICE.size))
                read_exactly(sock, 4 * interfaces)
                found.append(device)
            return found
    except wire.Garbled as error:
        raise usb_error(errno.EIO, str(error)) from error
    except USBError:
        raise
    except OSError as error:
        raise usb_error(error.errno or errno.EIO, "the USB/IP server cannot be reached") from error


def import_device(address: tuple[str, int], busid: str) -> Import:
    """Import one device and read its descriptors. EBUSY when the server does not give it out."""
    try:
        sock, status = ask(address, wire.req_import(busid), wire.REP_IMPORT)
        if status:
            sock.close()
            number = errno.ENODEV if status == NO_SUCH_DEVICE else errno.EBUSY
            raise usb_error(number, f"the USB/IP server does not give out {busid}")
        exported, _ = wire.exported(read_exactly(sock, wire.DEVICE.size))
    except wire.Garbled as error:
        raise usb_error(errno.EIO, str(error)) from error
    except USBError:
        raise
    except OSError as error:
        raise usb_error(errno.ENODEV, f"{busid} cannot be imported") from error
    link = Link(sock, exported)
    try:
        device, configs = _describe(link)
    except (Unplugged, USBError, descriptors.BadDescriptor) as error:
        link.close()
        raise usb_error(errno.EIO, f"{busid} does not describe itself") from error
    device.bus, device.address = exported.busnum, exported.devnum
    device.speed = _LIBUSB_SPEED.get(exported.speed)
    return Import(link, device, configs, exported.configuration)


def _describe(link: Link) -> tuple[descriptors.DeviceDescriptor, list[descriptors.ConfigDescriptor]]:
    device = descriptors.device(_descriptor(link, descriptors.DEVICE_KIND, 0, 18))
    configs = []
    for index in range(device.bNumConfigurations):
        (size,) = struct.unpack_from("<H", _descriptor(link, descriptors.CONFIG_KIND, index, 9), 2)
        configs.append(descriptors.configuration(_descriptor(link, descriptors.CONFIG_KIND, index, size)))
    return device, configs


def seconds(timeout_ms: int) -> float:
    """pyusb's milliseconds, where 0 means without end."""
    return timeout_ms / 1000 if timeout_ms else math.inf


def status_error(status: int) -> USBError:
    """The exception for the Linux status of an URB."""
    number = _STATUS_ERRNO.get(status, errno.EIO)
    return usb_error(number, f"the transfer ended with status {status}")


def transfer(
    link: Link, endpoint: int, blocks: Sequence[bytes | int], timeout_s: float
) -> tuple[list[wire.Reply], int]:
    """Link.transfer, with the end of the connection told as ENODEV."""
    try:
        return link.transfer(endpoint, blocks, timeout_s)
    except Unplugged as error:
        raise usb_error(errno.ENODEV, "the device is gone") from error


def control(link: Link, setup: bytes, block: bytes | int, timeout_s: float) -> wire.Reply:
    """One control transfer: ``block`` is what goes out, or how much may come in. Else USBError."""
    try:
        done, status = link.transfer(0, [block], timeout_s, setup)
    except Unplugged as error:
        raise usb_error(errno.ENODEV, "the device is gone") from error
    if status:
        raise status_error(status)
    return done[0]


def _descriptor(link: Link, kind: int, index: int, size: int) -> bytes:
    return control(link, struct.pack("<BBHHH", 0x80, 6, kind << 8 | index, 0, size), size, CONTROL_S).data
