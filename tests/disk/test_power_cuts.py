"""A journal line that was told is there after any power cut: the disk forgets whatever was not synced."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from random import Random

import pytest

from agent.store import audit, sqlite
from agent.store.journal import Journal, JournalBroken
from agent.store.migrations import migrate
from tests.disk.disk import Disk, mounted

CUTS, PARTS, A_FILE = 1_000, 4, 50  # in all; in so many tests; before a fresh file is begun
OPERATIONS_MAX = 60


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path) as one:
        yield one


def fresh(disk: Disk, template: Path, number: int) -> Path:
    """A new journal on the disk, all of it synced."""
    path = disk.root / f"{number}.db"
    shutil.copyfile(template, path)
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    return path


def write_until_the_power_goes(path: Path, epoch: int) -> int:
    """The last line that the journal said was on the disk; 0 if it could not even be opened."""
    told = 0
    try:
        journal = Journal(path, epoch, lambda: 1_590_000_000_000, on_broken=lambda _sentence: None)
    except (sqlite.Error, OSError):
        return 0
    try:
        for number in range(10_000):
            body = {"state": "ready", "cause": "x" * (number % 7 * 400)}
            told = journal.write(lambda tx, body=body: tx.note("printer_state", "SIM", body))  # type: ignore[misc]
    except JournalBroken:
        return told
    finally:
        journal.close()
    raise AssertionError("the power never went")


@pytest.mark.parametrize("part", range(PARTS))
def test_no_line_that_was_told_is_lost_in_a_thousand_power_cuts(
    disk: Disk, tmp_path: Path, part: int
) -> None:
    template = tmp_path / "template.db"
    migrate(template)
    dice = Random(part)
    path, held, cut = template, 0, 0
    for number in range(CUTS // PARTS):
        if number % A_FILE == 0:
            path, held = fresh(disk, template, number), 0
        how = dice.choice(("drop", "torn"))
        disk.cut(dice.randint(1, OPERATIONS_MAX), how, dice.randint(0, 1 << 30))
        told = write_until_the_power_goes(path, number + 1)
        disk.heal()
        reader = sqlite.Reader(path)
        lines = audit.verify(reader)
        assert isinstance(lines, int), lines
        reader.close()
        held = max(held, told)
        assert lines >= held, f"part {part}, cut {number} ({how}): told {held}, held {lines}"
        held, cut = lines, cut + 1
    assert cut == CUTS // PARTS


def test_a_disk_that_forgets_shows_a_journal_that_does_not_sync(disk: Disk, tmp_path: Path) -> None:
    """The same disk loses what is not synced: the test above could fail."""
    template = tmp_path / "template.db"
    migrate(template)
    path = fresh(disk, template, 0)
    db = sqlite.connect(path)
    db.execute("PRAGMA journal_mode = WAL")
    db.execute("PRAGMA synchronous = NORMAL")
    for number in range(20):
        db.execute("INSERT INTO meta VALUES (?, '')", (f"told-{number}",))
    disk.cut(1, "drop")
    db.close()
    disk.heal()
    reader = sqlite.Reader(path)
    assert len(reader.rows("SELECT 1 FROM meta WHERE name GLOB 'told-*'")) < 20
    reader.close()
