"""An HTTP connection of one's own for one exchange, which has an end whatever the far side does.

Only the connecting is told here, and the hanging up: what an answer that breaks off means is of each driver.
"""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress

from drivers.errors import Unreachable


def connected(host: str, port: int, timeout_s: float, *, tls: bool = False) -> http.client.HTTPConnection:
    """Nothing was said yet. ``tls``: the certificate is proved. Raises Unreachable."""
    kind = http.client.HTTPSConnection if tls else http.client.HTTPConnection
    connection = kind(host, port, timeout=timeout_s)
    try:
        connection.connect()
    except ConnectionRefusedError as error:
        raise Unreachable("refused_connection", f"{host}:{port}") from error
    except (OSError, UnicodeError) as error:
        raise Unreachable("no_answer", type(error).__name__) from error
    return connection


@contextmanager
def at_most(wire: socket.socket, seconds: float) -> Iterator[None]:
    """Hang up when the time is over: an answer could come drop by drop."""
    watch = threading.Timer(seconds, hang_up, (wire,))
    watch.daemon = True
    watch.start()
    try:
        yield
    finally:
        watch.cancel()


def hang_up(wire: socket.socket) -> None:
    """Whoever waits for a byte of it is told there is none; also from another thread."""
    with suppress(OSError):
        socket.socket.shutdown(wire, socket.SHUT_RDWR)  # below TLS, whose own state is that thread's
