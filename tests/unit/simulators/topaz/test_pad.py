"""The pad says what was drawn, in the packets of PROTOCOL.md, and accidents spoil no more than they say."""

from __future__ import annotations

import pytest

from simulators.people.signatures import signature
from simulators.topaz.bench import MemoryPad
from simulators.topaz.faults import KNOWN, parse
from simulators.topaz.kinds import KINDS, Kind
from tests.unit.simulators.topaz.kit import collected, packets, read, signed, spots

PLAIN = [kind for kind in KINDS.values() if kind.format == 0]


def drawn(model: str, seed: int) -> list[list[tuple[int, int]]]:
    kind = KINDS[model]
    return [[kind.raw(ink.x, ink.y) for ink in stroke] for stroke in signature(seed)]


@pytest.mark.parametrize("kind", PLAIN, ids=lambda kind: kind.word)
def test_what_comes_over_the_line_is_what_was_drawn(kind: Kind) -> None:
    reading = read(signed(MemoryPad(kind.word, 5)))
    assert spots(reading.strokes) == drawn(kind.word, 5)
    assert reading.infos == [(11, 4711)] * 2
    assert not reading.near
    assert all(0 < pressure < 1024 for stroke in reading.strokes for _, _, pressure in stroke)
    assert len({pressure for stroke in reading.strokes for _, _, pressure in stroke}) > 10


def test_a_pad_of_the_other_format_says_the_same_points() -> None:
    found = packets(signed(MemoryPad("sigemlcd1x5", 5)), 1)
    told = [(b2 << 6 | b1, b4 << 6 | b3) for status, b1, b2, b3, b4 in found if status & 1]
    assert told == [spot for stroke in drawn("sigemlcd1x5", 5) for spot in stroke]
    assert all(status & 4 for status, *_ in found[:-1]) and not found[-1][0] & 4


def test_it_is_signed_a_moment_after_it_was_cleared_and_keeps_ink_and_only_then() -> None:
    pad = MemoryPad(seed=2)
    line = pad.connect()
    assert len(line.read(100, 5.0)) == 5  # who it is
    line.write(b"\x04")
    assert line.read(100, 5.0) == b""
    line.write(b"\x04\x14")
    pad.sleep_ms(200)
    line.write(b"\x04")
    assert line.read(100, 5.0) == b""
    began = pad.now_ms()
    line.write(b"\x04\x14")
    assert line.read(1, 5.0)
    assert 300 <= pad.now_ms() - began < 320
    assert len(read(collected(pad, line.read, 8.0)).strokes) == len(signature(2))
    line.write(b"\x04")
    assert line.read(100, 5.0) == b""


def test_ink_without_clearing_is_no_invitation_and_a_byte_has_its_parity_bit() -> None:
    pad = MemoryPad(seed=2)
    line = pad.connect()
    line.read(5, 1.0)
    line.write(b"\x14")
    assert line.read(100, 5.0) == b""
    assert {kind.bits for kind in KINDS.values() if kind.format == 0} == {11}
    assert KINDS["sigemlcd1x5"].bits == 10


def test_without_an_lcd_it_is_signed_a_moment_after_a_host_has_opened_it_and_listens_to_no_byte() -> None:
    pad = MemoryPad("siglite1x5", 2)
    line = pad.connect()
    assert len(read(collected(pad, line.read, 8.0)).strokes) == len(signature(2))
    line.write(b"\x04\x14")
    assert line.read(100, 5.0) == b""


def test_nobody_signs_unasked_where_nobody_is_and_anybody_when_told() -> None:
    pad = MemoryPad(seed=2, hand=False)
    line = pad.connect()
    line.write(b"\x04\x14")
    assert read(collected(pad, line.read, 3.0)).strokes == []
    pad.hand("sign 9")
    assert spots(read(collected(pad, line.read, 8.0)).strokes) == drawn("siglitelcd1x5", 9)
    pad.later(500, "hand on")
    assert line.read(1, 1.0) == b""
    line.write(b"\x04\x14")
    assert line.read(1, 1.0) != b""


