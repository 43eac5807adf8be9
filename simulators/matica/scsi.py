"""The USB wire's commands as values: CDBs to orders and questions, and the layouts of what is answered.

Pure tables over PROTOCOL.md §2.2 and §2.3; nothing here knows of pipes or of time.
"""

from __future__ import annotations

import struct
from collections.abc import Callable

from simulators.matica import sensors
from simulators.matica.codes import (
    PLACES,
    BadCommand,
    Engage,
    Load,
    Move,
    Order,
    Place,
    Print,
    Release,
    Transfer,
    panels,
    place,
)
from simulators.matica.model import ERRORS, Printer

TEST_READY, REQUEST_SENSE, INQUIRY, MODE_SELECT = 0x00, 0x03, 0x12, 0x15
MODE_SENSE, LOG_SENSE, POSITION = 0x1A, 0x4D, 0x34
MECHANISM, CHIP, WRITE_PANEL = 0x31, 0x32, 0x2A
PLANES = {3: "y", 2: "m", 1: "c", 0: "k", 5: "p", 4: "u"}
_PRINT_BITS = {0x02: "ymc", 0x04: "k", 0x08: "u", 0x10: "p"}
_IMMEDIATE = 0x01
_TRANSFERS = {0x0A: "flip", 0x09: "eject", 0x0D: "return"}
_CHIPS: dict[int, Order] = {
    0x00: Engage(Place.CONTACT),
    0x01: Release(Place.CONTACT),
    0x04: Engage(Place.CONTACTLESS),
    0x05: Release(Place.CONTACTLESS),
}
FIRMWARE = "SIM1.00"
LOT = "SIM001"


def order(cdb: bytes) -> tuple[Order, bool]:
    """What a `MECHANISM` or `CHIP` CDB asks for, and whether its answer is wanted at once.

    Raises BadCommand.
    """
    if cdb[0] == CHIP:
        if cdb[1] not in _CHIPS:
            raise BadCommand(f"no station {cdb[1]:02x}")
        return _CHIPS[cdb[1]], False
    if cdb[1] == 0x01 and cdb[7] < 4:
        return Load(place(cdb[7]), bool(cdb[4] & 0x04), bool(cdb[4] & 0x02)), False
    if cdb[1] == 0x0B:
        return Move(place(cdb[7])), False
    if cdb[1] == 0x08:
        return Print(panels(cdb[2] & ~_IMMEDIATE, _PRINT_BITS)), bool(cdb[2] & _IMMEDIATE)
    if cdb[1] in _TRANSFERS:
        return Transfer(_TRANSFERS[cdb[1]]), False
    raise BadCommand(f"no motion {cdb[1]:02x}")


def plane(cdb: bytes, make_bytes: int) -> str:
    """The letter a `WRITE_PANEL` CDB is for. Raises BadCommand unless it announces exactly one plane."""
    if cdb[2] not in PLANES or int.from_bytes(cdb[5:9], "big") != make_bytes:
        raise BadCommand("no whole plane")
    return PLANES[cdb[2]]


def sense(code: int) -> bytes:
    """The 20 bytes that tell ``code``."""
    raw = bytearray(20)
    raw[0], raw[2], raw[7], raw[12] = 0x70, code >> 16 & 0xFF, 0x0C, code >> 8 & 0xFF
    return bytes(raw)


def question(printer: Printer, cdb: bytes) -> bytes:
    """The data of a CDB that only asks, cut to what it allows. Raises BadCommand."""
    answer = _QUESTIONS.get((cdb[0], cdb[2] if cdb[0] in (MODE_SENSE, LOG_SENSE) else 0))
    if answer is None:
        raise BadCommand(f"no page {cdb.hex()}")
    room = cdb[4] if len(cdb) == 6 else int.from_bytes(cdb[7:9], "big")
    return answer(printer)[:room]


def _text(text: str, size: int) -> bytes:
    return text.encode("ascii", "replace")[:size].ljust(size)


def _inquiry(printer: Printer) -> bytes:
    raw = bytearray(b" " * 96)
    raw[:8] = bytes((0x02, 0, 0, 0, 91, 0, 0, 0))
    for at, size, text in (
        (8, 8, "MATICA"),
        (16, 8, printer.make.title),
        (24, 8, printer.serial),
        (58, 13, FIRMWARE),
        (71, 8, FIRMWARE),
        (79, 8, FIRMWARE),
    ):
        raw[at : at + size] = _text(text, size)
    return bytes(raw)


def _image(printer: Printer) -> bytes:
    make, raw = printer.make, bytearray(64)
    struct.pack_into(">HH", raw, 8, make.dpi, make.dpi)
    struct.pack_into(">HH", raw, 16, make.card_columns, make.card_rows)
    struct.pack_into(">HH", raw, 32, make.columns, make.rows)
    raw[36:44] = printer.settings
    return bytes(raw)


def _ribbon(printer: Printer) -> bytes:
    raw = bytearray(44)
    raw[6] = printer.ribbon.ink
    struct.pack_into(">H", raw, 8, printer.ribbon.total)
    raw[12:18] = _text(LOT, 6)
    return bytes(raw)


def _log(printer: Printer) -> bytes:
    items = [*sensors.counters(printer).items(), (ERRORS + 1, 0)]
    body = b"".join(struct.pack(">HHI", code, 4, count) for code, count in items)
    return struct.pack(">BBH", 0x78, 0, len(body)) + body


def _position(printer: Printer) -> bytes:
    if printer.at is None:
        return bytes((1, 0, 0, 0, 0, 0, 0, 0))
    return bytes((0, 0, 0, 0, 0, 0, 0, PLACES.index(printer.at)))


_QUESTIONS: dict[tuple[int, int], Callable[[Printer], bytes]] = {
    (INQUIRY, 0): _inquiry,
    (MODE_SENSE, 0x68): _image,
    (MODE_SENSE, 0x63): _ribbon,
    (LOG_SENSE, 0x78): _log,
    (POSITION, 0): _position,
}
ASKING = frozenset(code for code, _ in _QUESTIONS)
