"""A far end that is gone without a word: noticed in time, and never imagined on a line that is only slow."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.link import PROFILES, Line
from sync.log import BATCH_WEIGHT_GOAL, PATIENCE_MS, WINDOW
from sync.mqtt import Link
from sync.pulse import SILENCE_S, SLOWEST_BYTES_PER_S, Pulse
from sync.session import LinkDown

KEEPALIVE_NOTICES_S = 120.0
ACK_BYTES = 4


def play(sizes: list[int], *, seed: int, outage_s: float = 0.0, ghost_after: int | None = None) -> Pulse:
    """A window of messages over a 2G line, in virtual time; a PUBACK comes back for each.

    ``outage_s``: silence in the middle, after which everything arrives. ``ghost_after``: nothing is answered
    from that message on. Asserts that the line is never given up before the last answer.
    """
    up, down = Line(PROFILES["2g"], seed, "up"), Line(PROFILES["2g"], seed, "down")
    pulse, answers = Pulse(), []
    for number, size in enumerate(sizes):
        pulse.sent(size, 0.0)
        heard_ms = up.due_ms(0.0, size) + 1000 * outage_s * (number >= len(sizes) // 2)
        if ghost_after is None or number < ghost_after:
            answers.append((down.due_ms(heard_ms, ACK_BYTES) / 1000, size))
    for at_s, size in answers:
        assert not pulse.gone(at_s)
        pulse.heard(at_s)
        pulse.answered(size)
    return pulse


window = st.lists(st.integers(1, BATCH_WEIGHT_GOAL), min_size=1, max_size=WINDOW)


@given(window, st.integers(0, 50), st.floats(0, SILENCE_S - 3))
def test_a_slow_line_with_a_silence_in_it_is_never_given_up(
    sizes: list[int], seed: int, outage_s: float
) -> None:
    assert play(sizes, seed=seed, outage_s=outage_s).gives_up_s is None, "everything was answered"


@given(window, st.integers(0, 50), st.integers(0, WINDOW))
def test_a_ghost_is_noticed_after_two_messages_and_long_before_the_keepalive(
    sizes: list[int], seed: int, ghost_after: int
) -> None:
    pulse = play(sizes, seed=seed, ghost_after=min(ghost_after, len(sizes) - 1))
    greets_s = PATIENCE_MS / 1000
    pulse.sent(150, greets_s)  # the greeting that follows the unanswered batch
    end_s = pulse.gives_up_s
    assert end_s is not None
    assert end_s >= greets_s, "a greeting was tried before the line is given up"
    assert not pulse.gone(end_s - 0.001)
    assert pulse.gone(end_s)
    assert end_s <= SILENCE_S + 2 * (sum(sizes) + 150) / SLOWEST_BYTES_PER_S + 2


def test_a_day_s_ordinary_window_is_back_within_a_minute_and_a_half() -> None:
    pulse = play([7_000] * WINDOW, seed=1, ghost_after=0)
    pulse.sent(150, PATIENCE_MS / 1000)
    assert (pulse.gives_up_s or 0) < 90 < KEEPALIVE_NOTICES_S


def test_silence_while_nothing_is_owed_means_nothing() -> None:
    pulse = Pulse()
    assert not pulse.gone(1e9)
    pulse.sent(10, 1e9)
    assert not pulse.gone(1e9 + SILENCE_S), "the wait begins with the message"
    pulse.answered(10)
    assert not pulse.gone(2e9)


@contextmanager
def silent_broker(heard: threading.Event) -> Iterator[str]:
    """Lets a client in and listen, and is never heard again."""

    def serve(listener: socket.socket) -> None:
        line, _ = listener.accept()
        with line:
            line.recv(4096)
            line.sendall(b"\x20\x02\x00\x00")
            asked = line.recv(4096)
            line.sendall(b"\x90\x03" + asked[2:4] + b"\x01")
            while line.recv(4096):
                heard.set()

    with socket.create_server(("127.0.0.1", 0)) as listener:
        thread = threading.Thread(target=serve, args=(listener,))
        thread.start()
        yield f"mqtt://127.0.0.1:{listener.getsockname()[1]}?version=3.1.1"
        thread.join(10)


def test_a_line_gives_a_silent_broker_up_by_its_own_clock() -> None:
    now_s, heard = [0.0], threading.Event()
    with silent_broker(heard) as url:
        link = Link(url, "station", ["x/down"], clock=lambda: now_s[0])
        try:
            link.open()
            now_s[0] = 1e6
            assert link.wait(0.0) == [], "nothing is owed, so nothing is missed"
            link.publish("x/up", b"batch")
            link.publish("x/up", b"hello")
            assert link.wait(0.1) == []
            assert heard.wait(10)
            now_s[0] += SILENCE_S - 1
            assert link.wait(0.0) == []
            now_s[0] += 2
            with pytest.raises(LinkDown) as down:
                link.wait(10.0)
            assert down.value.cause == "lost"
        finally:
            link.dispose()
