"""A USB printer at the level of transfers: pending URBs per endpoint, packets, NAK, STALL and babble. No
socket.

`submit` and `unlink` return nothing; finished transfers come out of `finished`, in order, as bytes for the
wire. What the printer behind the pipes must offer is `Printer`; it says by `watch` that something changed,
and `pump` then moves as many packets as both sides will take.
"""

from collections import deque
from collections.abc import Callable
from typing import Protocol

from simulators.usbip.control import Bus, Control, read_setup
from simulators.usbip.descriptors import HIGH_SPEED, PACKET_BYTES, Identity
from simulators.usbip.wire import (
    SHORT_NOT_OK,
    ZERO_PACKET,
    Errno,
    Summary,
    Unlink,
    Urb,
    submit_reply,
    unlink_reply,
)

PENDING_BYTES_MAX = 64 << 20


class Stall(Exception):
    """The machine behind the pipe refuses: the endpoint halts until the host clears it."""


class Printer(Protocol):
    """The machine behind the two pipes: a stream in with back-pressure, whole replies out.

    `write` and `reply` may raise `Stall`; `end` never does.
    """

    def room(self) -> int:
        """Bytes the printer would take now; 0 is a full buffer."""

    def write(self, data: bytes) -> None:
        """Never more than `room()`."""

    def end(self) -> None:
        """A short or empty packet closed the host's message; a message without bytes asks for the status."""

    def reply(self) -> bytes | None:
        """The next whole reply, or None while there is none."""

    def reset(self, soft: bool) -> None:
        """A soft reset drops unworked bytes and replies; a bus reset (`soft` false) only the replies."""

    def port_status(self) -> int:
        """Printer class status byte: bit 5 paper empty, bit 4 selected, bit 3 no error."""

    def watch(self, wake: Callable[[], None]) -> None:
        """`wake` is to be called whenever room or a reply may have appeared."""


class TooMuchPending(Exception):
    """The host submits without end; its connection is dropped."""


class UsbPrinter:
    """One printer of one interface and two bulk pipes on bus 1, port 1."""

    def __init__(self, identity: Identity, printer: Printer) -> None:
        self.identity = identity
        self.bus = Bus()
        self.finished: deque[bytes] = deque()
        self._printer = printer
        self._control = Control(identity, self.bus, printer.port_status, self._soft_reset)
        self._out, self._in = identity.end_out, identity.end_in
        self._pending: dict[int, deque[Urb]] = {self._out: deque(), self._in: deque()}
        self._packets: deque[bytes] = deque()

    def summary(self) -> Summary:
        """As the list shows it."""
        who = self.identity
        return Summary(
            "1-1", 1, 2, HIGH_SPEED, who.vid, who.pid, 0x0100, self.bus.configuration, (who.interface,)
        )

    def watch(self, wake: Callable[[], None]) -> None:
        """Who is called when the printer has changed and `pump` may get further."""
        self._printer.watch(wake)

    def submit(self, urb: Urb) -> None:
        """A new transfer; it may finish at once or wait for the printer."""
        if urb.endpoint == 0:
            self._answer_control(urb)
        elif self.bus.configuration == 0 or self._address(urb) not in self._pending:
            self.finished.append(submit_reply(urb, Errno.ENOENT))
        else:
            self._pending[self._address(urb)].append(urb)
            if sum(each.length for queue in self._pending.values() for each in queue) > PENDING_BYTES_MAX:
                raise TooMuchPending
        self.pump()

    def unlink(self, unlink: Unlink) -> None:
        """Takes a pending transfer out; after ECONNRESET nothing more is ever said of it."""
        for queue in self._pending.values():
            for urb in queue:
                if urb.seqnum == unlink.target:
                    queue.remove(urb)
                    self.finished.append(unlink_reply(unlink, Errno.ECONNRESET))
                    return
        self.finished.append(unlink_reply(unlink, Errno.OK))

    def detach(self) -> None:
        """The host has gone: its transfers are dropped and the bus is reset; what the printer took stays
        taken."""
        for queue in self._pending.values():
            queue.clear()
        self.finished.clear()
        self._packets.clear()
        self.bus.configuration = 0
        self.bus.halted.clear()
        self._printer.reset(soft=False)

    def pump(self) -> None:
        """Moves packets both ways until the printer NAKs or no transfer waits."""
        while self._move_out() or self._move_in():
            pass

    @staticmethod
    def _address(urb: Urb) -> int:
        return urb.endpoint | (0x80 if urb.inward else 0)

    def _soft_reset(self) -> None:
        self._packets.clear()
        self._printer.reset(soft=True)

    def _answer_control(self, urb: Urb) -> None:
        reply = self._control.answer(read_setup(urb.setup))
        if reply is None:
            self.finished.append(submit_reply(urb, Errno.EPIPE))
        elif urb.inward:
            self.finished.append(submit_reply(urb, Errno.OK, reply[: urb.length]))
        else:
            urb.done = urb.length
            self.finished.append(submit_reply(urb, Errno.OK))

    def _finish(self, address: int, status: Errno, data: bytes = b"") -> None:
        self.finished.append(submit_reply(self._pending[address].popleft(), status, data))

    def _move_out(self) -> bool:
        """Whole packets only: one that does not fit is NAKed and comes again."""
        if not (queue := self._pending[self._out]):
            return False
        if self._out in self.bus.halted:
            self._finish(self._out, Errno.EPIPE)
            return True
        urb = queue[0]
        left = urb.length - urb.done
        room = self._printer.room()
        taken = left if left <= room else room - room % PACKET_BYTES
        if left and not taken:
            return False
        if taken:
            try:
                self._printer.write(urb.data[urb.done : urb.done + taken])
            except Stall:
                self.bus.halted.add(self._out)
                return True
            urb.done += taken
        if urb.done == urb.length:
            if not urb.length or urb.length % PACKET_BYTES or urb.flags & ZERO_PACKET:
                self._printer.end()
            self._finish(self._out, Errno.OK)
        return True

    def _next_packet(self) -> bytes | None:
        """Cuts the next reply into packets; an exact multiple is closed by an empty one."""
        if not self._packets and (reply := self._printer.reply()) is not None:
            self._packets.extend(
                reply[at : at + PACKET_BYTES] for at in range(0, len(reply) + 1, PACKET_BYTES)
            )
        return self._packets.popleft() if self._packets else None

    def _move_in(self) -> bool:
        if not (queue := self._pending[self._in]):
            return False
        if self._in in self.bus.halted:
            self._finish(self._in, Errno.EPIPE)
            return True
        urb = queue[0]
        try:
            packet = self._next_packet()
        except Stall:
            self.bus.halted.add(self._in)
            return True
        if packet is None:
            return False
        got = urb.got = urb.got if urb.got is not None else bytearray()
        if len(packet) > urb.length - len(got):
            self._finish(self._in, Errno.EOVERFLOW, bytes(got))
            return True
        got += packet
        short = len(packet) < PACKET_BYTES
        if short or len(got) == urb.length:
            unwelcome = urb.flags & SHORT_NOT_OK and len(got) < urb.length
            self._finish(self._in, Errno.EREMOTEIO if unwelcome else Errno.OK, bytes(got))
        return True
