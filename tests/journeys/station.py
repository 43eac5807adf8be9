"""A station as its clerk has it: the real command, a real home, and a province that signs orders."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from agent.home import Home
from agent.printing import jobs
from agent.printing.states import Event
from agent.stock import blanks
from tests.unit.agent.stations import NAME, Province, open_at, take

LOKET = [sys.executable, "-m", "agent.cli"]
FEED = {"printer": "SIM1", "session": 5, "before": {"cards": 1, "panels": 5}}
PRINT = {**FEED, "panels": 5, "artefact": "aa"}


@dataclass(slots=True)
class Done:
    """How a command ended and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


@dataclass(slots=True)
class Station:
    """One home. ``loket(...)`` runs a command in it."""

    root: Path
    province: Province = field(default_factory=Province)

    @property
    def home(self) -> Home:
        return Home(self.root)

    def loket(self, *arguments: str, timeout_s: float = 60) -> Done:
        environment = {**os.environ, "LOKET_HOME": str(self.root)}
        done = subprocess.run(
            [*LOKET, *arguments],
            capture_output=True,
            text=True,
            timeout=timeout_s,
            check=False,
            env=environment,
        )
        return Done(done.returncode, done.stdout, done.stderr)

    def init(self, *arguments: str) -> Done:
        self.root.parent.mkdir(parents=True, exist_ok=True)
        join = self.root.parent / f"{NAME}.join"
        join.write_text(self.province.join_file().to_text())
        return self.loket("init", "--join", str(join), *arguments)

    def orders(self, *names: str) -> None:
        """The province's orders arrive, as agent.link would bring them."""
        journal = open_at(self.home, epoch=5)
        take(journal, self.province, *(self.province.order(name) for name in names))
        journal.close()

    def unsure(self, order: str, blank: str) -> str:
        """A card was in motion when the power went; the job's id."""
        journal = open_at(self.home, epoch=6)

        def work(tx: Any) -> str:
            if not blanks.expects(tx, blank, "ktp"):
                blanks.receive(tx, f"C-{blank}", "ktp", [blank], 1)
            job = jobs.queue(tx, order)
            jobs.move(tx, job, Event.FEED_INTENDED, FEED)
            jobs.move(tx, job, Event.STAGED, {"blank": blank, "witness": "chip"})
            jobs.move(tx, job, Event.PRINT_INTENDED, {"blank": blank, **PRINT})
            jobs.move(tx, job, Event.UNSURE, {"cause": "power_lost", "blank": blank})
            return job

        job = journal.write(work)
        journal.close()
        return job

    def run(self) -> Running:
        return Running(self)


class Running:
    """``loket run`` in a process of its own, once it is ready."""

    def __init__(self, station: Station) -> None:
        environment = {**os.environ, "LOKET_HOME": str(station.root)}
        self.process = subprocess.Popen(
            [*LOKET, "run"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment
        )
        assert self.process.stdout
        line = self.process.stdout.readline()
        if not line:
            raise AssertionError(self.process.communicate(timeout=10)[1])
        self.ready: dict[str, Any] = json.loads(line)
        self.web = str(self.ready["web"])

    def __enter__(self) -> Running:
        return self

    def __exit__(self, *_: object) -> None:
        if self.process.poll() is None:
            self.process.kill()
        self.process.communicate(timeout=30)

    def stop(self) -> int:
        """SIGTERM, and the exit code."""
        self.process.terminate()
        return self.process.wait(timeout=30)
