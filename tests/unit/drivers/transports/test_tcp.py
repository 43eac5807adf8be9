"""The TCP transport against small printers on real sockets."""

import socket
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator

import pytest

from drivers.errors import DeviceError, OutcomeUnknown, Unreachable
from drivers.transports import tcp

STATUS = bytes.fromhex("0018 10") + bytes(16)
Script = Callable[[socket.socket], None]


class Printer:
    """Listens, and plays one script ``times`` over; what it heard before is in ``heard``, unless deaf."""

    def __init__(self, script: Script, times: int = 1, *, deaf: bool = False) -> None:
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.transport = tcp.TcpTransport("127.0.0.1", self._listener.getsockname()[1])
        self.heard: list[bytes] = []
        self.resets = 0
        self._thread = threading.Thread(target=self._run, args=(script, times, deaf), daemon=True)
        self._thread.start()

    def _run(self, script: Script, times: int, deaf: bool) -> None:
        for _ in range(times):
            conn, _ = self._listener.accept()
            with conn:
                try:
                    if not deaf:
                        with conn.makefile("rb") as stream:
                            self.heard.append(stream.read())
                    script(conn)
                except ConnectionError:
                    self.resets += 1

    def close(self) -> None:
        self._thread.join(5)
        self._listener.close()


def says(*segments: bytes) -> Script:
    def script(conn: socket.socket) -> None:
        conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        for segment in segments:
            conn.sendall(segment)

    return script


def waits(event: threading.Event) -> Script:
    def script(conn: socket.socket) -> None:
        event.wait(5)

    return script


def resets_soon(conn: socket.socket) -> None:
    conn.recv(1000)
    conn.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def cause(kind: type[DeviceError], printer: Printer, *pieces: bytes, timeout_s: float = 5) -> str:
    with pytest.raises(kind) as caught:
        printer.transport.exchange(pieces, timeout_s)
    assert type(caught.value) is kind
    printer.close()
    return caught.value.cause


def test_a_command_is_its_bytes_one_nul_and_the_end() -> None:
    printer = Printer(says(b"OK\0" + STATUS))
    assert printer.transport.exchange([b"\x1bRtp\r"], 5) == b"OK\0" + STATUS
    assert printer.heard == [b"\x1bRtp\r\0"]
    printer.close()


def test_saying_nothing_asks_for_the_status() -> None:
    printer = Printer(says(b"\0" + STATUS), 2)
    assert printer.transport.exchange([], 5) == b"\0" + STATUS
    assert printer.transport.exchange([b""], 5) == b"\0" + STATUS
    assert printer.heard == [b"", b""]
    printer.close()


def test_the_reply_may_come_in_any_segments() -> None:
    whole = b"Evolis Primacy 2\0" + STATUS
    printer = Printer(says(*[whole[at : at + 1] for at in range(len(whole))]))
    assert printer.transport.exchange([b"x"], 5) == whole
    printer.close()


def test_a_printer_that_leaves_the_connection_open_is_understood_all_the_same() -> None:
    done = threading.Event()

    def open_ended(conn: socket.socket) -> None:
        conn.sendall(b"OK\0")
        conn.sendall(STATUS)
        done.wait(5)

    printer = Printer(open_ended)
    assert printer.transport.exchange([b"x"], 5) == b"OK\0" + STATUS
    done.set()
    printer.close()


def test_a_job_streams_as_it_is_made() -> None:
    first_came = threading.Event()
    heard: list[bytes] = []

    def script(conn: socket.socket) -> None:
        with conn.makefile("rb") as stream:
            heard.append(stream.read(100_000))
            first_came.set()
            heard.append(stream.read())
        conn.sendall(b"OK\0")

    def job() -> Iterator[memoryview]:
        yield memoryview(b"header")
        yield memoryview(bytes(99_994))
        assert first_came.wait(5)  # the next piece is not even made before this one has arrived
        yield memoryview(b"\x01" * 50_000)

    printer = Printer(script, deaf=True)
    assert printer.transport.exchange(job(), 5) == b"OK\0"
    assert heard == [b"header" + bytes(99_994), b"\x01" * 50_000 + b"\0"]
    printer.close()


def test_even_small_pieces_leave_before_the_last_is_made() -> None:
    chunks = [bytes(one) for one in tcp._closed_by_nul([bytes(300)] * 40)]
    assert b"".join(chunks) == bytes(12_001)
    assert max(len(one) for one in chunks) <= tcp.COMMAND_BYTES_MAX + 1


def test_nobody_listening_is_a_refused_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    with pytest.raises(Unreachable) as caught:
        tcp.TcpTransport("127.0.0.1", port).exchange([b"x"], 5)
    assert caught.value.cause == "refused_connection"


