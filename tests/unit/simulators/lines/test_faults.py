"""Accidents strike once each, and not again after a restart."""

from __future__ import annotations

from simulators.lines.faults import Faults, parse
from simulators.ordered import still_ahead

KNOWN = {"noise": "", "late": ""}


def test_an_accident_ordered_twice_that_struck_once_is_still_ahead_once() -> None:
    ordered = [parse(text, KNOWN) for text in ("noise@exchange=1", "noise@exchange=1", "late@ms=5")]
    struck = ["noise@exchange=1"]
    faults = Faults(still_ahead(ordered, struck), struck)
    assert [each.name for each in faults.ahead] == ["noise", "late"]
    assert [each.name for each in faults.exchange(1, 0)] == ["noise"]
    assert faults.struck == ["noise@exchange=1"] * 2
    assert faults.exchange(1, 0) == []


def test_an_accident_that_waits_for_an_instruction_strikes_the_first_one_from_then_on() -> None:
    faults = Faults([parse("late@exchange=3,op=0a", KNOWN)])
    assert faults.exchange(2, 0x0A) == faults.exchange(3, 0x0B) == []
    assert [each.name for each in faults.exchange(7, 0x0A)] == ["late"]


def test_by_the_clock_they_come_when_their_time_has_come() -> None:
    faults = Faults([parse("late@ms=50", KNOWN)])
    assert faults.next_ms() == 50 and faults.clock(49) == []
    assert len(faults.clock(60)) == 1 and faults.next_ms() is None
