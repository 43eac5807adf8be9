"""HTTP below the client: real sockets, TLS that is proved, and which trouble comes before the first word."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from drivers.address import parse
from drivers.errors import OutcomeUnknown, Unreachable
from drivers.ipp.line import ANSWER_BYTES_MAX, HttpLine
from tests.journeys.papers import Authority

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/ipp\r\n"


@contextmanager
def server(answer: bytes, wrap: Callable[[socket.socket], socket.socket] | None = None) -> Iterator[int]:
    """Reads one whole request, says ``answer`` and hangs up."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        try:
            line, _ = listener.accept()
            with wrap(line) if wrap else line as spoken:
                seen = b""
                while b"BODY" not in seen and (chunk := spoken.recv(65536)):
                    seen += chunk
                spoken.sendall(answer)
        except OSError:
            return

    thread = threading.Thread(target=serve)
    thread.start()
    try:
        yield listener.getsockname()[1]
    finally:
        thread.join()
        listener.close()


def exchange(port: int, scheme: str = "ipp") -> tuple[int, bytes]:
    return HttpLine(parse(f"{scheme}://127.0.0.1:{port}/ipp/print")).exchange(b"BODY", 5)


def test_a_request_is_answered() -> None:
    with server(OK + b"Content-Length: 3\r\n\r\nyes") as port:
        assert exchange(port) == (200, b"yes")


def test_an_answer_that_comes_drop_by_drop_is_given_up() -> None:
    """Each drop is in time; a worker that waited for the last would see to no card any more."""
    listener = socket.create_server(("127.0.0.1", 0))
    given_up = threading.Event()

    def drip() -> None:
        line, _ = listener.accept()
        with line, suppress(OSError):
            line.sendall(OK + b"Content-Length: 1000\r\n\r\n")
            while not given_up.wait(0.02):
                line.sendall(b"x")

    thread = threading.Thread(target=drip, daemon=True)
    thread.start()
    address = parse(f"ipp://127.0.0.1:{listener.getsockname()[1]}/ipp/print")
    with pytest.raises(OutcomeUnknown, match="no_answer"):
        HttpLine(address).exchange(b"BODY", 0.1)
    given_up.set()
    thread.join()
    listener.close()


def test_another_status_is_told_as_it_is() -> None:
    with server(b"HTTP/1.1 426 Upgrade Required\r\nContent-Length: 0\r\n\r\n") as port:
        assert exchange(port) == (426, b"")


@pytest.mark.parametrize(
    "answer", [b"", b"nonsense\r\n\r\n", OK + b"Content-Length: 30\r\n\r\nhalf", b"\x00" * 70_000]
)
def test_an_answer_that_breaks_off_or_is_none_leaves_the_outcome_open(answer: bytes) -> None:
    with server(answer) as port, pytest.raises(OutcomeUnknown):
        exchange(port)


def test_an_endless_answer_is_cut_one_byte_after_too_long() -> None:
    with server(OK + b"\r\n" + b"x" * (ANSWER_BYTES_MAX + 4096)) as port:
        assert len(exchange(port)[1]) == ANSWER_BYTES_MAX + 1


def test_a_certificate_is_proved_before_a_word_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = Authority(tmp_path, "authority").certify("printer")
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(str(told.cert), str(told.key))

    def wrap(line: socket.socket) -> socket.socket:
        return context.wrap_socket(line, server_side=True)

    answer = OK + b"Content-Length: 3\r\n\r\nyes"
    with server(answer, wrap) as port, pytest.raises(Unreachable):
        exchange(port, "ipps")
    monkeypatch.setenv("SSL_CERT_FILE", str(told.ca))
    with server(answer, wrap) as port:
        assert exchange(port, "ipps") == (200, b"yes")


def test_nobody_there_is_unreachable() -> None:
    for text in ("ipp://127.0.0.1:1/x", "ipp://nobody.invalid/x"):
        with pytest.raises(Unreachable):
            HttpLine(parse(text)).exchange(b"BODY", 5)
