"""From a person to a sealed packet: whatever is cut, journal and disk tell one story, and of nobody."""

from __future__ import annotations

import errno
import json
import os
import shutil
import subprocess
import sys
from collections import namedtuple
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from agent import keys, policies
from agent.actions import ACTIONS
from agent.config import Config
from agent.home import Home
from agent.recording import book, seat, session
from agent.recording.plan import Devices
from agent.recording.session import Asked, Counter
from agent.recording.words import SAID
from agent.store.journal import Journal
from agent.store.packets import Packets
from domain.packet import Missing, info
from domain.packing import unpack
from domain.policy import Capture
from domain.policy_form import made
from domain.words import RefusedByRule
from drivers.scanner import Wanted
from tests.unit.agent.recording.desks import Album, Clerk, Clock, Pad, Reader, Scanner, broken, record_of
from tests.unit.agent.recording.room import PERSON
from tests.unit.agent.stations import NAME, START_MS, Province, events, make_home, open_at
from tests.unit.domain import recorded

FORWARD = {"recording_mode": "store_and_forward"}


class Cut(BaseException):
    """The power went."""


class Room:
    """A station with devices of straw. ``cut_at``: the action before which the power goes."""

    def __init__(self, root: Path) -> None:
        self.province = Province()
        self.config = Config("64.11", 1)
        self.home: Home = make_home(root, self.province)
        self.journal: Journal = open_at(self.home)
        policy = made("forward", "2020-01-02", FORWARD)
        self.journal.write(lambda tx: policies.keep(tx, policy, json.dumps(FORWARD)))
        self.cut_at = ""
        self.lost_answer = ""
        self.scanner, self.clerk = Scanner(), Clerk(Clock())
        self.asked = Asked(PERSON, (), "ani", None, None, "offline", Capture(), 5000)

    def perform(self, action: str, args: Mapping[str, Any]) -> dict[str, Any]:
        if action == self.cut_at:
            raise Cut
        done = ACTIONS[action](self.journal, self.config, args)
        if action == self.lost_answer:
            raise Cut
        return done

    def record(self, **asked: Any) -> dict[str, Any]:
        counter = Counter(
            home=self.home,
            keys=keys.load(self.home.keys_path),
            station=NAME,
            devices=Devices(self.scanner, Reader(), Pad()),
            desk=self.clerk,
            perform=self.perform,
            clock=self.clerk.clock,
            unix_ms=lambda: START_MS + 600_000,
            pictures=Album(),
        )
        return session.record(counter, replace(self.asked, **asked))

    @property
    def packets(self) -> Packets:
        return Packets(self.home.recordings_path)

    @property
    def states(self) -> list[str]:
        return [str(each.state) for each in book.every(self.journal)]

    @property
    def files(self) -> list[Path]:
        return [path for path in self.home.recordings_path.rglob("*") if path.is_file()]


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Room]:
    made = Room(tmp_path / "home")
    yield made
    made.journal.close()


def test_the_packet_is_sealed_to_the_province_and_the_journal_tells_its_counts(room: Room) -> None:
    missing = (Missing("Left LittleFinger", True),)
    done = room.record(missing=missing, second="budi")
    assert (done["state"], len(done["fingers"]), done["irises"]) == ("sealed", 9, ["Left", "Right"])
    assert done["exceptions"] == [{"part": "Left LittleFinger", "permanent": True}]
    sealed = room.packets.read(done["packet"], 0, 9_000_000)
    opened = room.province.open.open(sealed, info(NAME, done["id"]))
    station = keys.load(room.home.keys_path).sign.public()
    assert unpack(opened, station.verify).biodata == recorded.BIODATA
    line = room.journal.entries(0, 9)[-1]
    assert (line.event, line.subject) == ("recording_sealed", done["id"])
    assert line.body == {
        "sha256": done["packet"], "size": len(sealed), "fingers": 9, "irises": 2, "exceptions": 1,
        "forced": 0, "rechecked": "match", "endorsed": True,
    }  # fmt: skip
    assert book.unsent(room.journal) == [(done["id"], done["packet"], len(sealed))]


def test_nothing_of_a_person_is_anywhere_on_the_disk(room: Room) -> None:
    told = room.record()
    room.scanner.faults = [broken("nothing_there")]
    room.clerk.answers["sign_off"] = ["no"]
    room.record()
    wanted = room.scanner.pressed[1]
    planted = [recorded.NIK, recorded.NAME, recorded.BIODATA["birthdate"]]
    needles = [text.encode() for text in planted] + [record_of(wanted, wanted.parts[0])[-40:]]
    needles += [text.encode("utf-16-le") for text in planted]
    searched = 0
    for path in room.home.root.rglob("*"):
        if path.is_file():
            data = path.read_bytes()
            searched += len(data)
            assert not [needle for needle in needles if needle in data], path.name
    assert searched > 50_000
    assert recorded.NIK not in json.dumps(told)
    assert recorded.NAME not in json.dumps(told)


def test_a_cut_before_the_packet_is_on_the_disk_leaves_an_abandoned_sitting(room: Room) -> None:
    room.cut_at = "recording-about"
    with pytest.raises(Cut):
        room.record()
    room.cut_at = ""
    assert (room.states, room.files) == (["open"], [])
    room.record()
    assert room.states == ["abandoned", "sealed"]
    (died,) = [each.id for each in book.every(room.journal) if str(each.state) == "abandoned"]
    assert SAID["died"].en.format(died) in room.clerk.told, "the next clerk is told"
    first = book.every(room.journal)[0]
    assert first.cause == seat.DIED


