"""A person's NIK, name and finger are planted in a recording and in an order that is printed; then every byte
is searched that the station left behind: its home, its log, the temp folder, and what a crash dumps.

The agent dies in the middle of a print and once more at the end, the recording command before it has sealed.
That the search finds what is there, a command proves that leaks on purpose.
"""

from __future__ import annotations

import io
import json
import random
import resource
import signal
import sys
import zipfile
import zlib
from base64 import b64decode, b64encode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PIL import Image

from agent import keys, policies
from agent.config import to_toml
from agent.home import open_journal
from agent.recording.biodata import Person
from agent.recording.sitting import Step
from agent.recording.words import PROMPTS, SAID
from agent.store.packets import Packets
from domain.iso19794 import single
from domain.packet import Modality, Recording, info
from domain.packing import unpack
from domain.policy_form import made
from tests.journeys.field_rig import Deed, Gear, somebody
from tests.journeys.killer_rig import STATION, Life, Prepared, fields, prepare
from tests.journeys.recording_rig import FORWARD, Clerk
from tests.journeys.station import LOKET, Station
from tests.journeys.sync_rig import until
from tests.journeys.test_one_card import Counter
from tests.planted import Planted

pytestmark = [
    pytest.mark.attack,
    pytest.mark.skipif(sys.platform != "linux", reason="core dumps as Linux writes them"),
]

BODY = 9001
SITTER = somebody(41, BODY)
TEMPLATE = random.Random(7).randbytes(512)
LEAKING = """
import json, sys, tempfile
from agent import quiet
from agent.recording import conduct
def leaking(self, shown=conduct.Sitting._biodata):
    with tempfile.NamedTemporaryFile("w", delete=False) as file:
        json.dump(dict(self._plan.person.biodata), file)
    shown(self)
conduct.Sitting._biodata = leaking
quiet.no_traces = lambda: None
from agent.cli import main
main(sys.argv[1:])
"""


