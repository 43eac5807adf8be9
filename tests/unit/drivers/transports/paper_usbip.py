"""A USB/IP server of a few lines, written from the kernel's paper alone, that tests can pull strings on.

One device of the printer class. Bulk OUT goes to ``took``; bulk IN gives what ``say`` was told, one transfer
a piece. ``held_out`` leaves OUT URBs unanswered (a full printer), ``status_for`` fails an endpoint.
"""

import contextlib
import socket
import struct
import threading
from collections.abc import Callable

DEVICE = bytes.fromhex("12 01 0002 00 00 00 40 490f 000a 0001 01 02 03 01")
CONFIG = bytes.fromhex(
    "09 02 2000 01 01 00 c0 01 09 04 00 00 02 07 01 02 00 07 05 02 02 0002 00 07 05 81 02 0002 00"
)
RECORD = struct.Struct(">256s32sIIIHHHBBBBBB")
STRINGS = {0: "\u0409", 1: "Evolis", 2: "Paper printer", 3: "SIM42"}


class PaperServer:
    """Listens on a port of its own; ``close`` ends it. Strings to pull are plain attributes."""

    def __init__(self, config: bytes = CONFIG, configured: int = 1) -> None:
        self.took = bytearray()
        self.requests: list[str] = []
        self.exported = True
        self.free = threading.Event()
        self.free.set()
        self.held_out = False
        self.mute_unlink = False
        self.unfinished = False  # a transfer that fills its URBs is not ended by an empty packet
        self.unlinked: list[int] = []
        self.on_unlink: Callable[[], None] = lambda: None
        self.status_for: dict[int, int] = {}
        self.on_out: Callable[[bytes], None] = lambda data: None
        self._config, self._configured = config, configured
        self._lock = threading.RLock()
        self._said: list[bytes] = []
        self._waiting: list[tuple[int, int, int, bytes]] = []  # seqnum, endpoint, length, data
        self._conn: socket.socket | None = None
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._threads = [threading.Thread(target=self._serve, daemon=True)]
        self._threads[0].start()

    @property
    def port(self) -> int:
        return int(self._listener.getsockname()[1])

    @property
    def imported(self) -> bool:
        return self._conn is not None

    def close(self) -> None:
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept
        self._listener.close()
        self.unplug()
        for thread in self._threads:
            thread.join(5)

    def unplug(self) -> None:
        """Pull the cable: the connection goes, the device is listed no more."""
        self.exported = False
        with self._lock:
            if self._conn is not None:
                with contextlib.suppress(OSError):
                    self._conn.shutdown(socket.SHUT_RDWR)
                self._conn.close()
                self._conn = None
                self._waiting.clear()

    def say(self, *transfers: bytes) -> None:
        with self._lock:
            self._said += transfers
            self._work()

    def release_out(self) -> None:
        """The printer has room again."""
        with self._lock:
            self.held_out = False
            self._work()

    def _serve(self) -> None:
        while True:
            try:
                conn, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._talk, args=(conn,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _talk(self, conn: socket.socket) -> None:
        with contextlib.suppress(OSError), conn.makefile("rb") as stream:
            _, code, _ = struct.unpack(">HHI", stream.read(8))
            record = RECORD.pack(
                b"/sys/x", b"3-2", 3, 2, 3, 0x0F49, 0x0A00, 0x0100, 0, 0, 0, self._configured, 1, 1
            )
            free = self.exported and self._conn is None
            if code == 0x8005:
                listed = record + bytes.fromhex("07010200") if free else b""
                conn.sendall(struct.pack(">HHII", 0x0111, 5, 0, int(free)) + listed)
                conn.close()
                return
            if stream.read(32).rstrip(b"\0") != b"3-2" or not free:
                conn.sendall(struct.pack(">HHI", 0x0111, 3, 1))
                conn.close()
                return
            self._conn = conn
            self.free.clear()
            conn.sendall(struct.pack(">HHI", 0x0111, 3, 0) + record)
            while head := stream.read(48):
                self._urb(head, stream.read)
        with self._lock:
            if self._conn is conn:
                self._conn = None
                self._waiting.clear()
        conn.close()
        self.free.set()

    def _urb(self, head: bytes, read: Callable[[int], bytes]) -> None:
        command, seqnum, devid, direction, endpoint = struct.unpack_from(">IIIII", head)
        assert devid == 0x30002
        if command == 2:
            (victim,) = struct.unpack_from(">I", head, 20)
            with self._lock:
                self.unlinked.append(victim)
                self.on_unlink()
                still = [one for one in self._waiting if one[0] == victim]
                self._waiting = [one for one in self._waiting if one[0] != victim]
                if not self.mute_unlink:
                    self._send(struct.pack(">IIIIIi24x", 4, seqnum, 0, 0, 0, -104 if still else 0))
            return
        _, length, _, packets, _ = struct.unpack_from(">IIIII", head, 20)
        assert command == 1 and packets == 0xFFFFFFFF
        data = read(length) if direction == 0 else b""
        with self._lock:
            if endpoint == 0:
                self._control(seqnum, head[40:48])
            else:
                self._waiting.append((seqnum, endpoint | direction << 7, length, data))
                self._work()

    def _work(self) -> None:
        """Answer every waiting URB whose turn has come."""
        for urb in list(self._waiting):
            seqnum, endpoint, length, data = urb
            if urb not in self._waiting or self._must_wait(endpoint):
                continue
            self._waiting.remove(urb)
            if endpoint in self.status_for:
                self._answer(seqnum, self.status_for[endpoint], 0, b"")
            elif endpoint & 0x80:
                transfer = self._said.pop(0)
                if len(transfer) >= length + self.unfinished:  # the rest, if only the empty packet at its end
                    self._said.insert(0, transfer[length:])
                self._answer(seqnum, 0, min(len(transfer), length), transfer[:length])
            else:
                self.took += data
                self.on_out(data)  # before the answer: whoever has that may look at what was done
                self._answer(seqnum, 0, length, b"")

    def _must_wait(self, endpoint: int) -> bool:
        if endpoint in self.status_for:
            return False
        return not self._said if endpoint & 0x80 else self.held_out

    def _control(self, seqnum: int, setup: bytes) -> None:
        kind, request, value, index, length = struct.unpack("<BBHHH", setup)
        self.requests.append(setup[:2].hex())
        answer: bytes | None = b""
        if (kind, request) == (0x80, 6):
            answer = {1: DEVICE, 2: self._config}.get(value >> 8)
            if value >> 8 == 3:
                text = STRINGS[value & 0xFF].encode("utf-16-le")
                answer = bytes((len(text) + 2, 3)) + text
        elif (kind, request) == (0x80, 0):
            answer = b"\x01\x00"
        elif (kind, request) == (0x02, 1):
            self.status_for.pop(index, None)
        if answer is None or 0 in self.status_for:
            self._answer(seqnum, self.status_for.get(0, -32), 0, b"")
        else:
            self._answer(seqnum, 0, min(len(answer), length), answer[:length])

    def _answer(self, seqnum: int, status: int, actual: int, data: bytes) -> None:
        self._send(struct.pack(">IIIIIiIIII8x", 3, seqnum, 0, 0, 0, status, actual, 0, 0xFFFFFFFF, 0) + data)

    def _send(self, message: bytes) -> None:
        if self._conn is not None:
            with contextlib.suppress(OSError):
                self._conn.sendall(message)
