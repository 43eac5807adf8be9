"""Codes to words: the table of PROTOCOL.md §1, row by row, and the cautious reading of all others."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

import drivers.matica
from drivers.errors import CAUSES
from drivers.matica import codes
from drivers.matica.codes import Kind

PAPER = Path(drivers.matica.__file__ or "").with_name("PROTOCOL.md").read_text("utf-8")
ROW = re.compile(
    r"^\| ([0-9A-F]{8}(?:[-, ][0-9A-F, -]*)?) \|[^|]*\| (wait|hands|fault|over|-) \| (\S+)", re.M
)


def listed(text: str) -> list[int]:
    """``0002F000-F600, 0002F800`` and ``0003A800, AB00`` as numbers."""
    found: list[int] = []
    for part in text.split(","):
        first, _, last = part.strip().partition("-")
        begin = int(first if len(first) == 8 else f"{text[:4]}{first}", 16)
        end = int(f"{first[:4]}{last}", 16) if last else begin
        found += range(begin, end + 1, 0x100)
    return found


ROWS = [(code, row[2], row[3]) for row in ROW.finditer(PAPER) for code in listed(row[1])]


@pytest.mark.parametrize(("code", "kind", "word"), ROWS, ids=[f"{code:08X}" for code, _, _ in ROWS])
def test_the_paper_and_the_table_agree(code: int, kind: str, word: str) -> None:
    assert codes.kind(code) == ("ready" if code == 0 else kind)
    assert (codes.cause(code) or "-") == word


def test_the_whole_table_was_read() -> None:
    assert len(ROWS) == 37
    assert {kind for _, kind, _ in ROWS} == {"-", "wait", "hands", "fault", "over"}


@given(st.integers(1, 2**32 - 1))
def test_what_no_row_names_is_a_fault(code: int) -> None:
    if code not in {row[0] for row in ROWS}:
        assert (codes.kind(code), codes.cause(code)) == (Kind.FAULT, "hardware")


def test_every_word_is_one_the_others_know() -> None:
    assert {*codes.HANDS.values(), *codes.FAULTS.values()} <= CAUSES
