"""A sitting from its first question to its sign-off, with devices that fail and clerks who err."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import date
from typing import Any

import pytest

from agent.recording import words
from agent.recording.biodata import Person
from agent.recording.conduct import Sitting, transaction
from agent.recording.patience import Abandoned
from agent.recording.plan import Devices, Plan
from agent.recording.sitting import lacking
from domain.packet import Missing, Modality, Rechecked, Recording
from domain.packing import pack, unpack
from domain.policy import Capture
from drivers.errors import Cause
from drivers.scanner import RIGHT_SLAP, Wanted
from drivers.scanner import Modality as ScannerModality
from tests.unit.agent.recording.desks import (
    SUPERVISOR,
    Album,
    Clerk,
    Clock,
    Machine,
    Pad,
    Reader,
    Scanner,
    broken,
    record_of,
)
from tests.unit.domain import recorded

PERSON = Person(recorded.BIODATA, date(2002, 5, 12))
PATIENCE_MS = 20_000


class Room:
    """One sitting's surroundings."""

    def __init__(self, *qualities: Any, **answers: list[str]) -> None:
        self.clock = Clock()
        self.scanner = Scanner(*qualities)
        self.reader: Reader | None = Reader()
        self.pad: Pad | None = Pad()
        self.clerk = Clerk(self.clock, **answers)
        self.album = Album()
        self.plan = Plan(
            "R-64.11-1-7", "64.11-1", 1000, "store_and_forward", "", PERSON, (), "ani", None, Capture(),
            PATIENCE_MS,
        )  # fmt: skip

    def sit(self, **other: Any) -> Recording:
        plan = replace(self.plan, **other)
        devices = Devices(self.scanner, self.reader, self.pad)
        return Sitting(plan, devices, self.clerk, self.album, self.clock, lambda: 2000).run()

    def machine(self, name: str) -> Machine:
        found = {"scanner": self.scanner, "reader": self.reader, "pad": self.pad}[name]
        assert found is not None
        return found


def test_a_sitting_takes_everything_once_when_all_is_well() -> None:
    room = Room()
    done = room.sit()
    assert lacking(done.parts, done.missing) == ()
    assert len(room.scanner.pressed) == 5
    assert room.scanner.chains == [transaction("R-64.11-1-7")] == ["R-64-11-1-7"]
    assert (done.rechecked, done.endorsed, done.flags) == (Rechecked.MATCH, True, ())
    assert room.reader is not None
    assert len(room.reader.compared) == 2
    assert room.clerk.shown == [recorded.BIODATA]
    packed = pack(done, lambda data: bytes(64))
    assert unpack(packed, lambda signature, message: True).biodata == recorded.BIODATA


def test_a_bad_press_is_tried_again_and_the_last_is_forced_and_flagged() -> None:
    room = Room(80, 20, 30, 25)
    done = room.sit()
    assert len(room.scanner.pressed) == 7
    assert done.flags == ("forced_right_slap",)
    assert [part.quality for part in done.parts if part.forced] == [30.0] * 4
    assert room.clerk.told.count("again") == 2


def test_a_missing_finger_needs_its_photo_and_a_supervisor() -> None:
    missing = (Missing("Left LittleFinger", True),)
    room = Room(supervisor=["ani", "A.N.I", SUPERVISOR])
    done = room.sit(missing=missing)
    assert done.staff == {"by": "ani", "second": SUPERVISOR}
    assert room.clerk.told.count("not_a_mark") == 2
    assert [part.modality for part in done.parts].count(Modality.EXCEPTION_PHOTO) == 1
    assert room.scanner.pressed[-1].missing == ("Left LittleFinger",)
    with pytest.raises(Abandoned, match="supervisor_needed"):
        Room().sit(missing=missing)


def test_a_missing_eye_needs_no_photo_of_hands_but_the_supervisor_all_the_same() -> None:
    done = Room().sit(missing=(Missing("Right", False),), second=SUPERVISOR)
    assert [part.part for part in done.parts if part.modality is Modality.IRIS] == ["Left"]
    assert Modality.EXCEPTION_PHOTO not in [part.modality for part in done.parts]


