"""The message transport against small printers on real sockets."""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable, Iterator

import pytest

from drivers.errors import DeviceError, OutcomeUnknown, Unreachable
from drivers.transports.messages import MessageTransport

UNANSWERED = 0x99999999
ASKED = 0xF0000600
Script = Callable[[socket.socket], None]


def message(code: int, sequence: int, payload: bytes = b"") -> bytes:
    return struct.pack(">IIII", code, 2 + len(payload) // 4, 0, sequence) + payload


GREETING = message(0xF3000200, 0, bytes(72))


class Printer:
    """Listens on TCP and on the UDP port beside; plays one script a connection."""

    def __init__(self) -> None:
        self._listener, self.udp = _two_ports()
        self.port = self._listener.getsockname()[1]
        self.scripts: list[Script] = []
        self._thread = threading.Thread(target=self._run, daemon=True)
        self._thread.start()

    def _run(self) -> None:
        while True:
            try:
                conn, _ = self._listener.accept()
            except OSError:
                return
            with conn:
                try:
                    self.scripts.pop(0)(conn)
                except ConnectionError:
                    continue

    def close(self) -> None:
        with contextlib.suppress(OSError):  # closed already
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self.udp.close()
        self._thread.join(5)


def _two_ports() -> tuple[socket.socket, socket.socket]:
    while True:
        listener = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(("127.0.0.1", listener.getsockname()[1] + 1))
        except (OSError, OverflowError):
            listener.close()
            udp.close()
        else:
            return listener, udp


@pytest.fixture
def printer() -> Iterator[Printer]:
    one = Printer()
    yield one
    one.close()


@pytest.fixture
def transport(printer: Printer) -> Iterator[MessageTransport]:
    one = MessageTransport(
        "127.0.0.1", printer.port, lambda code: code == ASKED, lambda sequence: sequence != UNANSWERED
    )
    yield one
    one.close()


def answering(*answers: bytes, after: int, rest: Script = lambda conn: None) -> Script:
    """Greets, hears ``after`` bytes, answers piece by piece."""

    def script(conn: socket.socket) -> None:
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        conn.sendall(GREETING)
        heard = 0
        while heard < after:
            heard += len(conn.recv(min(65_536, after - heard)))
        for answer in answers:
            conn.sendall(answer)
        conn.recv(1)
        rest(conn)

    return script


def cause(kind: type[DeviceError], act: Callable[[], object]) -> str:
    with pytest.raises(kind) as caught:
        act()
    assert type(caught.value) is kind
    return caught.value.cause


def test_only_saying_nothing_connects_and_brings_the_greeting(
    printer: Printer, transport: MessageTransport
) -> None:
    printer.scripts = [answering(after=0)]
    assert cause(Unreachable, lambda: transport.exchange([message(1, 0)], 5)) == "link_lost"
    assert transport.exchange((), 5) == GREETING


def test_as_many_replies_are_awaited_as_messages_were_said(
    printer: Printer, transport: MessageTransport
) -> None:
    said = [message(1, 0), message(2, 1, bytes(8)), message(3, 2)]
    replies = [message(0xF1000100, sequence, bytes(4 * sequence)) for sequence in range(3)]
    whole = b"".join(replies)
    printer.scripts = [answering(whole[:5], whole[5:41], whole[41:], after=len(b"".join(said)))]
    transport.exchange((), 5)
    cut = b"".join(said)
    pieces = [cut[:3], cut[3:20], b"", cut[20:33], cut[33:]]
    assert transport.exchange(pieces, 5) == whole


def test_what_need_not_be_answered_is_neither_awaited_nor_taken_for_an_answer(
    printer: Printer, transport: MessageTransport
) -> None:
    late, reply = message(0xF3000300, UNANSWERED), message(0xF1000100, 0)
    printer.scripts = [answering(late + reply, after=len(late) + 16)]
    transport.exchange((), 5)
    assert transport.exchange([message(0xF2000300, UNANSWERED)], 5) == b""
    assert transport.exchange([message(1, 0)], 5) == reply


def test_a_hang_up_without_a_greeting_means_that_somebody_else_is_connected(
    printer: Printer, transport: MessageTransport
) -> None:
    printer.scripts = [lambda conn: None]
    assert cause(Unreachable, lambda: transport.exchange((), 5)) == "busy"


def test_a_hang_up_after_the_first_byte_leaves_the_outcome_unknown_and_the_wire_closed(
    printer: Printer, transport: MessageTransport
) -> None:
    def hang_up(conn: socket.socket) -> None:
        conn.sendall(GREETING)
        conn.recv(16)

    printer.scripts = [hang_up]
    transport.exchange((), 5)
    assert cause(OutcomeUnknown, lambda: transport.exchange([message(1, 0)], 5)) == "link_lost"
    assert cause(Unreachable, lambda: transport.exchange([message(1, 0)], 5)) == "link_lost"


@pytest.mark.parametrize("words", [0, 1, 1_000_001, 0xFFFFFFFF])
def test_a_message_without_sense_ends_the_connection(
    printer: Printer, transport: MessageTransport, words: int
) -> None:
    printer.scripts = [answering(struct.pack(">IIII", 1, words, 0, 0), after=16)]
    transport.exchange((), 5)
    assert cause(OutcomeUnknown, lambda: transport.exchange([message(1, 0)], 5)) == "garbled_reply"


def test_silence_is_no_answer(printer: Printer, transport: MessageTransport) -> None:
    printer.scripts = [answering(after=16)]
    transport.exchange((), 5)
    assert cause(OutcomeUnknown, lambda: transport.exchange([message(1, 0)], 0.2)) == "no_answer"


def test_nobody_there_is_a_refused_connection(printer: Printer, transport: MessageTransport) -> None:
    printer.close()
    assert cause(Unreachable, lambda: transport.exchange((), 2)) == "refused_connection"


def test_a_question_goes_beside_and_needs_no_connection(
    printer: Printer, transport: MessageTransport
) -> None:
    heard: list[bytes] = []

    def answer() -> None:
        for _ in range(2):  # the first is lost
            question, host = printer.udp.recvfrom(2048)
            heard.append(question)
        printer.udp.sendto(message(0xF1000600, 8), host)  # a late answer to another question
        printer.udp.sendto(message(0xF1000600, 9, b"told"), host)

    thread = threading.Thread(target=answer, daemon=True)
    thread.start()
    assert transport.exchange([message(ASKED, 9)], 5) == message(0xF1000600, 9, b"told")
    thread.join(5)
    assert heard == [message(ASKED, 9)] * 2


def test_a_question_nobody_answers_leaves_the_connection_as_it_is(
    printer: Printer, transport: MessageTransport
) -> None:
    reply = message(0xF1000100, 0)
    printer.scripts = [answering(reply, after=16)]
    transport.exchange((), 5)
    assert cause(Unreachable, lambda: transport.exchange([message(ASKED, 9)], 0.3)) == "no_answer"
    assert transport.exchange([message(1, 0)], 5) == reply


def test_closing_twice_is_harmless(printer: Printer, transport: MessageTransport) -> None:
    printer.scripts = [answering(after=0)]
    transport.exchange((), 5)
    transport.close()
    transport.close()
