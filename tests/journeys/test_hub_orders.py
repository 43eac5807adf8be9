"""Lists of orders as offices really send them, good and bad, through the real ``loket-hub``."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.unit.hub.lists import record, text, write

HUB = str(Path(sys.executable).parent / "loket-hub")


class Province:
    """``loket-hub`` on one home with one invited station. ``code`` and ``said``: of the last command."""

    def __init__(self, root: Path) -> None:
        self.home = root / "hub"
        self.lists = root / "lists"
        self.code, self.said = 0, ""
        self("init")
        self("join-code", "64.11", "1")

    def __call__(self, *words: str) -> str:
        argv = [HUB, *words, "--home", str(self.home)]
        done = subprocess.run(argv, capture_output=True, text=True, timeout=60, check=False)
        self.code, self.said = done.returncode, done.stderr
        return done.stdout

    def json(self, *words: str) -> Any:
        return json.loads(self(*words, "--json"))

    def bring_in(self, *rows: dict[str, str]) -> Any:
        return self.json("orders", "import", str(write(self.lists, *rows)))


@pytest.fixture
def province(tmp_path: Path) -> Province:
    return Province(tmp_path)


def test_the_same_list_twice_brings_nothing_new(province: Province) -> None:
    rows = [record("o1"), record("o2")]
    assert province.bring_in(*rows) == {"new": 2, "known": 0, "refused": []}
    assert province.code == 0
    assert province.bring_in(*rows) == {"new": 0, "known": 2, "refused": []}
    assert province.code == 0
    assert province.json("report", "daily", "--date", "2020-05-12")["prr"] == 2


@pytest.mark.parametrize(
    ("word", "changes"),
    [
        ("BAD_NIK", {"nik": "6411014503010000"}),
        ("BAD_NIK", {"nik": "641101450301900"}),
        ("BAD_NIK", {"nik": "6411014503O19001"}),
        ("NIK_MISFIT", {"sex": "LAKI-LAKI"}),
        ("NOT_PRR", {"status": "SFE"}),
        ("NOT_PRR", {"status": "prr"}),
        ("UNKNOWN_STATION", {"station": "9"}),
        ("UNKNOWN_OFFICE", {"office": "64.04"}),
        ("BAD_DATE", {"requested": "2020-02-30"}),
        ("BAD_PHOTO", {"photo": "../../etc/passwd"}),
        ("MISSING_FIELD", {"name": ""}),
    ],
)
def test_a_wrong_row_is_refused_by_its_word_and_the_good_ones_are_taken(
    province: Province, word: str, changes: dict[str, str]
) -> None:
    told = province.bring_in(record("good"), record("bad", **changes), record("other"))
    assert (told["new"], told["known"]) == (2, 0)
    assert [(each["order"], each["word"]) for each in told["refused"]] == [("bad", word)]
    assert province.code == 4
    for secret in ("SPECIMEN", *(value for name, value in changes.items() if name == "nik")):
        assert secret not in province.said
    assert province.bring_in(record("good"), record("bad"), record("other"))["new"] == 1, (
        "mended, it is taken"
    )


def test_an_order_that_says_something_else_now_is_refused(province: Province) -> None:
    province.bring_in(record("o1"))
    told = province.bring_in(record("o1", address="JL. LAIN 2"))
    assert [(each["order"], each["word"]) for each in told["refused"]] == [("o1", "ORDER_CHANGED")]
    assert (told["new"], province.code) == (0, 4)


def _cut(good: bytes) -> bytes:
    return good.rstrip()[:-40]


BROKEN: dict[str, tuple[Callable[[bytes], bytes], str]] = {
    "no list at all": (lambda _: b"\x89PNG\r\n\x1a\n\0\0", "line 1"),
    "empty": (lambda _: b"", "line 1"),
    "a column less": (lambda good: good.replace(b",requested", b"", 1), "line 1"),
    "cut off in the last line": (_cut, "line 3"),
    "a quote that never ends": (lambda good: good.replace(b"\no2,", b'\n"o2,', 1), "line 3"),
    "another encoding": (lambda good: good.replace(b"o2", "ö2".encode("latin-1"), 1), "line 3"),
    "a zero byte": (lambda good: good.replace(b"o2", b"o\0", 1), "line 3"),
}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_file_changes_nothing_and_its_line_is_named(province: Province, name: str) -> None:
    spoil, where = BROKEN[name]
    path = write(province.lists, record("o1"), record("o2"))
    path.write_bytes(spoil(text(record("o1"), record("o2")).encode().replace(b"\r\n", b"\n")))
    assert province("orders", "import", str(path), "--json") == ""
    assert province.code == 1
    assert province.said.count("\n") == 1, "one clear sentence"
    assert f"list.csv, {where}: " in province.said
    assert province.json("report", "daily", "--date", "2020-05-12")["prr"] == 0


def test_a_file_that_is_not_there_is_one_sentence(province: Province) -> None:
    assert province("orders", "import", str(province.lists / "none.csv"), "--json") == ""
    assert (province.code, province.said.count("\n")) == (1, 1)


def test_every_answer_has_the_keys_that_scripts_rely_on(province: Province) -> None:
    province.bring_in(record("o1", reason="suket_prr"))
    (row,) = province.json("offices")
    assert row.keys() >= {
        "office", "station", "epoch", "seq", "last_seen_at", "unsent_reported", "state",
    }  # fmt: skip
    assert province.json("reconcile") == {
        "events": 0, "missing": 0, "duplicates": 0, "cards_per_order_max": 0, "blanks_unaccounted": [],
    }  # fmt: skip
    assert province.code == 0
    report = province.json("report", "daily", "--date", "2020-05-12")
    assert report.keys() == {"date", "blanks", "suket", "prr", "printed", "regencies", "flags"}
    assert (report["date"], report["suket"], report["prr"]) == ("2020-05-12", 1, 1)
    assert len(report["regencies"]) == 10
    assert set(report["regencies"]["64.11"]) >= {"blanks", "suket", "prr", "printed"}
