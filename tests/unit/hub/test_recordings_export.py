"""Recordings on their way to the centre, and the accidents of disks on both ends of that way."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

import pytest

from domain.keys import OpenKey, SealKey
from domain.packet import Recording
from hub.database import Database, DatabaseTrouble, open_database
from hub.home import Home, Trouble
from hub.recordings import book, export, keep
from tests.unit.hub.test_recordings import home, kept, other, small, writer

__all__ = ["home", "small"]
CENTRE = OpenKey.generate().public()
SENT, WAITS = "SENT_FOR_ENROLLMENT", "PROCESSING"


@pytest.fixture
def three(small: Database, home: Home) -> Iterator[list[Recording]]:
    """Kept recordings."""
    made = [other(number) for number in (1, 2, 3)]
    for each in made:
        assert kept(small, home, each) is None
    yield made


def states(db: Database) -> list[str]:
    return [each.status for each in book.every(db)]


def file_of(db: Database, home: Home, recording: Recording) -> Path:
    held = book.get(db, recording.id)
    assert held is not None
    return keep.files(home).folder / held.sha256[:2] / f"{held.sha256}.pkt"


@pytest.mark.parametrize("damage", ["gone", "rotten", "no file"])
def test_a_packet_that_cannot_be_read_is_told_and_holds_up_no_other(
    small: Database, home: Home, tmp_path: Path, three: list[Recording], damage: str
) -> None:
    path = file_of(small, home, three[0])
    held = path.read_bytes()
    path.unlink()
    if damage == "rotten":
        path.write_bytes(held[:-1] + bytes([held[-1] ^ 1]))
    elif damage == "no file":
        path.mkdir()
    with pytest.raises(Trouble, match=three[0].id):
        export.export(small, home, tmp_path / "out", CENTRE, writer(home))
    assert states(small) == [WAITS, SENT, SENT]


def test_a_folder_that_takes_nothing_is_a_sentence_and_nothing_is_sent(
    small: Database, home: Home, tmp_path: Path, three: list[Recording]
) -> None:
    (tmp_path / "file").write_text("")
    (tmp_path / "out" / f"{three[1].id}.zip").mkdir(parents=True)
    for out in (tmp_path / "file", tmp_path / "file" / "below", tmp_path / "out"):
        with pytest.raises(Trouble, match="nothing is marked as sent"):
            export.export(small, home, out, None, writer(home))
    assert states(small) == [WAITS] * 3
    assert not list((tmp_path / "out").glob("*.new")), "half of it would be a person in clear"


def test_the_names_are_on_the_disk_before_anything_is_marked_as_sent(
    small: Database, home: Home, tmp_path: Path, three: list[Recording], monkeypatch: pytest.MonkeyPatch
) -> None:
    synced: list[tuple[bool, list[str]]] = []
    really = os.fsync

    def fsync(place: int) -> None:
        synced.append((stat.S_ISDIR(os.fstat(place).st_mode), states(small)))
        really(place)

    monkeypatch.setattr(os, "fsync", fsync)
    export.export(small, home, tmp_path / "out", CENTRE, writer(home))
    assert synced[-1] == (True, [WAITS] * 3)
    assert states(small) == [SENT] * 3


def test_a_second_export_into_one_folder_keeps_the_index_of_the_first(
    small: Database, home: Home, tmp_path: Path, three: list[Recording]
) -> None:
    out = tmp_path / "out"

    def into(to: SealKey | None, *names: str) -> None:
        export.export(small, home, out, to, writer(home), names)

    into(CENTRE, three[0].id)
    into(CENTRE, three[1].id, three[2].id)
    into(None, three[1].id)
    into(CENTRE, three[0].id)  # sealed anew: other bytes
    head, *rows = (out / export.INDEX).read_text().splitlines()
    files = sorted(path.name for path in out.iterdir() if path.name != export.INDEX)
    assert head == "recording,file,sha256" and len(files) == 4
    assert sorted(row.split(",")[1] for row in rows) == files
    for row in rows:
        id, name, sha = row.split(",")
        assert name.startswith(id) and sha256((out / name).read_bytes()).hexdigest() == sha


def test_keys_and_a_database_that_are_none_are_told_in_a_sentence(home: Home, tmp_path: Path) -> None:
    for place in (tmp_path / "nowhere" / "hub.db", tmp_path):
        with pytest.raises(DatabaseTrouble, match="does not open"):
            open_database(str(place))
    (tmp_path / "noise").write_bytes(b"noise" * 1000)
    with pytest.raises(DatabaseTrouble, match="does not open"):
        open_database(str(tmp_path / "noise"))
    for text in (b"noise", b"\xff\xfe", b""):
        (home.keys_path / "open").write_bytes(text)
        with pytest.raises(Trouble, match="keys"):
            home.keys()
