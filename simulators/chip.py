"""The virtual card at a contactless reader: connects out and speaks vsmartcard's vpcd protocol.

Each message is a 2-byte big-endian length and that many bytes. One byte is a control (0 power off, 1 power
on, 2 reset, 4 get ATR), anything longer an APDU. The card connects while it lies at the station and hangs up
when it leaves, so a `pcscd` with the virtual reader and a listener of one's own both see a card come and go.
What the chip answers is in `specimen`; a write is told to ``wrote`` before its answer leaves.
"""

from __future__ import annotations

import asyncio
import contextlib
import socket
import sys
from collections.abc import Callable
from typing import Generic, TypeVar

from simulators.specimen import Chip, Gone, Session

ATR = bytes.fromhex("3B80800101")
RETRY_S = 0.1
_GET_ATR = 4
C = TypeVar("C", bound=Chip)


def answer(message: bytes, session: Session) -> bytes | None:
    """What a card says to one message; None: it says nothing. Raises Gone when it leaves the field."""
    if len(message) == 1:
        if message[0] == _GET_ATR:
            return ATR
        session.selected = False  # power off, power on, reset
        return None
    return session.answer(message)


class VirtualCard(Generic[C]):
    """Follows ``present`` (the chip that lies there, or None): one connection while a card is there."""

    def __init__(
        self, host: str, port: int, present: Callable[[], C | None], wrote: Callable[[C], None]
    ) -> None:
        self._host, self._port = host, port
        self._present, self._wrote = present, wrote
        self._task: asyncio.Task[None] | None = None
        self._card: C | None = None

    def follow(self) -> None:
        """A card may have come or gone."""
        card = self._present()
        if card is self._card:
            return
        self.close()
        self._card = card
        if card is not None:
            self._task = asyncio.get_running_loop().create_task(self._lie_there(card))

    def close(self) -> None:
        """The card has gone."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _lie_there(self, card: C) -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError, Gone):
                reader, writer = await asyncio.open_connection(self._host, self._port)
                try:
                    await self._serve(reader, writer, card)
                finally:
                    writer.close()
            await asyncio.sleep(RETRY_S)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter, card: C) -> None:
        session = Session(card)
        while True:
            _acknowledge_at_once(writer)
            size = int.from_bytes(await reader.readexactly(2), "big")
            _acknowledge_at_once(writer)
            message, before = await reader.readexactly(size), card.file
            try:
                reply = answer(message, session)
            finally:
                if card.file != before:
                    self._wrote(card)
            if reply is not None:
                writer.write(len(reply).to_bytes(2, "big") + reply)
                await writer.drain()


def _acknowledge_at_once(writer: asyncio.StreamWriter) -> None:
    """A reader that sends in two parts waits 40 ms for us else; the system forgets it each time."""
    if sys.platform == "linux":
        writer.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
