"""A machine on USB: questions and motions as command blocks over a held wire. Source: PROTOCOL.md §2, §6.

A command that fails is asked for its code, once, and never said again.
"""

from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from drivers.card_printer import Piece, Transport
from drivers.errors import OutcomeUnknown
from drivers.matica import blocks, codes
from drivers.matica.blocks import Command
from drivers.matica.job import Plane
from drivers.matica.machine import About, Counters, Garbled, Motion

T = TypeVar("T")
LOOK_S, LOAD_S, MOTION_S, STATION_S, PANEL_S = 5.0, 60.0, 30.0, 10.0, 60.0
MOTION_TIMES_S = {"load": LOAD_S, "engage": STATION_S, "release": STATION_S}


class UsbMachine:
    """See drivers.matica.machine.Machine."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._tag = 0

    def open(self) -> None:
        """Take the device and begin with clean pipes."""
        self._transport.exchange((), LOOK_S)

    def close(self) -> None:
        """Let go of it."""
        self._transport.close()

    def look(self) -> int:
        """Test ready, and the sense if it is not."""
        return self._do(blocks.READY, LOOK_S)

    def position(self) -> str | None:
        """Where the card inside lies."""
        return self._ask(blocks.POSITION, blocks.take_position)

    def counters(self) -> Counters:
        """The log page; nothing where the machine refuses it."""
        data = self._say(blocks.COUNTERS, LOOK_S)
        return Counters() if data is None else blocks.take_counters(data)

    def about(self) -> About:
        """Inquiry and supplies."""
        supplies = self._say(blocks.SUPPLIES, LOOK_S)
        return self._ask(blocks.INQUIRY, lambda data: blocks.take_about(data, supplies))

    def settings(self) -> tuple[tuple[str, str], ...]:
        """The settings bytes; none where the machine refuses the page."""
        page = self._say(blocks.SETTINGS, LOOK_S)
        return () if page is None else blocks.take_settings(page)

    def upload(self, planes: Sequence[Plane]) -> int:
        """One write a panel."""
        for plane in planes:
            code = self._do(blocks.panel(plane.letter, len(plane.data)), PANEL_S, plane.data)
            if code != codes.READY:
                return code
        return codes.READY

    def move(self, motion: Motion) -> int:
        """The motion's command; its status comes when it has ended."""
        return self._do(blocks.motion(motion), MOTION_TIMES_S.get(motion.kind, MOTION_S))

    def _do(self, command: Command, timeout_s: float, *out: Piece) -> int:
        if self._say(command, timeout_s, *out) is not None:
            return codes.READY
        data = self._say(blocks.SENSE, LOOK_S)
        code = 0 if data is None else blocks.take_sense(data)
        return code or codes.UNTOLD

    def _ask(self, command: Command, read: Callable[[bytes], T]) -> T:
        data = self._say(command, LOOK_S)
        try:
            if data is None:
                raise Garbled("it refuses a question")
            return read(data)
        except Garbled as error:
            raise self._garbled(error) from error

    def _say(self, command: Command, timeout_s: float, *out: Piece) -> bytes | None:
        """What came in, None if the command failed."""
        self._tag = self._tag % 0xFFFF_FFFF + 1
        said: Iterable[Piece] = (blocks.block(command, self._tag), *out)
        raw = self._transport.exchange(said, timeout_s)
        try:
            return blocks.take(raw, command, self._tag)
        except Garbled as error:
            raise self._garbled(error) from error

    def _garbled(self, error: Garbled) -> OutcomeUnknown:
        self._transport.close()
        return OutcomeUnknown("garbled_reply", str(error))
