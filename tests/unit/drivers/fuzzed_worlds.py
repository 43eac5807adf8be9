"""The worlds behind the fuzz: printers and accidents, and what each of their replies says of the card.

The readers here are written from the PROTOCOL.md files and know nothing of the drivers' own. They are strict:
bytes that a driver must refuse say nothing.
"""

from __future__ import annotations

import struct
from dataclasses import dataclass
from functools import cache
from random import Random

from drivers.card_printer import Artefact, CardPrinter, Snapshot
from drivers.matica import job
from drivers.registry import open_printer
from tests.conformance.wires import MemoryWire
from tests.crash.families import FAMILIES
from tests.unit.drivers.fuzzing import Fuzzed, Told
from tests.unit.simulators.matica.kit import tiny

SESSION = 777
_BLOCK = struct.Struct(">2sB4IBH")
_HEAD = struct.Struct(">IIII")
_INSIDE, _RESET = 0x1F00_0000, 0x0001_0000
_INFO, _COMMAND, _POSITION = 0xF0000600, 0xF0000100, 0x02020000
_TOTAL, _PANELS, _ERRORS = 0x10, 0x12, 0x14


@dataclass(frozen=True, slots=True)
class World:
    """A printer with an accident to come, and how its card is brought."""

    model: str
    ribbon: str
    faults: tuple[str, ...]
    staged: bool


PRINTERS = (("primacy2", "k"), ("primacy2", "ymcko"), ("xid580", "ymck"), ("xid580 on usb", "ymck"))
_PANEL_ACCIDENTS = ("jam", "power_cut", "ribbon_end", "cover_open", "head_hot", "unplug")
_CARD_ACCIDENTS = (
    *("feeder_fault@card=1", "feeder_empty@card=1", "double_feed@card=1", "double_feed@card=1,seen=yes"),
    *("counter_lag@card=1,for=20000", "counter_lag@card=1,until=poll", "counter_lag@card=1,until=power"),
    *("counter_missing@card=1", "power_cut@card=1,at=out", "jam@card=1,at=eject", "power_cut@card=1"),
)
_OF_ONE = {
    "primacy2": ("hopper_full@card=1", "claim_stuck@card=1", "job_lost@card=1,at=out"),
    "xid580": ("film_end@card=1,panel=k", "jam@card=1,at=transfer", "power_cut@card=1,at=transfer"),
}


def worlds() -> list[World]:
    """All of them: both families, and the second wire of one, each with every accident."""
    return [
        World(model, ribbon, (fault,) if fault else (), staged)
        for model, ribbon in PRINTERS
        for fault in accidents(model, ribbon)
        for staged in (False, True)
    ]


def accidents(model: str, ribbon: str) -> list[str]:
    """What may befall the first card; the empty one is no accident."""
    at = ",panel=k" if ribbon == "k" else ",panel=c"
    panel = [f"{name}@card=1{at}" for name in _PANEL_ACCIDENTS]
    return ["", "job_lost@card=1", *panel, *_CARD_ACCIDENTS, *_OF_ONE[model.split()[0]]]


