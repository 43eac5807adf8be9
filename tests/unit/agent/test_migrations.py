"""Every schema ever released opens and comes up to date; what is newer or foreign is left alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from agent.home import Home, open_journal
from agent.store import audit, sqlite
from agent.store.journal import note_start
from agent.store.migrations import migrate, migrate_in_child, statements
from agent.store.schema import STEPS
from agent.store.sqlite import APPLICATION_ID, SCHEMA_VERSION, OtherSchema, UnsafeSetup, check_library
from agent.trouble import Trouble
from tests.unit.agent.stations import Clock, make_home

DUMPS = sorted((Path(__file__).parents[2] / "databases").glob("v*.sql"))


def restore(dump: Path, to: Path) -> Path:
    db = sqlite.connect(to)
    db.executescript(dump.read_text(encoding="utf-8"))
    db.close()
    return to


def schema(path: Path) -> list[tuple[str, str]]:
    db = sqlite.connect(path)
    found = db.execute(
        "SELECT name, sql FROM sqlite_schema WHERE name NOT GLOB 'sqlite_*' ORDER BY name"
    ).fetchall()
    db.close()
    return [(name, " ".join((sql or "").split())) for name, sql in found]


def test_every_released_schema_left_its_dump() -> None:
    assert [dump.stem for dump in DUMPS] == [f"v{number}" for number in STEPS]
    assert max(STEPS) == SCHEMA_VERSION == len(STEPS)


@pytest.mark.parametrize("dump", DUMPS, ids=lambda dump: dump.stem)
def test_an_old_journal_comes_up_to_date_with_every_line_it_had(dump: Path, tmp_path: Path) -> None:
    path = restore(dump, tmp_path / "journal.db")
    migrate(path)
    reader = sqlite.Reader(path)
    lines = reader.rows("SELECT count(*) FROM journal")[0][0]
    assert lines > 5
    assert audit.verify(reader) == lines
    reader.close()
    migrate(tmp_path / "new.db")
    assert schema(path) == schema(tmp_path / "new.db")


def test_migrating_twice_is_migrating_once(tmp_path: Path) -> None:
    path = tmp_path / "journal.db"
    assert migrate(path) == migrate(path) == SCHEMA_VERSION
    db = sqlite.connect(path)
    assert db.execute("SELECT name FROM _sqlite_migrations").fetchall() == [(f"{n:03}",) for n in STEPS]
    assert db.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    db.close()


def test_a_step_that_fails_leaves_neither_tables_nor_number(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(STEPS, 1, STEPS[1] + "CREATE TABLE journal (again INTEGER);")
    with pytest.raises(sqlite.Error, match="already exists"):
        migrate(tmp_path / "journal.db")
    db = sqlite.connect(tmp_path / "journal.db")
    assert db.execute("PRAGMA user_version").fetchone() == (0,)
    assert db.execute("SELECT count(*) FROM sqlite_schema WHERE name = 'job'").fetchone() == (0,)
    db.close()
    monkeypatch.undo()
    assert migrate(tmp_path / "journal.db") == SCHEMA_VERSION


def test_all_tables_are_strict_and_the_journal_counts_by_autoincrement(tmp_path: Path) -> None:
    migrate(tmp_path / "journal.db")
    ours = {name: sql for name, sql in schema(tmp_path / "journal.db") if sql.startswith("CREATE TABLE")}
    assert {name for name, sql in ours.items() if "STRICT" not in sql} == {"_sqlite_migrations"}
    assert "AUTOINCREMENT" in ours["journal"]


@pytest.mark.parametrize(
    ("pragma", "sentence"),
    [
        (f"user_version = {SCHEMA_VERSION + 1}", "newer Loket"),
        ("application_id = 7", "not a station's journal"),
    ],
)
def test_a_newer_or_foreign_file_is_left_alone_with_one_clear_sentence(
    tmp_path: Path, pragma: str, sentence: str
) -> None:
    path = tmp_path / "journal.db"
    migrate(path)
    db = sqlite.connect(path)
    db.execute(f"PRAGMA {pragma}")
    db.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    db.close()
    before = path.read_bytes()
    for attempt in (migrate, sqlite.open_database):
        with pytest.raises(OtherSchema, match=sentence):
            attempt(path)
    assert path.read_bytes() == before


def test_a_file_that_is_no_database_says_so(tmp_path: Path) -> None:
    (tmp_path / "journal.db").write_bytes(b"these are holiday pictures " * 400)
    with pytest.raises(OtherSchema, match="not a station's journal"):
        sqlite.open_database(tmp_path / "journal.db")


def test_nothing_but_init_ever_makes_a_journal(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    home.journal_path.unlink()
    for attempt in (home.reader, lambda: open_journal(home, Clock())):
        with pytest.raises(Trouble, match="journal is missing"):
            attempt()
    assert not home.journal_path.exists()


@pytest.mark.parametrize(
    ("version", "safe"),
    [
        ((3, 54, 1), True),
        ((3, 51, 3), True),
        ((3, 51, 2), False),
        ((3, 50, 7), True),
        ((3, 50, 6), False),
        ((3, 44, 6), True),
        ((3, 44, 5), False),
        ((3, 45, 9), False),
        ((3, 40, 1), False),
    ],
)
def test_an_sqlite_with_the_wal_reset_bug_is_an_unsafe_setup(version: tuple[int, ...], safe: bool) -> None:
    if safe:
        check_library(version)
    else:
        with pytest.raises(UnsafeSetup, match=r"3\.51\.3 or newer"):
            check_library(version)


def test_a_disk_that_takes_no_wal_is_an_unsafe_setup() -> None:
    db = sqlite.Connection(":memory:", isolation_level=None)
    with pytest.raises(UnsafeSetup, match="journal_mode=WAL"):
        sqlite.make_durable(db)
    db.close()


def test_an_older_journal_is_migrated_in_a_process_of_its_own(tmp_path: Path) -> None:
    home = Home(tmp_path)
    migrate_in_child(home.journal_path)
    code = (
        "import sys; from pathlib import Path; from agent.home import Home, open_journal;"
        f"open_journal(Home(Path({str(tmp_path)!r})), lambda: 1).close();"
        "sys.exit('sqlite_utils' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False, timeout=60).returncode == 0
    (tmp_path / "no").mkdir()
    with pytest.raises(RuntimeError, match="unable to open"):
        migrate_in_child(tmp_path / "no")


def test_statements_are_split_at_semicolons_and_lose_their_comments() -> None:
    assert statements("-- why\nA (x, -- y\n z);\n\nB;\n") == ["A (x,\n z)", "B"]


def test_after_an_unclean_end_a_damaged_file_is_not_worked_on(tmp_path: Path) -> None:
    home = make_home(tmp_path / "home")
    journal = open_journal(home, Clock())
    for n in range(300):
        journal.write(lambda tx, n=n: tx.note("order_refused", f"O-{n}", {"word": "BAD_NIK"}))  # type: ignore[misc]
    journal.write(lambda tx: note_start(tx, "0.1"))
    journal.close()
    open_journal(home, Clock()).close()
    with home.journal_path.open("r+b") as file:  # a page of old lines, which nothing reads every day
        file.seek(home.journal_path.stat().st_size // 4096 // 3 * 2 * 4096)
        file.write(bytes(4096))
    with pytest.raises(Trouble, match="is damaged"):
        open_journal(home, Clock())


def test_schema_two_forgets_the_personal_part_of_what_is_over_and_told(tmp_path: Path) -> None:
    path = restore(DUMPS[0], tmp_path / "journal.db")
    db = sqlite.connect(path)
    db.execute("UPDATE cursor SET seq = 12, epoch = 7 WHERE name = 'hub_has'")
    db.close()
    migrate(path)
    db = sqlite.connect(path)
    assert db.execute("SELECT sealed FROM payload ORDER BY sealed").fetchall() == [
        (b"sealed O-2",),
        (b"sealed O-3",),
    ]
    db.close()
