"""The specimen card: the same order, the same picture; black is black; nothing that could pass for real."""

import base64
import hashlib
import io
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image, ImageChops

from agent.printing import card, card_paper
from domain.policy import DEFAULT, KiaBands

WIDTH, HEIGHT = 1016, 648
ISSUED = "2026-01-15"

# Changing a pixel on purpose means changing these; so does another Pillow, which the lock forbids in silence.
GOLDEN = {
    "ktp": "2d6a03971d9cc8e924bde416df1f3efe9f8ede3ce94020bad19ed835d6847714",
    "kia": "c1c83470f18526a058e6f137ca03010d68b5f781766756d2b21e0314a15af65e",
    "back": "23a45bfa1a71b64b8e104013db2c80e30d29817857a82ae564c5a6c7c432f36b",
}


def photo(kind: str = "JPEG", size: tuple[int, int] = (240, 320)) -> str:
    """A photo of nobody: a grey ramp."""
    picture = Image.linear_gradient("L").resize(size).convert("RGB")
    out = io.BytesIO()
    picture.save(out, kind)
    return base64.b64encode(out.getvalue()).decode()


def person(**other: str) -> dict[str, str]:
    return {
        "nik": "6411034502909007",
        "name": "LARASTI AWANGGU SPECIMEN",
        "birthplace": "MAHAKAM ULU",
        "birthdate": "1990-02-05",
        "sex": "PEREMPUAN",
        "blood": "O",
        "address": "JL. CONTOH NO. 7",
        "rt_rw": "003/001",
        "village": "DESA CONTOH 3",
        "district": "KECAMATAN CONTOH 03",
        "religion": "KATOLIK",
        "marital": "KAWIN",
        "occupation": "GURU",
        "citizenship": "WNI",
        "province": "KALIMANTAN TIMUR",
        "regency": "KABUPATEN MAHAKAM ULU",
        "photo": photo("PNG"),  # lossless, so that the golden picture hangs on no JPEG decoder
        **other,
    }


def child(**other: str) -> dict[str, str]:
    return person(birthdate="2016-02-05", nik="6411034502169007", marital="BELUM KAWIN", **other)


def front(kind: str, fields: dict[str, str], issued: str = ISSUED) -> Image.Image:
    return Image.frombytes("RGB", (WIDTH, HEIGHT), card.draw(kind, fields, issued)[0])


def sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()


def word(kind: str, fields: dict[str, str], issued: str = ISSUED) -> str:
    with pytest.raises(card.CannotDraw) as caught:
        card.draw(kind, fields, issued)
    assert not any(str(fields.get(name, "-")) in str(caught.value) for name in ("nik", "name"))
    return caught.value.word


def test_one_order_draws_one_picture_for_ever() -> None:
    ktp, back = card.draw("ktp", person(), ISSUED)
    kia, _ = card.draw("kia", child(), ISSUED)
    assert {"ktp": sha256(ktp), "kia": sha256(kia), "back": sha256(back)} == GOLDEN


def test_both_sides_have_the_printers_size() -> None:
    assert [len(side) for side in card.draw("ktp", person(), ISSUED)] == [WIDTH * HEIGHT * 3] * 2


def test_drawing_one_card_leaves_nothing_on_the_next() -> None:
    first = card.draw("ktp", person(), ISSUED)
    card.draw("ktp", person(name="BIMASRA SPECIMEN", nik="6411030502909007"), ISSUED)
    card.draw("kia", child(), ISSUED)
    assert card.draw("ktp", person(), ISSUED) == first


@pytest.mark.parametrize("name", sorted(person().keys() - {"province", "photo", "birthdate"}))
def test_every_field_shows(name: str) -> None:
    plain, other = front("ktp", person()), front("ktp", person(**{name: "7"}))
    assert ImageChops.difference(plain, other).getbbox() is not None


def test_text_is_black_and_the_paper_is_pale() -> None:
    """So black goes to the resin panel whole, and no grey edge is laid in three colours."""
    for kind, fields in (("ktp", person()), ("kia", child())):
        picture = front(kind, fields)
        left, top, right, bottom = card.PHOTO_PLACE
        picture.paste((0, 0, 0), (left - 8, top - 8, right + 8, bottom + 8))
        darkest = ImageChops.darker(ImageChops.darker(*picture.split()[:2]), picture.split()[2])
        levels = [level for level, dots in enumerate(darkest.histogram()) if dots]
        assert levels[0] == 0
        assert levels[1] > 150


def test_the_back_is_black_and_white_and_names_nobody() -> None:
    _, back = card.draw("ktp", person(), ISSUED)
    picture = Image.frombytes("RGB", (WIDTH, HEIGHT), back)
    assert sorted(colour for _, colour in picture.getcolors() or []) == [(0, 0, 0), (255, 255, 255)]
    assert back == card.draw("kia", child(), ISSUED)[1]


@pytest.mark.parametrize(
    ("birthdate", "colour"),
    [
        ("1991-02-05", card.RED),
        ("1990-02-05", card.BLUE),
        ("2001-12-31", card.RED),
        ("2000-01-01", card.BLUE),
    ],
)
def test_the_photo_stands_on_red_for_an_odd_year_and_blue_for_an_even_one(
    birthdate: str, colour: tuple[int, int, int]
) -> None:
    left, top, _, _ = card.PHOTO_PLACE
    assert front("ktp", person(birthdate=birthdate)).getpixel((left - 3, top - 3)) == colour


