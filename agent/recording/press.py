"""Taking one group of parts: press until it is good enough, its tries are over, or the person lacks it.

What a clerk pressed with a finger of their own is thrown away, as far as the small reader's library can
tell; a supervisor may say that the reader errs, which is flagged.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from agent.recording import sitting, words
from agent.recording.desk import Desk
from agent.recording.patience import Abandoned, Patience, Way
from agent.recording.plan import Devices, Held, Pictures, Plan
from agent.recording.sitting import GROUPS, Step, Tries, Verdict
from agent.recording.words import Said
from domain.packet import CLERKS_FINGER_OVERRIDDEN, Modality, Part
from domain.recorded_images import refusal
from drivers.errors import Refused
from drivers.finger_reader import Answer, FingerReader, Hit
from drivers.scanner import Sample

CAPTURE_MS = 10_000
POOR_PICTURE = frozenset({"finger_dry", "finger_wet", "bad_placement", "too_few_features"})
"""What a reader says of a picture sent to it; a finger on its glass it asks for again by itself."""
_WITHOUT: tuple[Way, ...] = ("without",)


@dataclass(frozen=True, slots=True)
class Press:
    """The scanner's part of a sitting. ``supervisor``: whether a second person gave a mark."""

    plan: Plan
    devices: Devices
    desk: Desk
    pictures: Pictures
    patience: Patience
    held: Held
    supervisor: Callable[[], bool]

    def take(self, step: Step) -> None:
        """Take the group of ``step``, into ``held``. Raises Abandoned."""
        rules, tries = self.plan.rules, Tries()
        least = sitting.threshold(step, rules)
        while sitting.needed(step, self.held.missing):
            parts = sitting.present(step, self.held.missing)
            last = sitting.verdict(tries, parts, least, rules.attempts)
            if last is not Verdict.AGAIN:
                self._keep(step, tries, least, last)
                return
            tries = self._once(step, tries)
            if sitting.verdict(tries, parts, least, rules.attempts) is not Verdict.AGAIN:
                tries = self._without_clerks(step, tries)

    def anew(self, step: Step) -> None:
        """Take it once more, as if nothing had been; whatever turns out to be missing is photographed too."""
        missing = self.held.missing
        self._forget(step)
        self.take(step)
        if self.held.missing != missing:
            self._forget(Step.EXCEPTION_PHOTO)
            self.take(Step.EXCEPTION_PHOTO)

    def _forget(self, step: Step) -> None:
        self.held.parts = sitting.without(step, self.held.parts)
        self.held.unflag(_forced(step))

    def _once(self, step: Step, tries: Tries) -> Tries:
        """One press, and what the tries are after it."""
        self.desk.tell(words.SAID["again"] if tries.made else self._prompt(step))
        wanted = sitting.wanted(step, self.held.missing, self.plan.rules, CAPTURE_MS)
        scanner = self.devices.scanner
        samples = self.patience.ask("scanner", scanner, lambda: scanner.capture(wanted), ("missing",))
        if isinstance(samples, str):
            self._tell_missing()
            return tries
        if not all(_usable(step, sample) for sample in samples):
            if self.desk.ask(words.SAID["unusable"], ("again", "stop")) == "stop":
                raise Abandoned("unusable_picture")
            return tries
        return sitting.taken(tries, samples, fits=self._background_fits(step, samples))

    def _keep(self, step: Step, tries: Tries, least: int, last: Verdict) -> None:
        if last is Verdict.FORCED:
            self.desk.tell(words.SAID["forced"])
            self.held.flag(_forced(step))
        parts = sitting.present(step, self.held.missing)
        self.held.parts += sitting.kept_parts(step, tries, parts, least)

    def _prompt(self, step: Step) -> Said:
        said = words.PROMPTS[step]
        if step is Step.PHOTO:
            return words.filled(said, words.COLOURS[self.plan.person.background])
        return said

    def _background_fits(self, step: Step, samples: tuple[Sample, ...]) -> bool:
        if step is not Step.PHOTO:
            return True
        right = self.plan.person.background
        fits = all(self.pictures.background(sample.record) == right for sample in samples)
        if not fits:
            self.desk.tell(words.filled(words.SAID["background"], words.COLOURS[right]))
        return fits

    def _tell_missing(self) -> None:
        """A part that the person does not have, told on the way."""
        try:
            told = sitting.told_missing(self.desk.write(words.SAID["which_missing"]))
        except ValueError:
            self.desk.tell(words.SAID["not_a_part"])
            return
        self.held.missing = sitting.with_missing(self.held.missing, (told,))
        self.held.parts = [part for part in self.held.parts if part.part != told.part]

    # -- the clerk's own finger ------------------------------------------------------------------------------

    def _without_clerks(self, step: Step, tries: Tries) -> Tries:
        """The tries without what is in the small reader's library."""
        if GROUPS[step].kept_as is not Modality.FINGER or not self._staff_are_known():
            return tries
        hits = {part for part, kept in tries.best.items() if self._is_clerks(kept.sample)}
        if not hits:
            return tries
        self.desk.tell(words.SAID["clerks_finger"])
        way = self.desk.ask(words.SAID["clerks_finger_way"], ("again", "override", "stop"))
        if way == "stop":
            raise Abandoned("clerks_finger")
        if way == "override" and self.supervisor():
            self.held.flag(CLERKS_FINGER_OVERRIDDEN)
            return tries
        return sitting.thrown_away(tries, hits)

    def _staff_are_known(self) -> bool:
        """Whether there is a reader whose library holds anybody; comparing with nobody takes a minute too."""
        reader = self.devices.reader
        if reader is None or self.held.goes_without(reader):
            return False
        slots = self.patience.ask("reader", reader, reader.slots, _WITHOUT)
        if slots == "without":
            self.held.without_reader = True
            self.held.flag("clerk_unchecked")
            return False
        return bool(slots)

    def _is_clerks(self, sample: Sample) -> bool:
        reader, picture = self.devices.reader, self.pictures.finger(sample.record)
        if reader is None or picture is None or self.held.goes_without(reader):
            self.held.flag("clerk_unchecked")
            return False
        hit = self.patience.ask("reader", reader, lambda: searched(reader, picture), _WITHOUT)
        if hit == "without" or hit == "unable":
            self.held.without_reader |= hit == "without"
            self.held.flag("clerk_unchecked")
            return False
        return hit is not None


def searched(reader: FingerReader, picture: bytes) -> Hit | Literal["unable"] | None:
    """Whose finger it is; ``unable`` for a picture that the reader finds too little on."""
    try:
        return reader.search_picture(picture)
    except Refused as refused:
        if refused.cause in POOR_PICTURE:
            return "unable"
        raise


def compared(reader: FingerReader, picture: bytes, timeout_s: float) -> Answer:
    """The finger on the glass against a recorded one; ``unable`` likewise."""
    try:
        return reader.match_picture(picture, timeout_s)
    except Refused as refused:
        if refused.cause in POOR_PICTURE:
            return "unable"
        raise


def _forced(step: Step) -> str:
    """The flag of a group whose best is not good enough."""
    return f"forced_{step}"


def _usable(step: Step, sample: Sample) -> bool:
    """Whether the picture is one that a recording may hold at all."""
    kept_as = GROUPS[step].kept_as
    part = Part(kept_as, sample.part, sample.record, sample.quality, 1, False, sample.attestation)
    return refusal(part) is None
