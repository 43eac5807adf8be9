"""A machine on Ethernet: questions and motions as messages over one held connection. Source: PROTOCOL.md §3.

Panels go out up to three at a time; a motion is said alone, when everything before it is answered. Counters
and supplies are asked by datagram, which may get lost: then they are simply not told.
"""

from collections.abc import Iterable, Sequence

from drivers.card_printer import Piece, Transport
from drivers.errors import DeviceError, OutcomeUnknown, Unreachable
from drivers.matica import codes, messages
from drivers.matica.job import Plane
from drivers.matica.machine import About, Counters, Garbled, Motion
from drivers.matica.messages import Message
from drivers.matica.usb_machine import LOOK_S, MOTION_S, MOTION_TIMES_S, PANEL_S


class NetMachine:
    """See drivers.matica.machine.Machine."""

    def __init__(self, transport: Transport) -> None:
        self._transport = transport
        self._next = 0
        self._asked = 0
        self._model = ""
        self._host = ""
        self._who: dict[int, bytes] | None = None  # serial number and firmware, once told on this connection

    def open(self) -> None:
        """Connect, read the greeting, answer it."""
        try:
            self._model, self._host = messages.take_greeting(self._transport.exchange((), LOOK_S))
            self._next, self._who = 0, None
            messages.take_answers(self._transport.exchange((messages.welcome(),), LOOK_S), range(0))
        except Garbled as error:
            raise self._garbled(error) from error

    def close(self) -> None:
        """Hang up."""
        self._transport.close()

    def look(self) -> int:
        """The status command's error word."""
        return self._command(messages.STATUS, LOOK_S).word

    def position(self) -> str | None:
        """Where the card inside lies."""
        try:
            return messages.take_position(self._command(messages.POSITION, LOOK_S).payload)
        except Garbled as error:
            raise self._garbled(error) from error

    def counters(self) -> Counters:
        """From the info's values; nothing where they are not told."""
        return messages.take_counters(self._values(messages.INFO))

    def about(self) -> About:
        """From the greeting and the info's values; Unreachable while none has been heard.

        A lost datagram must not give a printer another name: cards are accounted for by it.
        """
        values = self._values(messages.INFO)
        if values:
            self._who = {tag: values[tag] for tag in (messages.SERIAL, messages.FIRMWARE) if tag in values}
        if self._who is None:
            raise Unreachable("no_answer", "it has not told who it is")
        try:
            return messages.take_about(values | self._who, self._model, f"{self._model}@{self._host}")
        except Garbled as error:
            raise self._garbled(error) from error

    def settings(self) -> tuple[tuple[str, str], ...]:
        """Every tag of the settings."""
        return messages.take_settings(self._values(messages.SETTINGS))

    def upload(self, planes: Sequence[Plane]) -> int:
        """As many panels at once as may stand unanswered."""
        for start in range(0, len(planes), messages.OUTSTANDING_MAX):
            some = planes[start : start + messages.OUTSTANDING_MAX]
            first = self._next
            pieces = [p for index, plane in enumerate(some) for p in messages.panel(plane, first + index)]
            for answer in self._say(pieces, len(some), PANEL_S):
                if answer.word != codes.READY:
                    return answer.word
        return codes.READY

    def move(self, motion: Motion) -> int:
        """The motion's command; its reply comes when it has ended."""
        return self._command(messages.motion(motion), MOTION_TIMES_S.get(motion.kind, MOTION_S)).word

    def _command(self, command: int, timeout_s: float) -> Message:
        return self._say([messages.pack(messages.COMMAND, command, self._next)], 1, timeout_s)[0]

    def _say(self, pieces: Iterable[Piece], count: int, timeout_s: float) -> list[Message]:
        sequences = range(self._next, self._next + count)
        self._next += count
        raw = self._transport.exchange(pieces, timeout_s)
        try:
            return messages.take_answers(raw, sequences)
        except Garbled as error:
            raise self._garbled(error) from error

    def _values(self, code: int) -> dict[int, bytes]:
        """What a datagram tells; nothing when it is lost, or makes no sense."""
        self._asked += 1
        try:
            raw = self._transport.exchange((messages.pack(code, 0, self._asked),), LOOK_S)
            return messages.take_values(
                messages.take_answers(raw, range(self._asked, self._asked + 1))[0].payload
            )
        except (Garbled, DeviceError):
            return {}

    def _garbled(self, error: Garbled) -> OutcomeUnknown:
        self._transport.close()
        return OutcomeUnknown("garbled_reply", str(error))
