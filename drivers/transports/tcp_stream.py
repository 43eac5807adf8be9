"""A device behind a serial server: its bytes over one TCP connection, nothing added.

The connection is kept for as long as the stream is; its end, from either side, is an unplugged device.
"""

import socket

CONNECT_S = 5.0
WRITE_S = 10.0


class TcpStream:
    """drivers.transports.streams.Stream on HOST:PORT. Raises OSError where nobody answers."""

    def __init__(self, host: str, port: int) -> None:
        self._sock = socket.create_connection((host, port), CONNECT_S)
        self._sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def write(self, data: bytes) -> None:
        """Send all of it."""
        self._sock.settimeout(WRITE_S)
        self._sock.sendall(data)

    def read(self, size: int, timeout_s: float) -> bytes:
        """What has come, at most ``size``."""
        self._sock.settimeout(max(0.0, timeout_s))
        try:
            data = self._sock.recv(size)
        except (TimeoutError, BlockingIOError):
            return b""
        if not data:
            raise ConnectionResetError("the far end has closed")
        return data

    def close(self) -> None:
        """End the connection."""
        self._sock.close()
