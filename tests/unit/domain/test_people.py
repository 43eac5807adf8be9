"""Staff marks: whose they are, and what is none."""

from __future__ import annotations

import pytest

from domain import people

NIK = "6411014503019001"


@pytest.mark.parametrize("text", ["ani", "P.01", "p-01", "3", "a" * 40, "P.0123456789012345678"])
def test_a_word_of_the_office_is_a_mark(text: str) -> None:
    assert people.is_mark(text)


@pytest.mark.parametrize(
    "text",
    ["", " ", ".", "-_-", "a" * 41, "ani budi", "anï", "ani\n", NIK, f"x{NIK}", "64.11.01-450301.9001"],
)
def test_nothing_and_a_nik_are_no_mark(text: str) -> None:
    assert not people.is_mark(text)


@pytest.mark.parametrize("text", ["Ani", "ANI", "a.n.i", "-ani-", "ani."])
def test_case_and_dots_make_no_second_person(text: str) -> None:
    assert people.same("ani", text)


def test_different_words_are_different_people() -> None:
    assert not people.same("P.01", "P.02")
    assert not people.same("ani", "anis")


@pytest.mark.parametrize(
    "text",
    [NIK, f"S-{NIK}", f"{NIK}/2020", "64.11.01.450301.9001", "6411 0145 0301 9001", "64.11--01450301 - 9001"],
)
def test_a_nik_is_seen_however_it_is_written(text: str) -> None:
    assert people.holds_nik(text)


@pytest.mark.parametrize(
    "text", ["POL/2020/05/1234567890", "R-12345678901234567", "04A2B3C4D5E680", "2020-05-12-1"]
)
def test_a_paper_s_own_number_is_none(text: str) -> None:
    assert not people.holds_nik(text)
