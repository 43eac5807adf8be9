"""The optional columns of an order's list that tell the holder's index fingers: sealed, bounded, optional."""

from __future__ import annotations

import json
from base64 import b64decode
from pathlib import Path

import pytest

from domain.policy import DEFAULT
from domain.words import RefusedByRule
from hub.order_file import read
from hub.order_form import FINGER_BYTES_MAX, Order, order_of
from tests.unit.hub.lists import JPEG, record, write

TEMPLATE = b"SIMF" + bytes(508)


def made(folder: Path, **changes: str) -> Order:
    (folder / "p.jpg").write_bytes(JPEG)
    return order_of(record(**changes), folder, b"k", lambda _: True, DEFAULT, "2020-05-12")


def test_the_fingers_go_into_the_personal_part_and_nowhere_else(tmp_path: Path) -> None:
    (tmp_path / "r.tpl").write_bytes(TEMPLATE)
    (tmp_path / "l.tpl").write_bytes(b"other" * 100)
    personal = json.loads(made(tmp_path, finger_right="r.tpl", finger_left="l.tpl").personal)
    assert b64decode(personal["finger_right"]) == TEMPLATE
    assert b64decode(personal["finger_left"]) == b"other" * 100


def test_one_finger_is_enough_and_none_is_as_before(tmp_path: Path) -> None:
    (tmp_path / "r.tpl").write_bytes(TEMPLATE)
    assert "finger_left" not in json.loads(made(tmp_path, finger_right="r.tpl", finger_left="").personal)
    bare = made(tmp_path)
    assert bare.personal == made(tmp_path, finger_right="", finger_left="").personal
    assert made(tmp_path, finger_right="r.tpl").content != bare.content


@pytest.mark.parametrize("name", ["missing", "empty", "large", "../secret", "/etc/passwd", ".", "link"])
def test_a_file_that_is_none_is_told_by_its_word(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "list"
    folder.mkdir()
    (tmp_path / "secret").write_bytes(TEMPLATE)
    (folder / "link").symlink_to(tmp_path / "secret")
    (folder / "empty").write_bytes(b"")
    (folder / "large").write_bytes(bytes(FINGER_BYTES_MAX + 1))
    for column in ("finger_right", "finger_left"):
        with pytest.raises(RefusedByRule) as caught:
            made(folder, **{column: name})
        assert caught.value.word == "BAD_FINGER"
    (folder / "largest").write_bytes(bytes(FINGER_BYTES_MAX))
    made(folder, finger_right="largest")


def test_a_childs_card_holds_no_finger(tmp_path: Path) -> None:
    (tmp_path / "r.tpl").write_bytes(TEMPLATE)
    child = {"kind": "kia", "birthdate": "2012-03-05", "nik": "6411014503129001", "status": "PRR"}
    made(tmp_path, **child)
    with pytest.raises(RefusedByRule) as caught:
        made(tmp_path, **child, finger_right="r.tpl")
    assert caught.value.word == "BAD_FINGER"


def test_the_columns_are_read_where_the_list_has_them(tmp_path: Path) -> None:
    (row,) = read(write(tmp_path, record(finger_right="a.tpl", finger_left="b.tpl")))
    assert (row.fields["finger_right"], row.fields["finger_left"]) == ("a.tpl", "b.tpl")
    (row,) = read(write(tmp_path, record()))
    assert "finger_right" not in row.fields
