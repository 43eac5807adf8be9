"""Sealed packets on the station's disk: named by their hash, there or not there, and nothing half."""

from __future__ import annotations

import errno
import os
import stat
from hashlib import sha256
from pathlib import Path

import pytest

from agent.store.packets import Packets

SEALED = bytes(range(256)) * 40
SHA = sha256(SEALED).hexdigest()


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_a_packet_is_named_by_its_hash(tmp_path: Path) -> None:
    packets = Packets(tmp_path / "recordings")
    assert packets.put(SEALED) == SHA
    assert files(tmp_path) == [f"recordings/{SHA[:2]}/{SHA}.pkt"]
    path = tmp_path / "recordings" / SHA[:2] / f"{SHA}.pkt"
    assert path.read_bytes() == SEALED
    assert os.name != "posix" or stat.S_IMODE(path.stat().st_mode) == 0o600


def test_it_is_read_in_pieces(tmp_path: Path) -> None:
    packets = Packets(tmp_path)
    packets.put(SEALED)
    assert packets.size(SHA) == len(SEALED)
    assert packets.read(SHA, 0, 100) + packets.read(SHA, 100, 1 << 20) == SEALED
    assert packets.read(SHA, len(SEALED), 10) == b""


def test_the_same_packet_again_is_one_file(tmp_path: Path) -> None:
    packets = Packets(tmp_path)
    assert packets.put(SEALED) == packets.put(SEALED)
    assert len(files(tmp_path)) == 1


def test_removing_it_twice_is_harmless(tmp_path: Path) -> None:
    packets = Packets(tmp_path)
    packets.remove(SHA)
    packets.put(SEALED)
    packets.remove(SHA)
    packets.remove(SHA)
    assert packets.size(SHA) is None and files(tmp_path) == []
    with pytest.raises(FileNotFoundError):
        packets.read(SHA, 0, 1)


def test_no_other_name_reaches_the_disk(tmp_path: Path) -> None:
    packets = Packets(tmp_path)
    for name in ("", "../../journal", SHA[:-1], SHA.upper(), SHA + "a"):
        for asked in (packets.size, packets.remove, lambda sha: packets.read(sha, 0, 1)):
            with pytest.raises(ValueError, match="SHA-256"):
                asked(name)


def test_a_sweep_removes_what_has_no_name_and_tells_what_nobody_knows(tmp_path: Path) -> None:
    packets = Packets(tmp_path)
    assert Packets(tmp_path / "nowhere").sweep(()) == []
    known, other = packets.put(SEALED), packets.put(b"other")
    (tmp_path / "0123456789abcdef.tmp").write_bytes(b"torn")
    (tmp_path / "aa").mkdir(exist_ok=True)
    (tmp_path / "aa" / "README.pkt").write_bytes(b"not ours")
    assert packets.sweep({known}) == [other]
    assert packets.sweep([known, other]) == []
    assert not list(tmp_path.glob("*.tmp"))
    assert packets.read(other, 0, 9) == b"other" and (tmp_path / "aa" / "README.pkt").exists()


def test_a_disk_that_takes_nothing_leaves_no_file(tmp_path: Path) -> None:
    if os.name != "posix" or os.geteuid() == 0:
        folder = tmp_path / "a file"
        folder.write_bytes(b"")
    else:
        folder = tmp_path / "recordings"
        folder.mkdir(mode=0o500)
    with pytest.raises(OSError) as refused:
        Packets(folder / "x").put(SEALED)
    assert refused.value.errno in (errno.EACCES, errno.ENOTDIR, errno.EEXIST)
    assert files(tmp_path) in ([], ["a file"])
