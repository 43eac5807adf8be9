"""The small reader in a sitting: the clerk's own finger, and the index fingers compared once more."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.recording.patience import Abandoned
from domain.packet import Rechecked
from drivers.scanner import RIGHT_SLAP, THUMBS, Wanted
from drivers.scanner import Modality as ScannerModality
from tests.unit.agent.recording.desks import SUPERVISOR, Reader, broken, record_of
from tests.unit.agent.recording.room import PATIENCE_MS, Room


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


def test_without_a_reader_nothing_is_compared_and_the_packet_says_so() -> None:
    room = Room()
    room.reader = None
    done = room.sit()
    assert done.rechecked is Rechecked.NO_READER
    assert "no_reader" in room.clerk.told


def test_a_reader_that_stays_away_is_gone_without_and_that_is_flagged() -> None:
    room = Room(reader_gone=["without"])
    assert room.reader is not None
    room.reader.faults, room.reader.away_looks = [broken("no_answer")] * 99, 10_000
    done = room.sit()
    assert done.flags == ("clerk_unchecked", "recheck_left_out")
    assert done.rechecked is Rechecked.NO_READER
    assert room.clerk.told.count("reader_gone") == 1
    assert room.clock.at_ms == PATIENCE_MS


def test_a_reader_that_dies_amid_a_hand_is_waited_for_once_and_used_when_it_is_back() -> None:
    room = Room(reader_gone=["without"])
    reader = room.reader
    assert reader is not None

    def at_the_thumbs(wanted: Wanted) -> None:
        if wanted.parts == RIGHT_SLAP:
            reader.searches_fail = [broken("no_answer")] * 99
            reader.away_looks = 10_000
        if wanted.parts == THUMBS:
            reader.searches_fail = []
            reader.away_looks = 0

    room.scanner.on_press = at_the_thumbs
    done = room.sit()
    assert (done.flags, done.rechecked) == (("clerk_unchecked",), Rechecked.MATCH)
    assert room.clock.at_ms == PATIENCE_MS
    assert reader.searched == 2


def test_a_finger_that_is_another_s_needs_a_supervisor() -> None:
    room = Room(mismatch=["override"], supervisor=[SUPERVISOR])
    room.reader = Reader("mismatch", "mismatch", "mismatch")
    done = room.sit()
    assert (done.rechecked, done.flags) == (Rechecked.MISMATCH, ("mismatch_overridden",))
    room = Room(mismatch=["override", "stop"])
    room.reader = Reader()
    room.reader.answers = ["mismatch"] * 12
    with pytest.raises(Abandoned, match="recheck_mismatch"):
        room.sit()


def test_a_supervisor_told_beforehand_has_not_decided_about_another_s_finger() -> None:
    room = Room(mismatch=["stop"])
    room.reader = Reader("mismatch", "mismatch", "mismatch")
    with pytest.raises(Abandoned, match="recheck_mismatch"):
        room.sit(second=SUPERVISOR)


def test_after_a_mismatch_the_fingers_may_be_compared_once_more() -> None:
    room = Room()
    room.reader = Reader("mismatch", "mismatch", "mismatch")
    done = room.sit()
    assert room.clerk.told.count("mismatch") == 1
    assert (done.rechecked, done.flags) == (Rechecked.MATCH, ())


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
