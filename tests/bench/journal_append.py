"""Durable appends a second by one caller, against the disk's own pace for the same bytes.

Peer: ``pwrite`` of as many bytes as one commit puts into the write-ahead log, into a file that was
written before, then ``fdatasync``. Rounds of both alternate, so that a disk that tires, tires for both;
the ratio is the median over rounds. Checkpoints are part of the journal's rounds. Syncs are counted by
strace over a process that appends, less one that only opens and closes; without strace they are not
measured and the line says so.
"""

from __future__ import annotations

import os
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

from agent.store.journal import Journal
from agent.store.migrations import migrate

ROUNDS, ROUND_S = 11, 0.4
COUNTED = 3000  # appends under strace
LOG_BYTES = 4 << 20  # as far as the log grows before SQLite starts it over
GOAL_RATIO, GOAL_SYNCS = 0.6, 1.05
BODY = {
    "blank": "04A2B3C4D5E680",
    "kind": "ktp",
    "printer": "SIM0000012345",
    "session": 4711,
    "before": {"cards": 1021, "panels": 5105},
    "panels": 5,
    "artefact": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}


def run() -> dict[str, Any]:
    """One line of figures."""
    with tempfile.TemporaryDirectory(dir=_disk()) as folder:
        root = Path(folder)
        journal = _open(root / "journal.db")
        commit_bytes = _commit_bytes(journal, root / "journal.db-wal")
        raw = _raw_file(root / "raw")
        rounds = [(_appends(journal), _pwrites(raw, commit_bytes)) for _ in range(ROUNDS)]
        os.close(raw)
        journal.close()
        syncs = _syncs(root)
    ratio = statistics.median(ours / peer for ours, peer in rounds)
    return {
        "name": "journal_append",
        "figure": round(statistics.median(ours for ours, _ in rounds)),
        "unit": "durable appends/s",
        "against": f"pwrite of the same {commit_bytes} B into a pre-allocated file, then fdatasync",
        "against_figure": round(statistics.median(peer for _, peer in rounds)),
        "ratio": round(ratio, 3),
        "syncs_an_event": syncs,
        "goal": f"ratio >= {GOAL_RATIO}, syncs <= {GOAL_SYNCS}",
        "holds": ratio >= GOAL_RATIO and (syncs is None or syncs <= GOAL_SYNCS),
    }


def append(journal: Journal, count: int) -> None:
    """``count`` events, each in a transaction of its own."""
    for _ in range(count):
        journal.write(lambda tx: tx.note("print_intended", "20200512-000001-1", BODY))


def _disk() -> Path:
    """A folder on a real disk; a memory file system would make every figure meaningless."""
    here = Path(__file__).parents[2] / ".bench"
    here.mkdir(exist_ok=True)
    return here


def _open(path: Path) -> Journal:
    migrate(path)
    return Journal(path, 7, lambda: time.time_ns() // 1_000_000)


def _commit_bytes(journal: Journal, log: Path) -> int:
    """What one commit adds to the log, over enough commits to see pages split."""
    append(journal, 20)
    before = log.stat().st_size
    append(journal, 200)
    return round((log.stat().st_size - before) / 200)


def _raw_file(path: Path) -> int:
    file = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    os.pwrite(file, bytes(LOG_BYTES), 0)
    os.fsync(file)
    return file


def _appends(journal: Journal) -> float:
    start, count = time.perf_counter(), 0
    while (spent := time.perf_counter() - start) < ROUND_S:
        append(journal, 20)
        count += 20
    return count / spent


def _pwrites(file: int, size: int) -> float:
    data = os.urandom(size)
    start, count, at = time.perf_counter(), 0, 0
    while (spent := time.perf_counter() - start) < ROUND_S:
        os.pwrite(file, data, at)
        os.fdatasync(file)
        at = at + size if at + 2 * size < LOG_BYTES else 0
        count += 1
    return count / spent


def _syncs(root: Path) -> float | None:
    if shutil.which("strace") is None:
        return None
    return round((_counted(root, COUNTED) - _counted(root, 0)) / COUNTED, 3)


def _counted(root: Path, appends: int) -> int:
    """fsync and fdatasync calls of a process that appends."""
    path, told = root / f"counted{appends}.db", root / "told"
    migrate(path)
    command = ["strace", "-f", "-c", "-o", str(told), "-e", "trace=fsync,fdatasync,sync_file_range,sync"]
    command += [sys.executable, "-m", "tests.bench.journal_append", str(path), str(appends)]
    subprocess.run(command, check=True, timeout=300, cwd=Path(__file__).parents[2])
    return sum(int(line.split()[3]) for line in told.read_text().splitlines() if re.search(r"sync\w*$", line))


if __name__ == "__main__":
    append(appending := Journal(Path(sys.argv[1]), 7, lambda: 1), int(sys.argv[2]))
    appending.close()
