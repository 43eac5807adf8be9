"""One HTTP request and its answer, on a connection of its own; nothing is repeated. PROTOCOL.md §1."""

from __future__ import annotations

import http.client
from typing import Protocol

from drivers.address import Address
from drivers.errors import OutcomeUnknown
from drivers.transports.http import at_most, connected

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
        address = self._address
        connection = connected(address.host, address.port, timeout_s, tls=address.wire == "ipps")
        try:
            with at_most(connection.sock, WHOLE * timeout_s):
                connection.request("POST", address.path, body, {"Content-Type": "application/ipp"})
                response = connection.getresponse()
                raw = response.read(ANSWER_BYTES_MAX + 1)
            if response.length and len(raw) <= ANSWER_BYTES_MAX:  # a bounded read does not mind a short one
                raise http.client.IncompleteRead(raw, response.length)
            return response.status, raw
        except (OSError, http.client.HTTPException) as error:
            raise OutcomeUnknown("no_answer", type(error).__name__) from error
        finally:
            connection.close()
