"""What the public may read: never a full name, never a full NIK, and a message that fits one SMS."""

from __future__ import annotations

import string
from dataclasses import astuple
from itertools import combinations

import pytest
from hypothesis import given
from hypothesis import strategies as some

from domain import notices, phones, regions
from domain.handover import Paper

NAMES = some.lists(some.text("QVWXZ'-", min_size=2, max_size=12), min_size=1, max_size=6).map(" ".join)
GSM = {*" !\"#%&'()*+,-./:;<=>?", *string.ascii_letters, *string.digits}  # of its basic alphabet


def fields(name: str = "ARDANU AWANGGU SPECIMEN", nik: str = "6411014503019001") -> dict[str, str]:
    return {
        "name": name,
        "nik": nik,
        "village": "DESA CONTOH 1",
        "district": "KECAMATAN CONTOH 01",
        "phone": "+6280090",
    }


@given(NAMES, some.sampled_from(sorted(regions.OFFICES)), some.sampled_from(["ktp", "kia"]))
def test_no_notice_holds_a_full_name_or_nik(name: str, office: str, kind: str) -> None:
    told = notices.notice(kind, fields(name), ["card"])
    text = "|".join((notices.message(told, office), *(str(value) for value in astuple(told))))
    assert name not in text
    assert "6411014503019001" not in text
    assert "+6280090" not in text


@pytest.mark.parametrize("office", sorted(regions.OFFICES))
@pytest.mark.parametrize("brings", [some for count in range(3) for some in combinations(Paper, count)])
def test_every_message_fits_one_sms(office: str, brings: tuple[Paper, ...]) -> None:
    for kind in ("ktp", "kia"):
        text = notices.message(notices.notice(kind, fields("A B C D E F"), brings), office)
        assert len(text) <= notices.SMS_CHARACTERS_MAX, text
        assert set(text) <= GSM


def test_a_message_says_what_to_bring_and_where() -> None:
    told = notices.notice("ktp", fields(), ["suket"])
    assert notices.message(told, "64.11") == (
        "Disdukcapil Kab. Mahakam Ulu: KTP-el A.A.S. NIK 6411**********01 siap diambil di loket. "
        "Bawa suket. Gratis."
    )


@pytest.mark.parametrize(
    ("name", "short", "masked"),
    [
        ("ARDANU AWANGGU SPECIMEN", "A.A.S.", "A*** A*** S***"),
        ("siti", "S.", "S***"),
        ("  'abd  el   x ", "A.E.X.", "'*** E*** X***"),
        ("A B C D E F", "A.B.C.D.", "A*** B*** C*** D*** E*** F***"),
        ("", "-", ""),
    ],
)
def test_a_name_is_told_by_its_first_letters(name: str, short: str, masked: str) -> None:
    assert notices.initials(name) == short
    assert notices.masked_name(name) == masked


def test_lists_go_by_village_in_one_order() -> None:
    some_people = [
        notices.notice("ktp", fields(name) | {"village": village}, [])
        for name, village in (("B", "DUA"), ("A", "SATU"), ("A", "DUA"))
    ]
    told = notices.by_village(some_people)
    assert [(village, [each.initials for each in group]) for _, village, group in told] == [
        ("DUA", ["A.", "B."]),
        ("SATU", ["A."]),
    ]
    assert notices.by_village(reversed(some_people)) == told


@pytest.mark.parametrize(
    "text", ["0812-3456-7890", "+62 812 3456 7890", "62812.3456.7890", "(0812) 34567890"]
)
def test_a_number_has_one_form(text: str) -> None:
    assert phones.normal(text) == "+6281234567890"


@pytest.mark.parametrize(
    "text", ["", "0541 123456", "+1 812 3456 7890", "0812", "0812345678901234", "٠٨١٢٣٤٥٦٧٨٩٠", "=0812345678"]
)
def test_what_is_no_mobile_number_is_refused_unrepeated(text: str) -> None:
    with pytest.raises(ValueError, match="no Indonesian") as caught:
        phones.normal(text)
    assert not text or text not in str(caught.value)
