"""The simulated serial line: bytes come in order, at their rate, and no sooner."""

from __future__ import annotations

from hypothesis import example, given
from hypothesis import strategies as st

from simulators.lines.line import Line, Way

SAYINGS = st.lists(st.tuples(st.integers(0, 50), st.binary(min_size=1, max_size=300)), max_size=6)


@example([(0, bytes(200)), (0, bytes(200)), (5, b"x")], 57600, 10)
@given(SAYINGS, st.sampled_from([9600, 57600, 115200]), st.sampled_from([10, 11]))
def test_bytes_come_in_order_as_late_as_their_bits_take_and_the_line_says_when(
    sayings: list[tuple[int, bytes]], baud: int, bits: int
) -> None:
    way = Way()
    now_ms = sent_ms = 0
    for gap, data in sayings:
        sent_ms += gap
        way.put(data, sent_ms, baud, bits)
    whole, got = b"".join(data for _, data in sayings), b""
    while (at := way.next_ms()) is not None:
        assert at >= now_ms
        now_ms = at
        more = way.take(now_ms)
        assert more, "the line said that a burst would be across"
        got += more
        assert len(got) * bits * 1000 <= now_ms * baud
    assert got == whole and not way.busy
    if whole:
        assert now_ms <= sent_ms + len(whole) * bits * 1000 / baud + 1


def test_the_host_s_bytes_and_the_device_s_do_not_wait_for_each_other() -> None:
    line = Line(9600)
    line.hear(bytes(96), 0)
    line.say(bytes(96), 0)
    assert (len(line.up.take(100)), len(line.down.take(100))) == (96, 96)


def test_cleared_nothing_arrives() -> None:
    line = Line(9600)
    line.say(b"abc", 0)
    line.clear()
    assert line.next_ms() is None and line.down.take(10_000) == b""
