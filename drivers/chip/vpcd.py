"""The chip at the contactless station, as vsmartcard speaks: we are the reader, the card connects to us.

    length u16 big-endian | bytes        one byte 00 off, 01 on, 02 reset, 04 tell ATR; else an APDU

The connection is the card: it comes when the card arrives at the station and ends when it moves on. Only the
newest connection counts, since two cards never lie there at once. Each call asks the chip itself, so a
name is never remembered from the card before. What is said to the chip is in `specimen`.
Source: drivers/chip/PROTOCOL.md.
"""

import contextlib
import socket
import struct
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

from drivers.chip import Tag, specimen
from drivers.errors import NeedsHands, OutcomeUnknown, Unreachable

T = TypeVar("T")
POWER_OFF, POWER_ON, TELL_ATR = b"\x00", b"\x01", b"\x04"
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
        """The UID of the card at the station; see `drivers.chip.ChipReader`."""
        return self._ask(timeout_s, specimen.uid)

    def read_tag(self, uid: str, timeout_s: float) -> Tag | None:
        """The tag on the card ``uid``; see `drivers.chip.ChipReader`."""
        return self._ask(timeout_s, lambda card: specimen.read(card, uid))

    def write_tag(self, uid: str, tag: Tag, timeout_s: float) -> bool:
        """Put ``tag`` on the card ``uid``; see `drivers.chip.ChipReader`."""
        return self._ask(timeout_s, lambda card: specimen.write(card, uid, tag))

    def close(self) -> None:
        """Stop listening; twice is harmless."""
        self._drop()
        self._listener.close()

    def _ask(self, timeout_s: float, question: Callable[[specimen.Channel], T]) -> T:
        """One conversation with the card at the station; waits for it and its answers, together that long."""
        deadline = self._monotonic() + timeout_s
        hung_up = False
        while True:
            before = self._card
            self._welcome(0.0 if before else max(0.0, deadline - self._monotonic()))
            if self._card is None:
                raise NeedsHands("chip_dead" if hung_up else "no_chip")
            try:
                return _converse(_Card(self._card, deadline, self._monotonic), question)
            except TimeoutError as error:
                self._drop()  # what it says too late must not answer the next question
                raise NeedsHands("chip_dead", "the chip does not answer") from error
            except OSError:  # that card has moved on; another may be on its way
                hung_up = hung_up or self._card is not before
                self._drop()
            except OutcomeUnknown:
                self._drop()
                raise

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
            except ConnectionError:  # one that had gone before we took it
                continue
            except OSError as error:
                raise Unreachable("no_answer", f"no card can be taken: {error.strerror}") from error
            self._drop()
            with contextlib.suppress(OSError):  # one that has gone already is found out when it is asked
                card.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._card = card
            wait_s = 0.0


@dataclass(frozen=True, slots=True)
class _Card:
    """One connection as a channel."""

    wire: socket.socket
    deadline: float
    monotonic: Callable[[], float]

    def transmit(self, apdu: bytes) -> bytes:
        """One APDU and its answer. TimeoutError when the chip is silent, OSError when it is gone."""
        self.tell(apdu)
        return self.hear()

    def tell(self, message: bytes) -> None:
        """One message, in one segment."""
        self.wire.settimeout(max(0.001, self.deadline - self.monotonic()))
        self.wire.sendall(struct.pack(">H", len(message)) + message)

    def hear(self) -> bytes:
        """The next message."""
        (length,) = struct.unpack(">H", self._exactly(2))
        return self._exactly(length)

    def _exactly(self, size: int) -> bytes:
        data = b""
        while len(data) < size:
            left_s = self.deadline - self.monotonic()
            if left_s <= 0:
                raise TimeoutError
            self.wire.settimeout(left_s)
            if _QUICKACK is not None:
                self.wire.setsockopt(socket.IPPROTO_TCP, _QUICKACK, 1)  # forgotten after each receive
            part = self.wire.recv(size - len(data))
            if not part:
                raise ConnectionError("the card has moved on")
            data += part
        return data


def _converse(card: _Card, question: Callable[[specimen.Channel], T]) -> T:
    """Power up, ask, power down. TimeoutError when the chip is silent, OSError when it is gone."""
    card.tell(POWER_ON)
    atr = card.transmit(TELL_ATR)
    if len(atr) < 2:
        raise NeedsHands("chip_dead", f"an ATR of {len(atr)} bytes")
    try:
        return question(card)
    finally:
        with contextlib.suppress(OSError):  # whether it hears the goodbye is no matter
            card.tell(POWER_OFF)


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
