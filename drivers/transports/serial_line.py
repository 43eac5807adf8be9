"""A serial line through pyserial, on Linux, Windows and macOS.

One reader waits for the first byte and takes what came with it. Nobody else may hold the line (TIOCEXCL on
POSIX; Windows gives a port to one program only). Errors are OSError; pyserial's own is one.
"""

import sys
from typing import Literal

import serial

WRITE_S = 10.0
Parity = Literal["N", "O"]


class SerialStream:
    """drivers.transports.streams.Stream on the port ``path``. Raises OSError where it cannot be opened."""

    def __init__(self, path: str, baud: int, parity: Parity = "N", data_bits: int = 8) -> None:
        try:
            self._port = serial.Serial(
                path,
                baud,
                bytesize=data_bits,
                parity=parity,
                stopbits=1,
                timeout=0,
                write_timeout=WRITE_S,
                exclusive=None if sys.platform == "win32" else True,
            )
        except ValueError as error:  # a rate that the port cannot do
            raise OSError(str(error)) from error

    def write(self, data: bytes) -> None:
        """Send all of it."""
        self._port.write(data)

    def read(self, size: int, timeout_s: float) -> bytes:
        """What has come, at most ``size``."""
        there = self._port.in_waiting
        if there == 0 and timeout_s <= 0:
            return b""
        if there == 0 and self._port.timeout != timeout_s:
            self._port.timeout = timeout_s
        first = self._port.read(min(size, there) or 1)
        more = min(size - len(first), self._port.in_waiting) if first else 0
        return bytes(first + self._port.read(more)) if more > 0 else bytes(first)

    def close(self) -> None:
        """Let go of the port."""
        self._port.close()
