"""A card printer on Ethernet that speaks in counted messages: one long-lived TCP connection, and datagrams.

    code u32 | count u32 (words that follow) | word u32 | sequence u32 | ...   big-endian; one reply each

The wire is *held*: it is opened only by an exchange that says nothing (the printer greets first), and after
any trouble it is closed, so that whoever is above sees for certain where one connection ends and another
begins. A message whose code ``by_datagram`` knows goes to the UDP port beside, asks only, and is asked again.
A connection dropped in trouble is reset, so that no kernel sends a dead host's bytes on.
Source: drivers/matica/PROTOCOL.md §3.
"""

import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable

from drivers.errors import Cause, OutcomeUnknown, Unreachable

CONNECT_S_MAX = 5.0
WORDS_MIN, WORDS_MAX = 2, 1_000_000
DATAGRAM_BYTES_MAX, DATAGRAM_S, DATAGRAMS = 64 * 1024, 0.5, 3
HEAD = struct.Struct(">IIII")
_COUNTED_FROM = 8
_LINGER = struct.Struct("hh" if sys.platform == "win32" else "ii")
DROPPED = _LINGER.pack(1, 0)


class MessageTransport:
    """``exchange`` and ``close`` towards HOST:PORT, and HOST:PORT+1 by datagram.

    ``by_datagram``: whether a code goes there. ``is_answered``: whether a sequence has a reply for certain;
    one that has not is neither awaited nor, should it come, returned.
    """

    def __init__(
        self,
        host: str,
        port: int,
        by_datagram: Callable[[int], bool],
        is_answered: Callable[[int], bool],
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._address = (host, port)
        self._by_datagram = by_datagram
        self._is_answered = is_answered
        self._monotonic = monotonic
        self._sock: socket.socket | None = None

    def exchange(self, data: Iterable[bytes | memoryview], timeout_s: float) -> bytes:
        """Write the messages in ``data``, return as many replies. Nothing said: connect, return the greeting.

        Pieces are any cut of the messages, but one for a datagram is one piece. Raises Unreachable while
        nothing had left, OutcomeUnknown after; trouble with the connection has closed it.
        """
        deadline = self._monotonic() + timeout_s
        pieces = (memoryview(piece) for piece in data if len(piece))
        first = next(pieces, None)
        if first is not None and len(first) >= HEAD.size and self._by_datagram(HEAD.unpack_from(first)[0]):
            return self._ask(bytes(first), deadline)
        may_have_left = False
        try:
            if first is None:
                self._connect(timeout_s)
                return self._greeting(deadline)
            if self._sock is None:
                raise _Failure("link_lost", "not connected")
            said = _Counter(self._is_answered)
            may_have_left = True
            self._send(first, deadline, said)
            for piece in pieces:
                self._send(piece, deadline, said)
            return b"".join(self._reply(deadline) for _ in range(said.answered))
        except (OSError, _Failure) as error:
            self.close()
            kind = OutcomeUnknown if may_have_left else Unreachable
            raise kind(_cause(error, opening=first is None), f"TCP: {error}") from error

    def close(self) -> None:
        """Hang up; twice is harmless."""
        sock, self._sock = self._sock, None
        if sock is not None:
            sock.close()

    def _connect(self, timeout_s: float) -> None:
        self.close()
        self._sock = socket.create_connection(self._address, min(timeout_s, CONNECT_S_MAX))
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, DROPPED)

    def _held(self, deadline: float) -> socket.socket:
        """The connection, with what is left of the time set as its patience."""
        left_s = deadline - self._monotonic()
        if left_s <= 0:
            raise TimeoutError("the time is over")
        if self._sock is None:
            raise _Failure("link_lost", "not connected")
        self._sock.settimeout(left_s)
        return self._sock

    def _send(self, piece: memoryview, deadline: float, said: "_Counter") -> None:
        said.add(piece)
        while piece:
            piece = piece[self._held(deadline).send(piece) :]

    def _greeting(self, deadline: float) -> bytes:
        return self._message(deadline)[0]

    def _reply(self, deadline: float) -> bytes:
        while True:
            message, sequence = self._message(deadline)
            if self._is_answered(sequence):
                return message

    def _message(self, deadline: float) -> tuple[bytes, int]:
        """One whole message and its sequence; what makes no sense is no message."""
        head = self._read(HEAD.size, deadline)
        _, words, _, sequence = HEAD.unpack(head)
        if not WORDS_MIN <= words <= WORDS_MAX:
            raise _Failure("garbled_reply", f"a message of {words} words")
        return head + self._read(words * 4 - (HEAD.size - _COUNTED_FROM), deadline), sequence

    def _read(self, size: int, deadline: float) -> bytes:
        taken = bytearray()
        while len(taken) < size:
            part = self._held(deadline).recv(size - len(taken))
            if not part:
                raise _Failure("link_lost", "the printer hung up")
            taken += part
        return bytes(taken)

    def _ask(self, question: bytes, deadline: float) -> bytes:
        """A datagram and its answer; asked up to three times, since it changes nothing."""
        host, port = self._address
        try:
            found = socket.getaddrinfo(host, port + 1, type=socket.SOCK_DGRAM)[0]
            with socket.socket(found[0], socket.SOCK_DGRAM) as sock:
                sock.connect(found[4])
                for _ in range(DATAGRAMS):
                    sock.send(question)
                    until = min(deadline, self._monotonic() + DATAGRAM_S)
                    while (left_s := until - self._monotonic()) > 0:
                        sock.settimeout(left_s)
                        try:
                            answer = sock.recv(DATAGRAM_BYTES_MAX)
                        except TimeoutError:
                            break
                        if answer[12:16] == question[12:16]:  # a late answer to an earlier question is none
                            return answer
        except OSError as error:
            raise Unreachable(_cause(error, opening=True), f"UDP: {error}") from error
        raise Unreachable("no_answer", "UDP: no answer")


class _Failure(Exception):
    """What sockets have no exception for."""

    def __init__(self, cause: Cause, sentence: str) -> None:
        super().__init__(sentence)
        self.cause: Cause = cause


class _Counter:
    """How many messages that are answered begin in the bytes that went by."""

    def __init__(self, is_answered: Callable[[int], bool]) -> None:
        self.answered = 0
        self._is_answered = is_answered
        self._head = b""
        self._left = 0

    def add(self, piece: memoryview) -> None:
        while piece:
            if self._left:
                skipped = min(self._left, len(piece))
                self._left -= skipped
                piece = piece[skipped:]
                continue
            missing = HEAD.size - len(self._head)
            self._head += bytes(piece[:missing])
            piece = piece[missing:]
            if len(self._head) == HEAD.size:
                _, words, _, sequence = HEAD.unpack(self._head)
                self._left = words * 4 - (HEAD.size - _COUNTED_FROM)
                self._head = b""
                self.answered += self._is_answered(sequence)


def _cause(error: Exception, *, opening: bool) -> Cause:
    """``opening``: a hang-up before the greeting means that another host has the one connection."""
    match error:
        case _Failure(cause="link_lost") if opening and "hung up" in str(error):
            return "busy"
        case _Failure():
            return error.cause
        case ConnectionRefusedError():
            return "refused_connection"
        case ConnectionResetError() if opening:
            return "busy"
        case ConnectionError():
            return "link_lost"
        case _:
            return "no_answer"
