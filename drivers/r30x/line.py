"""One question and its answer on a line that may lose, add and garble bytes, or be pulled.

A module answers in the order it is asked, and its answers carry no number. So whenever one did not come, or
came garbled, the line is brought in step first: it is heard out, then the parameters are asked, whose answer
alone is 17 bytes long; what comes before that is late and nobody's. Then the question is put once more, as it
is to a module that heard it badly. Every question may be put twice: none does more the second time. What
fails twice closes the line, and whoever asks next opens a new one.
"""

from collections import deque
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from drivers.card_printer import Clock
from drivers.errors import Cause, Unreachable
from drivers.r30x import codec
from drivers.r30x.codec import Damaged, Kind, Packet
from drivers.r30x.codes import ALONE, DONE, HEARD_BADLY
from drivers.r30x.commands import COMMANDS, DATA_MS, Command
from drivers.transports.streams import OpenStream, Stream, cause

ANYBODY = 0xFFFFFFFF
BITS_A_BYTE = 10  # start, eight, stop
PACKET_BYTES = 11  # around the content
QUIET_MS = 60
"""A module that said nothing for so long is done talking."""
AFTER_DAMAGE_MS = 300
"""How long the true answer may still come behind something damaged."""
READ_BYTES = 4096

Progress = Callable[[int, int], None]
"""Bytes of a template or a picture that have gone or come, of how many."""


@dataclass(frozen=True, slots=True)
class Answer:
    """``code``: the confirmation code; ``values``: what stands behind it; ``data``: what packets brought."""

    code: int
    values: bytes = b""
    data: bytes = b""


@dataclass(slots=True)
class _Patience:
    """Until when, on the clock, something is waited for."""

    until_ms: int

    def shorten(self, until_ms: int) -> None:
        self.until_ms = min(self.until_ms, until_ms)


class _Lost(Exception):
    """No answer, or none that could be read."""

    def __init__(self, why: Cause, detail: str) -> None:
        super().__init__(detail)
        self.cause: Cause = why