def test_points_come_every_eight_milliseconds_and_fit_the_slowest_line() -> None:
    pad = MemoryPad("clipgem", 4)
    line = pad.connect()
    line.read(5, 1.0)
    line.read(1, 1.0)
    began, ends = pad.now_ms(), signature(4)[-1][-1].at_ms
    while line.read(4096, 1.0):
        last = pad.now_ms() - 1000
    assert ends <= last + 1000 - began <= ends + 1400


@pytest.mark.parametrize("name", ["noise", "nowhere"])
def test_nonsense_between_the_packets_costs_no_point(name: str) -> None:
    pad = MemoryPad(seed=5, faults=[f"{name}@exchange=1"])
    assert spots(read(signed(pad)).strokes) == drawn("siglitelcd1x5", 5)


def test_lost_bytes_cost_their_packets_only() -> None:
    reading = read(signed(MemoryPad(seed=5, faults=["lost@exchange=1"])))
    want, got = [spot for stroke in drawn("siglitelcd1x5", 5) for spot in stroke], []
    for stroke in spots(reading.strokes):
        got += stroke
    assert len(want) * 0.85 < len(got) < len(want)
    assert set(got) <= set(want)


def test_a_pen_that_does_not_come_comes_late_leaves_early_or_only_dots() -> None:
    assert read(signed(MemoryPad(seed=5, faults=["no_pen@exchange=1"]))).strokes == []
    pad = MemoryPad(seed=5, faults=["late@exchange=1,for=4000"])
    line = pad.connect()
    line.read(5, 1.0)
    line.write(b"\x04\x14")
    began = pad.now_ms()
    assert line.read(1, 10.0)
    assert 4300 <= pad.now_ms() - began < 4400
    assert [len(stroke) for stroke in read(signed(MemoryPad(seed=5, faults=["dot@exchange=1"]))).strokes] == [
        3
    ]
    paused = MemoryPad(seed=5, faults=["pause@exchange=1,for=900"])
    reading = read(signed(paused))
    assert spots(reading.strokes) == drawn("siglitelcd1x5", 5) and not reading.near
    assert read(signed(MemoryPad(seed=5, faults=["no_goodbye@exchange=1"]))).near


def test_the_wire_goes_in_the_middle_of_a_signature_and_comes_back() -> None:
    pad = MemoryPad(seed=5, faults=["unplug@exchange=1,for=700"])
    line = pad.connect()
    line.write(b"\x04\x14")
    got = b""
    with pytest.raises(ConnectionResetError):
        while True:
            got += line.read(4096, 5.0)
    assert read(got).strokes
    with pytest.raises(ConnectionRefusedError):
        pad.connect()
    pad.sleep_ms(700)
    assert spots(read(signed(pad)).strokes) == drawn("siglitelcd1x5", 5)


def test_a_dead_pad_says_nothing() -> None:
    pad = MemoryPad(seed=5, faults=["dead@ms=100"])
    pad.sleep_ms(200)
    assert signed(pad) == b""
    assert MemoryPad(faults=["dead@exchange=1"]).hand("sign")["signing"] is False


def test_hands_take_words_and_objects_and_answer_nonsense() -> None:
    pad = MemoryPad(hand=False)
    assert pad.hand("sign")["signing"] and pad.hand(look=True)["signatures"] == 1
    assert pad.hand(sign=3)["signatures"] == 1  # one at a time
    assert pad.hand("unplug")["plugged"] is False
    assert pad.hand("sign")["signing"] is False
    assert pad.hand("plug")["plugged"] is True
    assert pad.hand("fault dot@now") == {"fault": "dot@now"}
    for wrong in ("jump", "sign x", "hand maybe", "fault jam@now", "fault dot"):
        assert "error" in pad.hand(wrong), wrong
    assert all(parse(f"{name}@exchange=1").name == name for name in KNOWN)
