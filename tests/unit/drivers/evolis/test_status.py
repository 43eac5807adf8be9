"""Bits to words, against PROTOCOL.md itself: its tables are read here, so that they cannot part."""

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.errors import CAUSES
from drivers.evolis import status
from drivers.evolis.codec import Status

PROTOCOL = (Path(status.__file__).parent / "PROTOCOL.md").read_text(encoding="utf-8")
WORD = re.compile(r"^[a-z_]+$")


def seen(information: int = 0, warning: int = 0, error: int = 0, config: int = 0) -> Status:
    return Status(config, information, warning, error, 0)


def told(heading: str) -> dict[int, str]:
    """Bit to word from the table under ``heading``; ``/`` separates several bits of one row."""
    section = PROTOCOL.split(f"### {heading}")[1].split("\n### ")[0].split("\n## ")[0]
    found: dict[int, str] = {}
    for row in section.splitlines():
        cells = [cell.strip() for cell in row.strip("|").split("|")]
        for at in range(0, len(cells) - 2, 3):
            bits, _, word = cells[at : at + 3]
            if re.match(r"^[0-9A-F]{3,8}( /|$)", bits) and (WORD.match(word) or word == "-"):
                found |= dict.fromkeys(_bits(bits), word)
    return found


def _bits(cell: str) -> list[int]:
    """``00080000 / 40000 / 20000`` to numbers."""
    return [int(part, 16) for part in cell.split(" / ")]


@pytest.mark.parametrize(("heading", "words"), [("ERROR:", status.errors), ("WARNING:", status.warnings)])
def test_every_bit_says_what_the_protocol_says(heading: str, words: object) -> None:
    table = told(heading)
    assert len(table) >= 18
    for bit, word in table.items():
        got = status.errors(seen(error=bit)) if heading == "ERROR:" else status.warnings(seen(warning=bit))
        assert got == (() if word == "-" else (word,)), f"{bit:08X}"


@given(st.integers(1, 2**32 - 1))
def test_no_complaint_is_ever_swallowed(bits: int) -> None:
    assert status.errors(seen(error=bits))
    assert bool(status.warnings(seen(warning=bits))) == bool(bits & ~0x200)
    assert set(status.errors(seen(error=bits)) + status.warnings(seen(warning=bits))) <= CAUSES


def test_several_complaints_are_all_told_each_once_and_gravest_first() -> None:
    assert status.errors(seen(error=0x0520_0040)) == ("jam", "ribbon_ended", "hardware")
    assert status.warnings(seen(warning=0x0103_0400)) == ("cover_open", "no_ribbon", "feeder_empty")


@pytest.mark.parametrize("bit", range(32))
def test_a_bit_nobody_named_is_hardware(bit: int) -> None:
    if 1 << bit not in status.ERRORS:
        assert status.errors(seen(error=1 << bit)) == ("hardware",)


def test_cards_are_seen_where_the_sensors_say() -> None:
    assert status.card_at(seen(0x0A00_0000)) == ("contactless", "print")
    assert status.card_at(seen(0x6000_0000)) == ("hopper", "feeder")
    assert status.inside(seen(0x6000_0000)) == frozenset()
    assert status.inside(seen(0x1F00_0000)) == {"flip", "contactless", "contact", "print", "eject"}


@pytest.mark.parametrize(("now", "state", "cause"), [
    (seen(0x2000_0000), "ready", None),
    (seen(0x8000_0000), "busy", None),
    (seen(0x0000_0080), "busy", None),
    (seen(0x0000_0001), "busy", None),
    (seen(0x8000_0000, warning=0x0100_0000), "needs_hands", "feeder_empty"),
    (seen(0x8000_0000, warning=0x0002_0000, error=0x0200_0000), "error", "cover_open"),
    (seen(error=0x0120_0000), "error", "jam"),
    (seen(warning=0x0000_0200), "ready", None),
])  # fmt: skip
def test_one_word_for_the_state(now: Status, state: str, cause: str | None) -> None:
    told_now = status.summary(now)
    assert (told_now.state, told_now.cause) == (state, cause)


def test_claim_reset_and_self_will_are_their_own_bits() -> None:
    for bit, asks in (
        (0x8000_0000, status.claimed),
        (0x0001_0000, status.was_reset),
        (0x0080_0000, status.recovers_by_itself),
    ):
        assert asks(seen(bit))
        assert not asks(seen(0xFFFF_FFFF & ~bit))
