"""What the printer says of itself on the bus: descriptors, strings and the IEEE 1284 id.

Numbers of USB 2.0 chapter 9 and the Printer Class. PIDs marked simulated are ours: the maker publishes only
the Zenius's. Endpoint numbers are unequal on purpose, so that a driver has to read them.
"""

import struct
from dataclasses import dataclass

EVOLIS_VID = 0x0F49
PIDS = {"zenius": 0x0A00, "primacy": 0xFFF1, "primacy2": 0xFFF2}  # the last two are simulated
MATICA_VID, MATICA_PID = 0x2166, 0x701D
PACKET_BYTES = 512
HIGH_SPEED = 3
DEVICE, CONFIGURATION, STRING, QUALIFIER = 1, 2, 3, 6


@dataclass(frozen=True, slots=True)
class Identity:
    """Who the device is: numbers, names, and a serial number beginning SIM."""

    vid: int
    pid: int
    maker: str
    product: str
    serial: str
    interface: tuple[int, int, int] = (7, 1, 2)  # class, subclass, protocol: a bidirectional printer
    end_out: int = 0x01
    end_in: int = 0x82

    def ieee1284(self) -> bytes:
        """The printer class's device id behind its own length, as GET_DEVICE_ID answers it."""
        text = (
            f"MFG:{self.maker};MDL:{self.product};CMD:ESC;CLS:PRINTER;"
            f"DES:{self.maker} {self.product};SN:{self.serial};"
        ).encode("ascii", "replace")
        return struct.pack(">H", len(text) + 2) + text


def evolis(model: str, serial: str) -> Identity:
    """The identity of one of the simulated models: `zenius`, `primacy` or `primacy2`."""
    name = {"zenius": "Zenius", "primacy": "Primacy", "primacy2": "Primacy 2"}[model]
    return Identity(EVOLIS_VID, PIDS[model], "Evolis", name, serial)


def matica(model: str, serial: str) -> Identity:
    """The identity of a simulated XID; its interface's class is nobody's, for the real one is not known."""
    return Identity(MATICA_VID, MATICA_PID, "Matica", model, serial, (0xFF, 0, 0), 0x02, 0x81)


def _string(text: str) -> bytes:
    body = text.encode("utf-16-le")
    return bytes((len(body) + 2, STRING)) + body


def _configuration(identity: Identity) -> bytes:
    interface = bytes((9, 4, 0, 0, 2, *identity.interface, 0))
    ends = [
        struct.pack("<BBBBHB", 7, 5, end, 2, PACKET_BYTES, 0) for end in (identity.end_out, identity.end_in)
    ]
    body = interface + b"".join(ends)
    return struct.pack("<BBHBBBBB", 9, CONFIGURATION, 9 + len(body), 1, 1, 0, 0xC0, 1) + body


def descriptors(identity: Identity) -> dict[tuple[int, int], bytes]:
    """Every descriptor by (kind, index); what is missing is answered by a STALL."""
    device = struct.pack(
        "<BBHBBBBHHHBBBB", 18, DEVICE, 0x0200, 0, 0, 0, 64, identity.vid, identity.pid, 0x0100, 1, 2, 3, 1
    )
    return {
        (DEVICE, 0): device,
        (CONFIGURATION, 0): _configuration(identity),
        (QUALIFIER, 0): struct.pack("<BBHBBBBBB", 10, QUALIFIER, 0x0200, 0, 0, 0, 64, 1, 0),
        (STRING, 0): struct.pack("<BBH", 4, STRING, 0x0409),
        (STRING, 1): _string(identity.maker),
        (STRING, 2): _string(identity.product),
        (STRING, 3): _string(identity.serial),
    }
