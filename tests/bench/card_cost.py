"""Host CPU a full-colour card costs, against the same bytes copied and written by a bare program.

Ours is the whole card at the printer's real pace: drawing and panels in the drawing process (its start not
counted, a burst shares it), then the agent's own part over TCP: commands, job, polls, journal. The peer takes
the same job's bytes from a child by a pipe and writes them to a socket in the same pieces.
"""

from __future__ import annotations

import resource
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from agent.printing import jobs
from agent.printing.cycle import Cycle
from agent.printing.lane import Lane
from agent.printing.states import State
from agent.printing.studio import Studio
from agent.printing.worker import Worker
from agent.stock import blanks
from agent.store.journal import Journal
from agent.store.migrations import migrate
from drivers import registry
from drivers.card_printer import Artefact
from drivers.clock import MonotonicClock
from tests.journeys.killer_rig import Printer, fields
from tests.journeys.killer_virtual import queue_order
from tests.journeys.sync_rig import free_port

CARDS, DRAWN, ROUNDS, PIECE = 2, 5, 9, 64 * 1024
GOAL = 4.0
SINK = (
    "import socket,sys\ns=socket.create_connection(('127.0.0.1',int(sys.argv[1])))\nwhile s.recv(1<<20): pass"
)
SOURCE = "import sys\nd=sys.stdin.buffer.read()\nfor _ in range(int(sys.argv[1])): sys.stdout.buffer.write(d)"


def children_s() -> float:
    """CPU seconds of this process's children that have ended."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def drawing_s() -> tuple[float, Artefact]:
    """CPU seconds to draw and prepare one card once the drawing process is up, and the card."""

    def burst(count: int) -> Artefact:
        studio = Studio()
        cards = [make(studio) for _ in range(count)]
        studio.close()
        return cards[0]

    before = children_s()
    burst(1)
    alone = children_s()
    card = burst(1 + DRAWN)
    return (children_s() - alone - (alone - before)) / DRAWN, card


def make(studio: Studio) -> Artefact:
    return studio.make("ktp", fields(), "2020-05-12", "evolis", "Evolis Primacy 2", "ymcko", duplex=False)


def agent_s(folder: Path, card: Artefact) -> float:
    """CPU seconds of the agent's own process for one card at real pace, drawing apart."""
    migrate(folder / "journal.db")
    journal = Journal(folder / "journal.db", 1, lambda: time.time_ns() // 1_000_000)
    clock, port = MonotonicClock(), free_port()
    chip = registry.open_chip(f"vpcd://127.0.0.1:{port}")
    printer = Printer(folder, port, "ymcko", "--speed", "1")
    lane = Lane(registry.open_printer(printer.address, clock=clock), chip, journal, clock.now_ms)
    cycle = Cycle(lane, journal, 4711)
    worker = Worker(lane, cycle, journal, lambda job: card, clock.now_ms, clock.sleep_ms)
    try:
        journal.write(lambda tx: blanks.receive(tx, "K-1", "ktp", None, CARDS))
        worker.turn()
        for number in range(CARDS):
            journal.write(queue_order(f"20200512-{number:06}"))
        before = time.process_time()
        while len(jobs.in_state(journal, State.PRINTED)) < CARDS:
            clock.sleep_ms(worker.turn())
        return (time.process_time() - before) / CARDS
    finally:
        chip.close()
        printer.close()
        journal.close()


def copied_s(job: bytes) -> float:
    """CPU seconds to take the job's bytes from a child by a pipe and write them to a socket."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        sink = subprocess.Popen([sys.executable, "-c", SINK, str(server.getsockname()[1])])
        line, _ = server.accept()
        argv = [sys.executable, "-c", SOURCE, str(ROUNDS)]
        source = subprocess.Popen(argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE)
        inlet, outlet = source.stdin, source.stdout
        assert inlet is not None and outlet is not None
        inlet.write(job)
        inlet.close()
        took = time_of(lambda: pass_on(outlet.read(len(job)), line))
        with line, outlet:
            source.wait()
    sink.wait()
    return took


def time_of(work: Callable[[], None]) -> float:
    before = time.process_time()
    for _ in range(ROUNDS):
        work()
    return (time.process_time() - before) / ROUNDS


def pass_on(data: bytes, line: socket.socket) -> None:
    view = memoryview(data)
    for start in range(0, len(view), PIECE):
        line.sendall(view[start : start + PIECE])


def run() -> dict[str, Any]:
    """One line of the benchmarks."""
    drawn, card = drawing_s()
    with tempfile.TemporaryDirectory() as folder:
        own = agent_s(Path(folder), card)
    copied = copied_s(card.job)
    ratio = round((drawn + own) / copied, 2)
    return {
        "name": "card_cost",
        "figure": round(drawn + own, 4),
        "unit": "host CPU s a card, YMCKO simplex, real pace",
        "drawing_s": round(drawn, 4),
        "agent_s": round(own, 4),
        "against": "the same job's bytes copied from a pipe to a socket, no more",
        "against_figure": round(copied, 5),
        "ratio": ratio,
        "goal": f"ratio <= {GOAL}",
        "holds": ratio <= GOAL,
    }
