"""A file nobody vouches for: read in bounded lines, or refused with the line that tells."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as some

from hub import order_file
from hub.home import Trouble
from tests.unit.hub.lists import record, text


def write(folder: Path, data: bytes | str) -> Path:
    place = folder / "list.csv"
    place.write_bytes(data.encode() if isinstance(data, str) else data)
    return place


@pytest.mark.parametrize("mark", [b"", b"\xef\xbb\xbf"])
@pytest.mark.parametrize("delimiter", [",", ";"])
@pytest.mark.parametrize("end", ["\r\n", "\n"])
def test_what_office_programs_export_is_read(tmp_path: Path, mark: bytes, delimiter: str, end: str) -> None:
    rows = [record("o1", address='JL. "A", NO; 1'), record("o2", name="  SPECIMEN Ü ")]
    told = text(*rows, delimiter=delimiter).replace("\r\n", end)
    read = list(order_file.read(write(tmp_path, mark + told.encode())))
    assert [row.line for row in read] == [2, 3]
    assert read[0].fields["address"] == 'JL. "A", NO; 1'
    assert read[1].fields["name"] == "SPECIMEN Ü"


def test_columns_may_stand_in_any_order_and_more_may_be_there(tmp_path: Path) -> None:
    row = record() | {"remark": "x"}
    names = sorted(row)
    told = ",".join(names) + "\n" + ",".join(f'"{row[name]}"' for name in names) + "\n\n"
    assert next(iter(order_file.read(write(tmp_path, told)))).fields == record()


def test_a_phone_may_be_told_and_need_not(tmp_path: Path) -> None:
    told = text(record("o1", phone="08009000017"), record("o2", phone=""))
    assert [row.fields["phone"] for row in order_file.read(write(tmp_path, told))] == ["08009000017", ""]
    with pytest.raises(Trouble, match="phone is there twice"):
        order_file.check(write(tmp_path, told.replace("photo,phone", "phone,phone,photo", 1)))


GOOD = text(record("o1"), record("o2"))
BROKEN: dict[str, tuple[bytes | str, str]] = {
    "a column is missing": (GOOD.replace("nik", "nix", 1), "line 1: the column nik is missing"),
    "a column is there twice": (GOOD.replace("blood", "name", 1), "line 1: the column"),
    "an empty file": ("", "line 1: the column order is missing"),
    "a row is short": (GOOD.replace(",p.jpg", "", 1), "line 2: 21 fields where"),
    "not UTF-8": (GOOD.encode().replace(b"LONG", b"\xff", 1), "line 2: not UTF-8"),
    "UTF-16": (GOOD.encode("utf-16"), "line 1: a zero byte"),
    "a picture": (b"\x89PNG\r\n\x1a\n" + bytes(100), "line 1: not UTF-8"),
    "a quote that never ends": (GOOD.replace("o2", '"o2'), "line 3: not a CSV line"),
    "a quote that ends far below": (
        GOOD.replace("o2", '"o2') + "\n" * 20 + '"',
        "line 3: a quoted field begun above does not end",
    ),
    "an endless line": (GOOD + "x" * 70_000, "line 4: longer than"),
    "a zero byte": (GOOD.replace("SATU", "SA\0TU", 1), "line 2: a zero byte"),
}


@pytest.mark.parametrize("told", BROKEN)
def test_a_broken_file_is_told_in_one_sentence_that_names_the_line(tmp_path: Path, told: str) -> None:
    data, sentence = BROKEN[told]
    with pytest.raises(Trouble) as trouble:
        order_file.check(write(tmp_path, data))
    assert sentence in str(trouble.value)
    assert str(trouble.value).startswith("list.csv, line ")
    assert "SPECIMEN" not in str(trouble.value), "a sentence about a file repeats nothing of it"


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(Trouble, match=r"list\.csv cannot be read"):
        order_file.check(tmp_path / "list.csv")


@given(data=some.binary(max_size=300))
def test_no_bytes_do_more_than_be_refused(data: bytes, tmp_path_factory: pytest.TempPathFactory) -> None:
    place = tmp_path_factory.getbasetemp() / "noise.csv"
    for head in (b"", GOOD.encode()):
        place.write_bytes(head + data)
        try:
            order_file.check(place)
        except Trouble as trouble:
            assert "noise.csv, line " in str(trouble)


def test_a_long_list_is_never_held_whole(tmp_path: Path) -> None:
    place = write(tmp_path, text(*(record(f"o{n}") for n in range(5000))))
    tracemalloc.start()
    assert order_file.check(place) == 5000
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < place.stat().st_size / 3
