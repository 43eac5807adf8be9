"""HTTP below the driver: odd verbs on real sockets, and every way an answer can fail to come."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress

import pytest

from drivers.errors import Refused, Unreachable
from drivers.sbi import line as sbi_line
from drivers.sbi.line import HttpLine, Reply
from drivers.sbi.verbs import Call, Dialect

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@contextmanager
def server(answer: Callable[[socket.socket], None]) -> Iterator[tuple[int, list[bytes]]]:
    """Reads one request, hands the socket to ``answer`` and hangs up."""
    listener, heard = socket.create_server(("127.0.0.1", 0)), []

    def serve() -> None:
        with suppress(OSError):
            spoken, _ = listener.accept()
            with spoken:
                heard.append(spoken.recv(65536))
                while b"BODY" not in heard[0]:
                    heard[0] += spoken.recv(65536)
                answer(spoken)

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1], heard
    finally:
        thread.join()
        listener.close()


def ask(port: int, call: Call = Call.DISCOVERY, timeout_s: float = 5) -> bytes:
    return HttpLine("127.0.0.1").ask(port, Dialect.V095, call, b"BODY", timeout_s, 1)


def says(raw: bytes) -> Callable[[socket.socket], None]:
    return lambda spoken: spoken.sendall(raw)


@pytest.mark.parametrize(
    ("call", "first"),
    [
        (Call.DISCOVERY, b"MOSIPDISC /device HTTP/1.1\r\n"),
        (Call.INFORMATION, b"MOSIPDINFO /info HTTP/1.1\r\n"),
        (Call.REGISTRATION, b"RCAPTURE /capture HTTP/1.1\r\n"),
        (Call.AUTHENTICATION, b"CAPTURE /capture HTTP/1.1\r\n"),
    ],
)
def test_a_question_is_said_in_its_verb_and_answered(call: Call, first: bytes) -> None:
    with server(says(OK + b"Content-Length: 3\r\n\r\nyes")) as (port, heard):
        assert ask(port, call) == b"yes"
    assert heard[0].startswith(first)
    assert b"\r\nContent-Length: 4\r\n" in heard[0] and b"\r\nContent-Type: application/json\r\n" in heard[0]


def test_an_answer_of_no_told_length_ends_with_the_connection() -> None:
    with server(says(b"HTTP/1.0 200 OK\r\n\r\nyes")) as (port, _):
        assert ask(port) == b"yes"


@pytest.mark.parametrize("status", [405, 501])
def test_a_verb_nobody_knows_is_refused(status: int) -> None:
    raw = f"HTTP/1.1 {status} No\r\nContent-Length: 0\r\n\r\n".encode()
    with server(says(raw)) as (port, _), pytest.raises(Refused, match="unsupported: MOSIPDISC"):
        ask(port)


@pytest.mark.parametrize(
    ("raw", "cause"),
    [
        (b"HTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n", "garbled_reply"),
        (OK + b"Content-Length: 9\r\n\r\nyes", "no_answer"),
        (b"", "no_answer"),
        (b"SSH-2.0-nothing\r\n", "no_answer"),
        (OK + b"X: y\r\n" * 200 + b"\r\n", "no_answer"),
    ],
)
def test_what_is_no_answer_is_told_as_none(raw: bytes, cause: str) -> None:
    with server(says(raw)) as (port, _), pytest.raises(Unreachable, match=cause):
        ask(port)


def test_nobody_there_is_told_at_once() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable, match="refused_connection"):
        ask(port)


@pytest.mark.parametrize("drips", [False, True])
def test_a_service_that_never_ends_its_answer_is_given_up(drips: bool) -> None:
    given_up = threading.Event()

    def drip(spoken: socket.socket) -> None:
        with suppress(OSError):
            spoken.sendall(OK + b"Content-Length: 1000\r\n\r\n")
            while not given_up.wait(0.02):
                spoken.sendall(b"x" if drips else b"")

    with server(drip) as (port, _):
        with pytest.raises(Unreachable, match="no_answer"):
            ask(port, timeout_s=0.15)
        given_up.set()


def test_an_answer_without_end_is_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(sbi_line, "ANSWER_BYTES_MAX", 100)
    long = OK + b"\r\n" + b"x" * 101
    with server(says(long)) as (port, _), pytest.raises(Unreachable, match="garbled_reply"):
        ask(port)
    with server(says(OK + b"\r\n" + b"x" * 100)) as (port, _):
        assert len(ask(port)) == 100


PART = b"--x\r\nContent-Length:5\r\n\r\nfirst"


def test_a_preview_may_be_hung_up_by_another_thread_while_it_waits() -> None:
    over = threading.Event()

    def silent(spoken: socket.socket) -> None:
        spoken.sendall(OK + b"\r\n" + PART)
        over.wait(5)

    with server(silent) as (port, _):
        reply = HttpLine("127.0.0.1").open(port, Dialect.V095, b"BODY", 5, 1)
        pictures = reply.frames()
        assert (reply.kind, next(pictures)) == ("application/json", b"first")
        threading.Timer(0.02, reply.hang_up).start()
        assert list(pictures) == []
        reply.close()
        reply.close()
        over.set()


DRIPS = {"nothing": b"", "bytes": b"x", "lines": b"x\r\n"}
LAGS = {
    "in its head": b"",
    "before a picture": b"\r\n" + PART,
    "in a picture": b"\r\n" + PART + b"--x\r\nContent-Length:99999\r\n\r\n",
}


@contextmanager
def dripping(first: bytes, drip: bytes) -> Iterator[int]:
    """A service that says ``first`` and then only drops, for ten seconds, unless it is hung up before."""
    given_up, ran_dry = threading.Event(), threading.Event()

    def drop(spoken: socket.socket) -> None:
        with suppress(OSError):
            spoken.sendall(OK + first)
            for _ in range(500):
                if given_up.wait(0.02):
                    return
                spoken.sendall(drip)
            ran_dry.set()

    with server(drop) as (port, _):
        yield port
        given_up.set()
    assert not ran_dry.is_set()


def previewed(port: int) -> closing[Reply]:
    return closing(HttpLine("127.0.0.1").open(port, Dialect.V095, b"BODY", 0.1, 1))


@pytest.mark.parametrize("drip", [b"", b"x", b"x\r\n"])
@pytest.mark.parametrize("lags", LAGS)
def test_a_preview_of_which_only_drops_come_is_given_up_when_a_picture_is_due(lags: str, drip: bytes) -> None:
    with dripping(LAGS[lags], drip) as port, suppress(Unreachable), previewed(port) as reply:
        assert list(reply.frames()) in ([], [b"first"])


def test_what_a_service_says_instead_of_pictures_may_not_drip_either() -> None:
    with dripping(b"\r\n", b" ") as port, suppress(Unreachable), previewed(port) as reply:
        assert reply.said(1 << 20).strip() == b""
