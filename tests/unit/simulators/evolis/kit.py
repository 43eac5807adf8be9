"""What the simulated printer's tests share: a judge, jobs of a few bytes, a status reader of our own."""

from __future__ import annotations

import hashlib
import lzma
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.evolis.bench import MemoryPrinter
from simulators.evolis.face import Exchange
from tests.unit.simulators.witnesses import Judge

VECTORS = Path(__file__).parents[3] / "vectors" / "evolis"
INK = {"y": b"yellow", "m": b"magenta", "c": b"cyan", "k": b"black", "o": b"overlay"}


def vector(name: str) -> bytes:
    """One of the true streams."""
    return lzma.decompress((VECTORS / f"{name}.prn.xz").read_bytes())


def bench(*faults: str, **told: Any) -> MemoryPrinter:
    """A printer with a judge, switched on, its reset bit cleared, error mode 2."""
    printer = MemoryPrinter(faults=faults, witness=Judge(), **told)
    printer.exchange(b"\x1bScs\r")
    printer.exchange(b"\x1bPem;2\r")
    return printer


def ask(printer: MemoryPrinter, command: str) -> str:
    """A lone command's reply text."""
    return printer.exchange(b"\x1b" + command.encode() + b"\r\0").split(b"\0")[0].decode()


def face(side: str, letters: str) -> bytes:
    """One face of a job, its panels a few compressed bytes long."""
    downloads = b"".join(
        b"\x1bDbc;%s;2;%d;%s\r" % (letter.encode(), len(INK[letter]), INK[letter]) for letter in letters
    )
    return (b"\x1bSr\r" if side == "front" else b"\x1bSv\r") + downloads


def job(front: str = "ymcko", back: str = "") -> bytes:
    """A whole job without its closing."""
    faces = face("front", front) + (face("back", back) if back else b"")
    return b"\x1bPcla;1\r\x1bPr;0;t\r<CARD>\x1bSs\r\x1bMr;s\r" + faces + b"\x1bSe\r</CARD>\0\0\0"


def closing(printer: MemoryPrinter) -> None:
    """What a host sends once it has seen the claim."""
    assert ask(printer, "Pcla;0") == "OK"


def picture(panels: list[str]) -> str:
    """What the truth must say of a card with these panels of `INK`."""
    told = hashlib.sha256()
    for panel in panels:
        side, letter = panel.split()
        told.update(side.encode() + letter.encode() + INK[letter])
    return told.hexdigest()


@dataclass(frozen=True)
class Seen:
    """A status block as a host reads it."""

    config: int
    info: int
    warning: int
    error: int
    session: int

    def __contains__(self, bit: int) -> bool:
        return bool(self.info & bit)


CLAIM, RESET, BUSY = 0x80000000, 0x00010000, 1
AT_STATION, AT_PRINT, AT_EJECT = 0x08000000, 0x02000000, 0x01000000


def look(printer: MemoryPrinter) -> Seen:
    """The status poll."""
    reply = printer.exchange(b"")
    assert reply[0] == 0
    raw = reply[1:]
    assert raw[2] == 0x10
    assert raw[19] == 0x02
    assert len(raw) == 22 == 2 + int.from_bytes(raw[:2], "big")
    words = [int.from_bytes(raw[at : at + 4], "big") for at in (3, 7, 11, 15)]
    return Seen(words[0], words[1], words[2], words[3], int.from_bytes(raw[20:22], "big"))


def stuck(exchange: Exchange) -> bool:
    """Whether the wire is not read any more."""
    exchange.go_on()
    return exchange.blocked


def counters(printer: MemoryPrinter) -> tuple[int, int]:
    """Cards and panels."""
    return int(ask(printer, "Rco;c")), int(ask(printer, "Rco;p"))


def told(printer: MemoryPrinter, *events: str) -> list[tuple[Any, ...]]:
    """The truth's lines of these events, as (event, blank, panel, tray)."""
    return [
        (line["event"], line["blank"], line["panel"], line["tray"])
        for line in printer.truth
        if line["event"] in events
    ]