def test_a_cut_between_the_note_and_the_file_is_abandoned_too(room: Room) -> None:
    room.lost_answer = "recording-about"
    with pytest.raises(Cut):
        room.record()
    room.lost_answer = ""
    room.record()
    assert room.states == ["abandoned", "sealed"]


def test_a_cut_between_the_file_and_its_line_loses_nobody_s_half_hour(room: Room) -> None:
    room.cut_at = "recording-sealed"
    with pytest.raises(Cut):
        room.record()
    room.cut_at = ""
    assert room.states == ["open"]
    seat.at_start(room.home, room.config, room.journal, room.packets)
    assert room.states == ["sealed"]
    ((id, sha, size),) = book.unsent(room.journal)
    assert room.packets.size(sha) == size
    assert events(room.journal)[-1] == ("recording_sealed", id)


def test_a_start_of_the_service_leaves_a_sitting_that_goes_on_alone(room: Room) -> None:
    room.perform("recording-begin", {})
    with seat.taken(room.home):
        seat.at_start(room.home, room.config, room.journal, room.packets)
        assert room.states == ["open"]
        with pytest.raises(RefusedByRule) as refused:
            room.record()
        assert refused.value.word == "SITTING_OPEN"
    seat.at_start(room.home, room.config, room.journal, room.packets)
    assert room.states == ["abandoned"]


def test_whoever_counts_clears_a_seat_that_nobody_holds_and_no_other(room: Room) -> None:
    assert seat.looked_at(room.home, room.perform) == []
    assert not room.home.sitting_path.exists(), "where nobody is recorded nothing is locked"
    id = room.perform("recording-begin", {})["id"]
    with seat.taken(room.home):
        assert seat.looked_at(room.home, room.perform) == []
        assert room.states == ["open"]
    assert seat.looked_at(room.home, room.perform) == [id]
    assert room.states == ["abandoned"]
    room.cut_at = "recording-sealed"
    with pytest.raises(Cut):
        room.record()
    room.cut_at = ""
    assert seat.looked_at(room.home, room.perform) == []
    assert room.states == ["abandoned", "sealed"], "one whose packet lies there counts"


def test_a_sitting_that_is_stopped_is_told_with_its_cause(room: Room) -> None:
    room.clerk.answers["read_back"] = ["no"]
    done = room.record()
    assert (done["state"], done["cause"], done["packet"]) == ("abandoned", "biodata_wrong", None)

    def interrupted(wanted: Wanted) -> None:
        raise KeyboardInterrupt

    room.scanner.on_press = interrupted
    with pytest.raises(KeyboardInterrupt):
        room.record()
    assert [each.cause for each in book.every(room.journal)] == ["biodata_wrong", "stopped"]
    assert room.files == []


def test_a_disk_that_is_nearly_full_begins_no_sitting(room: Room, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(shutil, "disk_usage", lambda path: usage(1 << 40, 0, session.DISK_LOW_BYTES - 1))
    with pytest.raises(RefusedByRule) as refused:
        room.record()
    assert refused.value.word == "DISK_LOW"
    assert room.states == []


@pytest.mark.parametrize(("answer", "state"), [("again", "sealed"), ("stop", "abandoned")])
def test_a_disk_that_fills_up_at_the_end_is_told_before_anybody_goes_home(
    room: Room, monkeypatch: pytest.MonkeyPatch, answer: str, state: str
) -> None:
    full = [OSError(errno.ENOSPC, "full")]
    sync = os.fsync

    def fsync(file: int) -> None:
        if full:
            raise full.pop()
        sync(file)

    monkeypatch.setattr(os, "fsync", fsync)
    room.clerk.answers["disk_full"] = [answer]
    assert room.record()["state"] == state
    assert room.states == [state]
    assert len(room.files) == (state == "sealed")


def test_the_rules_of_the_day_speak_before_any_device_does(room: Room) -> None:
    with pytest.raises(RefusedByRule):
        room.record(ticket=9)
    assert room.scanner.chains == []


_ONE_BYTE = """
no_traces()
assert resource.getrlimit(resource.RLIMIT_CORE)[0] == 1
assert "ctypes" not in sys.modules
"""
_NEVER = """
import ctypes
resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
os.geteuid() or os.setresuid(65534, 65534, 65534)
made, told = 4, 3
ctypes.CDLL(None).prctl(made, 1, 0, 0, 0)
no_traces()
assert ctypes.CDLL(None).prctl(told, 0, 0, 0, 0) == 0
"""


@pytest.mark.skipif(sys.platform != "linux", reason="how Linux dumps cores")
@pytest.mark.parametrize("limits", [_ONE_BYTE, _NEVER], ids=["limit may be set", "limit stands at 0"])
def test_the_process_of_a_sitting_leaves_no_core(tmp_path: Path, limits: str) -> None:
    code = (
        "import faulthandler, os, resource, signal, sys; faulthandler.enable()\n"
        "from agent.quiet import no_traces\n"
        f"{limits}"
        "assert not faulthandler.is_enabled()\n"
        f"os.chdir({str(tmp_path)!r}) if os.geteuid() != 65534 else None\n"
        "os.kill(os.getpid(), signal.SIGSEGV)"
    )
    died = subprocess.run([sys.executable, "-c", code], cwd=Path.cwd(), capture_output=True, check=False)
    assert died.stderr == b""
    assert died.returncode == -11
    assert list(tmp_path.iterdir()) == []
