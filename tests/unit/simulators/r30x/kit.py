"""A host of a few lines, written from PROTOCOL.md: packets by hand, nothing of driver or simulator."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from simulators.lines.memory import Opened
from simulators.r30x.bench import MemoryModule

PERSON = 7
ADDRESS = b"\xff" * 4
PATIENCE_S = 12.0  # a picture takes seven seconds on the line


def packet(kind: int, content: bytes, address: bytes = ADDRESS) -> bytes:
    body = bytes([kind]) + (len(content) + 2).to_bytes(2, "big") + content
    return b"\xef\x01" + address + body + (sum(body) % 65536).to_bytes(2, "big")


@dataclass(frozen=True)
class Ack:
    """What came back: code, parameters, data behind it, and the address it carried."""

    code: int
    parameters: bytes
    data: bytes
    address: bytes


class Host:
    """One module in memory, and the line to it."""

    def __init__(self, faults: Sequence[str] = (), model: str = "zfm20", **told: Any) -> None:
        self.bench = MemoryModule(model, PERSON, faults, **{"steady": True, **told})
        self.address = ADDRESS
        self.line: Opened = self.bench.connect()

    def say(self, content: str | bytes, kind: int = 1) -> None:
        raw = bytes.fromhex(content) if isinstance(content, str) else content
        self.line.write(packet(kind, raw, self.address))

    def hear(self, size: int, patience_s: float = PATIENCE_S) -> bytes:
        """``size`` bytes, or fewer when the time is over."""
        got = b""
        while len(got) < size and (more := self.line.read(size - len(got), patience_s)):
            got += more
        return got

    def packet(self) -> tuple[int, bytes, bytes]:
        """Kind, content and address of the next packet, whose frame must be right."""
        head = self.hear(9)
        assert len(head) == 9 and head[:2] == b"\xef\x01", head
        rest = self.hear(int.from_bytes(head[7:9], "big"))
        assert int.from_bytes(rest[-2:], "big") == sum(head[6:] + rest[:-2]) % 65536
        return head[6], rest[:-2], head[2:6]

    def ask(self, content: str | bytes, *, data: bool = False) -> Ack:
        """One instruction and its acknowledge; with ``data`` what follows it, too."""
        self.say(content)
        kind, told, address = self.packet()
        assert kind == 7
        raw = b""
        while data and told[0] == 0 and kind != 8:
            kind, part, _ = self.packet()
            assert kind in (2, 8)
            raw += part
        return Ack(told[0], told[1:], raw, address)

    def send(self, data: bytes, size: int = 128) -> None:
        """The data packets of a download."""
        for at in range(0, len(data), size):
            self.say(data[at : at + size], 8 if at + size >= len(data) else 2)

    def finger(self, told: str = f"{PERSON}:1", buffer: int = 1) -> int:
        """Lay it down, and have its features in a buffer; the code of Img2Tz."""
        self.bench.hand(f"finger {told}")
        assert self.ask("01").code == 0
        return self.ask(bytes([2, buffer])).code
