"""A pyusb backend that reaches USB devices over USB/IP: ``usb.core.find(backend=UsbipBackend(host))``.

The whole path above it is the real one: pyusb's own find, claim, endpoints, timeouts. A device is imported
once in this process and shared by its handles, because an import is exclusive and hides the device from the
list. What USB/IP has no word for (a bound kernel driver, claims, the size limit of one write) is kept honest
here. Errors are raised as libusb raises them: the same errno, the same backend code.
Source: drivers/transports/PROTOCOL.md.
"""

import array
import errno
import struct
import threading
from collections.abc import Iterator
from dataclasses import dataclass

from usb.backend import IBackend

from drivers.transports import usb_descriptors as descriptors
from drivers.transports.usbip_imports import (
    CONTROL_S,
    Import,
    control,
    import_device,
    listed,
    seconds,
    status_error,
    transfer,
    usb_error,
)
from drivers.transports.usbip_link import TIMED_OUT

URB_BYTES_MAX = 16 * 1024  # libusb cuts there, so progress is counted in the same steps
WRITE_BYTES_MAX = 1024 * 1024  # a real kernel was seen to take this much in one write, and to refuse 8 MiB


@dataclass(slots=True, eq=False)
class _Handle:
    """One opening of a device."""

    busid: str
    held: Import


