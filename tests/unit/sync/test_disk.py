"""Files beside a database: whole on the disk or not there, whatever the disk says."""

from __future__ import annotations

import errno
import os
import stat
from collections.abc import Callable
from pathlib import Path

import pytest

from sync import disk

OLD, NEW = b"old", b"new" * 100_000
posix = pytest.mark.skipif(os.name != "posix", reason="Windows syncs no folder and knows no modes")


def failing(monkeypatch: pytest.MonkeyPatch, number: int, *, when: Callable[[int], bool]) -> None:
    real = os.fsync

    def fsync(file: int) -> None:
        if when(file):
            raise OSError(number, os.strerror(number))
        real(file)

    monkeypatch.setattr(os, "fsync", fsync)


def is_folder(file: int) -> bool:
    return stat.S_ISDIR(os.fstat(file).st_mode)


def is_file(file: int) -> bool:
    return not is_folder(file)


def test_what_is_put_replaces_what_was_there_and_only_its_owner_reads_it(tmp_path: Path) -> None:
    place = tmp_path / "file"
    place.write_bytes(OLD)
    (tmp_path / "file.new").write_bytes(b"half of what a power cut left")
    disk.put(place, NEW)
    assert place.read_bytes() == NEW and [*tmp_path.iterdir()] == [place]
    assert os.name != "posix" or stat.S_IMODE(place.stat().st_mode) == 0o600


@posix
def test_the_bytes_are_on_the_disk_before_the_name_and_the_name_when_it_returns(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place, real, seen = tmp_path / "file", os.fsync, []

    def fsync(file: int) -> None:
        seen.append((is_folder(file), place.exists(), 0 if is_folder(file) else os.fstat(file).st_size))
        real(file)

    monkeypatch.setattr(os, "fsync", fsync)
    disk.put(place, NEW)
    assert seen == [(False, False, len(NEW)), (True, True, 0)]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
def test_a_disk_that_takes_nothing_keeps_the_old_file_and_no_half_of_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    place = tmp_path / "file"
    disk.put(place, OLD)
    failing(monkeypatch, number, when=is_file)
    with pytest.raises(OSError, match=os.strerror(number)):
        disk.put(place, NEW)
    assert place.read_bytes() == OLD and [*tmp_path.iterdir()] == [place]


def test_a_new_file_never_takes_the_place_of_another(tmp_path: Path) -> None:
    place = tmp_path / "file"
    disk.create(place, OLD)
    with pytest.raises(FileExistsError):
        disk.create(place, NEW)
    assert place.read_bytes() == OLD


@posix
@pytest.mark.parametrize("number", [errno.EINVAL, errno.ENOTSUP])
def test_a_file_system_without_folders_to_sync_is_no_fault(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int
) -> None:
    failing(monkeypatch, number, when=is_folder)
    disk.put(tmp_path / "file", NEW)
    assert (tmp_path / "file").read_bytes() == NEW


@posix
def test_a_folder_that_cannot_be_synced_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    failing(monkeypatch, errno.EIO, when=is_folder)
    with pytest.raises(OSError, match=os.strerror(errno.EIO)):
        disk.put(tmp_path / "file", NEW)