SCANNER: tuple[Cause, ...] = ("unplugged", "nothing_there", "bad_signature", "lens_dirty", "chain_broken")
READER: tuple[Cause, ...] = ("no_answer", "finger_dry", "sensor_fault")
PAD: tuple[Cause, ...] = ("unplugged", "no_signature")
FAULTS = [
    *(("scanner", cause) for cause in SCANNER),
    *(("reader", cause) for cause in READER),
    *(("pad", cause) for cause in PAD),
]


@pytest.mark.parametrize(("device", "cause"), FAULTS)
def test_a_fault_is_one_sentence_and_the_sitting_goes_on_where_it_was(device: str, cause: Cause) -> None:
    room = Room()
    room.machine(device).faults = [broken(cause)]
    done = room.sit()
    assert lacking(done.parts, done.missing) == ()
    assert room.clerk.told.count(words.fault(device, cause).en) == 1
    assert (done.rechecked, done.endorsed, done.flags) == (Rechecked.MATCH, True, ())


def test_a_scanner_that_stays_away_is_waited_for_and_told_once() -> None:
    room = Room()
    room.scanner.faults = [broken("unplugged"), broken("unplugged")]
    room.scanner.away_looks = 9
    room.sit()
    assert 9_000 <= room.clock.at_ms <= 12_000
    assert room.clerk.told.count(words.fault("scanner", "unplugged").en) == 1


def test_enter_ends_a_wait_early() -> None:
    room = Room()
    room.scanner.faults, room.scanner.away_looks = [broken("unplugged")], 1000
    room.clerk.enters_at_ms = [3000]
    room.sit()
    assert room.clock.at_ms == 3000


def test_when_the_patience_is_over_the_clerk_is_asked_and_may_try_again_or_stop() -> None:
    room = Room(scanner_gone=["again", "stop"])
    room.scanner.faults, room.scanner.away_looks = [broken("unplugged")] * 3, 1000
    with pytest.raises(Abandoned, match="unplugged"):
        room.sit()
    assert room.clock.at_ms == 2 * PATIENCE_MS
    assert room.clerk.told.count("scanner_gone") == 2


def test_a_device_that_says_it_is_well_and_never_works_does_not_keep_the_clerk_for_ever() -> None:
    room = Room(scanner_gone=["stop"])
    room.scanner.faults = [broken("nothing_there")] * 1000
    with pytest.raises(Abandoned, match="nothing_there"):
        room.sit()
    assert room.clock.at_ms == PATIENCE_MS


def test_a_part_the_person_lacks_may_be_told_on_the_way() -> None:
    room = Room(
        scanner_gone=["missing", "missing"],
        which_missing=["my left toe", "Right LittleFinger:temporary"],
        supervisor=[SUPERVISOR],
    )
    gone: list[Wanted] = []

    def four_fingers(wanted: Wanted) -> None:
        if wanted.parts == RIGHT_SLAP:
            gone.append(wanted)
            raise broken("count_differs")

    room.scanner.on_press = four_fingers
    done = room.sit()
    assert done.missing == (Missing("Right LittleFinger", False),)
    assert Modality.EXCEPTION_PHOTO in [part.modality for part in done.parts]
    assert gone


def clerks_hand(room: Room, times: int) -> Callable[[Wanted], None]:
    """The first ``times`` presses of the right hand are the clerk's own."""
    left = [times]

    def on_press(wanted: Wanted) -> None:
        clerk = wanted.parts == RIGHT_SLAP and left[0] > 0
        room.scanner.seed = "clerk" if clerk else ""
        left[0] -= clerk
        if clerk and room.reader is not None:
            held = record_of(wanted, RIGHT_SLAP[0], "clerk")
            room.reader.strangers.add(room.album.finger(held) or b"")

    return on_press


def test_the_clerk_s_own_finger_is_thrown_away() -> None:
    room = Room()
    room.scanner.on_press = clerks_hand(room, 2)
    done = room.sit()
    assert room.clerk.told.count("clerks_finger") == 2
    (index,) = [part for part in done.parts if part.part == RIGHT_SLAP[0]]
    assert index.record == record_of(room.scanner.pressed[1], RIGHT_SLAP[0])
    assert index.attempts == 1
    assert done.flags == ()


def test_an_empty_library_is_not_searched() -> None:
    room = Room()
    assert room.reader is not None
    room.sit()
    assert room.reader.searched == 10
    room.reader.library = frozenset()
    room.sit()
    assert room.reader.searched == 10


