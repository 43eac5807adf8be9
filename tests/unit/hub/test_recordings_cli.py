"""``loket-hub recordings`` as a script meets it: the list, the heads, the way to the centre and back."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from domain.keys import OpenKey
from hub.database import open_database
from hub.home import Home, Trouble
from hub.recordings import answer_file
from tests.unit.domain.recorded import ID, NAME, NIK, somebody
from tests.unit.hub.test_cli import Shell, shell
from tests.unit.hub.test_recordings import STATION, kept, other

__all__ = ["shell"]


@pytest.fixture
def two(shell: Shell) -> Shell:
    """A province that keeps two recordings of one person."""
    db = open_database(str(shell.home / "hub.db"))
    STATION.join(db)
    assert [kept(db, Home(shell.home), each) for each in (somebody(), other(2))] == [None, None]
    db.close()
    return shell


def test_the_list_names_no_person(two: Shell) -> None:
    rows = two.json("recordings", "list")
    assert [(row["recording"], row["status"], row["flags"]) for row in rows] == [
        (ID, "PROCESSING", ["outreach"]),
        ("R-64.11-1-000002", "PROCESSING", ["outreach", "DUPLICATE_PERSON"]),
    ]
    assert "DUPLICATE_PERSON" in two("recordings", "list") and two.code == 0


def test_show_tells_heads_and_refuses_what_it_does_not_know(two: Shell) -> None:
    shown = two("recordings", "show", ID, "--json")
    assert len(json.loads(shown)["parts"]) == 13 and NIK not in shown and NAME not in shown
    assert json.loads(two("recordings", "show", "R-9")) == {"refused": "UNKNOWN_RECORDING"}
    assert two.code == 4


def test_export_wants_a_key_or_the_word_that_it_is_in_clear(two: Shell, tmp_path: Path) -> None:
    out, key = tmp_path / "out", tmp_path / "centre.pub"
    key.write_text(OpenKey.generate().public().text + "\n")
    for words in ((), ("--to", str(key), "--clear")):
        two("recordings", "export", str(out), *words)
        assert two.code == 2 and not out.exists()
    bad = tmp_path / "bad.pub"
    bad.write_text("no key")
    two("recordings", "export", str(out), "--to", str(bad))
    assert two.code == 1 and "bad.pub" in two.told
    assert [each["recording"] for each in two.json("recordings", "export", str(out), "--to", str(key))] == [
        ID, "R-64.11-1-000002",
    ]  # fmt: skip
    assert two.json("recordings", "export", str(out), "--clear") == []
    assert "not sealed" in two.told
    two("recordings", "export", str(out), "--clear", "--recording", "R-9")
    assert two.code == 4


def test_a_list_of_answers_is_taken_once(two: Shell, tmp_path: Path) -> None:
    listed = tmp_path / "centre.csv"
    listed.write_text(
        f"\ufeffRecording;Status;At;note\n{ID};PRINT_READY_RECORD;2020-05-21;x\n"
        f"{ID};sent_for_enrollment;2020-05-13;\n\nR-9;PRINT_READY_RECORD;2020-05-20;\n",
        encoding="utf-8",
    )
    done = two.json("recordings", "import", str(listed))
    refused = [{"recording": "R-9", "word": "UNKNOWN_RECORDING", "line": 5}]
    assert done == {"new": 2, "known": 0, "odd": [], "refused": refused} and two.code == 4
    assert two.json("recordings", "import", str(listed))["known"] == 2
    assert two.json("recordings", "list")[0]["status"] == "PRINT_READY_RECORD"
    assert "UNKNOWN_RECORDING" in two("recordings", "import", str(listed))


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (b"", "empty"),
        (b"recording\nR-1\n", "column status"),
        (b"recording,status,status\n", "column status"),
        (b"recording,status\nR-1\n", "line 2"),
        (b'recording,status\n"R-1,x\n', "line 2"),
        (b"recording,status,at\nR-1,PRINT_READY_RECORD,yesterday\n", "line 2: at"),
        (b"recording,status\nR-1,\x01\n", "line 2"),
        (b"recording,status\n" + b"x" * 300 + b",y\n", "line 2"),
        (b"\xff\xfe", "UTF-8"),
    ],
)
def test_a_file_that_is_no_such_list_is_refused_whole(tmp_path: Path, text: bytes, why: str) -> None:
    path = tmp_path / "centre.csv"
    path.write_bytes(text)
    with pytest.raises(Trouble, match=why):
        answer_file.read(path)
    with pytest.raises(Trouble, match="cannot be read"):
        answer_file.read(tmp_path / "nowhere.csv")


def test_the_earliest_answer_comes_first_whatever_zone_it_is_told_in(tmp_path: Path) -> None:
    path = tmp_path / "centre.csv"
    times = ("2020-05-12T01:30:00Z", "2020-05-12T09:00:00+08:00", "2020-05-12 08:30", "2020-05-12")
    path.write_text("recording,status,at\n" + "".join(f"R-1,PROCESSING,{at}\n" for at in times))
    assert [each.told for each in answer_file.read(path)] == list(reversed(times))
    for at in ("0001-01-01", "9999-12-31T23:59:59-23:59"):
        path.write_text(f"recording,status,at\nR-1,PROCESSING,{at}\n")
        with pytest.raises(Trouble, match="line 2: at"):
            answer_file.read(path)
