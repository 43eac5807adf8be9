"""One card's life with real processes: a simulated printer, an agent that may be killed, and a clerk.

Each life has a home and a printer of its own; the printer's truth file is the judge. Not on Windows.
"""

from __future__ import annotations

import json
import multiprocessing
import shutil
import signal
import subprocess
import sys
import threading
import time
from base64 import b64encode
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass
from datetime import date
from functools import partial
from hashlib import sha256
from multiprocessing.context import ForkServerProcess
from pathlib import Path
from typing import Any

from agent import control, keys
from agent.config import Config, to_toml
from agent.home import Home
from agent.printing import jobs
from agent.printing.states import Event, State
from agent.stock import blanks
from agent.store.journal import Journal
from agent.store.migrations import migrate
from agent.store.sqlite import Reader
from domain.join import JoinFile
from domain.keys import OpenKey, SigningKey, canonical, order_bytes, order_info
from domain.ledger import Place
from simulators.cards.blank import blank_uid
from simulators.people.people import Person, people
from simulators.people.portraits import portrait
from tests.journeys import killer_process
from tests.journeys.killer_virtual import is_free, settled_by_sight
from tests.journeys.sync_rig import free_port, until

STATION, SPEED, CARDS = "64.11-1", 60, 4
PATIENCE_S = 60.0
NOBODY = "mqtt://127.0.0.1:9"  # a station's line is usually dead
FIELDS = (
    "nik", "name", "birthplace", "birthdate", "sex", "blood", "address", "rt_rw", "village", "district",
    "religion", "marital", "occupation", "citizenship",
)  # fmt: skip
FORKED = multiprocessing.get_context("forkserver")  # each agent is a process of its own, imports done before
FORKED.set_forkserver_preload(["tests.journeys.killer_process", "uvicorn.protocols.http.h11_impl"])
OUTCOMES = {Event.PRINTED: "came_out", Event.SPOILED: "spoiled", Event.UNTOUCHED: "untouched"}


@dataclass(frozen=True, slots=True)
class Prepared:
    """A station's home and one order for it, to be copied for each life. ``opens``: the province's key."""

    home: Path
    order: Path
    opens: OpenKey


