"""A station in the field, with real drivers on simulated devices that are processes of their own.

``Gear`` is scanner, small reader and pad, at many times their own pace. ``Field`` holds sittings in this
process, because only so can the time of day be told to them; ``Seat`` is the clerk's chair with somebody
in it who does, at each sentence, what people do. Bodies are few and many people wear each: a grown finger is
kept in the scanner's state, two people's are kept as pictures (tests/fingers.py).
"""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterable, Mapping
from contextlib import ExitStack
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Any

import numpy as np

from agent import keys, policies
from agent.actions import ACTIONS
from agent.config import Config
from agent.recording import session, words
from agent.recording.biodata import Person
from agent.recording.plan import Devices
from agent.recording.session import Asked, Counter
from agent.recording.sitting import Step
from agent.recording.words import FAULTS, PARTS, PROMPTS, SAID, Said, filled
from agent.store.journal import Journal
from domain.packet import Missing
from domain.policy import Capture
from domain.policy_form import made
from drivers.clock import MonotonicClock
from drivers.registry import open_pad, open_reader, open_scanner
from simulators.sbi.subject import person as body
from tests import fingers
from tests.journeys.sync_rig import STATION, Station
from tests.journeys.technician import Technician
from tests.unit.agent.stations import Clock

SPEED = "500"
LOST = "Left LittleFinger"
RIGHT_INDEX, LEFT_INDEX = 1, 6
SCANNER_FAULTS = tuple(words.fault("scanner", cause) for cause in FAULTS)
Deed = Callable[[], object]


class Gear:
    """The three devices. ``kept``: where the scanner's keys and everybody's fingers lie; ``people``: whose
    fingers need not be grown."""

    def __init__(self, root: Path, kept: Path, people: Iterable[int] = fingers.PEOPLE) -> None:
        self.anchors, self._kept, self._port = root / "anchors.pem", kept, "0"
        self._stack = ExitStack()
        at = ("--tcp", "127.0.0.1:0", "--speed", SPEED)
        self.reader = Technician(*at, command="reader")
        self.pad = Technician(*at, command="pad")
        for seed in people:
            for finger in range(10):
                keep(kept, seed, finger)

    def __enter__(self) -> Gear:
        self.plug_in()
        for device in (self.reader, self.pad):
            self._stack.enter_context(device)
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None
    ) -> None:
        self._stack.close()
        self.scanner.__exit__(kind, error, at)

    def plug_in(self) -> None:
        """Start the scanner's service, where it was before."""
        told = ("--port", self._port, "--ca", str(self.anchors), "--state", str(self._kept))
        self.scanner = Technician(*told, "--speed", SPEED, command="sbi")
        self.scanner.__enter__()
        self._port = self.scanner.address("sbi://").rpartition(":")[2]

    def comes_back(self, seed: int) -> None:
        """A service that was killed is started anew; whoever sat there still does."""
        if self.scanner.process.poll() is not None:
            self.scanner.__exit__(None, None, None)
            self.plug_in()
            self.sits_down(seed)

    def sits_down(self, seed: int, *, missing: bool = False) -> None:
        """Somebody with this body is before the devices."""
        self.scanner.hand(subject=seed)
        if missing:
            self.scanner.hand(missing=LOST)

    def config(self, broker: str) -> Config:
        """The station's own, with these devices."""
        return Config(
            "64.11", 1, broker=broker, biometrics=self.scanner.address("sbi://"), trust=str(self.anchors),
            reader=self.reader.address("r30x+tcp"), pad=self.pad.address("topaz+tcp"),
        )  # fmt: skip

    def fingers_of(self, seed: int) -> dict[str, Deed]:
        """What a person does when a finger is asked for on the small reader."""
        return {
            filled(PROMPTS[Step.RECHECK], PARTS[part]).en: lambda n=n: self.reader.hand(finger=f"{seed}:{n}")  # type: ignore[misc]
            for part, n in (("Right IndexFinger", RIGHT_INDEX), ("Left IndexFinger", LEFT_INDEX))
        }

    def accident(self, what: str, seed: int) -> dict[str, Deed]:
        """What goes wrong in the middle of a sitting, and how it is mended when the clerk is told."""
        if what == "unplugged":
            pulled: dict[str, Deed] = {PROMPTS[Step.LEFT_SLAP].en: lambda: self.scanner.hand(unplug="Finger")}
            return pulled | {said.en: lambda: self.scanner.hand(plug=True) for said in SCANNER_FAULTS}
        if what == "dirty":
            dirt: Deed = lambda: self.scanner.hand(fault="dirty@now,of=Finger")  # noqa: E731
            return {PROMPTS[Step.THUMBS].en: dirt, SAID["again"].en: lambda: self.scanner.hand(wipe=True)}
        if what == "killed":
            back = {said.en: lambda: self.comes_back(seed) for said in SCANNER_FAULTS}
            return {PROMPTS[Step.THUMBS].en: lambda: self.scanner.kill(), **back}
        return {}