def test_a_supervisor_may_say_that_the_reader_errs_and_that_is_flagged() -> None:
    room = Room(clerks_finger_way=["override"], supervisor=[SUPERVISOR])
    room.scanner.on_press = clerks_hand(room, 1)
    done = room.sit()
    assert done.flags == ("clerks_finger_overridden",)
    assert done.staff["second"] == SUPERVISOR


def test_without_a_supervisor_nobody_overrides_and_it_may_be_stopped() -> None:
    room = Room(clerks_finger_way=["override", "stop"])
    room.scanner.on_press = clerks_hand(room, 9)
    with pytest.raises(Abandoned, match="clerks_finger"):
        room.sit()


def test_a_photo_before_the_wrong_colour_is_taken_again() -> None:
    room = Room()
    room.album.backgrounds = ["red", "blue"]
    assert room.sit().flags == ()
    assert len(room.scanner.pressed) == 6
    room.album.backgrounds = ["red"] * 3
    done = room.sit()
    assert done.flags == ("forced_photo",)
    assert PERSON.background == "blue"
    assert replace(PERSON, born=date(2003, 5, 12)).background == "red"


def test_a_picture_that_no_recording_may_hold_is_asked_for_again() -> None:
    room = Room()
    room.scanner.cut = 2
    done = room.sit()
    assert lacking(done.parts, done.missing) == ()
    assert room.clerk.told.count("unusable") == 2
    assert [part.attempts for part in done.parts] == [1] * 13


def test_without_a_reader_nothing_is_compared_and_the_packet_says_so() -> None:
    room = Room()
    room.reader = None
    done = room.sit()
    assert done.rechecked is Rechecked.NO_READER
    assert "no_reader" in room.clerk.told


def test_a_reader_that_stays_away_is_gone_without_and_that_is_flagged() -> None:
    room = Room(reader_gone=["without"] * 99)
    assert room.reader is not None
    room.reader.faults, room.reader.away_looks = [broken("no_answer")] * 99, 10_000
    done = room.sit()
    assert done.flags == ("clerk_unchecked", "recheck_left_out")
    assert done.rechecked is Rechecked.NO_READER


def test_a_finger_that_is_another_s_needs_a_supervisor() -> None:
    room = Room(supervisor=[SUPERVISOR])
    room.reader = Reader("mismatch", "mismatch", "mismatch")
    done = room.sit()
    assert (done.rechecked, done.flags) == (Rechecked.MISMATCH, ("mismatch_overridden",))
    room = Room()
    room.reader = Reader("mismatch", "mismatch", "mismatch")
    with pytest.raises(Abandoned, match="recheck_mismatch"):
        room.sit()


def test_a_finger_that_fits_at_the_second_try_fits() -> None:
    room = Room()
    room.reader = Reader("mismatch", "unable", "match")
    assert room.sit().rechecked is Rechecked.MATCH


def test_a_recorded_finger_that_shows_too_little_is_not_waited_for() -> None:
    room = Room()
    wanted = Wanted(ScannerModality.FINGER, RIGHT_SLAP, (), 40, 1)
    assert room.reader is not None
    room.reader.blank = {room.album.finger(record_of(wanted, RIGHT_SLAP[0])) or b""}
    done = room.sit()
    assert (done.rechecked, done.flags) == (Rechecked.UNABLE, ("clerk_unchecked",))
    assert room.clock.at_ms == 0


@pytest.mark.parametrize(("answer", "endorsed"), [("yes", True), ("no", False)])
def test_without_a_pad_the_person_signs_on_paper(answer: str, endorsed: bool) -> None:
    room = Room(on_paper=[answer])
    room.pad = None
    done = room.sit()
    assert (done.endorsed, done.signature, done.flags) == (endorsed, None, ("paper_signature",))


@pytest.mark.parametrize(
    ("question", "cause"), [("read_back", "biodata_wrong"), ("sign_off", "not_signed_off")]
)
def test_a_no_ends_the_sitting(question: str, cause: str) -> None:
    with pytest.raises(Abandoned, match=cause):
        Room(**{question: ["no"]}).sit()


def test_what_is_odd_about_the_region_is_told_and_goes_with_the_packet() -> None:
    room = Room()
    done = room.sit(person=replace(PERSON, warnings=("BPS_CODE",)))
    assert room.clerk.told[0] == "BPS_CODE"
    assert done.flags == ("BPS_CODE",)