def prepare(folder: Path, **more: str) -> Prepared:
    """A station that has joined and received its blanks, and an order with a sealed person and ``more``."""
    home, hub, opens = Home(folder / "home"), SigningKey.generate(), OpenKey.generate()
    home.root.mkdir(parents=True)
    migrate(home.journal_path)
    join = JoinFile("64.11", 1, hub.public().text, opens.public().text, bytes(32), NOBODY)
    keys.make(home.keys_path, join)
    journal = Journal(home.journal_path, 1, lambda: time.time_ns() // 1_000_000)
    journal.write(lambda tx: blanks.receive(tx, "K-1", "ktp", None, CARDS))
    journal.close()
    order = folder / "order.json"
    order.write_text(json.dumps(signed_order(hub, home, fields() | more)))
    return Prepared(home.root, order, opens)


def specimen() -> Person:
    """One synthetic person."""
    return people(1, "64.11", 1, kind="ktp", today=date(2020, 5, 12))[0]


def fields() -> dict[str, str]:
    """What the card of that person says."""
    who = specimen()
    told = {name: value for name, value in asdict(who).items() if name in FIELDS}
    photo = b64encode(portrait(who)).decode()
    return told | {"province": "KALIMANTAN TIMUR", "regency": "MAHAKAM ULU", "photo": photo}


def signed_order(hub: SigningKey, home: Home, told: Mapping[str, str]) -> dict[str, Any]:
    """The first line of the station's order log: a specimen person's card."""
    who = specimen()
    sealed = keys.load(home.keys_path).open.public().seal(canonical(told), order_info(STATION, who.order))
    body: dict[str, Any] = {
        "kind": "ktp",
        "reason": "first_card",
        "requested": "2020-05-01",
        "payload_sha256": sha256(sealed).hexdigest(),
        "payload": b64encode(sealed).decode(),
    }
    body["signature"] = b64encode(hub.sign(order_bytes(STATION, who.order, body))).decode()
    return {"seq": 1, "epoch": 9, "at_ms": 1, "event": "order", "subject": who.order, "body": body}


class Printer:
    """A simulated printer as a process; ``ask``: the technician's hand at its back door."""

    def __init__(self, folder: Path, chip_port: int, ribbon: str = "k", *more: str) -> None:
        self.truth_path = folder / "truth.jsonl"
        self._argv = [sys.executable, "-c", "from simulators.cli import main; main()", "printer"]
        self._argv += ["--tcp", "127.0.0.1:0", "--chip", f"127.0.0.1:{chip_port}", "--cards", str(CARDS)]
        self._argv += ["--speed", str(SPEED), "--ribbon", ribbon, "--truth", str(self.truth_path), *more]
        self._start()

    def _start(self) -> None:
        self.process = subprocess.Popen(self._argv, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        ready = self._answer()
        self.address, self._serial = ready["addresses"][0], ready["serial"]

    def killed(self) -> bool:
        """Whether it has died by SIGKILL, after a moment."""
        with suppress(subprocess.TimeoutExpired):
            self.process.wait(PATIENCE_S)
        return self.process.returncode == -signal.SIGKILL

    def revive(self) -> None:
        """Its power is back: the same printer, from its state file, where it was."""
        self._close_pipes()
        self._argv += ["--tcp", self.address.partition("//")[2]]
        self._start()

    def _close_pipes(self) -> None:
        for pipe in (self.process.stdin, self.process.stdout):
            if pipe is not None:
                pipe.close()

    def _answer(self) -> dict[str, Any]:
        assert self.process.stdout is not None
        told: dict[str, Any] = json.loads(self.process.stdout.readline())
        return told

    def ask(self, **told: Any) -> dict[str, Any]:
        assert self.process.stdin is not None
        self.process.stdin.write(json.dumps(told) + "\n")
        self.process.stdin.flush()
        return self._answer()

    def look(self) -> dict[str, Any]:
        return self.ask(look=True)

    def blank(self, number: int) -> str:
        return blank_uid(1, self._serial, number)

    def truth(self) -> list[dict[str, Any]]:
        return [json.loads(line) for line in self.truth_path.read_text().splitlines()]

    def close(self) -> None:
        self._close_pipes()
        self.process.kill()
        self.process.wait()


class Life:
    """One station at one printer for one order's whole life.

    ``chip``: where the card at the station connects to and the address it is read at, where it is not vpcd.
    """

    def __init__(
        self,
        prepared: Prepared,
        folder: Path,
        ribbon: str = "k",
        chip: tuple[int, str] | None = None,
        *more: str,
    ) -> None:
        shutil.copytree(prepared.home, folder / "home")
        self.folder, self.order_path = folder, prepared.order
        self.order: str = json.loads(prepared.order.read_text())["subject"]
        self.home = Home(folder / "home")
        port = free_port()
        chip_port, reader = chip or (port, f"vpcd://127.0.0.1:{port}")
        self.printer = Printer(folder, chip_port, ribbon, *more)
        config = Config("64.11", 1, self.printer.address, reader, broker=NOBODY)
        self.home.config_path.write_text(to_toml(config))
        self.reads = Reader(self.home.journal_path)
        self.log_path = folder / "agent.log"
        self._agent: ForkServerProcess | None = None

    def start(self, at: str = "", list_path: str = "", who: str = "agent") -> None:
        """The agent, to be killed ``at`` a point, or ``who`` is; without one it works until told to stop."""
        victim = 0 if who == "agent" else self.printer.process.pid
        told = (str(self.home.root), str(self.order_path), at, list_path, str(self.log_path), victim)
        self._agent = FORKED.Process(target=killer_process.main, args=(*told, who == "printer"))
        self._agent.start()
        if not at:
            until(lambda: self._answers() or not self.running(), "the agent never got ready")
            assert self.running(), self.log_path.read_text()

    def _answers(self) -> bool:
        path = self.home.control_path
        return path.exists() and json.loads(path.read_text())["pid"] == self._process().pid

    def _process(self) -> ForkServerProcess:
        assert self._agent is not None
        return self._agent

    def running(self) -> bool:
        """Whether the agent lives."""
        return self._process().is_alive()

    def stop(self) -> int | None:
        """SIGTERM, and the exit code."""
        self._process().terminate()
        self._process().join(30)
        return self._process().exitcode

    def close(self) -> None:
        if self._agent is not None:
            self._agent.kill()
            self._agent.join()
            self._agent.close()
        self.reads.close()
        self.printer.close()

    def states(self) -> list[tuple[str, State]]:
        return [(row[0], State(row[1])) for row in self.reads.rows("SELECT id, state FROM job ORDER BY id")]

    def printed(self) -> bool:
        return any(state in (State.PRINTED, State.READY) for _, state in self.states())

    def _unsure(self) -> bool:
        return any(state is State.UNSURE for _, state in self.states())

    def verify(self) -> None:
        """The clerk takes the card out of the tray, looks at it and puts it on the shelf."""
        for job in jobs.in_state(self.reads, State.PRINTED):
            args = {"job": job.id, "card": job.blank, "shelf": "A-1", "by": "ani"}
            control.perform(self.home, "verify", args)

    def live_to_the_end(self) -> None:
        """A clerk sits there until the card is on the shelf: settles what is unsure, and presses again."""
        tick, end_s = threading.Event(), time.monotonic() + 60
        while not self.printed():
            assert time.monotonic() < end_s, f"{self.states()}\n{self.log_path.read_text()}"
            inside = self.printer.look()["inside"]
            for job in jobs.in_state(self.reads, State.UNSURE):
                if not inside:  # the station moves what lies inside to the reject tray first
                    self._settle(job)
            tick.wait(0.05)
        self.verify()
        until(lambda: not self.printer.look()["inside"], "a card was left inside")

    def _settle(self, job: jobs.Job) -> None:
        look, panels = self.printer.look(), job.panels or 0
        following = self.printer.blank(CARDS + 1 - look["feeder"])
        blank, event = settled_by_sight(job, look, partial(is_free, self.reads), panels, following)
        args = {"job": job.id, "outcome": OUTCOMES[event], "blank": blank, "reason": "seen"}
        control.perform(self.home, "resolve", args)
        control.perform(self.home, "print", {"order": self.order})

    def truth_agrees(self) -> None:
        """One good card of the order's one picture, and every blank in the account where it lies."""
        picture = self.reads.rows("SELECT artefact FROM job WHERE state IN ('printed', 'ready')")[0][0]
        out = [
            line for line in self.printer.truth() if (line["event"], line["tray"]) == ("ejected", "output")
        ]
        good = [line["blank"] for line in out if line["picture"] == picture]
        assert len(good) == 1, f"{len(good)} good cards"
        ledger, seen = blanks.fold(self.reads), self.printer.look()
        account = ledger.account("ktp")
        trays = [*seen["output"], *seen["reject"], *seen["inside"], *seen["hands"]]
        touched = sorted(
            c["blank"] for c in trays if (c["panels"] or c.get("half")) and c["blank"] not in good
        )
        clean = sum(1 for c in trays if not c["panels"] and not c.get("half")) + seen["feeder"]
        assert ledger.names("ktp", Place.CARD) == good
        assert ledger.names("ktp", Place.SPOILED) == touched
        assert (account["unaccounted"], account["on_hand"]) == ([], clean)
        assert account["received"] == CARDS == clean + len(touched) + 1

    def killed(self) -> bool:
        """Whether the agent ended by SIGKILL, now or when it was told to stop: the point was hit.

        On a busy machine a card may end in unsure instead, and waits for a clerk who is not there yet.
        """
        until(lambda: not self.running() or self.printed() or self._unsure(), "nothing comes of the card", 60)
        self.verify()
        self._process().join(1.0)
        if self.running():
            self.stop()
        return self._process().exitcode == -signal.SIGKILL
