"""What a list brings of its people's index fingers: a file for each finger of a KTP's holder."""

from __future__ import annotations

import csv
import json
from base64 import b64decode
from pathlib import Path

from click.testing import CliRunner

from domain.policy import DEFAULT
from hub.order_file import read
from hub.order_form import order_of
from simulators.people import lists
from simulators.people.cli import people as command
from simulators.people.people import people
from simulators.r30x.template import BYTES

TODAY = "2026-01-15"


def test_each_holder_has_two_files_that_the_hub_takes_in_and_a_child_has_none(tmp_path: Path) -> None:
    crowd = [*people(7, "64.11", 1, kind="ktp"), *people(8, "64.11", 1, kind="kia")]
    rows = list(read(lists.write(tmp_path, crowd, fingers=True)))
    holder, child = rows
    assert sorted(path.name for path in (tmp_path / "fingers").iterdir()) == [
        f"{crowd[0].order}-left.tpl", f"{crowd[0].order}-right.tpl",
    ]  # fmt: skip
    orders = [order_of(row.fields, tmp_path, b"k", lambda _: True, DEFAULT, TODAY) for row in rows]
    told = json.loads(orders[0].personal)
    carried = [b64decode(told[name]) for name in ("finger_right", "finger_left")]
    assert [len(each) for each in carried] == [BYTES, BYTES]
    assert carried[0] != carried[1]
    assert carried[0] == (tmp_path / holder.fields["finger_right"]).read_bytes()
    assert child.fields["finger_right"] == ""
    assert "finger_right" not in json.loads(orders[1].personal)


def test_a_list_may_bring_those_of_some_orders_alone(tmp_path: Path) -> None:
    crowd = people(7, "64.11", 2, kind="ktp")
    rows = list(read(lists.write(tmp_path, crowd, fingers=True, whose={crowd[1].order})))
    assert [bool(row.fields["finger_right"]) for row in rows] == [False, True]
    assert len([*(tmp_path / "fingers").iterdir()]) == 2


def test_without_being_asked_for_there_are_none(tmp_path: Path) -> None:
    done = CliRunner().invoke(command, ["--office", "64.11", "--count", "1", "--out", str(tmp_path)])
    assert done.exit_code == 0, done.output
    with (tmp_path / lists.FILE).open(encoding="utf-8") as file:
        assert "finger_right" not in next(csv.reader(file))
    assert not (tmp_path / "fingers").exists()
