"""A Topaz pad as the rest of Loket sees it: drivers.signature_pad.SignaturePad.

The pad is never asked anything: it streams while a pen is near. What it streamed before a signature was
wanted is dropped. A line that dies is opened anew by the next call; a signature that it died in is not one.
"""

from drivers.address import Address
from drivers.card_printer import Clock
from drivers.errors import NeedsHands, Unreachable
from drivers.signature_pad import PadIdentity, PadStatus, Signature
from drivers.topaz.codec import Event, Info, Parser
from drivers.topaz.models import Model
from drivers.topaz.strokes import Strokes
from drivers.transports.streams import OpenStream, Stream, cause

READ_BYTES = 4096
LOOK_MS = 50
"""How often it is asked whether the signature is over."""
INFO_MS = 300
SIGNING_MS_MAX = 60_000
CLEAR, KEEP_INK = b"\x04", b"\x14"


class TopazPad:
    """One pad of ``model``."""

    def __init__(self, open_stream: OpenStream, address: Address, model: Model, clock: Clock) -> None:
        self.address = address
        self._open_stream, self._model, self._clock = open_stream, model, clock
        self._stream: Stream | None = None
        self._parser = Parser(model.form)
        self._info: Info | None = None

    def identify(self) -> PadIdentity:
        """Its model as the address says; its serial number if it told one by now."""
        try:
            stream = self._line()
            end = self._clock.now_ms() + INFO_MS
            while self._info is None and (left_ms := end - self._clock.now_ms()) > 0:
                self._heard(stream, left_ms)
        except OSError as error:
            raise self._lost(error) from error
        return PadIdentity(self._model.name, "" if self._info is None else str(self._info.serial))

    def status(self) -> PadStatus:
        """Ready if its line can be opened: a pad says nothing until a pen comes near."""
        try:
            self._drop(self._line())
        except OSError as error:
            lost = self._lost(error)
            return PadStatus("offline", lost.cause, str(lost))
        return PadStatus("ready", None, self._model.name)

    def sign(self, timeout_s: float) -> Signature:
        """Wait ``timeout_s`` for a signature to begin, then for its end; a minute at most."""
        try:
            return self._signed(self._clock.now_ms() + int(timeout_s * 1000))
        except OSError as error:
            raise self._lost(error) from error

    def close(self) -> None:
        """Let go of the line."""
        stream, self._stream = self._stream, None
        if stream is not None:
            stream.close()

    def _signed(self, end_ms: int) -> Signature:
        stream = self._line()
        self._show(stream, CLEAR + KEEP_INK)
        self._drop(stream)
        strokes, begun = Strokes(self._model), False
        while (now := self._clock.now_ms()) < end_ms and not strokes.over(now):
            for event in self._heard(stream, min(LOOK_MS, end_ms - now)):
                strokes.take(event, self._clock.now_ms())
            if strokes.begun and not begun:
                begun, end_ms = True, self._clock.now_ms() + SIGNING_MS_MAX
        self._show(stream, CLEAR)
        found = strokes.signature()
        if found is None:
            raise NeedsHands("no_signature", "nobody signed in time")
        return found

    def _heard(self, stream: Stream, wait_ms: int) -> list[Event]:
        """What the pad tells within ``wait_ms``; what it says of itself is kept."""
        return self._told(stream.read(READ_BYTES, wait_ms / 1000))

    def _drop(self, stream: Stream) -> None:
        """What came before now is nobody's, however small the pieces it came in."""
        while data := stream.read(READ_BYTES, 0):
            self._told(data)

    def _told(self, data: bytes) -> list[Event]:
        found = self._parser.feed(data)
        self._info = next((event for event in found if isinstance(event, Info)), self._info)
        return found

    def _line(self) -> Stream:
        if self._stream is None:
            self._stream = self._open_stream()
            self._parser.clear()
        return self._stream

    def _show(self, stream: Stream, control: bytes) -> None:
        if self._model.lcd:
            stream.write(control)

    def _lost(self, error: OSError) -> Unreachable:
        self.close()
        return Unreachable(cause(error), type(error).__name__)
