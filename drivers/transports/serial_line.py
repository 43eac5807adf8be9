"""A serial line through pyserial, on Linux, Windows and macOS.

One reader waits for the first byte and takes what came with it. It waits in slices: a port's own time-out is
set once, for setting it again sets the whole port again, which not every line endures. Nobody else may hold
the line (an exclusive lock on POSIX; Windows gives a port to one program only). Errors are OSError.
"""

import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Literal

import serial

WRITE_S, SLICE_S = 10.0, 0.02
Parity = Literal["N", "O"]
if sys.platform == "win32":
    _UNSUITABLE: tuple[type[Exception], ...] = (ValueError,)
else:
    import termios

    _UNSUITABLE = (ValueError, termios.error)


class SerialStream:
    """drivers.transports.streams.Stream on the port ``path``. Raises OSError where it cannot be opened."""

    def __init__(
        self,
        path: str,
        baud: int,
        parity: Parity = "N",
        data_bits: int = 8,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._monotonic = monotonic
        try:
            self._port = serial.Serial(
                path,
                baud,
                bytesize=data_bits,
                parity="N" if _is_pseudo(path) else parity,
                stopbits=1,
                timeout=SLICE_S,
                write_timeout=WRITE_S,
                exclusive=None if sys.platform == "win32" else True,
            )
        except _UNSUITABLE as error:
            raise OSError(f"the port cannot be set so: {error}") from error

    def write(self, data: bytes) -> None:
        """Send all of it."""
        self._port.write(data)

    def read(self, size: int, timeout_s: float) -> bytes:
        """What has come, at most ``size``."""
        end = self._monotonic() + timeout_s
        while (there := self._port.in_waiting) == 0:
            if self._monotonic() >= end:
                return b""
            if first := self._port.read(1):
                more = min(size - 1, self._port.in_waiting)
                return bytes(first + (self._port.read(more) if more > 0 else b""))
        return bytes(self._port.read(min(size, there)))

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()


def _is_pseudo(path: str) -> bool:
    """Whether this is a pseudo terminal of Linux: it has no parity, and setting one twice is an error."""
    return Path(path).resolve().is_relative_to("/dev/pts")
