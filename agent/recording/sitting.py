"""The rules of a sitting, as tables and plain functions over values; agent/recording/conduct.py acts on them.

One press takes a group of parts. Each is tried a few times, of every part the best sample is kept, and the
group ends at once when all of them reach the threshold; after the last try the best is kept as it is and
flagged. What was pressed with somebody else's finger was no try at all. Parts that the person does not have
are told beforehand or on the way, and are photographed beside the face.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from operator import attrgetter

from domain import packet
from domain.packet import FINGERS, Missing, Part, Rechecked, Recording
from domain.policy import Capture
from drivers.finger_reader import Answer
from drivers.scanner import IRISES, LEFT_SLAP, RIGHT_SLAP, THUMBS, Modality, Sample, Wanted


class Step(StrEnum):
    """The steps of a sitting, in their order."""

    BIODATA = "biodata"
    PHOTO = "photo"
    RIGHT_SLAP = "right_slap"
    LEFT_SLAP = "left_slap"
    THUMBS = "thumbs"
    IRISES = "irises"
    EXCEPTION_PHOTO = "exception_photo"
    RECHECK = "recheck"
    SIGNATURE = "signature"
    SIGN_OFF = "sign_off"


STEPS = tuple(Step)


@dataclass(frozen=True, slots=True)
class Group:
    """What one press takes: its parts, what the packet calls it, and which threshold of the policy holds."""

    modality: Modality
    parts: tuple[str, ...]
    kept_as: packet.Modality
    threshold: Callable[[Capture], int]


_FACE, _IRISES = attrgetter("face"), attrgetter("irises")
_SLAPS, _THUMBS = attrgetter("slaps"), attrgetter("thumbs")
GROUPS: dict[Step, Group] = {
    Step.PHOTO: Group(Modality.FACE, ("",), packet.Modality.FACE, _FACE),
    Step.RIGHT_SLAP: Group(Modality.FINGER, RIGHT_SLAP, packet.Modality.FINGER, _SLAPS),
    Step.LEFT_SLAP: Group(Modality.FINGER, LEFT_SLAP, packet.Modality.FINGER, _SLAPS),
    Step.THUMBS: Group(Modality.FINGER, THUMBS, packet.Modality.FINGER, _THUMBS),
    Step.IRISES: Group(Modality.IRIS, IRISES, packet.Modality.IRIS, _IRISES),
    Step.EXCEPTION_PHOTO: Group(Modality.FACE, ("",), packet.Modality.EXCEPTION_PHOTO, _FACE),
}


HANDS = {"Right IndexFinger": Step.RIGHT_SLAP, "Left IndexFinger": Step.LEFT_SLAP}
"""By which step each index finger is recorded."""
INDEXES = tuple(HANDS)
"""The two that the centre writes in the chip, and that are compared again at the hand-over."""


class Verdict(StrEnum):
    """What comes after a press: the next step, another try, or the next step with what there is."""

    DONE = "done"
    AGAIN = "again"
    FORCED = "forced"


@dataclass(frozen=True, slots=True)
class Kept:
    """A sample, and whether it is as it should be beside its score: a photo before the right colour."""

    sample: Sample
    fits: bool = True

    def better_than(self, other: Kept) -> bool:
        """Whether this one is kept instead of ``other``; of two alike the earlier one stays."""
        return (self.fits, self.sample.quality) > (other.fits, other.sample.quality)


@dataclass(frozen=True, slots=True)
class Tries:
    """What was tried of one group: how often, and the best of each part."""

    made: int = 0
    best: Mapping[str, Kept] = field(default_factory=dict)


def threshold(step: Step, rules: Capture) -> int:
    """The score from which a sample of this step is good enough."""
    return GROUPS[step].threshold(rules)


def present(step: Step, missing: Collection[Missing]) -> tuple[str, ...]:
    """The parts of this step that the person has; none for a step that takes nothing."""
    gone = _names(missing)
    return tuple(part for part in GROUPS[step].parts if part not in gone) if step in GROUPS else ()


def needed(step: Step, missing: Collection[Missing]) -> bool:
    """Whether this person goes through ``step``: nobody is asked for what they do not have."""
    if step is Step.EXCEPTION_PHOTO:
        return bool(missing_fingers(missing))
    return step not in GROUPS or bool(present(step, missing))


def missing_fingers(missing: Collection[Missing]) -> tuple[str, ...]:
    """Those of the missing parts that are fingers, in the order of the hands."""
    gone = _names(missing)
    return tuple(finger for finger in FINGERS if finger in gone)


def wanted(step: Step, missing: Collection[Missing], rules: Capture, timeout_ms: int) -> Wanted:
    """The press of ``step``, for the scanner."""
    group, gone = GROUPS[step], _names(missing)
    named = group.modality is not Modality.FACE
    absent = tuple(part for part in group.parts if part in gone)
    if step is Step.EXCEPTION_PHOTO:
        absent = missing_fingers(missing)
    parts = present(step, missing) if named else ()
    return Wanted(group.modality, parts, absent, threshold(step, rules), timeout_ms)


def taken(tries: Tries, samples: Iterable[Sample], *, fits: bool = True) -> Tries:
    """One more try, which gave ``samples``."""
    best = dict(tries.best)
    for sample in samples:
        kept, other = Kept(sample, fits), best.get(sample.part)
        if other is None or kept.better_than(other):
            best[sample.part] = kept
    return Tries(tries.made + 1, best)


def thrown_away(tries: Tries, parts: Collection[str]) -> Tries:
    """Somebody else's fingers: their samples go, and the person's tries begin anew."""
    return Tries(0, {part: kept for part, kept in tries.best.items() if part not in parts})


def verdict(tries: Tries, parts: Collection[str], least: int, attempts: int) -> Verdict:
    """What comes next for a group of ``parts`` whose samples should reach ``least``."""
    if any(part not in tries.best for part in parts):
        return Verdict.AGAIN
    if not any(_short(tries.best[part], least) for part in parts):
        return Verdict.DONE
    return Verdict.FORCED if tries.made >= attempts else Verdict.AGAIN


def kept_parts(step: Step, tries: Tries, parts: Collection[str], least: int) -> tuple[Part, ...]:
    """What of this step goes into the packet; what is short of ``least`` is flagged as forced."""
    found = [(part, tries.best[part]) for part in GROUPS[step].parts if part in parts and part in tries.best]
    return tuple(
        Part(
            GROUPS[step].kept_as,
            part,
            kept.sample.record,
            kept.sample.quality,
            max(1, tries.made),
            _short(kept, least),
            kept.sample.attestation,
        )
        for part, kept in found
    )


def to_compare(parts: Iterable[Part], answers: Mapping[str, Answer]) -> tuple[Part, ...]:
    """The index fingers that are not known to match yet."""
    return tuple(part for part in parts if part.part in INDEXES and answers.get(part.part) != "match")


def strangers(answers: Mapping[str, Answer]) -> tuple[str, ...]:
    """The index fingers that turned out to be another person's, or of the other hand."""
    return tuple(finger for finger in INDEXES if answers.get(finger) == "mismatch")


