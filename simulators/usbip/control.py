"""Endpoint 0 of the printer: standard requests and those of its interface's class, as tables.

A request is the 8-byte setup packet; the answer is the bytes of the data stage, or None for a STALL, which
endpoint 0 forgets at the next setup. Numbers of USB 2.0 chapter 9, Printer Class 1.1 and Bulk-Only 1.0.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field

from simulators.usbip.descriptors import Identity, descriptors

ENDPOINT_HALT = 0
PRINTER_CLASS, VENDOR_CLASS = 7, 0xFF


@dataclass(slots=True)
class Bus:
    """What the host has set: configuration, and which endpoints are halted."""

    configuration: int = 0
    halted: set[int] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class Setup:
    """The eight bytes of a control request."""

    kind: int
    request: int
    value: int
    index: int
    length: int


def read_setup(raw: bytes) -> Setup:
    """Setup bytes are little endian, unlike everything else USB/IP carries."""
    return Setup(*struct.unpack("<BBHHH", raw))


class Control:
    """Answers control requests for one printer; `port_status` and `soft_reset` reach the machine behind
    it."""

    def __init__(
        self, identity: Identity, bus: Bus, port_status: Callable[[], int], soft_reset: Callable[[], None]
    ) -> None:
        self._identity, self._bus = identity, bus
        self._descriptors = descriptors(identity)
        self._port_status, self._soft_reset = port_status, soft_reset
        self._ends = (identity.end_out, identity.end_in)
        self._table = self._standard() | self._of_class().get(identity.interface[0], {})

    def _standard(self) -> dict[tuple[int, int], Callable[[Setup], bytes | None]]:
        return {
            (0x80, 0): lambda setup: b"\x01\x00",  # GET_STATUS: self-powered
            (0x81, 0): lambda setup: b"\x00\x00" if setup.index == 0 else None,
            (0x82, 0): self._endpoint_status,
            (0x02, 1): self._clear_halt,
            (0x02, 3): self._set_halt,
            (0x80, 6): lambda setup: self._descriptors.get((setup.value >> 8, setup.value & 0xFF)),
            (0x80, 8): lambda setup: bytes((self._bus.configuration,)),
            (0x00, 9): self._set_configuration,
            (0x81, 10): lambda setup: b"\x00" if self._configured(setup) else None,
            (0x01, 11): self._set_interface,
        }

    def _of_class(self) -> dict[int, dict[tuple[int, int], Callable[[Setup], bytes | None]]]:
        return {
            PRINTER_CLASS: {
                (0xA1, 0): self._device_id,
                (0xA1, 1): lambda setup: bytes((self._port_status(),)) if setup.index & 0xFF == 0 else None,
                (0x21, 2): self._reset,
                (0x23, 2): self._reset,  # class definition 1.0 wrote the recipient so, and hosts still do
            },
            VENDOR_CLASS: {(0x21, 0xFF): self._start_anew},
        }

    def answer(self, setup: Setup) -> bytes | None:
        """Data stage cut to what the host asked for; None is a STALL."""
        act = self._table.get((setup.kind, setup.request))
        reply = act(setup) if act else None
        return None if reply is None else reply[: setup.length]

    def _configured(self, setup: Setup) -> bool:
        return self._bus.configuration == 1 and setup.index == 0

    def _endpoint_status(self, setup: Setup) -> bytes | None:
        if setup.index not in (0, 0x80, *self._ends):
            return None
        return bytes((int(setup.index in self._bus.halted), 0))

    def _halt_named(self, setup: Setup) -> bool:
        return setup.value == ENDPOINT_HALT and setup.index in self._ends

    def _clear_halt(self, setup: Setup) -> bytes | None:
        if not self._halt_named(setup):
            return None
        self._bus.halted.discard(setup.index)
        return b""

    def _set_halt(self, setup: Setup) -> bytes | None:
        if not self._halt_named(setup):
            return None
        self._bus.halted.add(setup.index)
        return b""

    def _set_configuration(self, setup: Setup) -> bytes | None:
        if setup.value not in (0, 1):
            return None
        self._bus.configuration = setup.value
        self._bus.halted.clear()
        return b""

    def _set_interface(self, setup: Setup) -> bytes | None:
        if not self._configured(setup) or setup.value != 0:
            return None
        self._bus.halted.clear()
        return b""

    def _device_id(self, setup: Setup) -> bytes | None:
        return self._identity.ieee1284() if setup.value == 0 and setup.index >> 8 == 0 else None

    def _reset(self, setup: Setup) -> bytes | None:
        if setup.index & 0xFF:
            return None
        self._bus.halted.clear()
        self._soft_reset()
        return b""

    def _start_anew(self, setup: Setup) -> bytes | None:
        """Bulk-only reset: the next bytes are a command again; halts stay until the host clears them."""
        if setup.index or setup.value:
            return None
        self._soft_reset()
        return b""
