"""A desk of straw: devices that do as they are told, a clerk who answers from a list, a clock that waits."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from agent.recording.words import SAID, Said
from domain import packet
from domain.packet import FINGERS, IRISES
from drivers.address import Address, parse
from drivers.errors import Cause, DeviceError, NeedsHands, Refused, Unreachable
from drivers.finger_reader import PICTURE_BYTES, Answer, Hit, ReaderIdentity, ReaderStatus
from drivers.scanner import Modality, Sample, ScannerIdentity, ScannerStatus, Wanted
from drivers.signature_pad import PadIdentity, PadStatus, Point, Signature
from tests.unit.domain import recorded

SUPERVISOR = "budi"


class Clock:
    """Milliseconds that pass only while somebody waits."""

    def __init__(self) -> None:
        self.at_ms = 0

    def now_ms(self) -> int:
        return self.at_ms


def record_of(wanted: Wanted, part: str, seed: str = "") -> bytes:
    """An ISO record of this part."""
    image = recorded.picture(f"{part}{seed}")
    if wanted.modality is Modality.FINGER:
        return recorded.finger(FINGERS.index(part) + 1, image)
    if wanted.modality is Modality.IRIS:
        return recorded.iris(IRISES.index(part) + 1, image)
    return recorded.face(image)


def sample(wanted: Wanted, part: str, quality: float, seed: str = "") -> Sample:
    held = record_of(wanted, part, seed)
    kept = packet.Modality(str(wanted.modality))
    return Sample(wanted.modality, part, held, quality, recorded.attestation(kept, part, held, quality))


def broken(cause: Cause) -> DeviceError:
    return Unreachable(cause) if cause in ("unplugged", "no_answer") else NeedsHands(cause)


@dataclass
class Machine:
    """What all three devices share: faults that wait their turn, and how long the device then stays away."""

    faults: list[DeviceError] = field(default_factory=list)
    away_looks: int = 0
    address: Address = field(default_factory=lambda: parse("sbi://127.0.0.1"))
    simulated: int = 0

    def act(self) -> None:
        if self.faults:
            raise self.faults.pop(0)

    @property
    def state(self) -> Literal["ready", "offline"]:
        self.away_looks -= 1
        return "offline" if self.away_looks >= 0 else "ready"

    def close(self) -> None:
        """Nothing to let go of."""


class Scanner(Machine):
    """``qualities``: of the next presses, then always 80. ``pressed``: what was asked. ``cut``: so many
    presses give records that are broken off, those of ``cut_parts`` alone where it names any."""

    qualities: list[float | Mapping[str, float]]

    def __init__(self, *qualities: float | Mapping[str, float], **more: Any) -> None:
        super().__init__(**more)
        self.qualities = list(qualities)
        self.pressed: list[Wanted] = []
        self.chains: list[str] = []
        self.seed = ""
        self.cut = 0
        self.cut_parts: set[str] = set()
        self.identities: tuple[ScannerIdentity, ...] = (
            ScannerIdentity(Modality.FINGER, "SLAP", "SIM1", "1"),
        )
        self.on_press: Callable[[Wanted], None] = lambda wanted: None

    def identify(self) -> tuple[ScannerIdentity, ...]:
        return self.identities

    def status(self) -> ScannerStatus:
        return ScannerStatus(self.state, None, "")

    def begin(self, transaction: str) -> None:
        self.chains.append(transaction)

    def capture(self, wanted: Wanted) -> tuple[Sample, ...]:
        self.on_press(wanted)
        self.act()
        self.pressed.append(wanted)
        told = self.qualities.pop(0) if self.qualities else 80.0
        parts = wanted.parts or ("",)
        self.cut -= 1
        made = tuple(
            sample(wanted, part, told[part] if isinstance(told, Mapping) else told, self.seed)
            for part in parts
        )
        gone = (self.cut_parts or set(parts)) if self.cut >= 0 else set()
        return tuple(replace(each, record=each.record[:-1]) if each.part in gone else each for each in made)

    def preview(self, modality: Modality, parts: tuple[str, ...], timeout_ms: int) -> Iterator[bytes]:
        return iter(())


class Reader(Machine):
    """``answers``: to the next comparisons, then match. ``strangers``: pictures of staff fingers;
    ``others``: of somebody who does not sit here; ``blank``: pictures that show too little."""

    def __init__(self, *answers: Answer, **more: Any) -> None:
        super().__init__(**more)
        self.answers = list(answers)
        self.strangers: set[bytes] = set()
        self.others: set[bytes] = set()
        self.compared: list[bytes] = []
        self.searched = 0
        self.searches_fail: list[DeviceError] = []
        self.library = frozenset({3})
        self.blank: set[bytes] = set()

    def identify(self) -> ReaderIdentity:
        return ReaderIdentity("SIM", "SIM2", "1", 200)

    def status(self) -> ReaderStatus:
        return ReaderStatus(self.state, None, "")

    def match(self, template: bytes, timeout_s: float) -> Answer:
        raise AssertionError("a sitting compares pictures")

    def match_picture(self, picture: bytes, timeout_s: float) -> Answer:
        self.act()
        self.compared.append(picture)
        self._see(picture)
        if self.answers:
            return self.answers.pop(0)
        return "mismatch" if picture in self.others else "match"

    def search_picture(self, picture: bytes) -> Hit | None:
        if self.searches_fail:
            raise self.searches_fail.pop(0)
        self.act()
        self.searched += 1
        self._see(picture)
        return Hit(3, 90) if picture in self.strangers else None

    def _see(self, picture: bytes) -> None:
        if picture in self.blank:
            raise Refused("too_few_features")

    def search(self, timeout_s: float) -> Hit | None:
        return None

    def template(self, timeout_s: float) -> bytes:
        return bytes(512)

    def picture(self, timeout_s: float) -> bytes:
        return bytes(PICTURE_BYTES)

    def enrol(self, slot: int, timeout_s: float) -> None:
        """Kept."""

    def erase(self, slot: int) -> None:
        """Gone."""

    def slots(self) -> frozenset[int]:
        return self.library


class Pad(Machine):
    """Somebody signs as soon as they are asked."""

    def identify(self) -> PadIdentity:
        return PadIdentity("SIM", "SIM3")

    def status(self) -> PadStatus:
        return PadStatus(self.state, None, "")

    def sign(self, timeout_s: float) -> Signature:
        self.act()
        return Signature(((Point(0, 10, 20, 300), Point(10, 12, 22, 310)),), 2000, 600, 410)


class Clerk:
    """Answers ``yes`` to what is asked, or the next of ``answers`` under the sentence's word."""

    def __init__(self, clock: Clock, **answers: list[str]) -> None:
        self.clock = clock
        self.answers = answers
        self.told: list[str] = []
        self.shown: list[Mapping[str, str]] = []
        self.enters_at_ms: list[int] = []

    def _word(self, said: Said) -> str:
        return next((word for word, each in SAID.items() if each == said), said.en)

    def tell(self, said: Said) -> None:
        self.told.append(self._word(said))

    def show(self, rows: Mapping[str, str]) -> None:
        self.shown.append(rows)

    def ask(self, said: Said, answers: tuple[str, ...]) -> str:
        word = self._word(said)
        self.told.append(word)
        waiting = self.answers.get(word, [])
        chosen = waiting.pop(0) if waiting else answers[0]
        assert chosen in answers
        return chosen

    def write(self, said: Said) -> str:
        word = self._word(said)
        self.told.append(word)
        waiting = self.answers.get(word, [])
        return waiting.pop(0) if waiting else ""

    def pause(self, ms: int) -> bool:
        self.clock.at_ms += ms
        if self.enters_at_ms and self.clock.at_ms >= self.enters_at_ms[0]:
            self.enters_at_ms.pop(0)
            return True
        return False


class Album:
    """Pictures without decoding: a finger's is its record, padded; backgrounds from a list, then blue."""

    def __init__(self, *backgrounds: str) -> None:
        self.backgrounds = list(backgrounds)

    def finger(self, record: bytes) -> bytes | None:
        return record.ljust(PICTURE_BYTES, b"\xff")

    def background(self, record: bytes) -> str | None:
        return self.backgrounds.pop(0) if self.backgrounds else "blue"
