"""The USB wire of a simulated Matica without a bus: command blocks over its two pipes, on virtual time."""

import struct
from collections.abc import Iterable
from typing import Any

from drivers.card_printer import Piece
from drivers.errors import Cause, OutcomeUnknown, Unreachable

TRANSFER_BYTES = 128 * 1024


class PipesTransport:
    """What ``drivers.transports.bulk_only`` does with a device, done with a printer in this process."""

    def __init__(self, printer: Any) -> None:
        self._printer = printer
        self._held = False

    def exchange(self, data: Iterable[Piece], timeout_s: float) -> bytes:
        pieces = [bytes(piece) for piece in data]
        timeout_ms = int(timeout_s * 1000)
        may_have_left = False
        try:
            if not pieces:
                return self._take()
            if not self._held:
                raise ConnectionRefusedError("not held")
            if not self._printer.printer.there:
                raise ConnectionRefusedError("the cable is out")
            may_have_left = True
            self._say(pieces, timeout_ms)
            length, way = struct.unpack_from("<8xIB", pieces[0])
            taken = self._read(timeout_ms) if way and length else b""
            return (taken or b"") + (self._read(timeout_ms) or self._read(timeout_ms) or b"")
        except OSError as error:
            self.close()
            cause: Cause = "no_answer" if isinstance(error, TimeoutError) else "unplugged"
            raise (OutcomeUnknown if may_have_left else Unreachable)(cause, str(error)) from error

    def close(self) -> None:
        self._held = False

    def _take(self) -> bytes:
        if not self._printer.printer.there:
            raise ConnectionRefusedError("the cable is out")
        self._printer.pipes.reset(soft=True)
        self._held = True
        return b""

    def _say(self, pieces: list[bytes], timeout_ms: int) -> None:
        self._printer.write(pieces[0], timeout_ms)
        rest = b"".join(pieces[1:])
        for start in range(0, len(rest), TRANSFER_BYTES):
            self._printer.write(rest[start : start + TRANSFER_BYTES], timeout_ms)

    def _read(self, timeout_ms: int) -> bytes | None:
        """One transfer; None for a stall, which is over when it has been met."""
        try:
            told: bytes = self._printer.read(timeout_ms)
        except BrokenPipeError:
            return None
        return told
