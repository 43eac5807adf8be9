"""A card as a PDF: its bytes, its picture, and the same picture as the simulated device sees it."""

from __future__ import annotations

import hashlib
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from drivers.card_printer import SIDE_BYTES
from drivers.registry import prepare
from drivers.spool.artefact import pictures
from simulators.ipp.pdf import card_sides, sheets

FRONT = bytes(range(256)) * (SIDE_BYTES // 256) + bytes(SIDE_BYTES % 256)
BACK = bytes([200, 10, 30]) * (SIDE_BYTES // 3)


@pytest.mark.parametrize("sides", [[FRONT], [FRONT, BACK]])
def test_the_picture_is_told_by_its_bytes_and_comes_out_without_loss(sides: list[bytes]) -> None:
    card = prepare("spool", "HDP5000", "ymck", sides[0], sides[1] if len(sides) > 1 else None, 1)
    told = b"".join(word + b"rgb" + rgb for word, rgb in zip((b"front", b"back"), sides, strict=False))
    assert (card.panels, card.sha256) == (len(sides), hashlib.sha256(told).hexdigest())
    assert pictures(card.job) == tuple(sides) == tuple(card_sides(card.job))
    assert sheets(card.job) == len(sides)


def test_one_card_is_the_same_bytes_each_time_whatever_the_hour() -> None:
    assert prepare("spool", "a", "b", FRONT, None, 1) == prepare("spool", "c", "d", FRONT, None, 2)


def test_the_cross_reference_leads_to_every_object_and_no_word_is_told_of_the_maker() -> None:
    job = prepare("spool", "", "", FRONT, BACK, 1).job
    start = int(re.findall(rb"startxref\n(\d+)\n%%EOF\n$", job)[0])
    assert job[start:].startswith(b"xref\n0 9\n")
    for number, at in enumerate(re.findall(rb"(\d{10}) 00000 n ", job[start:]), 1):
        assert job[int(at) :].startswith(b"%d 0 obj\n" % number)
    assert b"/MediaBox [ 0 0 242.65 153.07 ]" in job
    assert not re.search(rb"/(Info|Title|Author|Producer|CreationDate|ID)\b", job)


@pytest.mark.parametrize(("front", "back"), [(b"", None), (FRONT[:-1], None), (FRONT, BACK + b"x")])
def test_a_side_of_another_size_is_refused(front: bytes, back: bytes | None) -> None:
    with pytest.raises(ValueError, match="1975104 bytes"):
        prepare("spool", "", "", front, back, 1)


JOB = prepare("spool", "", "", BACK, None, 1).job


@given(st.binary(max_size=60) | st.binary(max_size=60).map(JOB[:620].__add__))
def test_noise_is_no_card(raw: bytes) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        pictures(raw)


@pytest.mark.parametrize("cut", [0, 100, 600, 700, len(JOB) // 2])
def test_half_a_card_is_no_card(cut: int) -> None:
    with pytest.raises(ValueError, match=r"\.$"):
        pictures(JOB[:cut])
    assert card_sides(JOB[:cut]) == []
