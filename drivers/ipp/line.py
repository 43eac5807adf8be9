"""One HTTP request and its answer, on a connection of its own; nothing is repeated. PROTOCOL.md §1."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Protocol

from drivers.address import Address
from drivers.errors import OutcomeUnknown, Unreachable

ANSWER_BYTES_MAX = 1 << 20
WHOLE = 3
"""How many times the longest silence a whole exchange may last: an answer could come drop by drop."""


class Line(Protocol):
    """A way to say one thing to one printer."""

    def exchange(self, body: bytes, timeout_s: float) -> tuple[int, bytes]:
        """The HTTP status and the answer's body, one byte too long at most where it is endless.

        Unreachable while nothing was said, OutcomeUnknown from the first byte on, nothing else.
        """
        ...


class HttpLine:
    """``Line`` over TCP; ``wire`` ``ipps`` asks for TLS and proves the certificate."""

    def __init__(self, address: Address) -> None:
        self._address = address

    def exchange(self, body: bytes, timeout_s: float) -> tuple[int, bytes]:
        """POST ``body``; see ``Line``. ``timeout_s``: the longest silence, and a third of the whole."""
        connection = self._connect(timeout_s)
        try:
            with _at_most(connection.sock, WHOLE * timeout_s):
                connection.request("POST", self._address.path, body, {"Content-Type": "application/ipp"})
                response = connection.getresponse()
                raw = response.read(ANSWER_BYTES_MAX + 1)
            if response.length and len(raw) <= ANSWER_BYTES_MAX:  # a bounded read does not mind a short one
                raise http.client.IncompleteRead(raw, response.length)
            return response.status, raw
        except (OSError, http.client.HTTPException) as error:
            raise OutcomeUnknown("no_answer", type(error).__name__) from error
        finally:
            connection.close()

    def _connect(self, timeout_s: float) -> http.client.HTTPConnection:
        host, port = self._address.host, self._address.port
        kind = http.client.HTTPSConnection if self._address.wire == "ipps" else http.client.HTTPConnection
        connection = kind(host, port, timeout=timeout_s)
        try:
            connection.connect()
        except ConnectionRefusedError as error:
            raise Unreachable("refused_connection", f"{host}:{port}") from error
        except (OSError, UnicodeError) as error:
            raise Unreachable("no_answer", type(error).__name__) from error
        return connection


@contextmanager
def _at_most(sock: socket.socket, seconds: float) -> Iterator[None]:
    """Hang up when the time is over, whoever is waiting for what there."""

    def hang_up() -> None:
        with suppress(OSError):
            socket.socket.shutdown(sock, socket.SHUT_RDWR)  # below TLS, whose own state is another thread's

    watch = threading.Timer(seconds, hang_up)
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()
