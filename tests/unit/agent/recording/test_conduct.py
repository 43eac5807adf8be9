"""A sitting from its first question to its sign-off, with devices that fail and clerks who err."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from agent.recording import words
from agent.recording.conduct import NOT_TOLD
from agent.recording.patience import Abandoned
from agent.recording.sitting import lacking
from domain.iso19794 import single
from domain.packet import Missing, Modality, Rechecked, transaction
from domain.packing import pack, unpack
from drivers.errors import Cause, NeedsHands
from drivers.scanner import LEFT_SLAP, RIGHT_SLAP, THUMBS, Wanted
from drivers.signature_pad import Signature
from tests.unit.agent.recording.desks import SUPERVISOR, Clock, Pad, broken
from tests.unit.agent.recording.room import PATIENCE_MS, PERSON, Room
from tests.unit.domain import recorded


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


def test_a_supervisor_who_is_not_there_yet_is_waited_for_and_nothing_is_lost() -> None:
    missing = (Missing("Right", True),)
    room = Room(supervisor=["", "ani", "ani", "ani", SUPERVISOR], supervisor_needed=["again", "again"])
    assert room.sit(missing=missing).staff["second"] == SUPERVISOR
    with pytest.raises(Abandoned, match="supervisor_needed"):
        Room(supervisor_needed=["stop"]).sit(missing=missing)


def test_where_two_people_are_needed_a_clerk_who_told_no_mark_is_asked_for_one() -> None:
    missing = (Missing("Right", True),)
    room = Room(clerk=["ani"], supervisor=["ani", SUPERVISOR])
    assert room.sit(missing=missing, by=None).staff == {"by": "ani", "second": SUPERVISOR}
    room = Room(clerk=["B.udi", "ani"])
    assert room.sit(missing=missing, by=None, second=SUPERVISOR).staff["by"] == "ani"
    assert Room().sit(by=None).staff == {"by": NOT_TOLD, "second": None}


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
    assert room.clerk.told.count("not_a_part") == 1
    assert gone


def test_a_part_that_is_told_missing_too_late_leaves_the_packet_again() -> None:
    room = Room(
        scanner_gone=["missing", "again"],
        which_missing=["Right LittleFinger:permanent"],
        supervisor=[SUPERVISOR],
    )
    room.plan = replace(room.plan, patience_ms=0)
    stuck = [True]

    def at_the_thumbs(wanted: Wanted) -> None:
        if wanted.parts == THUMBS and stuck:
            stuck.clear()
            raise broken("nothing_there")

    room.scanner.on_press = at_the_thumbs
    done = room.sit()
    assert "Right LittleFinger" not in [part.part for part in done.parts]
    assert lacking(done.parts, done.missing) == ()
    assert pack(done, lambda data: bytes(64))


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
    room = Room(unusable=["again", "stop"])
    room.scanner.cut = 99
    with pytest.raises(Abandoned, match="unusable_picture"):
        room.sit()


def test_one_broken_picture_spoils_its_whole_press() -> None:
    room = Room()
    room.scanner.cut, room.scanner.cut_parts = 3, {"Right RingFinger"}  # the face first, then the right hand
    done = room.sit()
    assert room.clerk.told.count("unusable") == 2
    assert lacking(done.parts, done.missing) == () and all(single(part.record) for part in done.parts)
    hands = [press.parts for press in room.scanner.pressed]
    assert hands.count(RIGHT_SLAP) == 3 and hands.count(LEFT_SLAP) == 1


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


class Still(Pad):
    """A pad on which nobody signs before its look of this number."""

    def __init__(self, clock: Clock, signed_at: int) -> None:
        super().__init__()
        self.clock = clock
        self.left = signed_at - 1
        self.began_ms: list[int] = []

    def sign(self, timeout_s: float) -> Signature:
        self.began_ms.append(self.clock.at_ms)
        if self.left:
            self.left -= 1
            self.clock.at_ms += int(timeout_s * 1000)
            raise NeedsHands("no_signature")
        return super().sign(timeout_s)


NOBODY_SIGNS = words.fault("pad", "no_signature").en


@pytest.mark.parametrize(("patience_ms", "reminded_ms"), [(60_000, 20_000), (20_001, 20_000)])
def test_whoever_does_not_sign_is_reminded_soon_and_no_stroke_falls_into_a_gap(
    patience_ms: int, reminded_ms: int
) -> None:
    room = Room()
    room.pad = Still(room.clock, 2)
    assert room.sit(patience_ms=patience_ms).endorsed
    assert room.pad.began_ms == [0, reminded_ms]
    assert room.clerk.told.count(NOBODY_SIGNS) == 1


@pytest.mark.parametrize(
    ("patience_ms", "asked_ms"), [(60_000, 60_000), (20_000, 20_000), (9_000, 9_000), (0, 5_000)]
)
def test_a_pad_on_which_nobody_signs_keeps_the_clerk_no_longer_than_the_patience(
    patience_ms: int, asked_ms: int
) -> None:
    room = Room(pad_gone=["again", "without"])
    room.pad = Still(room.clock, 99)
    done = room.sit(patience_ms=patience_ms)
    assert room.clock.at_ms == 2 * asked_ms
    assert room.clerk.told.count("pad_gone") == 2
    assert done.flags == ("paper_signature",)


def test_a_pad_that_needs_hands_is_not_told_as_one_on_which_nobody_signs() -> None:
    room = Room()
    room.machine("pad").faults = [NeedsHands("hardware")]
    assert room.sit(patience_ms=60_000).endorsed
    assert room.clerk.told.count(words.fault("pad", "hardware").en) == 1
    assert NOBODY_SIGNS not in room.clerk.told
