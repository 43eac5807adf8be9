"""Every instruction of the modules, as a table: how its arguments and its answer are laid out. Pure.

``COMMANDS`` is the whole of drivers/r30x/PROTOCOL.md section 4; instructions whose answers nobody knows (31,
32, 34) are left out on purpose. ``Parameters`` and ``Product`` are the two structures that modules tell.
"""

import struct
from dataclasses import dataclass
from typing import Literal

from drivers.shown import shown

ACK_MS, LONG_ACK_MS = 2_000, 5_000
DATA_MS = 2_000
"""What is added to the time that the bytes take on the line."""
PACKET_SIZES = (32, 64, 128, 256)
BAUDS = {n: 9600 * n for n in (1, 2, 4, 6, 12)}

STATUS_BUSY, STATUS_VERIFIED, STATUS_PICTURE = 1, 4, 8


@dataclass(frozen=True, slots=True)
class Command:
    """One instruction. ``arguments``: a struct format, big-endian; ``ack``: bytes of the answer's content,
    the confirmation code included; ``data``: packets that follow, up to the host or down to the module."""

    name: str
    op: int
    arguments: str = ""
    ack: int = 1
    wait_ms: int = ACK_MS
    data: Literal["up", "down"] | None = None

    def content(self, *arguments: int | bytes) -> bytes:
        """What a command packet holds."""
        return struct.pack(f">B{self.arguments}", self.op, *arguments)


COMMANDS: dict[str, Command] = {
    command.name: command
    for command in (
        Command("take_picture", 0x01),
        Command("features", 0x02, "B"),
        Command("match", 0x03, ack=3),
        Command("search", 0x04, "BHH", ack=5, wait_ms=LONG_ACK_MS),
        Command("combine", 0x05),
        Command("store", 0x06, "BH"),
        Command("load", 0x07, "BH"),
        Command("template_up", 0x08, "B", data="up"),
        Command("template_down", 0x09, "B", data="down"),
        Command("picture_up", 0x0A, data="up"),
        Command("picture_down", 0x0B, data="down"),
        Command("delete", 0x0C, "HH"),
        Command("empty", 0x0D, wait_ms=LONG_ACK_MS),
        Command("set_parameter", 0x0E, "BB"),
        Command("parameters", 0x0F, ack=17),
        Command("set_password", 0x12, "I"),
        Command("verify_password", 0x13, "I"),
        Command("random", 0x14, ack=5),
        Command("set_address", 0x15, "I"),
        Command("information_page", 0x16, data="up"),
        Command("port", 0x17, "B"),
        Command("write_notepad", 0x18, "B32s"),
        Command("read_notepad", 0x19, "B", ack=33),
        Command("fast_search", 0x1B, "BHH", ack=5, wait_ms=LONG_ACK_MS),
        Command("count", 0x1D, ack=3),
        Command("index", 0x1F, "B", ack=33),
        Command("take_good_picture", 0x28),
        Command("cancel", 0x30),
        Command("light", 0x35, "BBBB"),
        Command("check_sensor", 0x36),
        Command("algorithm_version", 0x39, ack=33),
        Command("firmware_version", 0x3A, ack=33),
        Command("product", 0x3C, ack=47),
        Command("restart", 0x3D),
        Command("handshake", 0x40),
        Command("light_on", 0x50),
        Command("light_off", 0x51),
        Command("echo", 0x53),
    )
}

_PARAMETERS = struct.Struct(">HHHHIHH")
_PRODUCT = struct.Struct(">16s4s8sBB8sHHHH")


@dataclass(frozen=True, slots=True)
class Parameters:
    """What ReadSysPara tells. ``packet``: bytes of a data packet; ``baud``: 0 where it makes no sense."""

    status: int
    system: int
    library: int
    security: int
    address: int
    packet: int
    baud: int


@dataclass(frozen=True, slots=True)
class Product:
    """What ReadProdInfo tells; texts as they are, sizes in pixels, bytes and fingers."""

    model: str
    batch: str
    serial: str
    hardware: str
    sensor: str
    width: int
    height: int
    template_bytes: int
    library: int


SMALL = Product("R30x", "", "", "", "", 256, 288, 512, 0)
"""A module that cannot say who it is (section 3, sizes)."""


def parameters(told: bytes) -> Parameters:
    """From the 16 bytes of section 6. ValueError where they cannot be."""
    status, system, library, security, address, code, n = _PARAMETERS.unpack(told)
    if code >= len(PACKET_SIZES):
        raise ValueError(f"{code} is no packet size code.")
    return Parameters(status, system, library, security, address, PACKET_SIZES[code], BAUDS.get(n, 0))


def product(told: bytes) -> Product:
    """From the 46 bytes of section 4. ValueError where they cannot be."""
    model, batch, serial, major, minor, sensor, width, height, size, library = _PRODUCT.unpack(told)
    if not (width and height and size) or width % 2:
        raise ValueError(f"{width} x {height} pixels and {size} bytes are no module's.")
    return Product(
        text(model), text(batch), text(serial), f"{major}.{minor}", text(sensor), width, height, size, library
    )


def text(told: bytes) -> str:
    """A text of the module's, without what cannot be shown."""
    return shown(told.split(b"\0")[0].decode("ascii", "ignore"))


def slots(page: int, table: bytes) -> frozenset[int]:
    """The ids that ReadIndexTable's 32 bytes name: 256 a page, least significant bit first."""
    return frozenset(
        256 * page + 8 * at + bit for at, byte in enumerate(table) for bit in range(8) if byte >> bit & 1
    )
