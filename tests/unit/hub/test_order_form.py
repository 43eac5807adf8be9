"""One word for each way a record may not become a card."""

from __future__ import annotations

import json
from base64 import b64decode
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from domain.policy import DEFAULT, KiaBands, Policy
from domain.words import SENTENCES, RefusedByRule
from hub import picture
from hub.order_form import PHOTO_BYTES_MAX, Order, order_of, shown
from tests.unit.hub.lists import JPEG, record

PNG = b"\x89PNG\r\n\x1a\n" + bytes(20)


def made(folder: Path, content_key: bytes = b"k", /, **changes: str) -> Order:
    return judged(folder, DEFAULT, content_key, **changes)


def judged(folder: Path, rules: Policy, content_key: bytes = b"k", /, **changes: str) -> Order:
    """On 12 May 2020, under these rules."""
    (folder / "p.jpg").write_bytes(JPEG)
    known = {"64.11-1", "64.11-3", "64.02-1"}.__contains__
    return order_of(record(**changes), folder, content_key, known, rules, "2020-05-12")


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"status": "SFE"}, "NOT_PRR"),
        ({"status": "prr"}, "NOT_PRR"),
        ({"nik": "641101450301900"}, "BAD_NIK"),
        ({"nik": "6411014513019001"}, "BAD_NIK"),
        ({"nik": "٦٤١١٠١٤٥٠٣٠١٩٠٠١"}, "BAD_NIK"),
        ({"birthdate": "2001-03-06"}, "NIK_MISFIT"),
        ({"sex": "LAKI-LAKI"}, "NIK_MISFIT"),
        ({"sex": "?"}, "BAD_ORDER"),
        ({"office": "64.04"}, "UNKNOWN_OFFICE"),
        ({"office": "64.07"}, "UNKNOWN_STATION"),
        ({"station": "2"}, "UNKNOWN_STATION"),
        ({"station": "64.02-1"}, "UNKNOWN_STATION"),
        ({"kind": "sim"}, "UNKNOWN_KIND"),
        ({"reason": "friend_of_mine"}, "UNKNOWN_REASON"),
        ({"birthdate": "05-03-2001"}, "BAD_DATE"),
        ({"requested": "2020-02-30"}, "BAD_DATE"),
        ({"requested": "20200501"}, "BAD_DATE"),
        ({"name": ""}, "MISSING_FIELD"),
        ({"religion": ""}, "MISSING_FIELD"),
        ({"order": ""}, "MISSING_FIELD"),
        ({"order": "../o1"}, "BAD_ORDER"),
        ({"order": "6411014503019001"}, "NIK_IN_ORDER"),
        ({"order": "PRR-6411014503019001-2"}, "NIK_IN_ORDER"),
        ({"order": "641101.450301.9001"}, "NIK_IN_ORDER"),
        ({"order": "0-6411014503019001"}, "NIK_IN_ORDER"),
        ({"order": "o" * 65}, "BAD_ORDER"),
        ({"name": "A" * 201}, "BAD_ORDER"),
        ({"name": "A\x1b[2J"}, "BAD_ORDER"),
        ({"phone": "0541-123456"}, "BAD_PHONE"),
        ({"phone": "0812 3456 78x0"}, "BAD_PHONE"),
    ],
)
def test_a_row_is_refused_with_its_word(tmp_path: Path, changes: dict[str, str], word: str) -> None:
    with pytest.raises(RefusedByRule) as refused:
        made(tmp_path, **changes)
    assert refused.value.word == word
    assert word in SENTENCES


def test_the_personal_part_is_what_a_card_needs_and_nothing_else_is(tmp_path: Path) -> None:
    order = made(tmp_path)
    personal = json.loads(order.personal)
    assert personal["nik"] == "6411014503019001"
    assert (personal["province"], personal["regency"]) == ("KALIMANTAN TIMUR", "KABUPATEN MAHAKAM ULU")
    assert b64decode(personal["photo"]) == JPEG
    assert (order.name, order.station, order.kind) == ("o1", "64.11-1", "ktp")
    assert order.reason == "first_card"


def test_a_phone_is_personal_and_kept_in_one_form(tmp_path: Path) -> None:
    told = {
        json.loads(made(tmp_path, phone=each).personal)["phone"]
        for each in ("08009000017", "+62 800-9000-017")
    }
    assert told == {"+628009000017"}
    assert "phone" not in json.loads(made(tmp_path, phone="").personal)
    assert made(tmp_path, phone="").content == made(tmp_path).content, "an older list is the same list"


def test_the_station_may_be_told_by_number_or_by_name(tmp_path: Path) -> None:
    assert made(tmp_path, station="64.11-1").content == made(tmp_path, station="1").content


def test_any_other_content_is_told_apart_and_only_with_the_key(tmp_path: Path) -> None:
    same = made(tmp_path).content
    assert made(tmp_path).content == same
    assert made(tmp_path, b"other").content != same
    changes = ({"name": "SPECIMEN DUA"}, {"reason": "disaster"}, {"requested": "2020-05-02"}, {"blood": "A"})
    for change in (*changes, {"station": "3"}):
        assert made(tmp_path, **change).content != same, change


@pytest.mark.attack
@pytest.mark.parametrize(
    "photo", ["../secret.jpg", "/etc/passwd", "sub/../../secret.jpg", "link.jpg", "..", "."]
)
def test_a_photo_outside_the_list_s_folder_is_never_read(tmp_path: Path, photo: str) -> None:
    (tmp_path / "secret.jpg").write_bytes(JPEG)
    folder = tmp_path / "in"
    (folder / "sub").mkdir(parents=True)
    (folder / "link.jpg").symlink_to(tmp_path / "secret.jpg")
    with pytest.raises(RefusedByRule) as refused:
        made(folder, photo=photo)
    assert refused.value.word == "BAD_PHOTO"


