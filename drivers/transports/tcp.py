"""A card printer on raw TCP (port 9100): one connection an exchange.

We send the bytes and one NUL, close our sending half, and read until the printer closes its own. The reply's
NUL and the status block may come in separate segments; a printer that leaves the connection open is given a
moment of silence after the NUL, no more. Saying nothing at all (connect, close the half) asks for the status.
What the kernel has taken counts as gone: there is no knowing how far it came. But until the reply is here the
connection is set to be reset when it is dropped, by a failure or by the death of this process, so the kernel
throws away what it still holds instead of going on with a dead host's job.
Source: drivers/evolis/PROTOCOL.md, transports.
"""

import socket
import struct
import sys
import time
from collections.abc import Callable, Iterable

from drivers.errors import Cause, OutcomeUnknown, Unreachable

CONNECT_S_MAX = 5.0
TAIL_S = 0.25  # how long a status block may come after the reply's NUL when the printer does not close
REPLY_BYTES_MAX = 16 * 1024
COMMAND_BYTES_MAX = 1024
_LINGER = struct.Struct("hh" if sys.platform == "win32" else "ii")
DROPPED, DELIVERED = _LINGER.pack(1, 0), _LINGER.pack(0, 0)
"""What becomes of unsent bytes when the connection is closed (SO_LINGER): reset and gone, or sent on."""


class TcpTransport:
    """``exchange`` and ``close`` towards HOST:PORT. Nothing stays open between exchanges."""

    def __init__(self, host: str, port: int = 9100, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._address = (host, port)
        self._monotonic = monotonic

    def exchange(self, data: Iterable[bytes | memoryview], timeout_s: float) -> bytes:
        """Send the pieces as they come, return the reply: text, NUL, status bytes.

        ``timeout_s`` is for the whole exchange. Raises Unreachable while nothing had left, OutcomeUnknown
        after. What the iterable itself raises passes through, and the connection is dropped.
        """
        deadline = self._monotonic() + timeout_s
        may_have_left = False
        try:
            with self._connect(timeout_s) as sock:
                for piece in _closed_by_nul(data):
                    may_have_left = True
                    self._send(sock, piece, deadline)
                sock.shutdown(socket.SHUT_WR)
                reply = self._receive(sock, deadline)
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, DELIVERED)
                return reply
        except (OSError, _Failure) as error:
            kind = OutcomeUnknown if may_have_left else Unreachable
            raise kind(_cause(error, may_have_left), f"TCP: {error}") from error

    def close(self) -> None:
        """Nothing to let go of."""

    def _connect(self, timeout_s: float) -> socket.socket:
        sock = socket.create_connection(self._address, min(timeout_s, CONNECT_S_MAX))
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, DROPPED)
        return sock

    def _limit(self, sock: socket.socket, deadline: float) -> None:
        left_s = deadline - self._monotonic()
        if left_s <= 0:
            raise TimeoutError("the time is over")
        sock.settimeout(left_s)

    def _send(self, sock: socket.socket, piece: memoryview, deadline: float) -> None:
        while piece:
            self._limit(sock, deadline)
            piece = piece[sock.send(piece) :]

    def _receive(self, sock: socket.socket, deadline: float) -> bytes:
        """All the printer says until it closes; an end before the NUL is no reply."""
        reply = bytearray()
        while True:
            try:
                self._limit(sock, min(deadline, self._monotonic() + TAIL_S) if b"\0" in reply else deadline)
                part = sock.recv(REPLY_BYTES_MAX)
            except TimeoutError:
                if b"\0" in reply:
                    return bytes(reply)
                raise
            reply += part
            if not part or len(reply) > REPLY_BYTES_MAX:
                break
        if b"\0" not in reply:
            raise _Failure("link_lost" if not reply else "garbled_reply", "the reply has no end")
        return bytes(reply)


class _Failure(Exception):
    """What sockets have no exception for."""

    def __init__(self, cause: Cause, sentence: str) -> None:
        super().__init__(sentence)
        self.cause: Cause = cause


def _closed_by_nul(data: Iterable[bytes | memoryview]) -> Iterable[memoryview]:
    """The pieces that hold anything, and one NUL behind the last; in its segment when that is a command."""
    held = b""  # a small piece waits for the next, or for the NUL; a big one never waits
    said = False
    for piece in data:
        said = said or len(piece) > 0
        if len(held) + len(piece) <= COMMAND_BYTES_MAX:
            held += piece
            continue
        if held:
            yield memoryview(held)
            held = b""
        yield memoryview(piece)
    if said:
        yield memoryview(held + b"\0")


def _cause(error: Exception, may_have_left: bool) -> Cause:
    match error:
        case _Failure():
            return error.cause
        case ConnectionRefusedError():
            return "refused_connection"
        case ConnectionError() if may_have_left:
            return "link_lost"
        case _:
            return "no_answer"
