"""The seam to devices that speak in a stream of bytes: a serial line, a serial server, or one in memory.

``open`` makes a fresh one each time, so that whoever drives the device can begin anew after an unplug.
Errors of the wire are Python's own (OSError); ``cause`` gives the word for them.
"""

from collections.abc import Callable
from typing import Protocol

from drivers.errors import Cause


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
        case _:
            return "unplugged"