class Bench:
    """One world, the driver at it, and the dice between them."""

    def __init__(self, world: World, dice: Random) -> None:
        self.world = world
        made = MemoryWire(world.model, faults=world.faults, ribbon=world.ribbon)
        self.simulated = made.simulated
        self.whole: tuple[int, int] = (0, 0)
        self._errors = 0
        matica = "xid" in world.model
        self.artefact = tiny_card() if matica else FAMILIES["evolis"].artefact(world.ribbon)
        if matica:
            tiny(self.simulated)
        reads = self._evolis if not matica else self._usb if "usb" in world.model else self._matica
        self.wire = Fuzzed(made.transport, dice, reads)
        address = f"{made.printer.address}"
        self.printer: CardPrinter = open_printer(
            address, clock=made.clock, open_transport=lambda _: self.wire
        )

    def reserve(self) -> Snapshot:
        """Begin a card; nothing is spoilt yet."""
        self.printer.identify()
        self.printer.reserve(SESSION)
        before = self.printer.snapshot()
        self.whole = ((before.cards or 0) + 1, (before.panels or 0) + self.artefact.panels)
        if "xid" in self.world.model:
            self._errors = self.simulated.printer.counters[4]
        return before

    def good(self) -> int:
        """How many cards with every panel lie in the output tray."""
        whole = ("ejected", "output", self.artefact.sha256)
        return sum((line["event"], line["tray"], line["picture"]) == whole for line in self.simulated.truth)

    # What a reply says

    def _evolis(self, said: bytes, reply: bytes) -> Told:
        text, nul, block = reply.partition(b"\0")
        told: Told = {}
        if not nul:
            return told
        for question, piece, whole in (
            (b"\x1bRco;c", "cards", self.whole[0]),
            (b"\x1bRco;p", "panels", self.whole[1]),
        ):
            if said.startswith(question) and text.strip().isdigit():
                told[piece] = int(text) != whole
        if len(block) >= _BLOCK.size:
            _, _, _, information, _, error, _, session = _BLOCK.unpack_from(block)
            told |= {"inside": bool(information & _INSIDE), "reset": bool(information & _RESET)}
            told |= {"errors": bool(error), "session": session != SESSION}
        return told

    def _matica(self, said: bytes, reply: bytes) -> Told:
        if len(said) < _HEAD.size or len(reply) < _HEAD.size:
            return {}
        code, _, param, sequence = _HEAD.unpack_from(said)
        _, words, word, answered = _HEAD.unpack_from(reply)
        if answered != sequence or len(reply) != 8 + 4 * words:
            return {}
        payload = reply[_HEAD.size :]
        if code == _INFO:
            return self._counters(_values(payload))
        if code == _COMMAND and param == _POSITION:
            return {"inside": not payload[18]} if len(payload) >= 20 else {}
        return {"code": word != 0}

    def _usb(self, said: bytes, reply: bytes) -> Told:
        data, status = reply[:-13], reply[-13:]
        if (
            len(said) < 31
            or status[:4] != b"USBS"
            or status[4:8] != said[4:8]
            or status[12:] not in (b"\0", b"\1")
        ):
            return {}
        operation, failed = said[15], status[12] == 1
        if operation == 0x4D and not failed:
            items = [struct.unpack_from(">HHI", data, at) for at in range(4, len(data) - 7, 8)]
            return self._counters({0x10 + code: value for code, size, value in reversed(items) if size == 4})
        if operation == 0x34 and not failed:
            return {"inside": not data[0]} if len(data) == 8 else {}
        if operation == 0x03 and not failed:
            return {"code": bool(data[2] or data[12])} if len(data) == 20 else {}
        return {"failed": failed}

    def _counters(self, values: dict[int, int]) -> Told:
        wanted = {_TOTAL: ("cards", self.whole[0]), _PANELS: ("panels", self.whole[1])}
        wanted[_ERRORS] = ("errors", self._errors)
        return {piece: values[tag] != whole for tag, (piece, whole) in wanted.items() if tag in values}


def _values(payload: bytes) -> dict[int, int]:
    """The first numbers of four bytes among tagged values; nothing of a list that is cut short."""
    found: dict[int, int] = {}
    at = 0
    while at < len(payload) and payload[at]:
        if len(payload) < at + 3:
            return {}
        tag, size = struct.unpack_from(">BH", payload, at)
        at += 3 + size
        if at > len(payload):
            return {}
        if size == 4:
            found.setdefault(tag, int.from_bytes(payload[at - 4 : at], "big"))
    return found


@cache
def tiny_card() -> Artefact:
    """A card for a machine whose image is a few dots."""
    face = tuple(job.Plane(letter, letter.encode() * 8) for letter in "ymck")
    return Artefact(job.pack([face]), 4, job.picture([face]))
