"""What is wrong around the hub is one sentence and an exit code, and nothing is made or lost by asking."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from contextlib import redirect_stdout, suppress
from pathlib import Path

import pytest

from domain import join
from hub import cli, ingest
from hub.database import open_database
from hub.home import Home, Trouble
from tests.unit.hub.lists import record, write
from tests.unit.hub.stations import FakeStation
from tests.unit.hub.test_cli import Shell

FULL = Path("/dev/full")
WAIT_S = 30


@pytest.fixture
def shell(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[Shell]:
    made = Shell(tmp_path / "hub", capsys)
    made("init")
    yield made


def sentence(shell: Shell, *words: str) -> str:
    """What a command says that ends with 1 and tells nothing else."""
    assert shell(*words) == ""
    assert (shell.code, shell.told.count("\n")) == (1, 1), shell.told
    return shell.told


@pytest.mark.parametrize("command", ["run", "offices", "reconcile"])
def test_where_no_hub_is_every_command_says_so_and_makes_none(shell: Shell, command: str) -> None:
    shell.home = shell.home / "nowhere"
    assert "`loket-hub init` makes one" in sentence(shell, command)
    assert not shell.home.exists()


@pytest.mark.parametrize("command", ["run", "offices", "orders import", "blanks"])
def test_a_database_that_is_gone_is_told_and_not_made_by_asking(
    shell: Shell, tmp_path: Path, command: str
) -> None:
    words = command.split() + ([str(write(tmp_path, record("o1")))] if "import" in command else [])
    place = shell.home / "hub.db"
    place.unlink()
    assert "loket-hub init" in sentence(shell, *words)
    other = tmp_path / "new.db"
    assert "loket-hub init" in sentence(shell, *words, "--database", str(other))
    assert not place.exists() and not other.exists()
    place.touch()
    assert "has no tables" in sentence(shell, *words)
    shell("init")
    assert "new and empty" in shell.told


def test_a_broker_or_a_port_that_is_none_is_not_taken(shell: Shell) -> None:
    before = Home(shell.home).config_path.read_text()
    for words in (
        ("--broker", "http://x"),
        ("--broker", "mqtt://me:hush@x:99999"),
        ("--web-port", "99999999"),
    ):
        assert (shell("init", *words), shell.code) == ("", 2)
        assert "hush" not in shell.told
    assert Home(shell.home).config_path.read_text() == before


@pytest.mark.parametrize(
    ("name", "line"), [("broker", 'broker = "mqtt://x:99999"'), ("web_port", "web_port = 99999999")]
)
def test_a_configuration_changed_by_hand_is_looked_at_again(shell: Shell, name: str, line: str) -> None:
    place = Home(shell.home).config_path
    kept = [each for each in place.read_text().splitlines() if not each.startswith(name)]
    place.write_text("\n".join([*kept, line]))
    for words in (("run",), ("join-code", "64.11", "1")):
        assert "PORT" in sentence(shell, *words).upper()


def test_a_page_s_host_that_is_none_is_told(shell: Shell) -> None:
    shell("init", "--web-host", "a" * 300)
    assert "cannot be used" in sentence(shell, "run")


def test_a_join_code_that_cannot_be_written_leaves_the_earlier_one_good(shell: Shell, tmp_path: Path) -> None:
    first = join.read(Path(shell.json("join-code", "64.11", "1")["file"]).read_text())
    assert "a.join" in sentence(shell, "join-code", "64.11", "1", "--out", str(tmp_path / "no" / "a.join"))
    db = open_database(str(shell.home / "hub.db"))
    assert ingest.admit(db, "64.11-1", FakeStation().keys(first.token)).state == "joined"
    db.close()


@pytest.mark.parametrize("damage", ["noise", "holes"])
def test_a_damaged_database_is_told_by_every_command(shell: Shell, tmp_path: Path, damage: str) -> None:
    place = shell.home / "hub.db"
    whole = place.read_bytes()
    place.write_bytes(b"noise" * 2000 if damage == "noise" else whole[:100] + bytes(len(whole) - 100))
    manifest = tmp_path / "names.txt"
    manifest.write_text("0401\n")
    for words in (
        ("offices",),
        ("run",),
        ("blanks", "receive", "--consignment", "P", str(manifest)),
        ("init",),
    ):
        assert "damaged" in sentence(shell, *words)


def test_a_home_that_cannot_be_made_is_told(shell: Shell, tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    shell.home = tmp_path / "file" / "hub"
    assert "hub" in sentence(shell, "init")


def test_only_a_hub_that_runs_is_told_as_one(shell: Shell) -> None:
    home = Home(shell.home)
    with home.alone():
        assert "Another hub is running" in sentence(shell, "run")
    (shell.home / "lock").write_bytes(b"noise" * 1000)
    assert "cannot be locked" in sentence(shell, "run")
    (shell.home / "lock").unlink()
    (shell.home / "lock").mkdir()
    with pytest.raises(Trouble, match="cannot be written"), home.alone():
        pass


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
@pytest.mark.parametrize("words", [["reconcile"], ["reconcile", "--json"], ["--help"]])
def test_an_answer_that_finds_no_room_is_a_sentence(
    shell: Shell, words: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    with suppress(OSError), FULL.open("w") as full, redirect_stdout(full), pytest.raises(SystemExit) as left:
        cli.main([*words, *(["--home", str(shell.home)] if "reconcile" in words else [])])
    told = capsys.readouterr().err
    assert (left.value.code, told.count("\n")) == (1, 1) and "Standard output" in told


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
def test_a_refusal_that_finds_no_room_is_its_sentence_and_its_code(
    shell: Shell, capsys: pytest.CaptureFixture[str]
) -> None:
    with suppress(OSError), FULL.open("w") as full, redirect_stdout(full), pytest.raises(SystemExit) as left:
        cli.main(["recordings", "show", "R-9", "--home", str(shell.home)])
    assert (left.value.code, capsys.readouterr().err) == (4, "There is no such recording here.\n")


@pytest.mark.skipif(not FULL.exists(), reason="this system has no full device")
def test_a_hub_that_cannot_say_that_it_works_ends(shell: Shell) -> None:
    with FULL.open("w") as full:
        done = subprocess.run(
            hub_at(shell.home), stdout=full, stderr=subprocess.PIPE, text=True, timeout=WAIT_S, check=False
        )
    assert (done.returncode, "Traceback" in done.stderr, "Standard output" in done.stderr) == (1, False, True)


def test_a_hub_whose_database_fails_it_ends_with_a_sentence(shell: Shell) -> None:
    with subprocess.Popen(
        hub_at(shell.home), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as hub:
        assert hub.stdout is not None and "ready" in hub.stdout.readline()
        db = open_database(str(shell.home / "hub.db"))
        db.run("DROP TABLE station")
        db.close()
        try:
            told = hub.communicate(timeout=WAIT_S)[1]
        finally:
            hub.kill()
    assert (hub.returncode, "Traceback" in told, "lacks a table" in told) == (1, False, True)


def hub_at(home: Path) -> list[str]:
    """``loket-hub run`` as a process of its own, without a broker."""
    return [sys.executable, "-m", "hub.cli", "run", "--home", str(home), "--broker", "mqtt://127.0.0.1:1"]
