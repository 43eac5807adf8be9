"""One sitting from the biodata to the sign-off: the devices and the clerk, by the rules of sitting.py.

Everything is held in memory; what comes out is one Recording, or nothing (Abandoned with its cause).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from agent.recording import sitting, words
from agent.recording.desk import Desk
from agent.recording.patience import Abandoned, Clock, Patience, Way
from agent.recording.plan import Devices, Held, Pictures, Plan
from agent.recording.press import Press, compared
from agent.recording.sitting import GROUPS, HANDS, STEPS, Step
from agent.recording.words import Said
from domain import people
from domain.packet import MISMATCH_OVERRIDDEN, ON_PAPER, Rechecked, Recording, transaction
from domain.packet_form import DEVICES_MAX
from drivers.errors import DeviceError, NeedsHands
from drivers.finger_reader import Answer, FingerReader
from drivers.scanner import Scanner
from drivers.shown import shown
from drivers.signature_pad import Signature, SignaturePad

FINGER_S = 15.0
REMIND_S, SIGN_LEAST_S = 20.0, 5.0
"""When whoever does not sign is reminded; and how long a pad is looked at, however short the patience."""
MARK_TRIES = 3
NOT_TOLD = "not_told"  # the staff mark of nobody
_WITHOUT: tuple[Way, ...] = ("without",)


class Sitting:
    """One sitting. ``unix_ms``: the time of day; ``clock``: what waits are measured by."""

    def __init__(
        self,
        plan: Plan,
        devices: Devices,
        desk: Desk,
        pictures: Pictures,
        clock: Clock,
        unix_ms: Callable[[], int],
    ) -> None:
        self._plan = plan
        self._devices = devices
        self._desk = desk
        self._pictures = pictures
        self._unix_ms = unix_ms
        self._patience = Patience(desk, clock, plan.patience_ms)
        self._held = Held(plan.missing, plan.by, plan.second, [*plan.flags, *plan.person.warnings])
        self._press = Press(plan, devices, desk, pictures, self._patience, self._held, self._supervisor)

    def run(self) -> Recording:
        """Every step this person needs. Raises Abandoned."""
        scanner = self._devices.scanner
        self._patience.ask("scanner", scanner, lambda: scanner.begin(transaction(self._plan.id)))
        acts: dict[Step, Callable[[], None]] = {
            Step.BIODATA: self._biodata,
            Step.RECHECK: self._recheck,
            Step.SIGNATURE: self._sign,
            Step.SIGN_OFF: self._sign_off,
        }
        for step in STEPS:
            if step in GROUPS:
                self._press.take(step)
            else:
                acts[step]()
        return self._recording()

    def _biodata(self) -> None:
        for word in self._plan.person.warnings:
            self._desk.tell(words.SAID[word])
        self._desk.show(self._plan.person.biodata)
        if self._desk.ask(words.SAID["read_back"], ("yes", "no")) != "yes":
            raise Abandoned("biodata_wrong")

    def _recheck(self) -> None:
        """The index fingers as recorded against the living ones."""
        reader = self._devices.reader
        if reader is None:
            self._desk.tell(words.SAID["no_reader"])
            return
        answers: dict[str, Answer] = {}
        while (found := self._comparison(reader, answers)) is Rechecked.MISMATCH:
            way = self._desk.ask(words.SAID["mismatch"], ("again", "hand", "override", "stop"))
            if way == "stop":
                raise Abandoned("recheck_mismatch")
            if way == "override" and self._supervisor():
                self._held.flag(MISMATCH_OVERRIDDEN)
                break
            if way == "hand":
                for finger in sitting.strangers(answers):
                    self._press.anew(HANDS[finger])
                    del answers[finger]
        self._held.rechecked = found

    def _comparison(self, reader: FingerReader, answers: dict[str, Answer]) -> Rechecked:
        """What does not match yet once, as far as the person has it; into ``answers``."""
        if self._held.goes_without(reader):
            self._desk.tell(words.SAID["no_reader"])
            self._held.flag("recheck_left_out")
            return Rechecked.NO_READER
        for part in sitting.to_compare(self._held.parts, answers):
            answer = self._compare(reader, part.part, part.record)
            if answer is None:
                self._held.flag("recheck_left_out")
                return Rechecked.NO_READER
            answers[part.part] = answer
        return sitting.rechecked(answers)

    def _compare(self, reader: FingerReader, part: str, record: bytes) -> Answer | None:
        """One finger, as often as the rules try anything; None when it goes without the reader."""
        picture = self._pictures.finger(record)
        if picture is None:
            return "unable"
        answer: Answer = "unable"
        for _ in range(self._plan.rules.attempts):
            self._desk.tell(words.filled(words.PROMPTS[Step.RECHECK], words.PARTS[part]))
            told = self._patience.ask("reader", reader, lambda: compared(reader, picture, FINGER_S), _WITHOUT)
            if told in ("match", "without"):
                return "match" if told == "match" else None
            answer = "mismatch" if told == "mismatch" else "unable"
            self._desk.tell(words.SAID["no_match" if answer == "mismatch" else "unable"])
        return answer

    def _sign(self) -> None:
        pad = self._devices.pad
        self._desk.tell(words.PROMPTS[Step.SIGNATURE])
        if pad is not None:
            told = self._patience.ask("pad", pad, lambda: self._signed(pad), _WITHOUT)
            if isinstance(told, Signature):
                self._held.signature, self._held.endorsed = told, True
                return
        self._held.flag(ON_PAPER)
        self._held.endorsed = self._desk.ask(words.SAID["on_paper"], ("yes", "no")) == "yes"

    def _signed(self, pad: SignaturePad) -> Signature:
        """What is drawn while the patience lasts, with one reminder on the way.

        The pad is looked at without a gap: strokes of one would be lost, and half a name kept.
        """
        patience_s = self._plan.patience_ms / 1000
        first_s = min(REMIND_S, max(patience_s, SIGN_LEAST_S))
        try:
            return pad.sign(first_s)
        except NeedsHands as error:
            if error.cause != "no_signature" or patience_s <= first_s:
                raise
        self._desk.tell(words.fault("pad", "no_signature"))
        return pad.sign(patience_s - first_s)

    def _sign_off(self) -> None:
        if sitting.lacking(self._held.parts, self._held.missing):
            raise Abandoned("incomplete")
        while self._held.missing and not self._supervisor():
            if self._desk.ask(words.SAID["supervisor_needed"], ("again", "stop")) == "stop":
                raise Abandoned("supervisor_needed")
        if self._desk.ask(words.SAID["sign_off"], ("yes", "no")) != "yes":
            raise Abandoned("not_signed_off")

    def _supervisor(self) -> bool:
        """Whether the clerk and a second person gave their marks, each once for the whole sitting."""
        held = self._held
        if not held.by:
            held.by = self._mark(words.SAID["clerk"], held.second)
        if held.by and not held.second:
            held.second = self._mark(words.SAID["supervisor"], held.by)
        return bool(held.by and held.second)

    def _mark(self, asked: Said, other: str | None) -> str | None:
        """A staff mark that is not ``other``'s; None for an empty line, or when the tries are over."""
        for _ in range(MARK_TRIES):
            mark = self._desk.write(asked)
            if not mark:
                return None
            if people.is_mark(mark) and not (other and people.same(mark, other)):
                return mark
            self._desk.tell(words.SAID["not_a_mark"])
        return None

    def _recording(self) -> Recording:
        held, plan = self._held, self._plan
        return Recording(
            id=plan.id,
            station=plan.station,
            begun_ms=plan.begun_ms,
            ended_ms=self._unix_ms(),
            mode=plan.mode,
            place=plan.place,
            biodata=plan.person.biodata,
            parts=tuple(held.parts),
            missing=held.missing,
            signature=None if held.signature is None else drawn(held.signature),
            rechecked=held.rechecked,
            endorsed=held.endorsed,
            staff={"by": held.by or NOT_TOLD, "second": held.second},
            flags=tuple(held.flags),
            devices=_identities(self._devices.scanner),
        )


def drawn(signature: Signature) -> dict[str, Any]:
    """A signature as the packet holds it (domain.packet.Recording)."""
    strokes = [[[p.at_ms, p.x, p.y, p.pressure] for p in stroke] for stroke in signature.strokes]
    size = {"width": signature.width, "height": signature.height, "dpi": signature.dpi}
    return {**size, "strokes": strokes}


def _identities(scanner: Scanner) -> tuple[Mapping[str, str], ...]:
    """The scanner's devices, as a packet holds them; one that is gone by now has told all that counts before.

    Whatever a device says of itself, it is never what a sitting is lost by.
    """
    try:
        found = scanner.identify()
    except DeviceError:
        return ()
    return tuple(
        {
            "modality": str(each.modality),
            "model": shown(each.model),
            "serial": shown(each.serial),
            "firmware": shown(each.firmware),
        }
        for each in found[:DEVICES_MAX]
    )
