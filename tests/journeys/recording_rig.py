"""A desk where people are recorded: simulated devices, and a clerk at the keyboard of ``loket record``.

``Desk`` starts scanner, fingerprint reader and signature pad as processes. ``Clerk`` reads what the command
says and does what a person at the desk would: each sentence may have a deed, each question is answered by
Enter.
"""

from __future__ import annotations

import json
import os
import subprocess
import threading
from collections.abc import Callable, Mapping, Sequence
from contextlib import ExitStack
from pathlib import Path
from types import TracebackType
from typing import Any

from agent import policies, province_clock
from agent.recording.sitting import Step
from agent.recording.words import PARTS, PROMPTS, SAID, filled
from domain.policy_form import made
from simulators.people.whose_finger import biometric_seed
from tests.journeys.station import LOKET, Station
from tests.journeys.technician import Technician
from tests.unit.agent.stations import open_at

FORWARD = {"recording_mode": "store_and_forward"}
RIGHT_INDEX, LEFT_INDEX = 1, 6
SPEED = "50"
AHEAD_MS = 600_000
Deed = Callable[[], object]


class Desk:
    """The three devices, and a station that knows them and may record without a link.

    The province once told it that its clock is ``AHEAD_MS`` behind.
    """

    def __init__(self, root: Path, nik: str, *faults: str) -> None:
        self.root = root
        self.seed = biometric_seed(nik)
        self.station = Station(root / "home")
        anchors = str(root / "anchors.pem")
        told = [word for fault in faults for word in ("--fault", fault)]
        subject = ("--subject", nik, "--ca", anchors, "--port", "0", "--speed", SPEED)
        self.scanner = Technician(*subject, *told, command="sbi")
        at = ("--tcp", "127.0.0.1:0", "--speed", SPEED)
        self.reader = Technician(*at, "--seed", str(self.seed), command="reader")
        self.pad = Technician(*at, command="pad")
        self._stack = ExitStack()

    def __enter__(self) -> Desk:
        for device in (self.scanner, self.reader, self.pad):
            self._stack.enter_context(device)
        done = self.station.init(
            *("--biometrics", self.scanner.address("sbi://"), "--trust", str(self.root / "anchors.pem")),
            *("--reader", self.reader.address("r30x+tcp"), "--pad", self.pad.address("topaz+tcp")),
        )
        assert done.code == 0, done.err
        journal = open_at(self.station.home)
        policy = made("forward", "2020-01-02", FORWARD)
        journal.write(lambda tx: policies.keep(tx, policy, json.dumps(FORWARD)))
        journal.write(lambda tx: province_clock.remember(tx, AHEAD_MS))
        journal.close()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._stack.close()

    def lay(self, seed: int, finger: int) -> None:
        """A finger onto the small reader's glass."""
        self.reader.hand(finger=f"{seed}:{finger}")

    def person(self) -> dict[str, Deed]:
        """What the person does when asked: the right finger for each comparison."""
        fingers = {"Right IndexFinger": RIGHT_INDEX, "Left IndexFinger": LEFT_INDEX}
        return {
            filled(PROMPTS[Step.RECHECK], PARTS[part]).en: lambda n=n: self.lay(self.seed, n)  # type: ignore[misc]
            for part, n in fingers.items()
        }


class Clerk:
    """``loket record`` with somebody at its keyboard. ``deeds``: by the English sentence, at each of them."""

    def __init__(
        self,
        station: Station,
        nik: str,
        deeds: Mapping[str, Deed],
        *options: str,
        program: Sequence[str] = LOKET,
    ) -> None:
        environment = {**os.environ, "LOKET_HOME": str(station.root)}
        self.process = subprocess.Popen(
            [*program, "record", "--nik", "-", "--by", "ani", "--json", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
        )
        self.heard: list[str] = []
        self.screen: list[str] = []
        self.answers: dict[str, list[str]] = {}
        self._deeds = deeds
        self._type(nik)

    def answer(self, word: str, *lines: str) -> Clerk:
        """What is typed at a question of words.SAID, the next times it is asked."""
        self.answers[SAID[word].en] = list(lines)
        return self

    def work(self, timeout_s: float = 90) -> dict[str, Any]:
        """See the sitting to its end; its document, empty where the command died."""
        watchdog = threading.Timer(timeout_s, self.process.kill)
        watchdog.start()
        assert self.process.stderr
        for line in self.process.stderr:
            self.screen.append(line.rstrip())
            self._hear(line.strip())
        watchdog.cancel()
        assert self.process.stdout
        out = self.process.stdout.read()
        self.process.wait(timeout_s)
        for pipe in (self.process.stdin, self.process.stdout, self.process.stderr):
            if pipe:
                pipe.close()
        document: dict[str, Any] = json.loads(out or "{}")
        return document

    def _hear(self, line: str) -> None:
        if line.startswith("(") and line.endswith(")"):
            self.heard.append(line[1:-1])
            if deed := self._deeds.get(line[1:-1]):
                deed()
            if line[1:-1] in (SAID["supervisor"].en, SAID["which_missing"].en):
                self._type(self._next())
        elif line.startswith("[1]"):
            self._type(self._next())

    def _next(self) -> str:
        waiting = self.answers.get(self.heard[-1], [])
        return waiting.pop(0) if waiting else ""

    def _type(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
