"""A blank's name, and a list of them: what is none is refused, and never repeated."""

from __future__ import annotations

import pytest

from domain.manifest import blank_name, names_of

NIK = "6411046507549639"


@pytest.mark.parametrize(
    "name", ["0406C3521C9C7B", "6411.000-42", "ABCDEFAB", "04112233445566", "KTP-7", "0000000000001234"]
)
def test_numbers_that_blanks_bear_are_names(name: str) -> None:
    assert blank_name(name.lower()) == name


@pytest.mark.parametrize(
    "text",
    [NIK, "6411 0465 0754 9639", "6411.0465.0754.9639", f"NIK:{NIK}", f"{NIK},SITI AMINAH", f"X-{NIK}"],
)
def test_a_nik_is_no_blank_s_name_and_no_sentence_repeats_it(text: str) -> None:
    with pytest.raises(ValueError, match="looks like a NIK") as caught:
        blank_name(text)
    assert not any(sign.isdigit() for sign in str(caught.value))


@pytest.mark.parametrize("text", ["SITI AMINAH", "Budi", "AMINAH,04A2", "\u00e9", "x" * 41])
def test_a_person_s_name_is_no_blank_s_and_no_sentence_repeats_it(text: str) -> None:
    with pytest.raises(ValueError, match=r"^that is no blank's name$"):
        blank_name(text)


@pytest.mark.parametrize(
    ("text", "line"),
    [
        (f"daftar\n{NIK},SITI AMINAH\n", 1),
        (f"0401\n{NIK},SITI AMINAH\n", 2),
        (f"0401\n0402\n{NIK}\n", 3),
        (f"blank,who\n0401,SITI AMINAH\n{NIK},SITI AMINAH\n", 3),
        ("0401\n0402\n0401\n", 3),
        (f"nik,name\n{NIK},SITI AMINAH\n", 1),
    ],
)
def test_a_wrong_list_is_told_by_its_line_alone(text: str, line: int) -> None:
    with pytest.raises(ValueError, match=rf"^line {line}: ") as caught:
        names_of(text)
    assert not any(word in str(caught.value) for word in (NIK, "SITI", "AMINAH", "0401"))


def test_a_cell_without_end_is_told_by_its_line() -> None:
    with pytest.raises(ValueError, match=r"^line 3: "):
        names_of("blank,note\n0401,a\n" + "9" * 200_000 + ",b\n")
