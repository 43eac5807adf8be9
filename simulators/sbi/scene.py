"""What a device has before it at this moment: pictures to be, or the code of why there are none. Pure.

The rules of a person at a counter stand here, one after another: is anybody there, is it the right hand, are
all fingers there, and what is wrong with how they lie.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from simulators.sbi import words
from simulators.sbi.faults import Fault
from simulators.sbi.requests import Wanted
from simulators.sbi.subject import CODES, TROUBLES, Counter, Look, group_of, other_side, worse
from simulators.sbi.words import FACE, FINGER, IRIS

SETTLING = {"noise": 0.35, "area": 0.8, "blur": 0.8, "iris_blur": 2.2}
"""The first frame, while skin and head still move. That of two eyes is below 40 for everybody: a mean that
reached what is asked could hide one eye that does not, and a station judges each.
"""


@dataclass(frozen=True, slots=True)
class Scene:
    """``looks``: one a part; none: nothing to take. ``code``: what the device says at the timeout if no frame
    was usable.
    """

    looks: tuple[Look, ...]
    code: str


def scene(
    wanted: Wanted,
    counter: Counter,
    fault: Callable[[str], Fault | None],
    counts: Mapping[str, int],
    *,
    settled: bool,
) -> Scene:
    """What is seen for ``wanted``; ``counts`` number the attempts."""
    placed = counter.placed[wanted.modality]
    if placed == "nothing" or fault("nothing"):
        return Scene((), "101")
    if fault("wrong_hand") or (placed not in ("auto", group(wanted))):
        return Scene((), "522")
    if _absent(wanted, counter, fault):
        return Scene((), "102")
    code = "102"
    press = counts.get("capture", 0)
    parts = _named(wanted)
    looks = [_look(wanted, counter, fault, part, press=press, settled=settled) for part in parts]
    for name in TROUBLES[wanted.modality]:
        if found := fault(name):
            code = CODES.get(name, code)
            attempt = counts.get(found.of or "capture", 0) - found.value if found.when == "capture" else 0
            looks = [worse(look, name, hard=found.hard, attempt=attempt) for look in looks]
    if found := fault("tip"):
        last = found.part or wanted.parts[-1]
        looks = [worse(look, "tip", hard=False, attempt=0) if look.part == last else look for look in looks]
    return Scene(tuple(looks), code)


def group(wanted: Wanted) -> str:
    """Which hand is asked for, or ``thumbs``; else the modality."""
    hands = group_of((*wanted.parts, *wanted.exceptions)) if wanted.modality == FINGER else ""
    return hands or wanted.modality


def _gone(counter: Counter, fault: Callable[[str], Fault | None], last: str) -> set[str]:
    """The parts that the person does not have; ``last`` where an accident names none."""
    found = fault("missing")
    return {*counter.subject.missing} | ({found.part or last} if found else set())


def _absent(wanted: Wanted, counter: Counter, fault: Callable[[str], Fault | None]) -> bool:
    """Whether a part that is asked for is not on the glass."""
    last = wanted.parts[-1] if wanted.parts else ""
    gone = _gone(counter, fault, last)
    if found := fault("partial"):
        gone.add(found.part or last)
    return any(part in gone for part in wanted.parts)


def _named(wanted: Wanted) -> tuple[str, ...]:
    """Which parts come: who asks for any finger gets the thumbs first."""
    spare = iter([part for part in reversed(words.PARTS[wanted.modality]) if part not in wanted.parts])
    return tuple(next(spare) if part == words.UNKNOWN else part for part in wanted.parts or ("",))


def _look(
    wanted: Wanted,
    counter: Counter,
    fault: Callable[[str], Fault | None],
    part: str,
    *,
    press: int,
    settled: bool,
) -> Look:
    """One part as it lies without trouble; each capture of a part is another press."""
    who, shown = counter.subject, part
    if fault("crossed") and part:
        shown = other_side(part)
    swapped = fault("swap")
    seed = swapped.seed if swapped and swapped.part in ("", part) else who.seed
    kind = wanted.modality
    look = Look(
        seed, kind, shown, 32 * press + 16 * settled + words.POSITIONS.get(part, 0), who.born, who.woman
    )
    if kind == FACE:
        gone = tuple(sorted(_gone(counter, fault, ""))) if wanted.exceptions else ()
        blur = 0.0 if settled else SETTLING["blur"]
        return replace(look, hands=bool(wanted.exceptions), missing=gone, blur=blur)
    if kind == IRIS:
        return replace(look, blur=0.0 if settled else SETTLING["iris_blur"])
    if kind == FINGER and not settled:
        return replace(look, noise=SETTLING["noise"], area=SETTLING["area"])
    return look
