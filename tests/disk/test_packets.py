"""A packet that was named is there after any power cut, whole; what was not named leaves nothing behind."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from random import Random

import pytest

from agent.store.journal import DISK_FULL, DiskFull
from agent.store.packets import Packets
from tests.disk.disk import Disk, mounted

CUTS, OPERATIONS_MAX = 120, 14


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    with mounted(tmp_path) as one:
        yield one


def packet(dice: Random) -> bytes:
    return dice.randbytes(dice.choice((1, 5_000, 70_000)))


def put_until_the_power_goes(folder: Path, dice: Random) -> dict[str, bytes]:
    """What was acknowledged before the disk was gone."""
    packets, named = Packets(folder), {}
    with suppress(OSError):
        for _ in range(50):
            sealed = packet(dice)
            named[packets.put(sealed)] = sealed
        raise AssertionError("the power never went")
    return named


@pytest.mark.parametrize("how", ["drop", "torn"])
def test_no_packet_that_was_named_is_lost_in_a_power_cut(disk: Disk, how: str) -> None:
    folder, told = disk.root / "recordings", 0
    dice = Random(how)
    for number in range(CUTS // 2):
        disk.cut(dice.randint(1, OPERATIONS_MAX), how, dice.randint(0, 1 << 30))
        named = put_until_the_power_goes(folder, dice)
        disk.heal()
        packets = Packets(folder)
        orphans = packets.sweep(named)
        for sha, sealed in named.items():
            assert packets.read(sha, 0, 1 << 20) == sealed, f"cut {number} ({how})"
        assert not list(folder.glob("*.tmp"))
        told += len(named)
        for sha in [*named, *orphans]:
            packets.remove(sha)
    assert told >= CUTS // 8


def test_a_packet_that_was_removed_does_not_come_back(disk: Disk) -> None:
    packets = Packets(disk.root / "recordings")
    kept, gone = packets.put(b"kept"), packets.put(b"gone")
    packets.remove(gone)
    disk.cut(1, "drop")
    disk.heal()
    assert (packets.size(kept), packets.size(gone)) == (4, None)


def test_a_full_disk_is_told_and_nothing_half_stays(disk: Disk) -> None:
    packets, dice = Packets(disk.root / "recordings"), Random(5)
    first = packets.put(packet(dice))
    full = 0
    for operation in range(1, 9):
        disk.fail(operation, "ENOSPC")
        kept = None
        with suppress(DiskFull):
            kept = packets.put(packet(dice))
        disk.heal()
        full += kept is None
        if kept is not None:
            packets.remove(kept)
        there = [path.name for path in (disk.root / "recordings").rglob("*") if path.is_file()]
        assert there == [f"{first}.pkt"], operation
    assert full > 2
    disk.fail(1, "ENOSPC")
    with pytest.raises(DiskFull, match=DISK_FULL):
        packets.put(packet(dice))
    disk.heal()
    assert packets.put(b"again")
