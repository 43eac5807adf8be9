"""Accidents by name, and the hands at standard input."""

from __future__ import annotations

import contextlib
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.sbi import faults, hands
from simulators.sbi.faults import Faults
from tests.unit.simulators.sbi.bench import Bench

GUIDE = (Path(__file__).parents[4] / "docs/technician.md").read_text("utf-8")


@pytest.mark.parametrize("name", sorted(faults.KINDS))
def test_every_accident_can_be_ordered_by_name(name: str) -> None:
    for when in ("start", "now", "capture=2", "stream=1", "ms=1500"):
        assert faults.parse(f"{name}@{when}").name == name


@pytest.mark.parametrize("name", sorted({*faults.KINDS, *hands.HANDS}))
def test_every_accident_and_every_hand_is_in_the_technician_s_guide(name: str) -> None:
    assert re.search(rf"`{name}[` @]", GUIDE)


@pytest.mark.parametrize("text", [
    "flood@start", "dry", "dry@noon", "dry@capture=x", "dry@capture=-1", "dry@capture=1,of=Nose",
    "dry@capture=1,colour=red", "swap@capture=1,seed=me", "slow@capture=1,for=-5", "", "@",
    "clock@start,by=x",
])  # fmt: skip
def test_what_is_no_accident_is_refused_in_a_sentence(text: str) -> None:
    with pytest.raises(ValueError, match=r"\w+"):
        faults.parse(text)


@given(st.text(max_size=40))
def test_no_text_whatever_does_anything_else(text: str) -> None:
    with contextlib.suppress(ValueError):
        faults.parse(text)


def test_an_accident_holds_for_its_captures_and_no_others() -> None:
    one = faults.parse("dry@capture=2,times=2")
    assert [one.holds({"capture": n}, 0) for n in range(5)] == [False, False, True, True, False]
    left = faults.parse("dry@capture=1,of=left")
    assert [left.holds({"capture": 9, "left": n}, 0) for n in range(3)] == [False, True, False]


def test_an_accident_by_the_clock_ends_by_the_clock() -> None:
    one = faults.parse("not_ready@ms=100,for=50")
    assert [one.holds({}, ms) for ms in (99, 100, 149, 150)] == [False, True, True, False]
    assert faults.parse("not_ready@ms=100").holds({}, 10**9)


def test_an_accident_of_a_capture_may_end_by_the_clock_too() -> None:
    bench = Bench("unplug@capture=1,for=4000")
    assert bench.code(type="Face") == "705"
    assert bench.code(type="Face") == "202"
    bench.clock.at_ms += 4_000
    assert bench.code(type="Face") == "0"


def test_what_is_wrong_with_a_device_shows_before_its_capture() -> None:
    bench = Bench("not_ready@capture=2,for=1000")
    assert bench.code(type="Face") == "0"
    assert bench.ask("MOSIPDISC", {"type": "Face"})[0]["deviceStatus"] == "Not Ready"
    bench.clock.at_ms += 1_000
    assert bench.code(type="Face") == "0"


def test_an_accident_may_be_ordered_again_and_cured() -> None:
    ordered = Faults()
    fault = faults.parse("dry@capture=1,for=10")
    ordered.add(fault)
    assert ordered.found("dry", {"capture": 1}, 0) is fault
    assert ordered.found("dry", {"capture": 1}, 10) is None
    ordered.add(fault)
    assert ordered.found("dry", {"capture": 1}, 10) is fault
    assert ordered.cure("wet") == 0
    assert ordered.cure() == 2
    assert ordered.found("dry", {"capture": 1}, 10) is None


@pytest.mark.parametrize("line", [
    "look", "subject 12", '{"subject": 12}', "place right", "remove", "missing Left Thumb", "whole", "wipe",
    "unplug", "unplug Iris", "plug", "clock +400", "fault dry@capture=1", "cure dry", "cure",
    '{"look": true}',
])  # fmt: skip
def test_every_hand_answers_what_is_so(line: str) -> None:
    told = hands.do(Bench().desk, line)
    assert set(told) == {"devices", "placed", "missing", "counts"}


@pytest.mark.parametrize("line", [
    "", "dance", "place upstairs", "missing Left Toe", "unplug Nose", "clock noon", "fault flood@start",
    "subject somebody", "{", '{"look": true, "plug": true}', "[]", '{"dance": 1}', "subject 6402035708900001",
])  # fmt: skip
def test_a_hand_that_is_none_is_answered_and_never_raised(line: str) -> None:
    assert set(hands.do(Bench().desk, line)) <= {"error", "hands"}


def test_hands_tell_nothing_of_who_stands_there() -> None:
    bench = Bench()
    told = hands.do(bench.desk, "subject 6402035708909001")
    assert "6402035708909001" not in str(told)


def test_eyes_and_faces_come_and_go_by_themselves() -> None:
    bench = Bench()
    hands.do(bench.desk, "remove")
    assert bench.code(type="Iris", timeout="1000") == "101"
    hands.do(bench.desk, "place eyes")
    hands.do(bench.desk, "place face")
    assert len(bench.capture(type="Iris")["biometrics"]) == 2
    assert bench.code(type="Face") == "0"
    assert bench.code(timeout="1000") == "101"


def test_all_fingers_are_there_again() -> None:
    bench = Bench("missing@start,part=Left Thumb")
    hands.do(bench.desk, "missing Right Thumb")
    thumbs = {"bioSubType": ["Left Thumb", "Right Thumb"], "deviceSubId": "3"}
    assert bench.code(**thumbs, timeout="1000") == "102"
    hands.do(bench.desk, "whole")
    assert len(bench.capture(**thumbs)["biometrics"]) == 2


@pytest.mark.parametrize(("line", "moves"), [
    ("wipe", True), ("place right", True), ("plug", True), ("look", False), ("clock +5", False),
])  # fmt: skip
def test_what_hands_change_before_the_lens_is_looked_at_anew(line: str, moves: bool) -> None:
    bench = Bench()
    bench.clock.at_ms = 500
    hands.do(bench.desk, line)
    assert (bench.service.counter.moved_ms == 500) == moves