def without(step: Step, parts: Iterable[Part]) -> list[Part]:
    """``parts`` without those that ``step`` takes."""
    group = GROUPS[step]
    return [part for part in parts if part.modality is not group.kept_as or part.part not in group.parts]


def rechecked(answers: Mapping[str, Answer]) -> Rechecked:
    """What the comparison of the index fingers came to: one other person's finger speaks for all."""
    told = set(answers.values())
    if "mismatch" in told:
        return Rechecked.MISMATCH
    return Rechecked.MATCH if told == {"match"} else Rechecked.UNABLE


def lacking(parts: Iterable[Part], missing: Collection[Missing]) -> tuple[str, ...]:
    """What a packet would lack: every finger and iris is there or told missing, and the face is there."""
    there = {(part.modality, part.part) for part in parts}
    due = packet.due(missing)
    return tuple(f"{modality} {part}".strip() for modality, part in due if (modality, part) not in there)


def told_missing(text: str) -> Missing:
    """``Left LittleFinger:permanent``, ``Right:temporary``. Raises ValueError with one sentence."""
    part, _, how = text.rpartition(":")
    if part not in (*FINGERS, *IRISES) or how not in ("permanent", "temporary"):
        raise ValueError(
            "A missing part is told as 'Left LittleFinger:permanent', an eye as 'Left:temporary'."
        )
    return Missing(part, how == "permanent")


def with_missing(told: Iterable[Missing], more: Iterable[Missing]) -> tuple[Missing, ...]:
    """Both, each part once: the later word stands."""
    by_part = {each.part: each for each in (*told, *more)}
    return tuple(by_part[part] for part in (*FINGERS, *IRISES) if part in by_part)


def counts(recording: Recording) -> dict[str, object]:
    """What the journal may know of a recording: numbers and flags (agent.recording.book.COUNTS)."""
    held = [part.modality for part in recording.parts]
    return {
        "fingers": held.count(packet.Modality.FINGER),
        "irises": held.count(packet.Modality.IRIS),
        "exceptions": len(recording.missing),
        "forced": sum(part.forced for part in recording.parts),
        "rechecked": str(recording.rechecked),
        "endorsed": recording.endorsed,
    }


def _names(missing: Collection[Missing]) -> set[str]:
    return {each.part for each in missing}


def _short(kept: Kept, least: int) -> bool:
    return not kept.fits or kept.sample.quality < least
