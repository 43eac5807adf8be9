"""A wire that answers from a script, below the transport seam: for trouble no simulator makes at will.

``answers`` maps the mnemonic and its first parameter, or the mnemonic, to replies; the empty text is the
status poll, ``job`` the job. A list is used up and its last entry stays; an exception is raised.
"""

import struct
from collections.abc import Iterable
from dataclasses import dataclass, field

from drivers.address import parse
from drivers.card_printer import Artefact, Piece
from drivers.evolis.printer import EvolisPrinter

Answer = bytes | Exception
OURS = 777
CLAIM, RESET, STATION, AT_PRINT, OWN_WILL = 0x8000_0000, 0x0001_0000, 0x0800_0000, 0x0200_0000, 0x0080_0000
CARD = Artefact(job=b"\x1bPsync;1;0\r<HEADER>...", panels=5, sha256="")


def block(information: int = 0, *, warning: int = 0, error: int = 0, session: int = OURS) -> bytes:
    words = struct.pack(">4I", 0x8278_2020, information, warning, error)
    return b"\0\x14\x10" + words + b"\x02" + struct.pack(">H", session)


def reply(
    text: str = "", information: int = 0, *, warning: int = 0, error: int = 0, session: int = OURS
) -> bytes:
    return text.encode() + b"\0" + block(information, warning=warning, error=error, session=session)


def text(said: str) -> bytes:
    """A reply without a status block, so that the driver polls for it and the script decides."""
    return said.encode() + b"\0"


def usual() -> dict[str, list[Answer]]:
    """A ready printer that is ours; counters 1000 and 5000."""
    return {
        "": [reply()],
        "Rco;c": [text("1000")],
        "Rco;p": [text("5000")],
        "Rem": [text("2;0")],
        "Pem": [text("OK")],
        "Psid": [text("OK")],
        "Scs": [text("OK")],
        "Pcla": [text("OK")],
        "Pps": [text("OK")],
        "job": [reply("OK", CLAIM)],
    }


@dataclass
class Script:
    """Transport and clock at once; ``said`` tells what was asked, in order."""

    answers: dict[str, list[Answer]] = field(default_factory=usual)
    said: list[str] = field(default_factory=list)
    raw: list[bytes] = field(default_factory=list)
    ms: int = 0

    def exchange(self, data: Iterable[Piece], timeout_s: float) -> bytes:
        bytes_said = b"".join(bytes(piece) for piece in data)
        text = bytes_said.decode().split("\r")[0].strip("\x1b")
        name = "job" if text.startswith("Psync;1") else ";".join(text.split(";")[:2])
        self.said.append(name)
        self.raw.append(bytes_said)
        left = self.answers.get(name) or self.answers[name.split(";")[0]]
        answer = left.pop(0) if len(left) > 1 else left[0]
        if isinstance(answer, Exception):
            raise answer
        return answer

    def close(self) -> None:
        self.said.append("close")

    def now_ms(self) -> int:
        return self.ms

    def sleep_ms(self, ms: int) -> None:
        self.ms += ms

    def printer(self) -> EvolisPrinter:
        return EvolisPrinter(self, parse("evolis+memory://script"), self)

    def count(self, name: str) -> int:
        return sum(each.split(";")[0] == name or each == name for each in self.said)


def script(**answers: list[Answer]) -> Script:
    """The usual answers, with others: ``poll`` for the status, ``cards`` and ``panels`` for the counters."""
    names = {"poll": "", "cards": "Rco;c", "panels": "Rco;p"}
    return Script(usual() | {names.get(name, name): list(given) for name, given in answers.items()})
