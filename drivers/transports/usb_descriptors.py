"""USB descriptors read into the shapes pyusb asks a backend for. No I/O.

The field names are the USB specification's own, because pyusb copies them by name. A configuration comes as
one run of blocks (length, kind, …): the configuration, then each interface setting followed by its endpoints;
blocks of other kinds belong to the one before them and are kept as its ``extra_descriptors``.
Source: USB 2.0 §9.6.
"""

import struct
from dataclasses import dataclass, field

DEVICE_KIND, CONFIG_KIND, STRING_KIND, INTERFACE_KIND, ENDPOINT_KIND = 1, 2, 3, 4, 5
_DEVICE = struct.Struct("<BBHBBBBHHHBBBB")
_CONFIG = struct.Struct("<BBHBBBBB")
_INTERFACE = struct.Struct("<BBBBBBBBB")
_ENDPOINT = struct.Struct("<BBBBHB")


class BadDescriptor(ValueError):
    """A device described itself in a way USB does not allow."""


@dataclass(slots=True)
class DeviceDescriptor:
    """The 18-byte device descriptor, and where the device hangs (bus, address, libusb's speed number)."""

    bLength: int
    bDescriptorType: int
    bcdUSB: int
    bDeviceClass: int
    bDeviceSubClass: int
    bDeviceProtocol: int
    bMaxPacketSize0: int
    idVendor: int
    idProduct: int
    bcdDevice: int
    iManufacturer: int
    iProduct: int
    iSerialNumber: int
    bNumConfigurations: int
    bus: int = 0
    address: int = 0
    speed: int | None = None
    port_number: int | None = None
    port_numbers: tuple[int, ...] | None = None


@dataclass(slots=True)
class EndpointDescriptor:
    """One endpoint of one setting of an interface."""

    bLength: int
    bDescriptorType: int
    bEndpointAddress: int
    bmAttributes: int
    wMaxPacketSize: int
    bInterval: int
    bRefresh: int = 0
    bSynchAddress: int = 0
    extra_descriptors: list[int] = field(default_factory=list)


@dataclass(slots=True)
class InterfaceDescriptor:
    """One setting of one interface, with its endpoints."""

    bLength: int
    bDescriptorType: int
    bInterfaceNumber: int
    bAlternateSetting: int
    bNumEndpoints: int
    bInterfaceClass: int
    bInterfaceSubClass: int
    bInterfaceProtocol: int
    iInterface: int
    endpoints: list[EndpointDescriptor] = field(default_factory=list)
    extra_descriptors: list[int] = field(default_factory=list)


@dataclass(slots=True)
class ConfigDescriptor:
    """One configuration; ``settings[i]`` are the alternate settings of the i-th interface."""

    bLength: int
    bDescriptorType: int
    wTotalLength: int
    bNumInterfaces: int
    bConfigurationValue: int
    iConfiguration: int
    bmAttributes: int
    bMaxPower: int
    settings: list[list[InterfaceDescriptor]] = field(default_factory=list)
    extra_descriptors: list[int] = field(default_factory=list)


def device(raw: bytes) -> DeviceDescriptor:
    """The device descriptor in ``raw`` (18 bytes)."""
    if len(raw) < _DEVICE.size or raw[1] != DEVICE_KIND:
        raise BadDescriptor(f"no device descriptor in {len(raw)} bytes")
    return DeviceDescriptor(*_DEVICE.unpack_from(raw))


def configuration(raw: bytes) -> ConfigDescriptor:
    """The configuration in ``raw`` with all its interfaces; BadDescriptor when a block does not fit."""
    if len(raw) < _CONFIG.size or raw[1] != CONFIG_KIND:
        raise BadDescriptor(f"no configuration descriptor in {len(raw)} bytes")
    config = ConfigDescriptor(*_CONFIG.unpack_from(raw))
    owner: ConfigDescriptor | InterfaceDescriptor | EndpointDescriptor = config
    interface: InterfaceDescriptor | None = None
    at = config.bLength
    while at < len(raw):
        length = raw[at]
        block = raw[at : at + length]
        if length < 2 or len(block) < length:
            raise BadDescriptor(f"a descriptor block at {at} does not fit")
        at += length
        if block[1] == INTERFACE_KIND and length >= _INTERFACE.size:
            owner = interface = InterfaceDescriptor(*_INTERFACE.unpack_from(block))
            _settings_of(config, interface).append(interface)
        elif block[1] == ENDPOINT_KIND and length >= _ENDPOINT.size and interface is not None:
            owner = EndpointDescriptor(*_ENDPOINT.unpack_from(block))
            interface.endpoints.append(owner)
        else:
            owner.extra_descriptors.extend(block)
    return config


def _settings_of(config: ConfigDescriptor, one: InterfaceDescriptor) -> list[InterfaceDescriptor]:
    """The list the setting belongs to: that of its interface number, begun when it is the first."""
    for settings in config.settings:
        if settings[0].bInterfaceNumber == one.bInterfaceNumber:
            return settings
    config.settings.append([])
    return config.settings[-1]
