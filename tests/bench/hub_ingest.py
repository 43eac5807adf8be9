"""How fast the province takes journals in, against PostgreSQL's own COPY of the same rows.

Both sides write the same rows, 500 a commit, to the same table with the same key, in alternating rounds
of one run. Ours checks the batch, locks the station, writes JSON and moves the watermark besides.
Workers are processes, as several hubs would be.
"""

from __future__ import annotations

import multiprocessing
import statistics
import time
from collections.abc import Callable
from typing import Any

from hub import ingest, schema
from hub.database import open_database
from sync.log import START, Batch, Entry, Mark
from tests.unit.hub import postgres

STATIONS, BATCH, BATCHES_A_STATION, ROUNDS = 20, 500, 5, 5
GOAL = 0.6
EPOCH = 4_611_686_018_427_387_904
AT_MS = 1_589_212_800_000
COPIED = (  # the same columns and key as ``event``
    "CREATE TABLE copied (station TEXT NOT NULL, seq BIGINT NOT NULL, epoch BIGINT NOT NULL, "
    "at_ms BIGINT NOT NULL, event TEXT NOT NULL, subject TEXT NOT NULL, body TEXT NOT NULL, "
    "PRIMARY KEY (station, seq))"
)

Work = Callable[[str, list[str], int], None]


def journal(station: str, number: int) -> Batch:
    """The ``number``-th batch of a station: lines of the mean size of a real day."""
    first = number * BATCH + 1
    lines = []
    for seq in range(first, first + BATCH):
        order = f"{station}-2020-{seq:06}"
        named = {"order": order, "kind": "ktp", "blank": f"04{seq:012X}", "by": "evidence"}
        lines.append(Entry(seq, EPOCH, AT_MS + seq * 977, "printed", f"{order}-1", named))
    return Batch(Mark(first - 1, EPOCH) if number else START, tuple(lines))


def take(url: str, stations: list[str], rounds: int) -> None:
    """Ours: every station's next batches through the hub's ingest."""
    db = open_database(url)
    batches = [
        (name, journal(name, n)) for n in range(_range(rounds)[0], _range(rounds)[1]) for name in stations
    ]
    _ready()
    for name, batch in batches:
        ingest.take(db, name, batch, AT_MS)
    _done()
    db.close()


def copy(url: str, stations: list[str], rounds: int) -> None:
    """The peer: the same rows, ready made, by COPY and nothing else."""
    db = open_database(url)
    batches = [
        [ingest.row_of(name, line) for line in journal(name, n).entries]
        for n in range(_range(rounds)[0], _range(rounds)[1])
        for name in stations
    ]
    _ready()
    for rows in batches:
        with db.transaction():
            db.copy_rows("copied", ingest.COLUMNS, rows)
    _done()
    db.close()


_barrier: Any = None


def _ready() -> None:
    _barrier.wait()


def _done() -> None:
    _barrier.wait()


def _range(rounds: int) -> tuple[int, int]:
    return rounds * BATCHES_A_STATION, (rounds + 1) * BATCHES_A_STATION


def _worker(work: Work, barrier: Any, url: str, stations: list[str], rounds: int) -> None:
    globals()["_barrier"] = barrier
    work(url, stations, rounds)


def pace(work: Work, url: str, stations: list[str], rounds: int, workers: int) -> float:
    """Events a second of one round, all workers together; making the rows is not counted."""
    context = multiprocessing.get_context("spawn")
    barrier = context.Barrier(workers + 1)
    processes = [
        context.Process(target=_worker, args=(work, barrier, url, stations[place::workers], rounds))
        for place in range(workers)
    ]
    for process in processes:
        process.start()
    barrier.wait(120)
    start = time.perf_counter()
    barrier.wait(120)
    spent = time.perf_counter() - start
    for process in processes:
        process.join(60)
    return len(stations) * BATCHES_A_STATION * BATCH / spent


def run() -> dict[str, Any]:
    """The benchmark; events a second with one worker and with two."""
    programs = postgres.server_programs()
    if programs is None:
        raise SystemExit("hub_ingest needs the PostgreSQL server programs (package postgresql)")
    paces: dict[tuple[str, int], list[float]] = {}
    with postgres.cluster(programs) as url:
        db = open_database(url)
        schema.create(db, now_ms=0)
        db.create(COPIED)
        for workers in (1, 2):
            stations = [f"64.{workers}{place:02}-1" for place in range(STATIONS)]
            for name in stations:
                ingest.invite(db, name, name[:6], b"")
            for each in range(ROUNDS):
                for told, work in (("take", take), ("copy", copy)):
                    paces.setdefault((told, workers), []).append(pace(work, url, stations, each, workers))
        db.close()
    one, two = (statistics.median(paces["take", workers]) for workers in (1, 2))
    ratio_one, ratio_two = (
        statistics.median(paces["take", w]) / statistics.median(paces["copy", w]) for w in (1, 2)
    )
    return {
        "name": "hub_ingest",
        "figure": round(one),
        "unit": "events/s, 1 worker, to a committed PostgreSQL row",
        "against": f"COPY of the same rows, {BATCH} a commit",
        "against_figure": round(statistics.median(paces["copy", 1])),
        "ratio": round(ratio_one, 2),
        "goal": f"ratio >= {GOAL}, with one worker and with two",
        "holds": ratio_one >= GOAL and ratio_two >= GOAL,
        "two_workers": {
            "figure": round(two),
            "against_figure": round(statistics.median(paces["copy", 2])),
            "ratio": round(ratio_two, 2),
        },
    }


if __name__ == "__main__":
    import json
    import sys

    sys.stdout.write(json.dumps(run()) + "\n")