class UsbipBackend(IBackend):  # type: ignore[misc]  # pyusb has no types
    """The devices one USB/IP server exports; only ``busid`` when it is given.

    Looking at a device imports it, for USB/IP tells too little otherwise; it is let go when its last handle
    is closed, or by ``close``. ``kernel_driver_bound``: each device appears as if usblp had taken it first.
    """

    def __init__(
        self, host: str, port: int = 3240, busid: str | None = None, *, kernel_driver_bound: bool = False
    ) -> None:
        self._address = (host, port)
        self._busid = busid
        self._bound_at_first = kernel_driver_bound
        self._detached: set[str] = set()
        self._held: dict[str, Import] = {}
        self._lock = threading.RLock()

    def close(self) -> None:
        """Let every device go."""
        with self._lock:
            for held in self._held.values():
                held.link.close()
            self._held.clear()

    # -- what is there ------------------------------------------------------------------------------------

    def enumerate_devices(self) -> Iterator[str]:
        """Bus ids: what this process holds, then what the server lists. USBError when it cannot be asked."""
        with self._lock:
            for busid in [name for name, held in self._held.items() if not held.link.alive]:
                self._let_go(busid)
            mine = list(self._held)
        yield from mine
        yield from (
            one.busid for one in listed(self._address) if one.busid not in mine and self._wanted(one.busid)
        )

    def _wanted(self, busid: str) -> bool:
        return self._busid is None or busid == self._busid

    def _hold(self, busid: str, *, alive: bool = False) -> Import:
        """The import of ``busid``, made now unless this process has it already.

        An unplugged device still describes itself, as libusb's does; only who must have it ``alive`` gets a
        new import.
        """
        with self._lock:
            held = self._held.get(busid)
            if held is None or (alive and not held.link.alive):
                self._let_go(busid)
                held = self._held[busid] = import_device(self._address, busid)
            return held

    def _let_go(self, busid: str) -> None:
        """Close the import. A device that comes back is a new one, so the kernel's driver binds again."""
        held = self._held.pop(busid, None)
        if held is not None:
            if not held.link.alive:
                self._detached.discard(busid)
            held.link.close()

    def get_parent(self, dev: str) -> None:
        """USB/IP does not tell which hub a device hangs on."""

    def get_device_descriptor(self, dev: str) -> descriptors.DeviceDescriptor:
        """Imports the device when need be."""
        return self._hold(dev).device

    def get_configuration_descriptor(self, dev: str, config: int) -> descriptors.ConfigDescriptor:
        """IndexError when there is no such configuration."""
        return self._hold(dev).configs[config]

    def get_interface_descriptor(
        self, dev: str, intf: int, alt: int, config: int
    ) -> descriptors.InterfaceDescriptor:
        """IndexError when there is no such interface or setting."""
        return self._hold(dev).configs[config].settings[intf][alt]

    def get_endpoint_descriptor(
        self, dev: str, ep: int, intf: int, alt: int, config: int
    ) -> descriptors.EndpointDescriptor:
        """IndexError when there is no such endpoint."""
        return self._hold(dev).configs[config].settings[intf][alt].endpoints[ep]

    # -- handles, claims and the kernel's driver ----------------------------------------------------------

    def open_device(self, dev: str) -> _Handle:
        """A new handle; several may be open at once."""
        held = self._hold(dev, alive=True)
        held.handles += 1
        return _Handle(dev, held)

    def close_device(self, dev_handle: _Handle) -> None:
        """Drop the handle with its claims; the last one lets the device go."""
        with self._lock:
            held = dev_handle.held
            for interface in [number for number, owner in held.claims.items() if owner is dev_handle]:
                del held.claims[interface]
            held.handles -= 1
            if held.handles <= 0 and self._held.get(dev_handle.busid) is held:
                self._let_go(dev_handle.busid)

    def is_kernel_driver_active(self, dev_handle: _Handle, intf: int) -> bool:
        """True while the imagined usblp holds the device."""
        return self._bound(dev_handle)

    def _bound(self, handle: _Handle) -> bool:
        return self._bound_at_first and handle.busid not in self._detached

    def detach_kernel_driver(self, dev_handle: _Handle, intf: int) -> None:
        """ENOENT when none is bound."""
        if not self._bound(dev_handle):
            raise usb_error(errno.ENOENT, "no kernel driver is bound")
        self._detached.add(dev_handle.busid)

    def attach_kernel_driver(self, dev_handle: _Handle, intf: int) -> None:
        """EBUSY while somebody holds the interface; ENOENT when there is no driver to bind."""
        if not self._bound_at_first:
            raise usb_error(errno.ENOENT, "no kernel driver fits this device")
        if intf in dev_handle.held.claims or dev_handle.busid not in self._detached:
            raise usb_error(errno.EBUSY, "the interface is held")
        self._detached.discard(dev_handle.busid)

    def claim_interface(self, dev_handle: _Handle, intf: int) -> None:
        """EBUSY when a kernel driver or another handle has it."""
        self._refuse_while_bound(dev_handle)
        with self._lock:
            if dev_handle.held.claims.setdefault(intf, dev_handle) is not dev_handle:
                raise usb_error(errno.EBUSY, "another handle holds the interface")

    def release_interface(self, dev_handle: _Handle, intf: int) -> None:
        """ENOENT when this handle does not hold it."""
        with self._lock:
            if dev_handle.held.claims.get(intf) is not dev_handle:
                raise usb_error(errno.ENOENT, "the interface is not held")
            del dev_handle.held.claims[intf]

    def _refuse_while_bound(self, handle: _Handle) -> None:
        if self._bound(handle):
            raise usb_error(errno.EBUSY, "a kernel driver is bound to the interface")

    # -- requests and transfers ---------------------------------------------------------------------------

    def get_configuration(self, dev_handle: _Handle) -> int:
        """The active configuration, 0 when none is set."""
        return dev_handle.held.configuration

    def set_configuration(self, dev_handle: _Handle, config_value: int) -> None:
        """EBUSY while an interface is held, as a real kernel answers."""
        self._refuse_while_bound(dev_handle)
        if dev_handle.held.claims:
            raise usb_error(errno.EBUSY, "an interface is held")
        control(dev_handle.held.link, struct.pack("<BBHHH", 0x00, 9, config_value, 0, 0), b"", CONTROL_S)
        dev_handle.held.configuration = config_value

    def set_interface_altsetting(self, dev_handle: _Handle, intf: int, altsetting: int) -> None:
        """Choose one of the settings of an interface."""
        self._refuse_while_bound(dev_handle)
        control(dev_handle.held.link, struct.pack("<BBHHH", 0x01, 11, altsetting, intf, 0), b"", CONTROL_S)

    def clear_halt(self, dev_handle: _Handle, ep: int) -> None:
        """End a stall of the endpoint address ``ep``."""
        control(dev_handle.held.link, struct.pack("<BBHHH", 0x02, 1, 0, ep, 0), b"", CONTROL_S)

    def ctrl_transfer(
        self,
        dev_handle: _Handle,
        bmRequestType: int,
        bRequest: int,
        wValue: int,
        wIndex: int,
        data: "array.array[int]",
        timeout: int,
    ) -> int:
        """One control transfer; an IN one fills ``data``. Returns the bytes moved. Timeout in ms, 0: none."""
        if bmRequestType & 0x1F == 1:  # to an interface
            self._refuse_while_bound(dev_handle)
        setup = struct.pack("<BBHHH", bmRequestType, bRequest, wValue, wIndex, len(data))
        block = len(data) if bmRequestType & 0x80 else data.tobytes()
        answer = control(dev_handle.held.link, setup, block, seconds(timeout))
        if bmRequestType & 0x80:
            data[: len(answer.data)] = array.array("B", answer.data)
            return len(answer.data)
        return len(data)

    def bulk_write(
        self, dev_handle: _Handle, ep: int, intf: int, data: "array.array[int]", timeout: int
    ) -> int:
        """Bytes taken: all, or those of the whole URBs taken before the time was over. Empty: a ZLP."""
        self._refuse_while_bound(dev_handle)
        raw = memoryview(data)
        if len(raw) > WRITE_BYTES_MAX:
            raise usb_error(errno.ENOMEM, f"one write of {len(raw)} bytes is more than the bus takes")
        blocks = [bytes(raw[at : at + URB_BYTES_MAX]) for at in range(0, len(raw), URB_BYTES_MAX)] or [b""]
        done, status = transfer(dev_handle.held.link, ep & 0x0F, blocks, seconds(timeout))
        taken = sum(reply.actual for reply in done)
        if status and not (status == TIMED_OUT and taken):
            raise status_error(status)
        return taken

    def bulk_read(
        self, dev_handle: _Handle, ep: int, intf: int, buff: "array.array[int]", timeout: int
    ) -> int:
        """Fill ``buff`` up to the end of the transfer (a short packet). Returns the bytes read."""
        self._refuse_while_bound(dev_handle)
        got = 0
        while True:
            asked = min(len(buff) - got, URB_BYTES_MAX)
            done, status = transfer(dev_handle.held.link, ep & 0x0F, [asked], seconds(timeout))
            for reply in done:
                buff[got : got + len(reply.data)] = array.array("B", reply.data)
                got += len(reply.data)
            if status and not (status == TIMED_OUT and got):
                raise status_error(status)
            if status or not done or len(done[0].data) < asked or got >= len(buff):
                return got
