"""The small reader in a sitting: the clerk's own finger, and the index fingers compared once more."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest

from agent.recording.patience import Abandoned
from agent.recording.sitting import lacking
from domain.packet import Missing, Modality, Rechecked
from domain.packing import pack
from drivers.scanner import LEFT_SLAP, RIGHT_SLAP, THUMBS, Wanted
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


def other_hands(room: Room, *groups: tuple[str, ...]) -> None:
    """The first press of each group is somebody else's; the small reader sees it."""
    left, reader = list(groups), room.reader
    assert reader is not None

    def on_press(wanted: Wanted) -> None:
        room.scanner.seed = "other" if wanted.parts in left else ""
        if wanted.parts in left:
            left.remove(wanted.parts)
            index = next(part for part in wanted.parts if part.endswith("IndexFinger"))
            reader.others.add(room.album.finger(record_of(wanted, index, "other")) or b"")

    room.scanner.on_press = on_press


@pytest.mark.parametrize("groups", [(RIGHT_SLAP,), (LEFT_SLAP,), (RIGHT_SLAP, LEFT_SLAP)])
def test_a_hand_that_is_another_s_is_recorded_again_and_its_finger_compared_again(
    groups: tuple[tuple[str, ...], ...],
) -> None:
    room = Room(mismatch=["hand"])
    other_hands(room, *groups)
    done = room.sit()
    assert (done.rechecked, done.flags) == (Rechecked.MATCH, ())
    assert lacking(done.parts, done.missing) == ()
    assert len(done.parts) == 13
    assert len(room.scanner.pressed) == 5 + len(groups)
    records = {part.part: part.record for part in done.parts if part.modality is Modality.FINGER}
    for parts in (RIGHT_SLAP, LEFT_SLAP):
        wanted = Wanted(ScannerModality.FINGER, parts, (), 40, 1)
        assert {part: records[part] for part in parts} == {part: record_of(wanted, part) for part in parts}
    assert room.reader is not None
    assert len(room.reader.compared) == 2 + 3 * len(groups), "what matched is not asked for again"
    assert room.reader.searched == 10 + 4 * len(groups), "the clerk's fingers are looked for again"
    assert pack(done, lambda data: bytes(64))


def test_a_hand_recorded_again_is_flagged_only_for_what_is_kept() -> None:
    room = Room(80, 20, 20, 20, mismatch=["hand"])
    other_hands(room, RIGHT_SLAP)
    room.scanner.qualities += [80] * 3
    room.reader = Reader("mismatch", "mismatch", "mismatch")
    assert room.sit().flags == ()
    room = Room(*[80] * 5, 20, 20, 20, mismatch=["hand"])
    room.reader = Reader("mismatch", "mismatch", "mismatch")
    assert room.sit().flags == ("forced_right_slap",)


@pytest.mark.parametrize("before", [(), (Missing("Left LittleFinger", True),)])
def test_a_finger_found_missing_when_a_hand_is_recorded_again_is_photographed(
    before: tuple[Missing, ...],
) -> None:
    room = Room(
        mismatch=["hand"], scanner_gone=["missing"], which_missing=["Right IndexFinger:temporary"],
        supervisor=[SUPERVISOR],
    )  # fmt: skip
    room.reader = Reader("mismatch", "mismatch", "mismatch")
    room.plan = replace(room.plan, patience_ms=0)
    presses: list[Wanted] = []

    def at_the_second(wanted: Wanted) -> None:
        presses.append(wanted)
        if [each.parts for each in presses].count(RIGHT_SLAP) == 2:
            presses.append(wanted)
            raise broken("count_differs")

    room.scanner.on_press = at_the_second
    done = room.sit(missing=before)
    assert lacking(done.parts, done.missing) == ()
    assert done.missing == (Missing("Right IndexFinger", False), *before)
    assert room.scanner.pressed[-1].missing == tuple(each.part for each in done.missing)
    assert [part.modality for part in done.parts].count(Modality.EXCEPTION_PHOTO) == 1
    assert done.rechecked is Rechecked.MATCH
