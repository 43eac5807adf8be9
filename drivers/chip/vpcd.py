"""The chip at the contactless station, as vsmartcard speaks: we are the reader, the card connects to us.

    length u16 big-endian | bytes        one byte 00 off, 01 on, 02 reset, 04 tell ATR; else an APDU

The connection is the card: it comes when the card arrives at the station and ends when it moves on. Only the
newest connection counts, since two cards never lie there at once. Each ``uid`` asks the chip itself, so a
name is never remembered from the card before.
Source: drivers/chip/PROTOCOL.md.
"""

import contextlib
import socket
import struct
import sys
import time
from collections.abc import Callable

from drivers.errors import NeedsHands, Unreachable

POWER_OFF, POWER_ON, TELL_ATR = b"\x00", b"\x01", b"\x04"
GET_UID = bytes.fromhex("FFCA000000")
UID_LENGTHS = (4, 7, 10)
RANDOM_UID = 0x08  # ISO/IEC 14443-3: a 4-byte UID that begins so is drawn anew at each power-up
if sys.platform == "linux":
    _QUICKACK: int | None = socket.TCP_QUICKACK
else:
    _QUICKACK = None  # elsewhere only the card's side can avoid the 44 ms (PROTOCOL.md)


class VpcdReader:
    """Listens on HOST:PORT from the start, so that a card may already be waiting. Raises Unreachable("busy")
    when the port is taken.
    """

    def __init__(self, host: str, port: int, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._monotonic = monotonic
        self._card: socket.socket | None = None
        try:
            self._listener = _listen(host, port)
        except OSError as error:
            raise Unreachable("busy", f"{host}:{port} cannot be listened on: {error.strerror}") from error

    @property
    def port(self) -> int:
        """The port in use; the one given, unless that was 0."""
        return int(self._listener.getsockname()[1])

    def uid(self, timeout_s: float) -> str:
        """The UID of the card at the station, in upper-case hex.

        Waits for the card and its answer, ``timeout_s`` together. NeedsHands("no_chip") when no card came,
        NeedsHands("chip_dead") when one is there and does not tell its UID.
        """
        deadline = self._monotonic() + timeout_s
        hung_up = False
        while True:
            before = self._card
            self._welcome(0.0 if before else max(0.0, deadline - self._monotonic()))
            if self._card is None:
                raise NeedsHands("chip_dead" if hung_up else "no_chip")
            try:
                return self._ask_uid(self._card, deadline)
            except TimeoutError as error:
                raise NeedsHands("chip_dead", "the chip does not answer") from error
            except OSError:  # that card has moved on; another may be on its way
                hung_up = hung_up or self._card is not before
                self._drop()

    def close(self) -> None:
        """Stop listening; twice is harmless."""
        self._drop()
        self._listener.close()

    def _drop(self) -> None:
        card, self._card = self._card, None
        if card is not None:
            card.close()

    def _welcome(self, wait_s: float) -> None:
        """Take the newest card that has connected; wait up to ``wait_s`` for the first."""
        while True:
            self._listener.settimeout(wait_s)
            try:
                card, _ = self._listener.accept()
            except (TimeoutError, BlockingIOError):
                return
            card.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._drop()
            self._card = card
            wait_s = 0.0

    def _ask_uid(self, card: socket.socket, deadline: float) -> str:
        """One conversation. TimeoutError when the chip is silent, OSError when it is gone."""
        card.settimeout(max(0.001, deadline - self._monotonic()))
        card.sendall(_message(POWER_ON) + _message(TELL_ATR))
        atr = self._receive(card, deadline)
        card.sendall(_message(GET_UID))
        answer = self._receive(card, deadline)
        with contextlib.suppress(OSError):  # it has told its name; whether it hears the goodbye is no matter
            card.sendall(_message(POWER_OFF))
        name, verdict = answer[:-2], answer[-2:]
        if len(atr) < 2 or verdict != b"\x90\x00" or len(name) not in UID_LENGTHS:
            raise NeedsHands("chip_dead", f"answer {verdict.hex()} of {len(name)} bytes")
        if len(name) == 4 and name[0] == RANDOM_UID:
            raise NeedsHands("chip_dead", "the chip gives a random UID")
        return name.hex().upper()

    def _receive(self, card: socket.socket, deadline: float) -> bytes:
        (length,) = struct.unpack(">H", self._exactly(card, 2, deadline))
        return self._exactly(card, length, deadline)

    def _exactly(self, card: socket.socket, size: int, deadline: float) -> bytes:
        data = b""
        while len(data) < size:
            left_s = deadline - self._monotonic()
            if left_s <= 0:
                raise TimeoutError
            card.settimeout(left_s)
            if _QUICKACK is not None:
                card.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)  # the system forgets it after each receive
            part = card.recv(size - len(data))
            if not part:
                raise ConnectionError("the card has moved on")
            data += part
        return data


def _message(body: bytes) -> bytes:
    return struct.pack(">H", len(body)) + body


def _listen(host: str, port: int) -> socket.socket:
    """A listener that only one process can have; on Windows that must be asked for."""
    family = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0][0]
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen(8)
    except OSError:
        listener.close()
        raise
    return listener
