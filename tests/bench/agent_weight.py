"""What an idle station weighs: memory, time to its first answer, and CPU while nothing happens.

``loket run`` with a simulated printer connected, against a process that imports the same modules and
does nothing. The station must never have loaded imaging or the migration library: what it imported by
its end is asked of the process itself.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any
from urllib.request import urlopen

import psutil

from agent.home import Reserve
from tests.journeys.killer_rig import Life, prepare

MB_MAX, MB_RATIO, ANSWER_RATIO, CPU_MAX = 48.0, 1.15, 1.5, 0.1
SETTLE_S, WATCH_S, STARTS = 8.0, 30.0, 4
FORBIDDEN = ("PIL", "sqlite_utils", "pytest")
AGENT = """
import json, sys
from agent.cli import main
try:
    main(["run", "--home", sys.argv[1]])
finally:
    open(sys.argv[2], "w").write(json.dumps(sorted(sys.modules)))
"""
PEER = """
import importlib, json, sys, threading
for name in json.load(open(sys.argv[1])):
    if name != "__main__":
        try:
            importlib.import_module(name)
        except ImportError:
            pass
print("{}", flush=True)
threading.Event().wait()
"""


def rest(seconds: float) -> None:
    """Let the process lie idle; this is what is measured."""
    threading.Event().wait(seconds)


def first_line_ms(process: subprocess.Popen[str], began: float) -> tuple[float, dict[str, Any]]:
    assert process.stdout is not None
    told: dict[str, Any] = json.loads(process.stdout.readline())
    if "web" in told:
        urlopen(told["web"] + "/health", timeout=10).close()  # noqa: S310 - our own loopback
    return (time.monotonic() - began) * 1000, told


def started(code: str, *args: str) -> tuple[subprocess.Popen[str], float]:
    began = time.monotonic()
    process = subprocess.Popen([sys.executable, "-c", code, *args], stdout=subprocess.PIPE, text=True)
    return process, first_line_ms(process, began)[0]


def quickest_ms(code: str, *args: str) -> float:
    """The least time to a first answer over a few starts: what else the machine does falls away."""
    taken = []
    for _ in range(STARTS):
        process, took_ms = started(code, *args)
        ended(process)
        taken.append(took_ms)
    return min(taken)


def ended(process: subprocess.Popen[str]) -> None:
    process.terminate()
    process.wait(30)
    if process.stdout is not None:
        process.stdout.close()


def resident_mb(process: subprocess.Popen[str]) -> float:
    return float(psutil.Process(process.pid).memory_info().rss) / 2**20


def idle_cpu(process: subprocess.Popen[str]) -> float:
    """Share of one CPU, in percent, while nothing happens."""
    seen = psutil.Process(process.pid)
    before, began = sum(seen.cpu_times()[:2]), time.monotonic()
    rest(WATCH_S)
    return 100 * (sum(seen.cpu_times()[:2]) - before) / (time.monotonic() - began)


def run() -> dict[str, Any]:
    """One line of the benchmarks."""
    with tempfile.TemporaryDirectory() as folder:
        life = Life(prepare(Path(folder) / "p"), Path(folder))
        Reserve(life.home.reserve_path).keep()  # as ``loket init`` leaves it
        modules = Path(folder) / "modules.json"
        try:
            answer_ms = quickest_ms(AGENT, str(life.home.root), str(modules))
            agent, _ = started(AGENT, str(life.home.root), str(modules))
            rest(SETTLE_S)
            ours, cpu = resident_mb(agent), idle_cpu(agent)
            ended(agent)
        finally:
            life.close()
        loaded = json.loads(modules.read_text())
        peer_ms = quickest_ms(PEER, str(modules))
        peer, _ = started(PEER, str(modules))
        rest(1.0)
        theirs = resident_mb(peer)
        ended(peer)
    heavy = [name for name in FORBIDDEN if name in loaded]
    figures = (ours <= MB_MAX, ours <= MB_RATIO * theirs, answer_ms <= ANSWER_RATIO * peer_ms, cpu <= CPU_MAX)
    return {
        "name": "agent_weight",
        "figure": round(ours, 1),
        "unit": "MB resident, idle, printer connected",
        "against": "an idle process with the same imports",
        "against_figure": round(theirs, 1),
        "ratio": round(ours / theirs, 3),
        "first_answer_ms": round(answer_ms),
        "first_answer_ratio": round(answer_ms / peer_ms, 2),
        "idle_cpu_percent": round(cpu, 3),
        "loaded_but_forbidden": heavy,
        "goal": f"<= {MB_MAX} MB, ratio <= {MB_RATIO}, answer <= {ANSWER_RATIO}, CPU <= {CPU_MAX} %",
        "holds": all(figures) and not heavy,
    }