class Seat:
    """The clerk. ``deeds``: by the English sentence, what is done when it is said."""

    def __init__(self) -> None:
        self.deeds: Mapping[str, Deed] = {}
        self.heard: list[str] = []
        self._tick = threading.Event()

    def tell(self, said: Said) -> None:
        self.heard.append(said.en)
        self.deeds.get(said.en, lambda: None)()

    def show(self, rows: Mapping[str, str]) -> None:
        """Read aloud."""

    def ask(self, said: Said, answers: tuple[str, ...]) -> str:
        self.tell(said)
        return answers[0]

    def write(self, said: Said) -> str:
        self.tell(said)
        return ""

    def pause(self, ms: int) -> bool:
        return self._tick.wait(min(ms, 50) / 1000)


class Field:
    """A station on a boat: its keys, packets and journal, its devices, and the day it is."""

    def __init__(self, station: Station, gear: Gear, clock: Clock, rules: Mapping[str, Any]) -> None:
        self.journal = Journal(station.home.journal_path, 43, clock)
        policy = made("field", "2020-01-02", rules)
        self.journal.write(lambda tx: policies.keep(tx, policy, json.dumps(rules)))
        self.gear, self.seat, self._stack = gear, Seat(), ExitStack()
        self.took_s: list[float] = []
        steady = MonotonicClock()
        config, trust = gear.config(""), gear.anchors.read_bytes()
        scanner = open_scanner(config.biometrics, trust=trust, now_unix_ms=_unix_ms, clock=steady)
        reader, pad = open_reader(config.reader, clock=steady), open_pad(config.pad, clock=steady)
        for device in (scanner, reader, pad):
            self._stack.callback(device.close)
        self._counter = Counter(
            home=station.home,
            keys=keys.load(station.home.keys_path),
            station=STATION,
            devices=Devices(scanner, reader, pad),
            desk=self.seat,
            perform=self.perform,
            clock=steady,
            unix_ms=clock,
        )

    def perform(self, action: str, args: Mapping[str, Any]) -> dict[str, Any]:
        """One of the station's actions, at the time it is there."""
        return ACTIONS[action](self.journal, Config("64.11", 1), args)

    def record(
        self, number: int, seed: int, *, accident: str = "", ticket: int | None = None
    ) -> dict[str, Any]:
        """One sitting of person ``number``, who has the body ``seed``; its document."""
        lacks = accident == "exception"
        missing = (Missing(LOST, permanent=True),) if lacks else ()
        self.gear.sits_down(seed, missing=lacks)
        self.seat.heard.clear()
        self.seat.deeds = self.gear.fingers_of(seed) | self.gear.accident(accident, seed)
        person = somebody(number, seed)
        began_s = time.monotonic()
        asked = Asked(person, missing, "ani", "budi", ticket, "offline", Capture(), 60_000)
        done = session.record(self._counter, asked)
        self.took_s.append(time.monotonic() - began_s)
        return done

    def close(self) -> None:
        self._stack.close()
        self.journal.close()


def somebody(number: int, seed: int) -> Person:
    """The invented person of this number, as old as the body is."""
    who = body(str(seed))
    day = 12 + 40 * who.woman
    nik = f"641101{day:02}05{who.born % 100:02}{9001 + number % 999:04}"
    return Person({"nik": nik, "name": f"SPECIMEN {number}"}, date(who.born, 5, 12))


def keep(folder: Path, seed: int, finger: int) -> None:
    """A finger that is kept as a picture, where the scanner keeps those it grew."""
    folder.mkdir(parents=True, exist_ok=True)
    whole = fingers.kept(seed, finger)
    np.savez(folder / f"finger-{seed}-{finger}.npz", klass=whole.klass, ridges=whole.ridges)


def _unix_ms() -> int:
    return time.time_ns() // 1_000_000
