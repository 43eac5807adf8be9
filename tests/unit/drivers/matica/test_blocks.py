"""The USB wire's bytes: golden ones from PROTOCOL.md §2, and readers that survive anything."""

import contextlib
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.matica import blocks
from drivers.matica.blocks import Command
from drivers.matica.machine import About, Counters, Garbled, Motion

CDBS: list[tuple[Command, str]] = [
    (blocks.READY, "00 00 00 00 00 00"),
    (blocks.SENSE, "03 00 00 00 14 00"),
    (blocks.INQUIRY, "12 00 00 00 60 00"),
    (blocks.SETTINGS, "1A 00 68 00 40 00"),
    (blocks.SUPPLIES, "1A 00 63 00 2C 00"),
    (blocks.COUNTERS, "4D 00 78 00 00 00 00 00 34 00"),
    (blocks.POSITION, "34 00 00 00 00 00 00 00 08 00"),
    (blocks.motion(Motion("load", 2)), "31 01 00 00 04 00 00 02 00 00"),
    (blocks.motion(Motion("load", 0)), "31 01 00 00 04 00 00 00 00 00"),
    (blocks.motion(Motion("move", 0)), "31 0B 00 00 00 00 00 00 00 00"),
    (blocks.motion(Motion("move", 4)), "31 0B 00 00 00 00 00 04 00 00"),
    (blocks.motion(Motion("print", panels="ymc")), "31 08 02 00 00 00 00 00 00 00"),
    (blocks.motion(Motion("print", panels="ymck")), "31 08 06 00 00 00 00 00 00 00"),
    (blocks.motion(Motion("print", panels="k")), "31 08 04 00 00 00 00 00 00 00"),
    (blocks.motion(Motion("print", panels="up")), "31 08 18 00 00 00 00 00 00 00"),
    (blocks.motion(Motion("flip")), "31 0A 00 00 00 00 00 00 00 00"),
    (blocks.motion(Motion("eject")), "31 09 00 00 00 00 00 00 00 00"),
    (blocks.motion(Motion("engage")), "32 04 00 00 00 00 00 00 00 00"),
    (blocks.motion(Motion("release")), "32 05 00 00 00 00 00 00 00 00"),
    (blocks.panel("y", 687_904), "2A 00 03 00 00 00 0A 7F 20 00"),
    (blocks.panel("k", 2_751_616), "2A 00 00 00 00 00 29 FC 80 00"),
]


@pytest.mark.parametrize(("command", "golden"), CDBS, ids=[golden[:17] for _, golden in CDBS])
def test_each_command_has_the_bytes_of_the_paper(command: Command, golden: str) -> None:
    assert command.cdb == bytes.fromhex(golden)


def test_a_block_names_its_length_its_way_and_its_tag() -> None:
    assert blocks.block(blocks.READY, 1).hex(" ") == (
        "55 53 42 43 01 00 00 00 00 00 00 00 00 00 06" + " 00" * 16
    )
    position = blocks.block(blocks.POSITION, 0x01020304)
    assert position[:15].hex(" ") == "55 53 42 43 04 03 02 01 08 00 00 00 80 00 0a"
    panel = blocks.block(blocks.panel("m", 687_904), 9)
    assert panel[:16].hex(" ") == "55 53 42 43 09 00 00 00 20 7f 0a 00 00 00 0a 2a"
    assert {len(block) for block in (position, panel)} == {31}


def status(tag: int, done: int = 0, mark: bytes = b"USBS") -> bytes:
    return mark + struct.pack("<IIB", tag, 0, done)


def test_what_came_in_is_taken_with_its_own_status_only() -> None:
    assert blocks.take(bytes(8) + status(7), blocks.POSITION, 7) == bytes(8)
    assert blocks.take(status(7), blocks.READY, 7) == b""
    assert blocks.take(status(7, 1), blocks.POSITION, 7) is None


@pytest.mark.parametrize("raw", [
    b"", bytes(12), status(8), status(7, 2), status(7, 0, b"USBC"),
    bytes(7) + status(7), bytes(9) + status(7),
])  # fmt: skip
def test_another_status_or_half_an_answer_is_garbled(raw: bytes) -> None:
    with pytest.raises(Garbled):
        blocks.take(raw, blocks.POSITION, 7)


@pytest.mark.parametrize(("key", "extra", "code"), [
    (2, 0xD0, 0x0002D000), (3, 0xB2, 0x0003B200), (6, 0x28, 0x00062800), (5, 0x26, 0x00052600), (0, 0, 0),
])  # fmt: skip
def test_the_code_stands_in_two_bytes_of_the_sense(key: int, extra: int, code: int) -> None:
    sense = bytes((0x70, 0, key, 0, 0, 0, 0, 12, 0, 0, 0, 0, extra)) + bytes(7)
    assert blocks.take_sense(sense) == code


@pytest.mark.parametrize(("raw", "where"), [
    ("00 00 00 00 00 00 00 00", "print"), ("00 00 00 00 00 00 00 02", "contactless"),
    ("00 00 00 00 00 00 00 05", "eject"), ("01 00 00 00 00 00 00 02", None),
    ("FF 00 00 00 00 00 00 FF", None),
])  # fmt: skip
def test_a_card_is_out_or_at_a_place_that_has_a_name(raw: str, where: str | None) -> None:
    assert blocks.take_position(bytes.fromhex(raw)) == where


def test_a_place_without_a_name_is_garbled() -> None:
    with pytest.raises(Garbled):
        blocks.take_position(bytes.fromhex("00 00 00 00 00 00 00 06"))


def log(*items: tuple[int, int, int]) -> bytes:
    return b"x\0\0\x30" + b"".join(struct.pack(">HHI", *item) for item in items)


def test_counters_are_found_by_their_codes() -> None:
    whole = log((0, 4, 10), (1, 4, 11), (2, 4, 12), (3, 4, 13), (4, 4, 14), (5, 4, 15))
    assert blocks.take_counters(whole) == Counters(10, 12, 13, 14)
    assert blocks.take_counters(log((2, 4, 12), (0, 2, 10), (4, 4, 14))) == Counters(None, 12, None, 14)
    assert blocks.take_counters(b"") == Counters()


def test_the_machine_says_who_it_is() -> None:
    inquiry = bytearray(b" " * 96)
    inquiry[8:14], inquiry[16:23], inquiry[24:32], inquiry[58:62] = (
        b"MATICA",
        b"XID8600",
        b"SIM00001",
        b"1.00",
    )
    supplies = bytearray(44)
    supplies[6] = 4
    assert blocks.take_about(bytes(inquiry), bytes(supplies)) == About("XID8600", "SIM00001", "1.00", 4)
    assert blocks.take_about(bytes(inquiry), None).ink is None
    inquiry[17] = 0xFF
    with pytest.raises(Garbled):
        blocks.take_about(bytes(inquiry), None)


def test_settings_stand_under_their_places() -> None:
    page = bytes(range(64))
    told = blocks.take_settings(page)
    assert told[0] == ("68h+36", "24")
    assert len(told) == 8
    assert list(told) == sorted(told)


@given(st.binary(max_size=120), st.integers(0, 2**32 - 1))
def test_readers_return_or_say_garbled(raw: bytes, tag: int) -> None:
    for command in (blocks.READY, blocks.POSITION, blocks.COUNTERS):
        with contextlib.suppress(Garbled):
            blocks.take(raw, command, tag)
    blocks.take_counters(raw)
    with contextlib.suppress(Garbled):
        blocks.text(raw)
    with contextlib.suppress(Garbled):
        blocks.take_position(raw.ljust(8, b"\0"))
