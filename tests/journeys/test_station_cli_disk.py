"""The disk says no: a process stops before it tells anybody anything, or undoes and says so."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from agent.home import RESERVE_BYTES, Home
from agent.store import audit
from tests import witness
from tests.journeys.station import Station
from tests.unit.agent.stations import make_home, open_at

TELL = """
import sys, time
from pathlib import Path
from agent.home import Home
from agent.store.journal import Journal
journal = Journal(Path(sys.argv[1]) / "journal.db", 9, lambda: time.time_ns() // 1_000_000)
{before}
try:
    for n in range(200):
        told = journal.write(lambda tx: tx.note("order_refused", f"O-{{n}}", {{"word": "BAD_NIK"}}))
        print(told, flush=True)  # the operator is told
except BaseException as error:
    print("went on after", error, flush=True)
finally:
    print("cleaned up", flush=True)
"""


def tell(home: Home, *wrapper: str, before: str = "") -> subprocess.CompletedProcess[str]:
    code = TELL.format(before=before)
    command = [*wrapper, sys.executable, "-c", code, str(home.root)]
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)


def check_what_was_told(home: Home, done: subprocess.CompletedProcess[str]) -> int:
    """Every line that was told is there after the restart; returns how many were told."""
    told = [int(line) for line in done.stdout.split()]
    journal = open_at(home, epoch=10)
    assert len(journal.entries(0, 999)) >= len(told) == max(told, default=0)
    assert audit.verify(journal) == journal.head()
    journal.write(lambda tx: tx.note("order_refused", "after", {"word": "BAD_NIK"}))
    journal.close()
    return len(told)


@pytest.mark.skipif(sys.platform == "win32", reason="no RLIMIT_FSIZE on Windows")
def test_a_write_that_fails_stops_the_process_on_the_spot(tmp_path: Path) -> None:
    """EFBIG from the log is an I/O error of which nobody knows how much was written."""
    home = make_home(tmp_path / "home")
    limit = (
        "import resource, signal; signal.signal(signal.SIGXFSZ, signal.SIG_IGN);"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (200_000, 200_000))"
    )
    done = tell(home, before=limit)
    assert done.returncode == 1
    assert "went on" not in done.stdout
    assert "cleaned up" not in done.stdout
    assert done.stderr.count("\n") == 1
    assert "the journal's disk failed" in done.stderr
    assert check_what_was_told(home, done) > 5


@pytest.mark.skipif(sys.platform != "linux", reason="strace is Linux's")
@pytest.mark.parametrize("nth", [1, 4, 9, 40])
@pytest.mark.parametrize("fault", ["EIO", "ENOSPC"])
def test_a_sync_that_fails_stops_the_process_on_the_spot(tmp_path: Path, nth: int, fault: str) -> None:
    """The kernel may have dropped the pages: the commit may or may not be there, and nobody is told."""
    strace = witness.program("strace", "strace")
    home = make_home(tmp_path / "home")
    inject = f"inject=fdatasync,fsync:error={fault}:when={nth}"
    done = tell(home, strace, "-f", "-qq", "-o", os.devnull, "-e", "trace=fdatasync,fsync", "-e", inject)
    if "strace" in done.stderr and not done.stdout:
        witness.right("ptrace")
    assert done.returncode == 1
    assert "went on" not in done.stdout
    assert "cleaned up" not in done.stdout
    assert nth - 4 < check_what_was_told(home, done) < nth  # the first commit syncs the log's start as well


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    if sys.platform != "linux" or os.geteuid() != 0:
        witness.right("mount")
    disk = tmp_path / "disk"
    disk.mkdir()
    size = 5 * RESERVE_BYTES
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        witness.right("mount")
    yield disk
    subprocess.run(["umount", str(disk)], check=True)


LOOKS = (
    ("status", "--json"),
    ("jobs", "--json"),
    ("blanks", "--json"),
    ("journal", "--json"),
    ("audit", "verify"),
)


def fill(disk: Path) -> Path:
    """Somebody else's files take all there is."""
    ballast = disk / "ballast"
    with ballast.open("wb") as file:
        try:
            while True:
                file.write(bytes(1 << 16))
                file.flush()
        except OSError:
            file.close()
    return ballast


def test_a_full_disk_first_takes_the_reserve_and_then_says_so_and_loses_nothing(small_disk: Path) -> None:
    station = Station(small_disk / "home")
    assert station.init().code == 0
    assert (station.root / "reserve").stat().st_size == RESERVE_BYTES
    (station.root.parent / "manifest").write_text("\n".join(f"04{n:010}" for n in range(60_000)))
    manifest = str(station.root.parent / "manifest")
    assert station.loket("blanks", "receive", "--consignment", "C-0", "--count", "5").code == 0

    fill(small_disk)
    done = station.loket("blanks", "receive", "--consignment", "C-1", "--count", "7")
    saved = station.loket("blanks", "receive", "--consignment", "C-2", manifest)
    assert (done.code, saved.code) == (0, 0), done.err + saved.err
    assert not (station.root / "reserve").exists()

    ballast = fill(small_disk / "home")
    for look in LOOKS:  # which need room for an index, and may find none
        looked = station.loket(*look)
        assert looked.code == 0 or "its disk is full or fails" in looked.err, looked.err
        assert looked.err.count("\n") <= 1
    full = station.loket("blanks", "receive", "--consignment", "C-3", "--count", "100000", "--kind", "kia")
    for n in range(200):
        if full.code:
            break
        full = station.loket("blanks", "receive", "--consignment", f"D-{n}", "--count", "3", "--kind", "kia")
    assert (full.code, full.out) == (1, "")
    assert full.err.startswith("The disk is full; nothing was lost.")
    assert full.err.count("\n") == 1

    other = Station(small_disk / "other")
    made = other.init()
    assert (made.code, made.err.count("\n")) == (1, 1) and "Traceback" not in made.err

    ballast.unlink()
    assert station.loket("blanks", "--json").json["ktp"]["received"] == 60_012
    assert station.loket("audit", "verify").code == 0
    assert station.loket("blanks", "receive", "--consignment", "C-9", "--count", "1").code == 0
    shutil.rmtree(small_disk / "ballast", ignore_errors=True)


def test_a_running_station_on_a_full_disk_begins_no_card_says_so_and_goes_on_when_there_is_room(
    small_disk: Path,
) -> None:
    station = Station(small_disk / "home")
    assert station.init("--chip", "vpcd://127.0.0.1:0").code == 0
    station.orders("O-1")
    with station.run() as running:
        (station.root / "reserve").unlink()  # an earlier shortage took it
        ballast = fill(small_disk)
        full = station.loket("print", "--order", "O-1", "--json")
        assert (full.code, full.out) == (1, "")
        assert full.err == "The disk is nearly full; no new card is begun until some space is freed.\n"
        assert station.loket("status", "--json").json["headline"] == {"colour": "red", "word": "DISK_LOW"}
        assert station.loket("jobs", "--json").json == []
        ballast.unlink()
        assert station.loket("print", "--order", "O-1", "--json").json["state"] == "queued"
        assert running.stop() == 0
    assert station.loket("audit", "verify").code == 0
