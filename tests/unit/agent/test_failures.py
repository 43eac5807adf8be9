"""Whatever goes wrong in a command is one sentence and an exit code: a damaged journal, an error of the
system, a fault of ours, an answer that nobody takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from agent import cli, failures
from agent.home import Home
from agent.store import sqlite
from agent.store.migrations import migrate
from tests.unit.agent.stations import make_home, open_at

LOKET = [sys.executable, "-m", "agent.cli"]
NIK = "6411046507549639"
FULL = Path("/dev/full")


@pytest.fixture
def home(tmp_path: Path) -> Home:
    made = make_home(tmp_path / "home")
    journal = open_at(made)
    for n in range(1, 41):
        journal.write(lambda tx, n=n: tx.note("order_refused", f"O-{n}", {"word": "W" * 1000}))  # type: ignore[misc]
    journal.close()
    return made


def told(capsys: pytest.CaptureFixture[str], home: Home, *words: str) -> tuple[int, str, str]:
    """The exit code, standard output and standard error of a command."""
    with pytest.raises(SystemExit) as left:
        cli.main([*words, "--home", str(home.root)])
    said = capsys.readouterr()
    return int(left.value.code or 0), said.out, said.err


def scratch(home: Home, first: int) -> None:
    """The disk gives back other bytes than were written, from the page ``first`` (from 0) on."""
    data = home.journal_path.read_bytes()
    home.journal_path.write_bytes(data[: first * 4096] + b"\xa5" * (len(data) - first * 4096))


@pytest.mark.parametrize(
    "words",
    [
        ("status",),
        ("jobs", "--json"),
        ("blanks",),
        ("journal",),
        ("export", "--table", "jobs"),
        ("print", "--next", "1"),
        ("blanks", "receive", "--consignment", "C-1", "--count", "2"),
    ],
)
@pytest.mark.parametrize("first", [0, 1])
def test_a_damaged_database_is_one_sentence_for_every_command(
    home: Home, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], first: int
) -> None:
    scratch(home, first)
    code, out, err = told(capsys, home, *words)
    assert (code, out, err.count("\n")) == (1, "", 1)
    assert "database" in err or "malformed" in err


def test_the_audit_of_a_damaged_database_tells_the_first_line_that_cannot_be_read(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    page = home.journal_path.read_bytes().index(b"order_refusedO-30") // 4096
    with home.journal_path.open("r+b") as file:
        file.seek(page * 4096)
        file.write(b"\xa5" * 4096)
    code, out, _ = told(capsys, home, "audit", "verify")
    line = int(out.removeprefix("line ").split(":")[0])
    assert (code, out) == (3, f"line {line}: the line cannot be read: the database is damaged here\n")
    assert 27 < line <= 31, "of the lines on that page, the first"


@pytest.mark.parametrize(("first", "says"), [(1, "line 1: "), (0, "is not a station's journal")])
def test_the_audit_says_so_where_nothing_can_be_read(
    home: Home, capsys: pytest.CaptureFixture[str], first: int, says: str
) -> None:
    scratch(home, first)
    code, out, _ = told(capsys, home, "audit", "verify")
    assert (code, says in out) == (3, True)


@pytest.mark.parametrize("body", ["[]", "5", "{", "NIK 6411046507549639"])
def test_a_line_that_tells_no_object_is_found_and_stops_nothing_but_the_command(
    home: Home, capsys: pytest.CaptureFixture[str], body: str
) -> None:
    db = sqlite.connect(home.journal_path)
    db.execute("PRAGMA ignore_check_constraints = ON")
    db.execute("UPDATE journal SET event = 'blanks_received', body = ? WHERE seq = 3", (body,))
    db.close()
    for words in (("status",), ("blanks",), ("journal",)):
        code, _, err = told(capsys, home, *words)
        assert (code, err.count("\n"), body in err) == (1, 1, False)
        assert "`loket audit verify` tells which" in err
    assert told(capsys, home, "audit", "verify")[0] == 3


def test_an_error_of_the_system_names_its_file_and_a_fault_of_ours_repeats_nothing() -> None:
    denied = PermissionError(13, "Permission denied", "/srv/loket/reserve")
    assert failures.sentence(denied) == "/srv/loket/reserve: Permission denied."
    assert failures.sentence(OSError(5, "Input/output error")) == "The system refused it: Input/output error."
    try:
        raise KeyError("SITI AMINAH")
    except KeyError as error:
        said = failures.sentence(error)
    assert "KeyError at test_failures.py:" in said and "SITI" not in said


@pytest.mark.parametrize(
    ("words", "code"),
    [
        (("print", "--order", f"{NIK},SITI"), 4),
        (("cancel", NIK), 4),
        (("jobs", NIK), 2),
        (("ready", "-x" + NIK), 2),
    ],
)
def test_a_nik_that_was_typed_where_none_belongs_is_not_repeated(
    home: Home, capsys: pytest.CaptureFixture[str], words: tuple[str, ...], code: int
) -> None:
    done, out, err = told(capsys, home, *words)
    assert (done, NIK in out + err, "SITI" in out + err) == (code, False, False)


def test_the_engine_s_own_text_is_not_repeated(tmp_path: Path) -> None:
    migrate(tmp_path / "journal.db")
    db = sqlite.connect(tmp_path / "journal.db")
    with pytest.raises(sqlite.Error) as caught:
        db.execute("SELECT CAST(x'53495449ff' AS TEXT)").fetchone()
    assert "SITI" in str(caught.value) and sqlite.is_damaged(caught.value)
    assert "SITI" not in failures.sentence(caught.value)
    db.close()


@pytest.mark.skipif(not FULL.exists(), reason="no /dev/full here")
def test_an_answer_that_nobody_takes_is_said_and_what_was_done_stands(home: Home) -> None:
    environment = {**os.environ, "LOKET_HOME": str(home.root)}
    receive = [*LOKET, "blanks", "receive", "--consignment", "C-1", "--count", "2"]
    with FULL.open("w") as full:
        done = subprocess.run(
            receive, stdout=full, stderr=subprocess.PIPE, text=True, check=False, env=environment, timeout=60
        )
    assert done.returncode == 1
    assert done.stderr == failures.UNHEARD.format("No space left on device") + "\n"
    reads, writes = os.pipe()
    os.close(reads)
    done = subprocess.run(
        [*LOKET, "blanks"], stdout=writes, stderr=subprocess.PIPE, text=True, check=False, env=environment
    )
    os.close(writes)
    assert (done.returncode, done.stderr) == (1, failures.UNHEARD.format("Broken pipe") + "\n")
    assert sqlite.Reader(home.journal_path).rows("SELECT id FROM consignment") == [("C-1",)]
