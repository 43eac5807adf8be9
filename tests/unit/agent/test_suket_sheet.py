"""The certificate's sheet: the same words the same bytes, the card's fields, and a code of its number."""

from __future__ import annotations

import re
import subprocess
import sys
from typing import Any

import pytest
import segno

from agent.counter.suket import Plan
from agent.papers import suket
from domain.words import RefusedByRule
from tests.unit.agent.test_card import person, photo

PLAN = Plan("SPECIMEN-64.11-1-2020-00001", "O-1", "marriage", "2020-05-12", "2020-11-12", None)
GREY = photo("JPEG")


def sheet(plan: Plan = PLAN, **changed: str) -> bytes:
    return suket.pdf(plan, person(photo=GREY, **changed))


def text(document: bytes) -> str:
    return document.decode("latin-1")


def test_the_same_certificate_is_the_same_bytes_in_another_process_too() -> None:
    assert sheet() == sheet()
    told = (
        "from hashlib import sha256; from tests.unit.agent.test_suket_sheet import sheet; "
        "print(sha256(sheet()).hexdigest())"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", told],
            env={"PYTHONHASHSEED": seed, "TZ": zone, "PATH": ""},
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for seed, zone in (("1", "UTC"), ("2", "Asia/Makassar"))
    }
    assert len(runs) == 1


def test_another_word_of_it_is_another_sheet() -> None:
    others: list[Any] = [
        sheet(name="SPECIMEN DUA"),
        sheet(Plan("SPECIMEN-64.11-1-2020-00002", *("O-1", "marriage", "2020-05-12", "2020-11-12"), None)),
        sheet(Plan(PLAN.number, "O-1", "marriage", "2020-05-13", "2020-11-13", None)),
        sheet(Plan(PLAN.number, "O-1", "marriage", "2020-05-12", "2020-11-12", "SPECIMEN-0")),
    ]
    assert len({sheet(), *others}) == 5


def test_it_says_what_the_card_would_and_that_it_is_none() -> None:
    told = text(sheet())
    for word in (
        "6411034502909007", "LARASTI AWANGGU SPECIMEN", "MAHAKAM ULU, 05-02-1990", "PEREMPUAN", "12-05-2020",
        "12-11-2020", "PERNIKAHAN", PLAN.number, "KABUPATEN MAHAKAM ULU", "BUKAN DOKUMEN RESMI",
    ):  # fmt: skip
        assert word in told, word
    assert told.count("SPECIMEN") > 5
    assert told.count("/Type /Page\n") == 1
    assert "SPECIMEN-64.11-1-2019-00007" in text(
        sheet(
            Plan(
                PLAN.number,
                "O-1",
                "bank_account",
                *("2020-05-12", "2020-11-12"),
                "SPECIMEN-64.11-1-2019-00007",
            )
        )
    )


def test_the_code_s_bars_are_the_squares_of_its_number() -> None:
    told = text(sheet())
    bars = [
        tuple(map(float, found)) for found in re.findall(r"([\d.]+) ([\d.]+) ([\d.]+) -([\d.]+) re f", told)
    ]
    paper, bars = bars[0], bars[1:]
    rows = [list(row) for row in segno.make(PLAN.number, error="m", micro=False).matrix]
    square = bars[0][3]
    drawn = [[0] * len(rows) for _ in rows]
    for x, y, width, _ in bars:
        column = round((x - paper[0]) / square) - suket.QUIET
        row = round((paper[1] - y) / square) - suket.QUIET
        for each in range(round(width / square)):
            drawn[row][column + each] = 1
    assert drawn == rows


def test_the_longest_fields_still_fit_one_page() -> None:
    long = "W" * 200
    fields = ("name", "address", "village", "district", "occupation", "birthplace", "regency")
    one = suket.pdf(PLAN, person(photo=GREY, **dict.fromkeys(fields, long)))
    assert text(one).count("/Type /Page\n") == 1
    words = suket.pdf(PLAN, person(photo=GREY, **dict.fromkeys(fields, "WWW " * 50)))
    assert text(words).count("/Type /Page\n") == 1


@pytest.mark.parametrize(
    ("changed", "word"),
    [
        ({"photo": ""}, "BAD_PHOTO"), ({"photo": "!!"}, "BAD_PHOTO"), ({"photo": "QUJD"}, "BAD_PHOTO"),
        ({"birthdate": "2001-02-30"}, "BAD_DATE"), ({"nik": "6411"}, "BAD_NIK"),
        ({"name": ""}, "MISSING_FIELD"),
    ],
)  # fmt: skip
def test_what_cannot_be_a_sheet_is_refused_with_a_word(changed: dict[str, str], word: str) -> None:
    with pytest.raises(RefusedByRule) as caught:
        suket.pdf(PLAN, person(**{"photo": GREY, **changed}))
    assert caught.value.word == word
    assert "LARASTI" not in str(caught.value)


@pytest.mark.parametrize("gone", ["nik", "sex", "birthplace", "province", "regency"])
def test_a_field_that_is_missing_is_told_by_no_value(gone: str) -> None:
    fields = person(photo=GREY)
    del fields[gone]
    with pytest.raises(RefusedByRule) as caught:
        suket.pdf(PLAN, fields)
    assert caught.value.word == "MISSING_FIELD"


def test_a_name_beyond_the_fonts_is_shown_with_question_marks() -> None:
    assert "?" in text(sheet(name="\u0141UKASZ \u4e2d SPECIMEN"))


def test_what_draws_sheets_never_lies_in_the_running_agent() -> None:
    told = (
        "import sys, agent.service, agent.actions; "
        "sys.exit(' '.join({'fpdf', 'segno', 'PIL'} & set(sys.modules)) or 0)"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
