"""Who sits there: NIK, birth date, sex and age go together, and a strange region is asked about."""

from __future__ import annotations

import os
import tracemalloc
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.commands import record
from agent.recording.biodata import FIELDS, checked, fields, youngest
from domain import nik, regions
from domain.policy import DEFAULT
from domain.words import RefusedByRule

TODAY = date(2020, 5, 12)
NIK = "6411015205039001"  # a woman of 12 May 2003


def word(number: str = NIK, told: dict[str, str] | None = None, **more: Any) -> str:
    with pytest.raises(RefusedByRule) as refused:
        checked(number, told or {}, DEFAULT, TODAY, "64.11", **more)
    assert number not in str(refused.value)
    return refused.value.word


def test_a_nik_alone_is_enough_and_tells_the_colour_of_the_background() -> None:
    person = checked(NIK, {}, DEFAULT, TODAY, "64.11")
    assert (person.born, person.background, person.warnings) == (date(2003, 5, 12), "red", ())
    assert person.biodata == {"nik": NIK}
    told = checked(NIK, {"name": "SPECIMEN ANI", "sex": "P"}, DEFAULT, TODAY, "64.11")
    assert [*told.biodata] == ["nik", "name", "sex"], "read back in this order"


@pytest.mark.parametrize(
    ("number", "told", "why"),
    [
        ("12345", {}, "BAD_NIK"),
        ("6411013205039001", {}, "BAD_NIK"),
        (NIK, {"nik": "6411015205039002"}, "NIK_DIFFERS"),
        (NIK, {"birthdate": "2003-05-13"}, "NIK_MISFIT"),
        (NIK, {"birthdate": "12-05-2003"}, "BAD_DATE"),
        (NIK, {"birthdate": "2003-02-30"}, "BAD_DATE"),
        (NIK, {"birthdate": "2103-05-12"}, "BAD_DATE"),
        (NIK, {"sex": "L"}, "NIK_MISFIT"),
        (NIK, {"sex": "X"}, "BAD_BIODATA"),
        ("6411015205049001", {}, None),
        ("6411015305049001", {}, "TOO_YOUNG_TO_RECORD"),
        ("6411015305049001", {"marital": "BELUM KAWIN"}, "TOO_YOUNG_TO_RECORD"),
        ("6411015305049001", {"marital": "CERAI HIDUP"}, None),
    ],
)
def test_what_does_not_go_together_is_refused_with_its_word(
    number: str, told: dict[str, str], why: str | None
) -> None:
    if why is None:
        checked(number, told, DEFAULT, TODAY, "64.11")
    else:
        assert word(number, told) == why


def test_whoever_is_married_is_recorded_at_any_age() -> None:
    checked("6411015305049001", {}, DEFAULT, TODAY, "64.11", married=True)


def test_the_birth_date_decides_the_century() -> None:
    assert checked(NIK, {"birthdate": "1903-05-12", "sex": "p"}, DEFAULT, TODAY, "64.11").born.year == 1903
    assert youngest(nik.parse("6411012902209001"), TODAY) == date(2020, 2, 29)
    with pytest.raises(RefusedByRule, match="Birth date"):
        youngest(nik.parse("6411012902009001"), date(2000, 2, 28))  # 1900 had no such day


@given(st.dates(date(1905, 1, 1), date(2019, 12, 31)))
def test_the_youngest_birth_date_fits_the_nik_and_is_not_to_come(born: date) -> None:
    inside = nik.parse(f"641101{born:%d%m%y}9001")
    found = youngest(inside, TODAY)
    assert nik.fits(inside, found, woman=False)
    assert born <= found <= TODAY


@pytest.mark.parametrize(
    ("region", "office", "doubt"),
    [
        ("641101", "64.11", None),
        ("641109", "64.11", "UNKNOWN_KECAMATAN"),
        ("640701", "64.11", "UNKNOWN_KECAMATAN"),
        ("640705", "64.11", None),
        ("640201", "64.07", "BPS_CODE"),
        ("640201", "64.02", None),
        ("640301", "64.02", "BPS_CODE"),
        ("640401", "64.08", "BPS_CODE"),
        ("640501", "64.03", "BPS_CODE"),
        ("640501", "64.11", "UNKNOWN_REGION"),
        ("327301", "64.11", None),
    ],
)
def test_a_strange_region_is_a_question_and_no_refusal(region: str, office: str, doubt: str | None) -> None:
    assert regions.doubt(region, office) == doubt
    person = checked(f"{region}5205039001", {}, DEFAULT, TODAY, office)
    assert person.warnings == ((doubt,) if doubt else ())


def test_the_province_has_105_kecamatan_in_its_ten_offices() -> None:
    assert set(regions.KECAMATAN) == set(regions.OFFICES)
    assert sum(map(len, regions.KECAMATAN.values())) == 105


def test_biodata_are_lines_of_text_under_known_names() -> None:
    assert fields({"name": " SPECIMEN ANI ", "blood": ""}) == {"name": "SPECIMEN ANI"}
    assert list(fields(dict.fromkeys(reversed(FIELDS), "A"))) == list(FIELDS)
    for wrong in (["name"], {"phone": "1"}, {"name": 7}, {"name": "A\nB"}, {"name": "A" * 201}):
        with pytest.raises(RefusedByRule) as refused:
            fields(wrong)
        assert refused.value.word == "BAD_BIODATA"


def test_a_person_is_not_shown_by_accident() -> None:
    person = checked(NIK, {"name": "SPECIMEN ANI"}, DEFAULT, TODAY, "64.11")
    assert NIK not in repr(person)
    assert "ANI" not in repr(person)


def test_a_file_of_any_size_is_read_as_far_as_a_person_s_data_can_go(tmp_path: Path) -> None:
    huge, marked = tmp_path / "huge", tmp_path / "marked"
    huge.touch()
    os.truncate(huge, 64 << 20)
    marked.write_text('{"name": "SPECIMEN"}', encoding="utf-8-sig")  # as an editor on Windows writes it
    tracemalloc.start()
    try:
        with pytest.raises(RefusedByRule, match="biodata"):
            record._fields(str(huge))
        assert tracemalloc.get_traced_memory()[1] < 4 << 20
    finally:
        tracemalloc.stop()
    assert record._fields(str(marked)) == {"name": "SPECIMEN"}
