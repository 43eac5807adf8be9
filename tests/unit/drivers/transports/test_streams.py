"""A stream of bytes over a serial line and over TCP: what comes is read as it comes, a dead wire is told."""

from __future__ import annotations

import contextlib
import errno
import os
import socket
import sys
import threading
import time
from collections.abc import Iterator

import pytest

from drivers.address import parse
from drivers.transports.serial_line import SerialStream
from drivers.transports.streams import cause, opener, rate
from drivers.transports.tcp_stream import TcpStream

pseudo_terminals = pytest.mark.skipif(sys.platform == "win32", reason="no pseudo terminals")
LONG_S = 5.0


@pytest.fixture
def pty_ends() -> Iterator[tuple[int, str]]:
    import pty

    master, slave = pty.openpty()
    yield master, os.ttyname(slave)
    os.close(slave)
    with contextlib.suppress(OSError):
        os.close(master)


@pseudo_terminals
@pytest.mark.parametrize("parity", ["N", "O"])
def test_a_serial_line_carries_every_byte_both_ways(pty_ends: tuple[int, str], parity: str) -> None:
    master, path = pty_ends
    SerialStream(path, 57_600, "O" if parity == "O" else "N").close()
    stream = SerialStream(path, 57_600, "O" if parity == "O" else "N")
    every = bytes(range(256))
    stream.write(every)
    assert os.read(master, 512) == every
    os.write(master, every)
    found = b""
    while len(found) < 256:
        found += stream.read(100, LONG_S)
    assert found == every
    stream.close()
    stream.close()


@pseudo_terminals
def test_a_serial_read_takes_what_is_there_and_no_longer_than_told(pty_ends: tuple[int, str]) -> None:
    master, path = pty_ends
    stream = SerialStream(path, 57_600)
    assert stream.read(100, 0) == b""
    began = time.monotonic()
    assert stream.read(100, 0.05) == b""
    assert 0.04 <= time.monotonic() - began < 1
    os.write(master, b"abc")
    assert stream.read(2, LONG_S) == b"ab"
    assert stream.read(2, 0) == b"c"
    stream.close()


@pseudo_terminals
def test_a_serial_line_that_is_pulled_is_an_oserror(pty_ends: tuple[int, str]) -> None:
    master, path = pty_ends
    stream = SerialStream(path, 57_600)
    os.close(master)
    with pytest.raises(OSError) as caught:
        stream.read(10, LONG_S)
    assert cause(caught.value) == "unplugged"
    stream.close()


@pseudo_terminals
def test_a_serial_line_that_another_holds_is_busy(pty_ends: tuple[int, str]) -> None:
    holder = SerialStream(pty_ends[1], 57_600)
    with pytest.raises(OSError) as caught:
        SerialStream(pty_ends[1], 57_600)
    assert cause(caught.value) == "busy"
    holder.close()
    SerialStream(pty_ends[1], 57_600).close()


def test_a_serial_line_that_is_not_there_is_unplugged() -> None:
    with pytest.raises(OSError) as caught:
        SerialStream("/dev/ttyNOWHERE", 57_600)
    assert cause(caught.value) == "unplugged"


@contextlib.contextmanager
def served() -> Iterator[tuple[TcpStream, socket.socket]]:
    with socket.create_server(("127.0.0.1", 0)) as server:
        stream = TcpStream("127.0.0.1", server.getsockname()[1])
        far, _ = server.accept()
        with far:
            yield stream, far
        stream.close()


def test_tcp_carries_every_byte_both_ways_and_waits_no_longer_than_told() -> None:
    with served() as (stream, far):
        stream.write(b"question")
        assert far.recv(100) == b"question"
        assert stream.read(100, 0) == b""
        assert stream.read(100, 0.05) == b""
        later = threading.Timer(0.05, far.sendall, [b"answer"])
        later.start()
        assert stream.read(3, LONG_S) == b"ans"
        assert stream.read(100, 0) == b"wer"
        later.join()


def test_a_far_end_that_closes_is_unplugged() -> None:
    with served() as (stream, far):
        far.close()
        with pytest.raises(OSError) as caught:
            stream.read(10, LONG_S)
        assert cause(caught.value) == "unplugged"


@pytest.mark.parametrize(("error", "word"), [
    (ConnectionRefusedError(), "refused_connection"), (TimeoutError(), "no_answer"),
    (PermissionError(), "refused_connection"), (ConnectionResetError(), "unplugged"),
    (OSError(errno.EIO, "gone"), "unplugged"), (OSError(errno.EBUSY, "held"), "busy"),
    (OSError(errno.EACCES, "no right"), "refused_connection"), (OSError("odd"), "unplugged"),
])  # fmt: skip
def test_every_error_of_a_wire_has_a_word(error: OSError, word: str) -> None:
    assert cause(error) == word


def test_the_address_says_how_a_stream_is_opened() -> None:
    with pytest.raises(ConnectionRefusedError):
        opener(parse("r30x+tcp://127.0.0.1:1"), 9600)()
    with pytest.raises(OSError):
        opener(parse("r30x+serial:///dev/ttyNOWHERE"), 9600)()
    with pytest.raises(ValueError, match="no wire"):
        opener(parse("r30x+memory://bench"), 9600)


@pytest.mark.parametrize("told", ["", "0", "-1", "fast", "9600.0", "99999999", "\N{SUPERSCRIPT TWO}"])
def test_what_is_no_rate_is_refused(told: str) -> None:
    with pytest.raises(ValueError, match="baud"):
        rate(told, parse("r30x+memory://bench"))
    assert rate("115200", parse("r30x+memory://bench")) == 115_200
