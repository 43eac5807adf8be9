"""Accidents by name: ``NAME@WHEN[,WORD=VALUE]…``; values only, pure.

Nothing is ever scheduled: whether an accident holds is asked of its text, of how many captures or streams
there have been, and of the clock. WHEN is ``start``, ``capture=N`` (or ``stream=N``) counted from 1, or
``ms=T`` of simulated time; with ``of=right`` the captures of that group alone are counted.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from simulators.ordered import whole
from simulators.sbi.words import EYES, FINGERS

EVER = 1 << 40
GROUPS = ("Finger", "Iris", "Face", "right", "left", "thumbs")


@dataclass(frozen=True, slots=True)
class Kind:
    """One accident. ``usual``: how many captures it lasts unless ``times=`` says; EVER: until hands cure
    it.
    """

    meaning: str
    usual: int = 1


KINDS: Mapping[str, Kind] = {
    # the person
    "nothing": Kind("nothing is placed; the device waits the whole timeout, then 101"),
    "dry": Kind("fingers too dry: a poor score; hard=yes: no print at all, 520"),
    "wet": Kind("fingers too wet: a poor score; hard=yes: no print at all, 521"),
    "bad_placement": Kind("fingers too high on the glass: a poor score; hard=yes: 105"),
    "tip": Kind("only the tip of part= (the last one if left out) touches the glass"),
    "partial": Kind("part= (the last one) does not touch the glass at all: 102 at the timeout"),
    "missing": Kind("the person has no part=; asked for it, the device answers 102 at the timeout", EVER),
    "wrong_hand": Kind("the other hand, or the other eye; the device notices: 522"),
    "crossed": Kind("the other hand or eye, and the device does not notice: good prints, wrong names"),
    "swap": Kind("part= (all, if left out) is that of the person seed="),
    "rising": Kind("three attempts: hopeless, poor, good", 3),
    "blurred": Kind("iris, face: the head moves; hard=yes: 102"),
    "eyelid": Kind("iris: the lids are half closed; hard=yes: 102"),
    "turned": Kind("face: the head is turned and tilted; hard=yes: 105"),
    # the surroundings
    "dirty": Kind("glass or lens (of=) dirty until wiped: a poor score; hard=yes: 523", EVER),
    "unplug": Kind("the device of= (all, if left out) is not there until plugged in, or for=MS", EVER),
    "gone": Kind("the whole service hangs up on everybody, for=MS", EVER),
    "slow_start": Kind("the port is not open for=MS (5000) after the start", EVER),
    # the device
    "not_ready": Kind("status Not Ready, 110", EVER),
    "not_registered": Kind("status Not Registered, 100, nothing signed", EVER),
    "busy": Kind("status Busy, 111", EVER),
    "tampered": Kind("103", EVER),
    "no_management": Kind("104", EVER),
    "key_expired": Kind("the device's certificate has run out; it notices: 107", EVER),
    "stale_key": Kind("the device's certificate has run out, and it signs with it", EVER),
    "no_domain_key": Kind("CAPTURE: the domain's certificate is not there, 108", EVER),
    "sensor": Kind("the sensor fails in the middle, 524"),
    "failed": Kind("any other failure in the middle, 710 or 810"),
    "slow": Kind("the answer comes for=MS (5000) later"),
    "answer_lost": Kind("the capture is made and the connection drops without an answer"),
    "garbled": Kind("half of the answer's JSON"),
    # the device's word
    "clock": Kind("its clock is off by by=SECONDS (400)", EVER),
    "wrong_signature": Kind("a signature that does not fit"),
    "untrusted": Kind("signed by somebody of whom the anchor knows nothing"),
    "other_transaction": Kind("the answer names another transaction"),
    "other_version": Kind("the answer names another specVersion"),
    "count_differs": Kind("one element too few, without an error"),
    "chain_broken": Kind("the hash hangs on something else"),
    # streams
    "stream_lost": Kind("the connection drops after the picture picture=K (3)"),
    "stream_no_image": Kind("608"),
}
_WORDS = {"of", "times", "for", "part", "seed", "by", "hard", "picture"}
_NUMBERS = ("times", "for", "seed", "by", "picture")


@dataclass(frozen=True, slots=True)
class Fault:
    """One accident: from the ``value``-th capture or stream (or millisecond) on, ``times`` of them,
    ``for_ms``.
    """

    name: str
    when: str
    value: int
    times: int
    for_ms: int | None
    of: str
    part: str
    seed: int
    by: int | None
    hard: bool
    picture: int

    def holds(self, counts: Mapping[str, int], now_ms: int) -> bool:
        """Whether it is so now. ``counts``: by group and ``capture`` and ``stream``, the running one
        included.
        """
        if self.when == "ms":
            return self.value <= now_ms < self.value + (EVER if self.for_ms is None else self.for_ms)
        count = counts.get(self.of or self.when, 0) if self.when == "capture" else counts.get(self.when, 0)
        return self.value <= count < self.value + self.times


def parse(text: str, now_ms: int = 0) -> Fault:
    """Read one. ``start`` and ``now`` are moments too. ValueError with one sentence that says what is
    wrong.
    """
    name, _, rest = text.strip().partition("@")
    if name not in KINDS:
        raise ValueError(f"no accident is called {name!r}; there are {', '.join(sorted(KINDS))}")
    first, *others = rest.split(",")
    when, value = _moment(name, first, now_ms)
    said = {key.strip(): told.strip() for key, _, told in (other.partition("=") for other in others)}
    if unknown := set(said) - _WORDS:
        raise ValueError(f"{name} does not know {', '.join(sorted(unknown))}")
    numbers = {key: _number(name, key, said[key]) for key in _NUMBERS if key in said}
    if said.get("hard", "yes") != "yes":
        raise ValueError(f"{name}: hard is yes, not {said['hard']!r}")
    if "part" in said and said["part"] not in (*FINGERS, *EYES):
        raise ValueError(f"{name}: a part is written as in SBI, such as Left LittleFinger")
    if said.get("of", "Finger") not in GROUPS:
        raise ValueError(f"of= is one of {', '.join(GROUPS)}")
    for_ms = numbers.get("for")
    return Fault(
        name=name,
        when=when,
        value=value,
        times=numbers.get("times", KINDS[name].usual if when != "ms" else EVER),
        for_ms=for_ms,
        of=said.get("of", ""),
        part=said.get("part", ""),
        seed=numbers.get("seed", 0),
        by=numbers.get("by"),
        hard=said.get("hard") == "yes",
        picture=numbers.get("picture", 3),
    )


def _moment(name: str, text: str, now_ms: int) -> tuple[str, int]:
    if text in ("start", "now"):
        return "ms", now_ms if text == "now" else 0
    when, _, value = text.partition("=")
    if when not in ("capture", "stream", "ms"):
        raise ValueError(
            f"{name} is written {name}@start, {name}@capture=1, {name}@stream=1 or {name}@ms=1000"
        )
    return when, whole(name, when, value)


def _number(name: str, key: str, value: str) -> int:
    if key != "by":
        return whole(name, key, value)
    seconds = whole(name, key, value.removeprefix("-").removeprefix("+"))
    return -seconds if value.startswith("-") else seconds


class Faults:
    """The accidents of one service. One that comes with a capture and has ``for=MS`` ends by the clock."""

    def __init__(self, faults: Iterable[Fault] = ()) -> None:
        self._all = list(faults)
        self._began_ms: dict[Fault, int] = {}

    def add(self, fault: Fault) -> None:
        """One more; the same one may be ordered again."""
        self._all.append(fault)
        self._began_ms.pop(fault, None)

    def cure(self, *names: str) -> int:
        """Take every accident of these names away; all of them without a name. How many there were."""
        gone = [fault for fault in self._all if not names or fault.name in names]
        self._all = [fault for fault in self._all if fault not in gone]
        return len(gone)

    def found(
        self, name: str, counts: Mapping[str, int], now_ms: int, of: tuple[str, ...] = ()
    ) -> Fault | None:
        """The first of that name that holds; with ``of``, one for any of these groups or for all."""
        for fault in self._all:
            if fault.name != name or (of and fault.of and fault.of not in of):
                continue
            if fault.holds(counts, now_ms) and not self._over(fault, now_ms):
                return fault
        return None

    def _over(self, fault: Fault, now_ms: int) -> bool:
        began_ms = self._began_ms.setdefault(fault, now_ms)
        return fault.when != "ms" and fault.for_ms is not None and now_ms - began_ms >= fault.for_ms