def zipped(line: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as file:
        file.writestr("line", line)
    return out.getvalue()


DISGUISES: dict[str, Callable[[str], bytes]] = {
    "plain": str.encode,
    "zlib": lambda line: zlib.compress(line.encode()),
    "zip": zipped,
    "utf-16-le": lambda line: line.encode("utf-16-le"),
    "utf-16-be": lambda line: line.encode("utf-16-be"),
    "base64": lambda line: b64encode(line.encode()),
    "hex": lambda line: line.encode().hex().encode(),
    "backwards": lambda line: line[::-1].encode(),
}


@dataclass(slots=True)
class Office:
    """A station with a printer and with devices for people; ``litter``: where its programs leave things."""

    life: Life
    gear: Gear
    prepared: Prepared
    litter: Path

    def print_and_die(self) -> Counter:
        """The order is printed by two lives of the agent, the first aborted under the card."""
        counter = Counter(self.life)
        counter.print()
        intended = "SELECT 1 FROM journal WHERE event = 'print_intended'"
        until(lambda: bool(self.life.reads.rows(intended)), "never printed")
        counter.dies(signal.SIGABRT)
        counter.start()
        counter.comes_to("printed", "unsure")
        return counter

    def sit(
        self, program: list[str], *, upto: str = "", dies_by: int = signal.SIGABRT
    ) -> tuple[Clerk, dict[str, Any]]:
        """One sitting, which dies at a sentence if one is told; its document."""
        self.gear.sits_down(BODY)
        deeds: dict[str, Deed] = dict(self.gear.fingers_of(BODY))
        lines = f"{SITTER.biodata['nik']}\n{json.dumps(told(SITTER))}"
        clerk = Clerk(Station(self.life.home.root), lines, deeds, "--biodata", "-", program=program)
        if upto:
            deeds[upto] = lambda: clerk.process.send_signal(dies_by)
        done = clerk.work()
        assert clerk.process.returncode == (-dies_by if upto else 0)
        return clerk, done

    def opened(self, id: str, packet: str) -> Recording:
        """What only the province can see."""
        home = self.life.home
        sealed = Packets(home.recordings_path).read(packet, 0, 9_000_000)
        packed = self.prepared.opens.open(sealed, info(STATION, id))
        return unpack(packed, keys.load(home.keys_path).sign.public().verify)


def told(person: Person) -> dict[str, str]:
    return {"name": person.biodata["name"], "birthdate": person.born.isoformat()}


@contextmanager
def crashes_dump_into(litter: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """What is started now may dump core, and has its temp folder and its working directory there."""
    before = resource.getrlimit(resource.RLIMIT_CORE)
    resource.setrlimit(resource.RLIMIT_CORE, (before[1], before[1]))
    monkeypatch.setenv("TMPDIR", str(litter / "tmp"))
    monkeypatch.chdir(litter)
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_CORE, before)


@pytest.fixture
def office(tmp_path: Path) -> Iterator[Office]:
    litter = tmp_path / "litter"
    (litter / "tmp").mkdir(parents=True)
    prepared = prepare(tmp_path / "prepared", finger_right=b64encode(TEMPLATE).decode())
    with Gear(tmp_path, tmp_path / "kept", (BODY,)) as gear:
        life = Life(prepared, tmp_path, "ymcko")
        try:
            mine, theirs = life.home.config(), gear.config("")
            more = {name: getattr(theirs, name) for name in ("biometrics", "trust", "reader", "pad")}
            life.home.config_path.write_text(to_toml(replace(mine, **more)))
            with life.home.lock():
                journal = open_journal(life.home, lambda: 1_589_241_500_000)
                policy = made("forward", "2020-01-02", FORWARD)
                journal.write(lambda tx: policies.keep(tx, policy, json.dumps(FORWARD)))
                journal.close()
            yield Office(life, gear, prepared, litter)
        finally:
            life.close()


def test_nothing_of_a_person_is_left_on_the_station_s_disk(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    with crashes_dump_into(office.litter, monkeypatch):
        counter = office.print_and_die()
        cut, _ = office.sit(LOKET, upto=PROMPTS[Step.SIGNATURE].en)
        killed, _ = office.sit(LOKET, upto=PROMPTS[Step.THUMBS].en, dies_by=signal.SIGKILL)
        clerk, done = office.sit(LOKET)
        counter.dies(signal.SIGKILL)
        counter.log.close()
    recording = office.opened(done["id"], done["packet"])
    planted = Planted(texts(), {**of_the_order(), **pictures(recording)})
    screens = office.litter / "screens.txt"
    screens.write_text(
        "\n".join(line for each in (cut, killed, clerk) for line in each.screen if not is_read_aloud(line))
    )
    (office.litter / "loket.log").write_bytes((office.life.folder / "loket.log").read_bytes())
    found, searched = planted.found([office.life.home.root, office.litter])
    assert found == set()
    names = {path.name for path in office.life.home.root.rglob("*")}
    assert {"journal.db", "journal.db-wal", "control.json"} <= names, "it was searched while it was in use"
    assert not list(office.litter.glob("core*"))
    assert searched > 1_000_000


def test_the_search_finds_what_a_command_leaks(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    with crashes_dump_into(office.litter, monkeypatch):
        program = [sys.executable, "-c", LEAKING]
        office.sit(program, upto=SAID["read_back"].en)
    found, _ = Planted(texts(), {}).found([office.litter / "tmp"])
    assert {what.partition(": ")[2] for what in found} == {
        "the sitter's NIK, as it is",
        "the sitter's name, as it is",
    }
    if dumps_here():
        (core,) = office.litter.glob("core*")
        assert SITTER.biodata["nik"].encode() in core.read_bytes()


@pytest.mark.parametrize("how", [*DISGUISES])
def test_a_disguise_is_seen_through(tmp_path: Path, how: str) -> None:
    noise = random.Random(1).randbytes(1000)
    for before in ("", "x", "xy"):
        line = f"{before}{SITTER.biodata['nik']}z"
        (tmp_path / "file").write_bytes(noise + DISGUISES[how](line) + noise)
        assert Planted(texts(), {}).found([tmp_path])[0]
        (tmp_path / "file").write_bytes(noise + DISGUISES[how](line.replace("64", "65", 1)) + noise)
        assert Planted(texts(), {}).found([tmp_path])[0] == set()


def texts() -> dict[str, str]:
    """NIK and name of both people."""
    order = fields()
    return {
        "the sitter's NIK": SITTER.biodata["nik"],
        "the sitter's name": SITTER.biodata["name"],
        "the holder's NIK": order["nik"],
        "the holder's name": order["name"],
    }


def of_the_order() -> dict[str, bytes]:
    """Its finger and its photo, a piece of each."""
    photo = b64decode(fields()["photo"])
    return {"the holder's finger": TEMPLATE[200:230], "the holder's photo": photo[len(photo) // 2 :][:30]}


def pictures(recording: Recording) -> dict[str, bytes]:
    """Of each finger a run of its pixels and two pieces of its codestream."""
    found = {}
    for part in recording.parts:
        if part.modality is Modality.FINGER:
            image = part.record[single(part.record).image]
            rows = np.asarray(Image.open(io.BytesIO(image)))
            row = max(rows, key=lambda each: float(each.std()))
            at = int(np.argmax([row[x : x + 24].std() for x in range(len(row) - 24)]))
            found[f"{part.part}, pixels"] = row[at : at + 24].tobytes()
            for piece in (len(image) // 3, len(image) - 60):
                found[f"{part.part}, JP2 from {piece}"] = image[piece : piece + 32]
    return found


def is_read_aloud(line: str) -> bool:
    """Whether the line shows the person what was written down of them, which is what the screen is for."""
    return line.startswith("  ") and not line.startswith("  (")


def dumps_here() -> bool:
    """Whether this machine lets its programs dump core, and into the folder where they work."""
    pattern = Path("/proc/sys/kernel/core_pattern").read_text()
    return pattern.startswith("core") and resource.getrlimit(resource.RLIMIT_CORE)[1] not in (0, 1)
