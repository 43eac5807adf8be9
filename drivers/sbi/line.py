"""HTTP with the odd verbs of SBI: one request, one answer, one connection. PROTOCOL.md §1.

Nothing on the far side is worth less for being asked twice, so every trouble is Unreachable; whether to ask
again is of the caller.
"""

import http.client
import socket
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from typing import Protocol

from drivers.errors import Refused, Unreachable
from drivers.sbi import stream
from drivers.sbi.verbs import PATHS, UNKNOWN_VERB, VERBS, Call, Dialect
from drivers.transports.http import at_most, connected, hang_up

ANSWER_BYTES_MAX = 32 << 20
_HEAD: Mapping[str, str] = {"Content-Type": "application/json", "Connection": "close"}


class Reply(Protocol):
    """An answer that goes on; ``kind`` is its content type."""

    kind: str

    def frames(self) -> Iterator[bytes]:
        """Its pictures, until it ends; one that is not whole in time ends it. Raises as stream.frames."""
        ...

    def said(self, most: int) -> bytes:
        """What it is if it is no pictures: ``most`` bytes, or what came in time."""
        ...

    def hang_up(self) -> None:
        """End it, also while another thread waits for a byte of it."""
        ...

    def close(self) -> None:
        """Let go of it; only by whoever reads."""
        ...


class Line(Protocol):
    """A way to ask the services of one machine."""

    def ask(
        self, port: int, dialect: Dialect, call: Call, body: bytes, timeout_s: float, connect_s: float
    ) -> bytes:
        """The answer's body. Unreachable, or Refused ``unsupported`` where the verb is not known."""
        ...

    def open(self, port: int, dialect: Dialect, body: bytes, silence_s: float, connect_s: float) -> Reply:
        """A preview's answer; its head, and each picture, has ``silence_s`` to come. Raises as ``ask``."""
        ...


class HttpLine:
    """``Line`` over TCP to ``host``."""

    def __init__(self, host: str) -> None:
        self._host = host

    def ask(
        self, port: int, dialect: Dialect, call: Call, body: bytes, timeout_s: float, connect_s: float
    ) -> bytes:
        """See ``Line``; ``timeout_s`` is for the whole exchange."""
        connection = connected(self._host, port, connect_s)
        with (
            closing(connection),
            at_most(_socket(connection), timeout_s),
            _said(),
            closing(self._say(connection, dialect, call, body, timeout_s)) as response,
        ):
            raw, missing = response.read(ANSWER_BYTES_MAX + 1), response.length
        if len(raw) > ANSWER_BYTES_MAX:
            raise Unreachable("garbled_reply", "an answer without end")
        if missing:  # a bounded read does not mind a short one
            raise Unreachable("no_answer", "the answer was cut")
        return raw

    def open(self, port: int, dialect: Dialect, body: bytes, silence_s: float, connect_s: float) -> Reply:
        """See ``Line``."""
        connection = connected(self._host, port, connect_s)
        wire = _socket(connection)
        try:
            with at_most(wire, silence_s), _said():
                response = self._say(connection, dialect, Call.PREVIEW, body, silence_s)
        except BaseException:
            connection.close()
            raise
        return _Stream(connection, wire, response, silence_s)

    def _say(
        self,
        connection: http.client.HTTPConnection,
        dialect: Dialect,
        call: Call,
        body: bytes,
        timeout_s: float,
    ) -> http.client.HTTPResponse:
        _socket(connection).settimeout(timeout_s)
        connection.request(VERBS[dialect][call], PATHS[call], body, _HEAD)
        response = connection.getresponse()
        if response.status == http.client.OK:
            return response
        response.close()
        if response.status in UNKNOWN_VERB:
            raise Refused("unsupported", f"{VERBS[dialect][call]} is not known there")
        raise Unreachable("garbled_reply", f"HTTP status {response.status}")


class _Stream:
    """``Reply`` of a preview."""

    def __init__(
        self,
        connection: http.client.HTTPConnection,
        wire: socket.socket,
        response: http.client.HTTPResponse,
        silence_s: float,
    ) -> None:
        self._connection = connection
        self._wire = wire
        self._response = response
        self._silence_s = silence_s
        self.kind = response.headers.get_content_type()

    def frames(self) -> Iterator[bytes]:
        """Its pictures."""
        pictures = stream.frames(self)
        while True:
            with at_most(self._wire, self._silence_s):
                frame = next(pictures, None)
            if frame is None:
                return
            yield frame

    def said(self, most: int) -> bytes:
        """What it is if it is no pictures."""
        with at_most(self._wire, self._silence_s):
            return self.read(most)

    def readline(self, limit: int = -1, /) -> bytes:
        """A line of the body."""
        with _said():
            return self._response.readline(limit)

    def read(self, amount: int, /) -> bytes:
        """``amount`` bytes of the body; fewer at its end."""
        with _said():
            return self._response.read(amount)

    def hang_up(self) -> None:
        """No more bytes."""
        hang_up(self._wire)

    def close(self) -> None:
        """Let go."""
        self._response.close()
        self._connection.close()


@contextmanager
def _said() -> Iterator[None]:
    """Whatever goes wrong on the wire once something was said, as no answer."""
    try:
        yield
    except (OSError, http.client.HTTPException, ValueError) as error:  # ValueError: read after close
        raise Unreachable("no_answer", type(error).__name__) from error


def _socket(connection: http.client.HTTPConnection) -> socket.socket:
    wire = connection.sock
    if not isinstance(wire, socket.socket):
        raise Unreachable("no_answer", "not connected")
    return wire
