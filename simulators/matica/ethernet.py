"""The printer's side of its Ethernet wire: one connection's messages in, replies out, and UDP's questions.

Strategy: a wire opens the one `Session` there may be, feeds it bytes in any cut, and takes what `out` holds
after every step of the world. Messages are carried out and answered in the order they came; a motion holds up
those behind it, and a fourth unanswered one is not read (`blocked`). Nothing that comes in raises; bytes that
are no message end the connection (`ended`).
"""

from __future__ import annotations

from collections import deque

from simulators.matica import mechanism, messages
from simulators.matica.clock import SILENCE_MS
from simulators.matica.codes import BadCommand, Code
from simulators.matica.counts import Counts
from simulators.matica.messages import Message
from simulators.matica.model import Printer, Work

OUTSTANDING_MAX = 3
_GARBLE = 0x55555555


class Face:
    """Who may be connected, and what anybody may ask."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts
        self.printer: Printer = counts.printer
        self.session: Session | None = None
        self.printer.silence = self._nothing_said
        self.printer.watchers.append(self._follow)

    def open(self) -> Session | None:
        """A connection was accepted; None: another stands, this one is closed without a word."""
        if self.session is not None or not self.printer.there:
            return None
        self.session = Session(self)
        return self.session

    def ask(self, datagram: bytes) -> bytes | None:
        """A question's answer; None: nothing is said to what is none, or by nobody."""
        if not self.printer.there:
            return None
        stream = messages.Stream()
        stream.feed(self.counts.arrived(datagram))
        try:
            question = stream.next()
        except messages.NoMessage:
            return None
        if question is None or not self.printer.there:
            return None
        if question.code == messages.SET:
            error, payload = int(Code.BAD_COMMAND), b""
        elif question.code in messages.QUESTIONS:
            error, payload = 0, messages.QUESTIONS[question.code](self.printer)
        else:
            return None
        return Message(question.code + messages.REPLY, error, question.sequence, payload).raw()

    def _nothing_said(self) -> None:
        if self.session is not None:
            self.session.end()

    def _follow(self) -> None:
        """Power or plug gone: the connection with it."""
        if self.session is not None and not self.printer.there:
            self.session.end()


class Session:
    """One connection. ``out``: bytes for the host; ``ended``: nothing more comes."""

    def __init__(self, face: Face) -> None:
        self._face, self._printer = face, face.printer
        self._stream = messages.Stream()
        self._waiting: deque[Message] = deque()
        self._moving: tuple[Message, Work] | None = None
        self._greeted = False
        self._deaf = False  # the first message was no answer to the greeting
        self.out = bytearray(messages.greeting(self._printer).raw())
        self.ended = False
        self._said()

    @property
    def blocked(self) -> bool:
        """Whether no more is read until something has been answered."""
        return self._deaf or len(self._waiting) + (self._moving is not None) >= OUTSTANDING_MAX

    def feed(self, data: bytes) -> None:
        """Bytes from the host."""
        if self.ended:
            return
        self._said()
        self._stream.feed(self._face.counts.arrived(data))
        self.go_on()

    def go_on(self) -> None:
        """Carry out what can be; wires ask again after every step of the world."""
        while not (self.ended or self._deaf):
            if self._moving is not None:
                message, work = self._moving
                if work.code is None:
                    self._read_ahead()
                    return
                self._moving = None
                self._reply(message, work.code)
            self._read_ahead()
            if not self._waiting or self.ended:
                return
            self._carry_out(self._waiting.popleft())

    def end(self) -> None:
        """The connection is over: what was not begun is thrown away, and so are the planes in memory."""
        if not self.ended:
            self.ended = True
            self._printer.planes.clear()
            self._face.session = None

    def _read_ahead(self) -> None:
        while not self.blocked:
            try:
                message = self._stream.next()
            except messages.NoMessage:
                self.end()
                return
            if message is None:
                return
            self._waiting.append(message)

    def _carry_out(self, message: Message) -> None:
        if not self._greeted:
            self._greeted = message.code == messages.ANSWER
            self._deaf = not self._greeted
            if self._greeted:
                self._reply(message, Code.READY)
            return
        try:
            self._command(message)
        except BadCommand:
            self._reply(message, Code.BAD_COMMAND)

    def _command(self, message: Message) -> None:
        printer = self._printer
        if message.code == messages.PANEL:
            letter, data = messages.plane(message.payload, printer.make.plane_bytes)
            printer.planes[letter] = data
            self._reply(message, Code.READY)
        elif message.code != messages.COMMAND:
            raise BadCommand(f"no message {message.code:08x}")
        elif message.word == messages.STATUS:
            self._reply(message, mechanism.look(printer))
        elif message.word == messages.POSITION:
            self._reply(message, Code.READY, messages.position(printer))
        else:
            self._moving = (message, mechanism.begin(printer, messages.order(message.word)))

    def _reply(self, message: Message, error: int, payload: bytes = b"") -> None:
        sequence = message.sequence ^ (_GARBLE if self._face.counts.garbles() else 0)
        code = (message.code + messages.REPLY) & 0xFFFFFFFF
        self.out += Message(code, error, sequence, payload).raw()
        self._said()

    def _said(self) -> None:
        self._printer.deadline("silence", SILENCE_MS)
