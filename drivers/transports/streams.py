"""The seam to devices that speak in a stream of bytes: a serial line, a serial server, or one in memory.

``open`` makes a fresh one each time, so that whoever drives the device can begin anew after an unplug.
Errors of the wire are Python's own (OSError); ``cause`` gives the word for them.
"""

import errno
from collections.abc import Callable
from typing import Literal, Protocol

from drivers.address import Address
from drivers.errors import Cause

BAUD_MAX = 4_000_000


class Stream(Protocol):
    """Bytes both ways. Every call but ``close`` may raise OSError: the wire is gone."""

    def write(self, data: bytes) -> None:
        """Send all of it."""
        ...

    def read(self, size: int, timeout_s: float) -> bytes:
        """What has come, at most ``size``, as soon as there is any; empty when ``timeout_s`` is over."""
        ...

    def close(self) -> None:
        """Let go; doing it twice is harmless."""
        ...


OpenStream = Callable[[], Stream]


class Peer(Protocol):
    """The far end of a memory wire: a simulator fits it without importing anything of ours."""

    def connect(self) -> Stream:
        """A line to it; ConnectionRefusedError: it is not there."""
        ...


def cause(error: OSError) -> Cause:
    """The word for what a wire raised."""
    match error:
        case ConnectionRefusedError():
            return "refused_connection"
        case TimeoutError():
            return "no_answer"
        case PermissionError():
            return "refused_connection"
        case OSError(errno=number) if number in (errno.EAGAIN, errno.EBUSY):  # somebody else holds the line
            return "busy"
        case OSError(errno=errno.EACCES):
            return "refused_connection"
        case _:
            return "unplugged"


def opener(address: Address, baud: int, parity: Literal["N", "O"] = "N", data_bits: int = 8) -> OpenStream:
    """How the stream at ``address`` is opened, on its own wire. ValueError for one in memory."""
    if address.wire == "serial":
        from drivers.transports.serial_line import SerialStream

        return lambda: SerialStream(address.path, baud, parity, data_bits)
    if address.wire == "tcp":
        from drivers.transports.tcp_stream import TcpStream

        return lambda: TcpStream(address.host, address.port)
    raise ValueError(f"'{address}' is on no wire Loket can use.")


def rate(told: str, address: Address) -> int:
    """The baud rate that ``address`` names as ``told``. ValueError if it is none."""
    if not told.isascii() or not told.isdigit() or not 0 < int(told) <= BAUD_MAX:
        raise ValueError(f"'{address}': '{told}' is no baud rate.")
    return int(told)
