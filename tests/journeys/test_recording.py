"""People are recorded by the real command on simulated devices, which fail as real ones do."""

from __future__ import annotations

from pathlib import Path

from agent import keys
from agent.recording.words import SAID, fault
from agent.store.packets import Packets
from domain.iso19794 import single
from domain.packet import Modality, Rechecked, Recording, info
from domain.packing import unpack
from drivers.scanner import LEFT_SLAP
from tests.journeys.recording_rig import AHEAD_MS, RIGHT_INDEX, Clerk, Desk
from tests.unit.agent.stations import NAME

NIK = "6411015205029001"  # a woman of 12 May 2002
BIODATA = '{"name": "SPECIMEN SITI AMINAH", "birthdate": "2002-05-12", "sex": "P"}'
CLERK = 4711
ACCIDENTS = (
    f"clock@start,by={AHEAD_MS // 1000}",  # the devices have the province's time, this PC has not
    "unplug@capture=1,for=2000",
    f"swap@capture=1,of=right,part=Right IndexFinger,seed={CLERK}",
    "rising@capture=1,of=left",
)


def test_a_person_is_recorded_though_devices_fail_and_a_clerk_presses_too(tmp_path: Path) -> None:
    with Desk(tmp_path, NIK, *ACCIDENTS) as desk:
        desk.lay(CLERK, RIGHT_INDEX)
        assert desk.station.loket("staff", "enrol", "--by", "ani", "--json").json["slot"] == 0
        (tmp_path / "siti.json").write_text(BIODATA)
        clerk = Clerk(desk.station, NIK, desk.person(), "--biodata", str(tmp_path / "siti.json"))
        done = clerk.work()
        assert (done["state"], done["rechecked"], done["endorsed"]) == ("sealed", "match", True)
        assert (len(done["fingers"]), done["irises"], done["forced"]) == (10, ["Left", "Right"], [])
        assert clerk.heard.count(fault("scanner", "unplugged").en) == 1
        assert clerk.heard.count(SAID["clerks_finger"].en) == 1
        assert clerk.heard.count(SAID["again"].en) == 2
        assert SAID["hour_unknown"].en not in clerk.heard
        recording = opened(desk, done["id"], done["packet"])
        assert {part.attempts for part in recording.parts if part.part in LEFT_SLAP} == {3}
        assert (recording.rechecked, recording.staff["by"]) == (Rechecked.MATCH, "ani")
        assert recording.signature
        assert recording.signature["strokes"]
        assert [each["state"] for each in desk.station.loket("recordings", "--json").json] == ["sealed"]
        assert desk.station.loket("status", "--json").json["unsent"]["recordings"] == 1
        assert desk.station.loket("staff", "forget", "ani", "--json").json == {"staff": "ani", "slots": [0]}
        assert desk.reader.hand(look="")["slots"] == []
        assert nowhere(desk.station.root, recording) > 100_000


def opened(desk: Desk, id: str, sha256: str) -> Recording:
    """What only the province can see."""
    home = desk.station.home
    sealed = Packets(home.recordings_path).read(sha256, 0, 9_000_000)
    packed = desk.station.province.open.open(sealed, info(NAME, id))
    return unpack(packed, keys.load(home.keys_path).sign.public().verify)


def nowhere(root: Path, recording: Recording) -> int:
    """Assert that nothing of the person lies on the station's disk; how many bytes were searched."""
    needles = [value.encode() for value in recording.biodata.values() if len(value) > 2]
    for part in recording.parts:
        if part.modality is not Modality.EXCEPTION_PHOTO:
            image = part.record[single(part.record).image]
            needles += [image[start : start + 32] for start in (64, len(image) // 2, len(image) - 40)]
    searched = 0
    for path in root.rglob("*"):
        if path.is_file():
            data = path.read_bytes().strip(b"\0")  # the reserve is nothing but room
            searched += len(data)
            assert not any(needle in data for needle in needles), path.name
    return searched