def test_a_small_childs_card_has_no_photo_and_a_schoolchilds_has() -> None:
    small = child() | {"birthdate": "2021-01-16", "photo": ""}
    left, top, _, _ = card.PHOTO_PLACE
    assert front("kia", small).getpixel((left - 3, top - 3)) not in (card.RED, card.BLUE)
    assert word("kia", small, "2026-01-16") == "BAD_PHOTO"  # five years old today
    assert front("kia", small | {"photo": photo()}, "2026-01-16").getpixel((left - 3, top - 3)) == card.RED


@pytest.mark.parametrize(
    ("birthdate", "issued", "until"),
    [
        ("2021-01-16", "2026-01-15", "16-01-2026"),  # the fifth birthday
        ("2021-01-16", "2026-01-16", "15-01-2038"),  # the day before the seventeenth
        ("2024-02-29", "2026-01-15", "01-03-2029"),
        ("2012-02-29", "2026-01-15", "28-02-2029"),
    ],
)
def test_a_childs_card_ends_with_an_age(birthdate: str, issued: str, until: str) -> None:
    band = card._band("kia", child() | {"birthdate": birthdate}, date.fromisoformat(issued), DEFAULT)
    assert band is not None and card._until({}, band.until) == until


def test_a_dated_policy_moves_the_bands_and_the_ages() -> None:
    later = replace(DEFAULT, kia_bands=KiaBands(photo_from=6), first_card_print_age=18)
    small = child() | {"birthdate": "2021-01-15", "photo": ""}
    assert len(card.draw("kia", small, ISSUED, later)) == 2
    with pytest.raises(card.CannotDraw) as caught:
        card.draw("ktp", person(birthdate="2009-01-15", marital="BELUM KAWIN"), ISSUED, later)
    assert caught.value.word == "TOO_YOUNG"


@pytest.mark.parametrize(
    ("kind", "other", "expected"),
    [
        ("passport", {}, "UNKNOWN_KIND"),
        ("ktp", {"birthdate": "1990-02-30"}, "BAD_DATE"),
        ("ktp", {"birthdate": "2030-01-01"}, "BAD_DATE"),  # not born yet
        ("kia", {"birthdate": "2009-01-15", "marital": "BELUM KAWIN"}, "TOO_OLD"),  # seventeen today
        ("kia", {"birthdate": "2009-01-16", "marital": "KAWIN"}, "KIA_MARRIED"),
        ("ktp", {"birthdate": "2009-01-16", "marital": "BELUM KAWIN"}, "TOO_YOUNG"),
        ("ktp", {"photo": ""}, "BAD_PHOTO"),
        ("ktp", {"photo": "not base64!"}, "BAD_PHOTO"),
        ("ktp", {"photo": base64.b64encode(b"GIF89a").decode()}, "BAD_PHOTO"),
        ("ktp", {"photo": photo("GIF")}, "BAD_PHOTO"),
        ("ktp", {"photo": photo()[:400]}, "BAD_PHOTO"),  # cut off
        ("ktp", {"photo": photo("PNG", (4001, 4000))}, "BAD_PHOTO"),  # small file, huge picture
    ],
)
def test_what_can_never_become_a_card_is_refused_with_a_word(
    kind: str, other: dict[str, str], expected: str
) -> None:
    assert word(kind, person(**other)) == expected


def test_a_photo_too_heavy_is_refused() -> None:
    heavy = base64.b64encode(b"\xff\xd8\xff" + bytes(card.PHOTO_BYTES_MAX)).decode()
    assert word("ktp", person(photo=heavy)) == "BAD_PHOTO"


@pytest.mark.parametrize("name", ["nik", "regency", "birthdate", "sex", "birthplace"])
def test_a_field_that_is_not_told_is_named(name: str) -> None:
    fields = person()
    del fields[name]
    assert word("ktp", fields) == "MISSING_FIELD"


def test_an_empty_field_is_a_dash() -> None:
    assert card.draw("ktp", person(blood=""), ISSUED) == card.draw("ktp", person(blood="-"), ISSUED)


def test_a_value_stays_on_its_one_line() -> None:
    assert front("ktp", person(address="JL. A\n NO.\t1")) == front("ktp", person(address="JL. A NO. 1"))


@pytest.mark.parametrize("size", [(240, 320), (1200, 300), (30, 900), (1, 1)])
def test_a_photo_of_any_shape_fills_its_place(size: tuple[int, int]) -> None:
    left, top, right, bottom = card.PHOTO_PLACE
    corners = [(left, top), (right - 1, top), (left, bottom - 1), (right - 1, bottom - 1)]
    picture = front("ktp", person(photo=photo("PNG", size)))
    assert card.BLUE not in [picture.getpixel(corner) for corner in corners]


@pytest.mark.parametrize("text", ["W" * 200, "a b  c\nd\te", "ÉÑØ – 'x'", ""])
def test_no_text_leaves_its_room(text: str) -> None:
    plain = front("ktp", person())
    other = front("ktp", person(name=text, address=text, occupation=text))
    changed = ImageChops.difference(plain, other).getbbox()
    assert changed is not None
    assert changed[0] >= card.VALUE_X - 2
    assert changed[2] <= card.VALUE_RIGHT + 2


def rooms(kind: str) -> Callable[[str], Any]:
    return lambda text: card.draw(kind, person(name=text, address=text, village=text), ISSUED)


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(max_size=60))
def test_any_text_draws(text: str) -> None:
    rooms("ktp")(text)


def test_specimen_is_written_over_the_photo_too() -> None:
    white = front("ktp", person(photo=photo("PNG", (3, 4))))
    left, top, right, bottom = card.PHOTO_PLACE
    assert card_paper.stamp().getbbox() is not None
    inside = white.crop((left, top, right, bottom))
    bare = card._photo(person(photo=photo("PNG", (3, 4))))
    assert ImageChops.difference(inside, bare).getbbox() is not None
