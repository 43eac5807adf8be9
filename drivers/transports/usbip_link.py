"""One imported USB/IP device: URBs out, answers in, several threads at once.

There is no reader thread: whoever waits for an answer and finds nobody reading reads the socket for all,
and puts what belongs to others where they look for it. Nothing runs, and nothing can leak, while nobody
waits. A timeout is an UNLINK, and an UNLINK that came too late gives the answer it was too late for.
When the stream ends or makes no sense the device counts as unplugged, for every URB under way and for ever.
Source: drivers/transports/PROTOCOL.md §2.
"""

import math
import select
import socket
import threading
import time
from collections.abc import Callable, Sequence

from drivers.transports import usbip_wire as wire

CONNECT_S = 5.0
UNLINK_S = 2.0  # a server that does not even answer an UNLINK in this time is gone
RECEIVE_BYTES_MAX = 256 * 1024
TIMED_OUT = -110  # Linux ETIMEDOUT


class Unplugged(Exception):
    """The connection to the device is gone; it must be imported again."""


def ask(address: tuple[str, int], question: bytes, code: int) -> tuple[socket.socket, int]:
    """Open a connection, ask, and read the head of the reply ``code``. Returns the socket and the status.

    Raises OSError (also for an early end) or wire.Garbled; the socket is closed then.
    """
    sock = socket.create_connection(address, CONNECT_S)
    try:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        sock.sendall(question)
        return sock, wire.op_status(read_exactly(sock, wire.OP.size), code)
    except BaseException:
        sock.close()
        raise


def read_exactly(sock: socket.socket, size: int) -> bytes:
    """``size`` bytes, or ConnectionError when the far end closes before."""
    data = bytearray()
    while len(data) < size:
        part = sock.recv(size - len(data))
        if not part:
            raise ConnectionError("the USB/IP server ended the connection in the middle of an answer")
        data += part
    return bytes(data)


class Link:
    """The URB traffic of one import. Owns ``sock``. Timeouts are seconds; ``math.inf`` waits for ever."""

    def __init__(
        self, sock: socket.socket, device: wire.Exported, monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        sock.setblocking(False)
        self.device = device
        self._sock = sock
        self._monotonic = monotonic
        self._sending = threading.Lock()
        self._changed = threading.Condition()  # guards everything below
        self._someone_reads = False
        self._dead = False
        self._seqnum = 0
        self._incoming = bytearray()
        self._asked_in: dict[int, bool] = {}  # the submits under way; True when bytes will follow
        self._answers: dict[int, wire.Reply] = {}

    @property
    def alive(self) -> bool:
        """False once the device counts as unplugged."""
        return not self._dead

    def close(self) -> None:
        """Let the device go. URBs under way fail with Unplugged."""
        with self._changed:
            self._dead = True
            self._changed.notify_all()
        self._sock.close()

    def transfer(
        self, endpoint: int, blocks: Sequence[bytes | int], timeout_s: float, setup: bytes = bytes(8)
    ) -> tuple[list[wire.Reply], int]:
        """Submit one URB a block, all at once, and await them in order.

        A block is the bytes of an OUT URB or the size of an IN one. Returns the answers of those that were
        done, and the Linux status that stopped the rest: 0 when none was stopped, TIMED_OUT, or the URB's.
        Raises Unplugged.
        """
        deadline = self._monotonic() + timeout_s
        waiting = [self._submit(endpoint, block, setup, deadline) for block in blocks]
        done: list[wire.Reply] = []
        while waiting:
            reply = self._wait(waiting[0], deadline)
            if reply is None or reply.status:
                late = self._take_back(waiting if reply is None else waiting[1:])
                return done + late, TIMED_OUT if reply is None else reply.status
            done.append(reply)
            waiting.pop(0)
        return done, 0

    def _take_back(self, seqnums: list[int]) -> list[wire.Reply]:
        """Unlink what is under way, the last one first; returns those that had been done after all."""
        finished = []
        for seqnum in reversed(seqnums):
            number = self._next_seqnum()
            deadline = self._monotonic() + UNLINK_S
            self._send(wire.unlink(number, self.device.devid, seqnum), deadline)
            if self._wait(number, deadline) is None:
                self.close()
                raise Unplugged("the USB/IP server answers nothing more")
            with self._changed:
                self._asked_in.pop(seqnum, None)
                reply = self._answers.pop(seqnum, None)
            if reply is not None and not reply.status:
                finished.append(reply)
        return finished[::-1]

    def _next_seqnum(self) -> int:
        with self._changed:
            self._seqnum += 1
            return self._seqnum

    def _submit(self, endpoint: int, block: bytes | int, setup: bytes, deadline: float) -> int:
        data, length = (None, block) if isinstance(block, int) else (block, len(block))
        seqnum = self._next_seqnum()
        with self._changed:
            self._asked_in[seqnum] = data is None
        self._send(wire.submit(seqnum, self.device.devid, endpoint, length, data, setup), deadline)
        return seqnum

    def _send(self, message: bytes, deadline: float) -> None:
        """Send one whole message. Half a message cannot be taken back, so a late one ends the link."""
        view = memoryview(message)
        with self._sending:
            while view:
                left_s = max(deadline, self._monotonic() + UNLINK_S) - self._monotonic()
                try:
                    if self._dead or not select.select([], [self._sock], [], _finite(left_s))[1]:
                        raise OSError("no room to send")
                    view = view[self._sock.send(view) :]
                except BlockingIOError:
                    continue
                except (OSError, ValueError) as error:  # ValueError: closed by another thread meanwhile
                    self.close()
                    raise Unplugged("the USB/IP connection is gone") from error

    def _wait(self, seqnum: int, deadline: float) -> wire.Reply | None:
        """The answer to ``seqnum``; None when the time is over."""
        while True:
            with self._changed:
                if seqnum in self._answers:
                    return self._answers.pop(seqnum)
                if self._dead:
                    raise Unplugged("the USB/IP connection is gone")
                left_s = deadline - self._monotonic()
                if left_s <= 0:
                    return None
                if self._someone_reads:
                    self._changed.wait(_finite(left_s))
                    continue
                self._someone_reads = True
            self._read_for_all(left_s)

    def _read_for_all(self, left_s: float) -> None:
        """Take one portion from the socket and hand its answers out."""
        try:
            ready = select.select([self._sock], [], [], _finite(left_s))[0]
            portion = self._sock.recv(RECEIVE_BYTES_MAX) if ready else None
        except BlockingIOError:
            portion = None
        except (OSError, ValueError):
            portion = b""
        with self._changed:
            self._someone_reads = False
            if portion is not None:
                self._hand_out(portion)
            self._changed.notify_all()

    def _hand_out(self, portion: bytes) -> None:
        """Cut the stream into answers; an empty portion or nonsense is the end of the device."""
        self._incoming += portion
        try:
            while reply := wire.take_reply(self._incoming, lambda seqnum: self._asked_in.get(seqnum, False)):
                self._asked_in.pop(reply.seqnum, None)
                self._answers[reply.seqnum] = reply
        except wire.Garbled:
            portion = b""
        if not portion:
            self._dead = True


def _finite(seconds: float) -> float:
    """What select and wait accept: they know no infinity."""
    return min(seconds, 3600.0) if not math.isnan(seconds) else 0.0
