"""The tables say what PROTOCOL.md says, row for row, and every code there may be has a word."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from drivers.errors import CAUSES, NeedsHands, Refused, Unreachable
from drivers.r30x import codes, commands
from drivers.r30x.commands import COMMANDS

PAPER = Path("drivers/r30x/PROTOCOL.md").read_text(encoding="utf-8")
UNKNOWN = {0x31, 0x32, 0x34}
ROW = re.compile(r"^\| ([0-9A-F]{2}(?:, [0-9A-F]{2})?) \| (.+)$", re.MULTILINE)


def section(number: int) -> str:
    return PAPER.partition(f"## {number}. ")[2].partition("\n## ")[0]


def test_every_instruction_of_the_paper_is_in_the_table_and_none_besides() -> None:
    told = dict[int, str]()
    for ops, rest in ROW.findall(section(4)):
        for op in ops.split(", "):
            told[int(op, 16)] = rest.split(" | ")[2]
    assert set(told) - UNKNOWN == {command.op for command in COMMANDS.values()}
    assert {command.op: command.ack for command in COMMANDS.values()} == {
        op: int(ack) for op, ack in told.items() if op not in UNKNOWN
    }


def test_data_follows_where_the_paper_says_so() -> None:
    follows = {int(op, 16) for op, rest in ROW.findall(section(4)) if "follow" in rest.split(" | ")[0]}
    sends = {int(op, 16) for op, rest in ROW.findall(section(4)) if "host sends" in rest.split(" | ")[0]}
    assert follows == {command.op for command in COMMANDS.values() if command.data == "up"}
    assert sends == {command.op for command in COMMANDS.values() if command.data == "down"}


def test_every_code_of_the_paper_has_the_papers_word() -> None:
    for told, rest in ROW.findall(section(5)):
        word = rest.split(" | ")[1].strip()
        for code in (int(each, 16) for each in told.split(", ")):
            if word.startswith("(") or word == "-":
                assert code in codes.ANSWERS or code == codes.DONE
            else:
                assert codes.error(code, "x").cause == word, f"{code:02X}"


@pytest.mark.parametrize("code", range(1, 256))
def test_no_code_is_without_an_error(code: int) -> None:
    error = codes.error(code, "match")
    assert isinstance(error, (NeedsHands, Refused, Unreachable))
    assert error.cause in CAUSES
    assert f"{code:02X}" in str(error)


@pytest.mark.parametrize("told", [
    b"\0\0\0\x09\x01\x2c\0\x03\xff\xff\xff\xff\0\x04\0\x06",  # packet size code 4
])  # fmt: skip
def test_parameters_that_cannot_be_are_none(told: bytes) -> None:
    with pytest.raises(ValueError, match="4"):
        commands.parameters(told)


def test_parameters_are_read_as_the_paper_lays_them() -> None:
    found = commands.parameters(bytes.fromhex("000c 0009 012c 0003 ffffffff 0003 000c".replace(" ", "")))
    assert (found.status, found.system, found.library, found.security) == (12, 9, 300, 3)
    assert (found.address, found.packet, found.baud) == (0xFFFFFFFF, 256, 115_200)


def test_a_product_without_a_size_is_none() -> None:
    with pytest.raises(ValueError, match="pixels"):
        commands.product(bytes(46))


def test_a_text_holds_only_what_can_be_shown() -> None:
    assert commands.text(b"R5\x0703\xff\0junk") == "R503"


def test_slots_are_counted_from_the_least_bit() -> None:
    assert commands.slots(1, b"\x01\x80" + bytes(30)) == {256, 256 + 15}
