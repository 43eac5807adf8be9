"""The virtual card at a contactless station: connects out and speaks vsmartcard's vpcd protocol.

Each message is a 2-byte big-endian length and that many bytes. One byte is a control (0 power off, 1 power
on, 2 reset, 4 get ATR), anything longer an APDU. The card connects while it lies at the station and hangs up
when it leaves, so a `pcscd` with the virtual reader and a listener of one's own both see a card come and go.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

ATR = bytes.fromhex("3B80800101")
GET_UID = bytes.fromhex("FFCA0000")
RETRY_S = 0.1
_POWER_OFF, _POWER_ON, _RESET, _GET_ATR = 0, 1, 2, 4


def answer(message: bytes, uid: str, mute: bool) -> bytes | None:
    """What a card says to one message; None: it says nothing. ``uid`` in hexadecimal."""
    if len(message) == 1:
        return ATR if message[0] == _GET_ATR else None
    if mute:
        return b"\x6f\x00"
    if message[:4] == GET_UID:
        return bytes.fromhex(uid) + b"\x90\x00"
    return b"\x6d\x00"  # no such instruction


class VirtualCard:
    """Follows ``present`` (UID and whether it is mute, or None): one connection while a card is there."""

    def __init__(self, host: str, port: int, present: Callable[[], tuple[str, bool] | None]) -> None:
        self._host, self._port = host, port
        self._present = present
        self._task: asyncio.Task[None] | None = None
        self._card: tuple[str, bool] | None = None

    def follow(self) -> None:
        """A card may have come or gone."""
        card = self._present()
        if card == self._card:
            return
        self.close()
        self._card = card
        if card is not None:
            self._task = asyncio.get_running_loop().create_task(self._lie_there(*card))

    def close(self) -> None:
        """The card has gone."""
        if self._task is not None:
            self._task.cancel()
            self._task = None

    async def _lie_there(self, uid: str, mute: bool) -> None:
        while True:
            with contextlib.suppress(OSError, asyncio.IncompleteReadError):
                reader, writer = await asyncio.open_connection(self._host, self._port)
                try:
                    await _serve(reader, writer, uid, mute)
                finally:
                    writer.close()
            await asyncio.sleep(RETRY_S)


async def _serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter, uid: str, mute: bool) -> None:
    while True:
        size = int.from_bytes(await reader.readexactly(2), "big")
        reply = answer(await reader.readexactly(size), uid, mute)
        if reply is not None:
            writer.write(len(reply).to_bytes(2, "big") + reply)
            await writer.drain()