def test_a_list_may_lie_in_a_folder_reached_by_another_name(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "other").symlink_to(tmp_path / "real", target_is_directory=True)
    assert made(tmp_path / "other").content == made(tmp_path / "real").content


def test_a_photo_is_a_picture_of_bounded_size(tmp_path: Path) -> None:
    cases = {
        "largest.jpg": (JPEG.ljust(PHOTO_BYTES_MAX, b"x"), True),
        "larger.jpg": (JPEG.ljust(PHOTO_BYTES_MAX + 1, b"x"), False),
        "drawn.png": (PNG, True),
        "page.jpg": (b"<html>", False),
        "empty.jpg": (b"", False),
    }
    for name, (data, good) in cases.items():
        (tmp_path / name).write_bytes(data)
        try:
            made(tmp_path, photo=name)
        except RefusedByRule as refused:
            assert (refused.word, good) == ("BAD_PHOTO", False), name
        else:
            assert good, name
    with pytest.raises(RefusedByRule):
        made(tmp_path, photo="missing.jpg")
    with pytest.raises(RefusedByRule):
        made(tmp_path, photo="")


@pytest.mark.attack
@pytest.mark.parametrize("kind", ["PNG", "JPEG"])
@pytest.mark.parametrize(("size", "good"), [((2000, 2000), True), ((2001, 2000), False)])
def test_a_small_file_that_promises_a_huge_picture_is_refused_by_its_header(
    tmp_path: Path, kind: str, size: tuple[int, int], good: bool
) -> None:
    Image.new("L", size).save(tmp_path / "large", kind, quality=10)
    photo = (tmp_path / "large").read_bytes()
    assert picture.dots(photo) == size[0] * size[1]
    assert len(photo) < PHOTO_BYTES_MAX
    if good:
        made(tmp_path, photo="large")
    else:
        with pytest.raises(RefusedByRule, match="photo"):
            made(tmp_path, photo="large")


@given(st.sampled_from([PNG[:8], b"\xff\xd8\xff"]), st.binary(max_size=200))
def test_no_header_whatever_breaks_the_reading_of_it(start: bytes, rest: bytes) -> None:
    told = picture.dots(start + rest)
    assert told is None or 0 <= told < 2**64


def test_a_young_child_s_card_needs_no_photo(tmp_path: Path) -> None:
    order = made(tmp_path, **CHILD, photo="")
    assert json.loads(order.personal)["photo"] == ""


CHILD = {
    "kind": "kia", "religion": "", "marital": "", "occupation": "",
    "birthdate": "2015-05-13", "nik": "6411015305159001",
}  # fmt: skip


def test_from_the_fifth_birthday_on_a_child_s_card_needs_a_photo(tmp_path: Path) -> None:
    older = CHILD | {"birthdate": "2015-05-12", "nik": "6411015205159001"}
    with pytest.raises(RefusedByRule) as refused:
        made(tmp_path, **older, photo="")
    assert refused.value.word == "BAD_PHOTO"
    made(tmp_path, **older)
    made(tmp_path, **CHILD)


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"birthdate": "2003-05-13", "nik": "6411015305039001"}, "TOO_YOUNG"),
        ({"birthdate": "2003-05-12", "nik": "6411015205039001"}, None),
        ({"birthdate": "2003-05-13", "nik": "6411015305039001", "marital": "KAWIN"}, None),
        ({"birthdate": "2003-05-12", "nik": "6411015205039001", "kind": "kia"}, "TOO_OLD"),
        ({"birthdate": "2003-05-13", "nik": "6411015305039001", "kind": "kia"}, None),
        ({"birthdate": "2003-05-13", "nik": "6411015305039001", "kind": "kia", "marital": "CERAI MATI"},
         "KIA_MARRIED"),
        ({"birthdate": "2020-05-13", "nik": "6411015305209001", "kind": "kia"}, "BAD_DATE"),
    ],
)  # fmt: skip
def test_the_holder_s_age_decides_which_card_is_due(
    tmp_path: Path, changes: dict[str, str], word: str | None
) -> None:
    if word is None:
        made(tmp_path, **changes)
    else:
        with pytest.raises(RefusedByRule) as refused:
            made(tmp_path, **changes)
        assert refused.value.word == word
        assert word in SENTENCES


def test_a_dated_policy_may_say_otherwise(tmp_path: Path) -> None:
    young = {"birthdate": "2004-05-12", "nik": "6411015205049001"}
    assert judged(tmp_path, replace(DEFAULT, first_card_print_age=16), **young)
    assert judged(tmp_path, replace(DEFAULT, print_statuses=("PRR", "SFE")), status="SFE")
    older = CHILD | {"birthdate": "2015-05-12", "nik": "6411015205159001"}
    assert judged(tmp_path, replace(DEFAULT, kia_bands=KiaBands(photo_from=6)), **older, photo="")


@pytest.mark.attack
def test_a_name_that_holds_a_nik_is_not_repeated() -> None:
    assert shown(record("o1")) == "o1"
    assert shown(record("PRR-6411014503019001")) == "PRR-****************"
    assert shown(record("o" * 99)) == "o" * 64
    assert shown(record("o1", nik="1")) == "o1"
    assert shown(record("7", nik="")) == "7"
