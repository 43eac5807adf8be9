"""What it costs to seal a packet of 1 MB and keep it for good, over writing and syncing as many bytes.

In a process of its own, whose peak of memory is told too: it makes the recording, packs and signs it, seals
it to the province's key and puts it under its name (file synced, renamed, folder synced). Peer: the same
sealed bytes written to a new file and synced. Rounds of both alternate, so that a disk that tires, tires for
both; figures are medians. Packing is told apart. The rooms of the folder are there, as after the first weeks.
"""

from __future__ import annotations

import json
import os
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[2]
ROUNDS, WARM = 41, 5
PART_BYTES = 57_000  # of each picture: thirteen of them make a packet of 1 MB
GOAL_MS, GOAL_MB = 10.0, 80


def run() -> dict[str, Any]:
    """One line of figures."""
    here = ROOT / ".bench"
    here.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory(dir=here) as folder:
        argv = [sys.executable, "-m", "tests.bench.seal_and_store", folder]
        told = subprocess.run(argv, check=True, cwd=ROOT, capture_output=True, text=True, timeout=300)
    measured = json.loads(told.stdout)
    over_ms, peak_mb = measured["sealed_ms"] - measured["plain_ms"], measured["peak_mb"]
    return {
        "name": "seal_and_store",
        "figure": round(over_ms, 2),
        "unit": f"ms over plain write+fsync for a packet of {measured['bytes'] / 1e6:.2f} MB, median",
        "against": "the same bytes written to a new file, then fsync",
        "against_figure": measured["plain_ms"],
        "ratio": round(measured["sealed_ms"] / measured["plain_ms"], 2),
        "peak_mb": peak_mb,
        "packing_ms": measured["packed_ms"],
        "goal": f"figure <= {GOAL_MS}, peak_mb <= {GOAL_MB}",
        "holds": over_ms <= GOAL_MS and peak_mb <= GOAL_MB,
    }


def measure(folder: Path) -> dict[str, Any]:
    """Medians of this process, in milliseconds, and its peak of memory."""
    from agent.store.packets import Packets
    from domain.keys import OpenKey, SigningKey
    from domain.packet import info
    from domain.packing import pack
    from tests.unit.domain.recorded import somebody

    key, sign, packets = OpenKey.generate().public(), SigningKey.generate(), Packets(folder / "recordings")
    for room in range(256):
        (folder / "recordings" / f"{room:02x}").mkdir(parents=True)
    recording = somebody(PART_BYTES)
    about = info(recording.station, recording.id)
    packed, sealed = pack(recording, sign.sign), b""
    plain, ours, packing = [], [], []
    for _ in range(WARM + ROUNDS):
        sealed = key.seal(packed, about)
        plain.append(spent_ms(lambda data=sealed: write(folder / "plain", data)))  # type: ignore[misc]
        (folder / "plain").unlink()
        ours.append(spent_ms(lambda: packets.put(key.seal(packed, about))))
        packing.append(spent_ms(lambda: pack(recording, sign.sign)))
    return {
        "bytes": len(sealed),
        "plain_ms": median(plain),
        "sealed_ms": median(ours),
        "packed_ms": median(packing),
        "peak_mb": round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024, 1),
    }


def write(path: Path, data: bytes) -> None:
    with path.open("wb", buffering=0) as file:
        file.write(data)
        os.fsync(file.fileno())


def spent_ms(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return (time.perf_counter() - start) * 1000


def median(rounds: list[float]) -> float:
    return round(statistics.median(rounds[WARM:]), 2)


if __name__ == "__main__":
    sys.stdout.write(json.dumps(measure(Path(sys.argv[1]))) + "\n")