def test_silence_after_a_command_is_an_unknown_outcome() -> None:
    quiet = threading.Event()
    printer = Printer(waits(quiet), deaf=True)
    with pytest.raises(OutcomeUnknown) as caught:
        printer.transport.exchange([b"x"], 0.1)
    assert caught.value.cause == "no_answer"
    quiet.set()
    printer.close()


def test_silence_after_a_status_poll_is_only_unreachable() -> None:
    quiet = threading.Event()
    printer = Printer(waits(quiet), deaf=True)
    with pytest.raises(Unreachable) as caught:
        printer.transport.exchange([], 0.1)
    assert caught.value.cause == "no_answer"
    quiet.set()
    printer.close()


def test_a_connection_ended_without_a_word_is_a_lost_link() -> None:
    assert cause(OutcomeUnknown, Printer(says()), b"x") == "link_lost"
    assert cause(Unreachable, Printer(says())) == "link_lost"


def test_a_reply_cut_before_its_nul_is_garbled() -> None:
    assert cause(OutcomeUnknown, Printer(says(b"Evol")), b"x") == "garbled_reply"


def test_a_reply_without_end_is_garbled() -> None:
    done = threading.Event()

    def endless(conn: socket.socket) -> None:
        conn.sendall(b"A" * 20_000)
        done.wait(5)

    printer = Printer(endless)
    with pytest.raises(OutcomeUnknown) as caught:
        printer.transport.exchange([b"x"], 3)
    assert caught.value.cause == "garbled_reply"
    done.set()
    printer.close()


def test_a_connection_reset_in_the_middle_of_a_job_is_an_unknown_outcome() -> None:
    printer = Printer(resets_soon, deaf=True)
    assert cause(OutcomeUnknown, printer, *[bytes(200_000)] * 50) == "link_lost"


def test_a_printer_that_stops_taking_is_an_unknown_outcome_when_the_time_is_over() -> None:
    stop = threading.Event()
    printer = Printer(waits(stop), deaf=True)
    with pytest.raises(OutcomeUnknown) as caught:
        printer.transport.exchange([bytes(60_000_000)], 0.2)
    assert caught.value.cause == "no_answer"
    stop.set()
    printer.close()


def test_what_the_pieces_raise_passes_through_and_drops_the_connection() -> None:
    printer = Printer(says(b"OK\0"))

    def torn() -> Iterator[bytes]:
        yield bytes(70_000)
        yield b"more"
        raise KeyError("a fault of the caller")

    with pytest.raises(KeyError):
        printer.transport.exchange(torn(), 5)
    printer.close()
    assert (printer.heard, printer.resets) == ([], 1)
    printer.transport.close()


def all_that_comes(conn: socket.socket) -> int:
    """How many bytes are read before the connection is reset; a clean end fails."""
    count = 0
    try:
        while part := conn.recv(1 << 16):
            count += len(part)
    except ConnectionError:
        return count
    raise AssertionError(f"all {count} bytes were delivered")


A_DEAD_HOST_S_JOB = """
import os, sys
from drivers.transports.tcp import TcpTransport
def job():
    for _ in range(16):
        yield bytes(65_536)
    sys.stdout.write("sent")
    sys.stdout.flush()
    os._exit(9)
TcpTransport("127.0.0.1", int(sys.argv[1])).exchange(job(), 30)
"""


def slow_printer() -> socket.socket:
    """Listens with a small window and reads nothing by itself: what is sent waits in the kernel."""
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    return listener


def test_a_dead_process_s_job_is_not_sent_on_by_its_kernel() -> None:
    with slow_printer() as listener:
        command = [sys.executable, "-c", A_DEAD_HOST_S_JOB, str(listener.getsockname()[1])]
        done = subprocess.run(command, capture_output=True, text=True, timeout=30, check=False)
        assert (done.stdout, done.returncode) == ("sent", 9), done.stderr
        conn, _ = listener.accept()
        with conn:
            assert all_that_comes(conn) < 16 * 65_536


def test_a_job_given_up_is_not_sent_on_behind_our_back() -> None:
    with slow_printer() as listener:
        transport = tcp.TcpTransport("127.0.0.1", listener.getsockname()[1])
        with pytest.raises(OutcomeUnknown):
            transport.exchange([bytes(1 << 20)], 0.2)
        conn, _ = listener.accept()
        with conn:
            assert all_that_comes(conn) < 1 << 20


def test_an_exchange_that_went_well_ends_without_a_reset() -> None:
    over, errors = threading.Event(), list[int]()

    def script(conn: socket.socket) -> None:
        conn.sendall(b"OK\0" + STATUS)
        assert over.wait(5)  # leaves its end open for a while, as some do
        errors.append(conn.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR))

    printer = Printer(script)
    printer.transport.exchange([b"x"], 5)
    over.set()
    printer.close()
    assert errors == [0]
