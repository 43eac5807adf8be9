"""What has come in and gone out over all wires of one printer: some accidents count it."""

from __future__ import annotations

from simulators.matica.accidents import unplug_by_bytes
from simulators.matica.model import Printer


class Counts:
    """What has come in and gone out over all wires of one printer."""

    def __init__(self, printer: Printer) -> None:
        self.printer = printer
        self.bytes_in = 0
        self.replies = 0

    def arrived(self, data: bytes) -> bytes:
        """The part of ``data`` that gets through; those beyond an ``unplug`` accident never do."""
        limit = self.printer.faults.coming("bytes")
        before, self.bytes_in = self.bytes_in, self.bytes_in + len(data)
        if limit is None or limit > self.bytes_in:
            return data
        unplug_by_bytes(self.printer, before, self.bytes_in)
        return data[: max(0, limit - before)]

    def garbles(self) -> bool:
        """Whether the answer that goes out now is one that nobody can use."""
        self.replies += 1
        return bool(self.printer.faults.reached("exchange", self.replies - 1, self.replies))