class Line:
    """The conversation with one module. ``baud``: the line's rate, for how long things may take."""

    def __init__(
        self,
        open_stream: OpenStream,
        clock: Clock,
        baud: int,
        address: int = ANYBODY,
        progress: Progress | None = None,
    ) -> None:
        self.address = address
        self._other: int | None = None  # where the module may be as well, since a move was not answered
        self.packet_bytes = 128
        self._open_stream, self._clock, self._baud, self._progress = open_stream, clock, baud, progress
        self._stream: Stream | None = None
        self._parser = codec.Parser()
        self._come: deque[Packet | Damaged] = deque()
        self._sent_by_ms = 0  # when the last byte of a download will have left at the line's rate

    @property
    def is_open(self) -> bool:
        """Whether there is a line; a question opens one."""
        return self._stream is not None

    def close(self) -> None:
        """Let go of the line."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def transfer_ms(self, size: int) -> int:
        """How long ``size`` bytes of data take at the line's rate, in packets as they are set."""
        packets = -(-size // self.packet_bytes)
        return (size + packets * PACKET_BYTES) * BITS_A_BYTE * 1000 // self._baud

    def ask(
        self,
        name: str,
        *arguments: int | bytes,
        data: bytes = b"",
        size: int = 0,
        answers_as: int | None = None,
    ) -> Answer:
        """Put the question ``name`` of COMMANDS.

        ``data``: what a download sends. ``size``: what an upload brings. ``answers_as``: the address that the
        module moves to, which its answer bears already. Raises Unreachable no_answer, garbled_reply,
        refused_connection, unplugged.
        """
        command = COMMANDS[name]
        content = command.content(*arguments)
        if answers_as is not None:
            self._other = answers_as
        try:
            answer = self._asked(command, content, data, size, answers_as)
        except _Lost as lost:
            self.close()
            raise Unreachable(lost.cause, f"{name}: {lost}") from lost
        except OSError as error:
            self.close()
            raise Unreachable(cause(error), f"{name}: {type(error).__name__}") from error
        if answers_as is not None:  # a refusal is an answer too: it stays where it was
            self.address, self._other = answers_as if answer.code == DONE else self.address, None
        return answer

    def _asked(
        self, command: Command, content: bytes, data: bytes, size: int, answers_as: int | None
    ) -> Answer:
        """The question put once, and once more where it was heard badly or its answer was."""
        if self._stream is None:
            self._stream = self._open_stream()
            self._hear_out(self._stream)
        try:
            answer = self._exchange(self._stream, command, content, data, size, answers_as)
            if answer.code != HEARD_BADLY:
                return answer
        except _Lost:
            self._get_in_step(self._stream)
        return self._exchange(self._stream, command, content, data, size, answers_as)

    def _exchange(
        self, stream: Stream, command: Command, content: bytes, data: bytes, size: int, answers_as: int | None
    ) -> Answer:
        self._drop(stream)
        stream.write(codec.pack(self.address, Kind.COMMAND, content))
        told = self._acknowledge(stream, command, self.address if answers_as is None else answers_as)
        answer = Answer(told[0], told[1:])
        if answer.code != DONE or command.data is None:
            return answer
        if command.data == "down":
            self._send(stream, data)
            return answer
        return Answer(answer.code, answer.values, self._receive(stream, size))

    def _acknowledge(self, stream: Stream, command: Command, heard_as: int) -> bytes:
        """The content of the acknowledge that is this question's: its length and its address say so."""
        patience = _Patience(max(self._clock.now_ms(), self._sent_by_ms) + command.wait_ms)
        damaged, short = False, b""
        for found in self._packets(stream, patience):
            if isinstance(found, Damaged):
                damaged = True
                patience.shorten(self._clock.now_ms() + AFTER_DAMAGE_MS)
                continue
            if found.kind is not Kind.ACK or found.address != heard_as or not found.content:
                continue
            if len(found.content) == command.ack or (len(found.content) == 1 and found.content[0] in ALONE):
                return found.content
            if len(found.content) == 1 and found.content[0] != DONE:  # shorter than the manuals say, or late
                short = found.content
                patience.shorten(self._clock.now_ms() + AFTER_DAMAGE_MS)
        if short:
            return short
        raise _Lost("garbled_reply" if damaged else "no_answer", "damaged" if damaged else "silent")

    def _send(self, stream: Stream, data: bytes) -> None:
        sent = 0
        self._sent_by_ms = self._clock.now_ms() + self.transfer_ms(len(data))
        for packet in codec.data_packets(self.address, data, self.packet_bytes):
            stream.write(packet)
            sent += len(packet) - PACKET_BYTES
            self._tell(sent, len(data))

    def _receive(self, stream: Stream, size: int) -> bytes:
        data = bytearray()
        patience = _Patience(self._clock.now_ms() + 2 * self.transfer_ms(size) + DATA_MS)
        for found in self._packets(stream, patience):
            if isinstance(found, Damaged):
                raise _Lost("garbled_reply", "damaged data")
            if found.kind not in (Kind.DATA, Kind.LAST) or found.address != self.address:
                continue
            data += found.content
            self._tell(len(data), size)
            if found.kind is Kind.LAST or len(data) > size:
                break
        if len(data) != size:
            raise _Lost("garbled_reply", f"{len(data)} bytes of data instead of {size}")
        return bytes(data)

    def _packets(self, stream: Stream, patience: _Patience) -> Iterator[Packet | Damaged]:
        """What comes while there is patience; then what a false header held back."""
        while True:
            while self._come:
                yield self._come.popleft()
            left_ms = patience.until_ms - self._clock.now_ms()
            if left_ms > 0:
                self._come.extend(self._parser.feed(stream.read(READ_BYTES, left_ms / 1000)))
            elif self._parser.waiting:
                self._come.extend(self._parser.give_up())
            else:
                return

    def _drop(self, stream: Stream) -> None:
        """What came unasked is nobody's."""
        while stream.read(READ_BYTES, 0):
            pass
        self._forget()

    def _hear_out(self, stream: Stream) -> None:
        """Wait until the module is done talking; no picture takes longer than this waits."""
        end = self._clock.now_ms() + 2 * self.transfer_ms(1 << 16)
        while self._clock.now_ms() < end and stream.read(READ_BYTES, QUIET_MS / 1000):
            pass
        self._forget()

    def _forget(self) -> None:
        self._parser.clear()
        self._come.clear()

    def _get_in_step(self, stream: Stream) -> None:
        """The module answers, and nothing else is on its way; whichever of its addresses it has is ours."""
        self._hear_out(stream)
        if self._other is not None:
            try:
                self._parameters_at(stream, self._other)
                self.address, self._other = self._other, self.address
                return
            except _Lost:
                pass
        self._parameters_at(stream, self.address)

    def _parameters_at(self, stream: Stream, address: int) -> None:
        asked = COMMANDS["parameters"]
        stream.write(codec.pack(address, Kind.COMMAND, asked.content()))
        self._acknowledge(stream, asked, address)

    def _tell(self, done: int, size: int) -> None:
        if self._progress is not None:
            self._progress(done, size)
