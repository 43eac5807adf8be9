"""The printer behind two bulk pipes: command blocks in, data and status blocks out (PROTOCOL.md §2.1).

Strategy: one command at a time. A motion's status is due when it has ended; until that has been read the
OUT pipe takes nothing. What cannot be a command stalls both pipes until the host starts anew. This is
what `simulators.usbip.device.Printer` asks for; the wall clock is added in `pipes`.
"""

from __future__ import annotations

import struct
from collections import deque

from simulators.matica import mechanism, scsi
from simulators.matica.codes import BadCommand, Code
from simulators.matica.counts import Counts
from simulators.matica.model import Work
from simulators.usbip.device import Stall

CBW_BYTES = 31
ROOM_BYTES = 1 << 18
DONE, FAILED, PHASE = 0, 1, 2
_CBW = struct.Struct("<4sIIBBB16s")
_GARBLE = 0x55555555


class Pipes:
    """The two pipes of one printer."""

    def __init__(self, counts: Counts) -> None:
        self._counts = counts
        self._printer = counts.printer
        self._start_anew()
        self._sense = 0
        counts.printer.watchers.append(self._follow)

    def _follow(self) -> None:
        if not self._printer.there:
            self.reset(soft=False)

    def _start_anew(self) -> None:
        self._answers: deque[bytes | None] = deque()  # None: the IN pipe stalls once
        self._command: _Command | None = None  # its status has not been asked for yet
        self._lost = False  # both pipes stall until the host starts anew

    # What the host's packets do

    def room(self) -> int:
        """Bytes taken now; 0 until the status of the command in hand has been read."""
        if self._lost or self._command is None or self._command.wants:
            return ROOM_BYTES
        return 0

    def write(self, data: bytes) -> None:
        """A command block, or a part of the data behind one. Raises Stall."""
        data = self._counts.arrived(data)
        if not self._printer.there:
            return
        if self._command is None and not self._lost:
            self._command = _read(data)
            self._lost = self._command is None
        elif self._command is not None:
            self._command.take(data)
        if self._lost:
            raise Stall
        if self._command is not None and not self._command.wants:
            self._carry_out(self._command)

    def end(self) -> None:
        """A short packet: transfers here are counted, not ended."""

    def reply(self) -> bytes | None:
        """What goes into the IN pipe next, whole; None while there is nothing. Raises Stall."""
        if not self._answers:
            if self._lost:
                raise Stall
            self._look_for_end()
        if not self._answers:
            return None
        answer = self._answers.popleft()
        if answer is None:
            raise Stall
        if not self._answers and self._command is not None and self._command.status is not None:
            self._lost = self._command.status == PHASE
            self._command = None
        return answer

    def reset(self, soft: bool) -> None:
        """Bulk-only reset: data in hand is thrown away. A host that goes takes the planes with it."""
        self._start_anew()
        if not soft:
            self._printer.planes.clear()
            self._sense = 0

    def port_status(self) -> int:
        """No printer class here."""
        return 0

    # What a command does

    def _carry_out(self, command: _Command) -> None:
        printer, code = self._printer, command.cdb[0]
        try:
            if code in (scsi.MECHANISM, scsi.CHIP):
                order, at_once = scsi.order(command.cdb)
                command.work = mechanism.begin(printer, order)
                if command.work.code is None and at_once:
                    command.work.code = Code.READY
            elif code == scsi.REQUEST_SENSE:
                self._answer(command, scsi.sense(self._told())[: command.cdb[4]])
            elif code in scsi.ASKING:
                self._answer(command, scsi.question(printer, command.cdb))
            elif code == scsi.WRITE_PANEL:
                letter = scsi.plane(command.cdb, printer.make.plane_bytes)
                self._expect(command, printer.make.plane_bytes)
                printer.planes[letter] = command.data()
                self._status(command, Code.READY)
            elif code == scsi.TEST_READY:
                self._status(command, mechanism.look(printer))
            else:
                raise BadCommand(command.cdb.hex())
        except BadCommand:
            self._status(command, Code.BAD_COMMAND)

    @staticmethod
    def _expect(command: _Command, size: int) -> None:
        if command.inward or command.length != size:
            raise BadCommand("other data than announced")

    def _told(self) -> int:
        """The code is told once; without one, that the machine has started up."""
        if not self._sense and self._printer.unasked:
            self._printer.unasked = False
            return Code.STARTED_UP
        code, self._sense = self._sense, 0
        return code

    def _look_for_end(self) -> None:
        command = self._command
        if command is not None and command.work is not None and command.status is None:
            code = command.work.code
            if code is not None:
                self._status(command, code)

    def _answer(self, command: _Command, data: bytes) -> None:
        """IN data, then the status; a host that asked for less, or the other way, is out of step."""
        if not command.inward or command.length < len(data):
            self._close(command, PHASE, command.length)
            return
        self._answers.append(data)
        self._close(command, DONE, command.length - len(data))

    def _status(self, command: _Command, code: int) -> None:
        """The end of a command that has no data for the host."""
        self._sense = code
        if command.inward and command.length:
            self._answers.append(None)
        status = FAILED if code else DONE
        self._close(command, status, command.length if command.inward or status else 0)

    def _close(self, command: _Command, status: int, residue: int) -> None:
        tag = command.tag ^ (_GARBLE if self._counts.garbles() else 0)
        self._answers.append(struct.pack("<4sIIB", b"USBS", tag, residue, status))
        command.status = status


class _Command:
    """One command block and the data behind it."""

    def __init__(self, tag: int, length: int, inward: bool, cdb: bytes) -> None:
        self.tag, self.length, self.inward, self.cdb = tag, length, inward, cdb
        self.work: Work | None = None
        self.status: int | None = None
        self._pieces: list[bytes] = []
        self.wants = 0 if inward else length

    def take(self, data: bytes) -> None:
        """More data; what is more than announced is thrown away."""
        self._pieces.append(data[: self.wants])
        self.wants -= len(self._pieces[-1])

    def data(self) -> bytes:
        """All of it."""
        return b"".join(self._pieces)


def _read(block: bytes) -> _Command | None:
    """The command of a whole and meaningful block, else None."""
    if len(block) != CBW_BYTES:
        return None
    signature, tag, length, flags, unit, size, cdb = _CBW.unpack(block)
    if signature != b"USBC" or flags & 0x7F or unit or size not in (6, 10):
        return None
    return _Command(tag, length, bool(flags & 0x80), cdb[:size])
