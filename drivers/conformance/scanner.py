"""The checks every scanner of people must pass, whoever made it: what it is, gives, and owns up to.

Nothing is kept: every sample is looked at and let go. Captures need somebody before the devices, so they ask
for hands; a check that means *nobody is there* waits as long as it told the device to.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

from drivers.card_printer import Clock
from drivers.conformance.bench import Failed, Hands, Skipped, ask, expect, expect_error, judged
from drivers.errors import NeedsHands, Refused, Unreachable
from drivers.sbi import attestation, jws
from drivers.scanner import GROUPS, IRISES, LEFT_SLAP, RIGHT_SLAP, THUMBS, Modality, Sample, Scanner, Wanted

TRANSACTION = "conformance-1"
QUALITY, CAPTURE_MS, NOBODY_MS = 30, 10_000, 1_500
FRAMES, FRAMES_MS, PREVIEW_MS = 6, 3_000, 20_000
"""At least two frames a second; SBI wants three."""
LATE_MS = 3_000
"""How much later than its timeout a device may answer."""
SEE_MS, STEP_MS = 15_000, 250
"""How long a service may take to see a cable pulled, or put back."""
_JPEG = b"\xff\xd8"

TASKS: dict[str, str] = {
    "show_right_slap": "Lay the four fingers of your right hand on the scanner, and leave them there.",
    "show_left_slap": "Lay the four fingers of your left hand on the scanner, and leave them there.",
    "show_left_without_little": "Lay the index, middle and ring finger of your left hand on the scanner.",
    "show_thumbs": "Lay both thumbs on the scanner, and leave them there.",
    "show_eyes": "Look into the iris camera.",
    "show_face": "Sit before the face camera.",
    "show_nothing": "Take your hands off, and step away from the cameras.",
    "unplug_scanner": "Pull the slap scanner's cable.",
    "plug_scanner": "Put the slap scanner's cable back.",
}
_SHOWN: dict[tuple[str, ...], str] = {
    RIGHT_SLAP: "show_right_slap",
    LEFT_SLAP: "show_left_slap",
    THUMBS: "show_thumbs",
    IRISES: "show_eyes",
    (): "show_face",
}


@dataclass(frozen=True, slots=True)
class Bench:
    """The scanner under test, a clock, and perhaps somebody before it."""

    scanner: Scanner
    clock: Clock
    hands: Hands | None

    def hand(self, task: str) -> None:
        """Have ``task`` done, or Skipped."""
        ask(self.hands, TASKS, task)

    def group(self, parts: tuple[str, ...], missing: tuple[str, ...] = ()) -> tuple[Sample, ...]:
        """One press of a whole group that is shown first, as far as the scanner has a device for it."""
        modality = next(modality for modality, group in GROUPS if group == parts)
        self.has(modality)
        self.hand(_SHOWN[parts])
        return self.press(Wanted(modality, parts, missing, QUALITY, CAPTURE_MS))

    def press(self, wanted: Wanted) -> tuple[Sample, ...]:
        """One press, every sample of it looked at."""
        samples = self.scanner.capture(wanted)
        told = tuple(sample.part for sample in samples)
        expect(told == (wanted.parts or ("",)), f"{told} came for {wanted.parts}")
        for sample in samples:
            expect(0 <= sample.quality <= 100, f"a quality of {sample.quality}")
            jws.read(attestation.restore(sample.attestation, sample.record))
        return samples

    def has(self, modality: Modality) -> None:
        """Skipped where there is no such device."""
        if modality not in {who.modality for who in self.scanner.identify()}:
            raise Skipped(f"has no {modality} device")

    def settled(self, ready: bool) -> None:
        """Wait until the slap scanner is there, or not; Failed if that takes too long."""
        started = self.clock.now_ms()
        while self._has_fingers() is not ready:
            if self.clock.now_ms() - started > SEE_MS:
                raise Failed("it does not come back" if ready else "it does not see that its cable is out")
            self.clock.sleep_ms(STEP_MS)

    def _has_fingers(self) -> bool:
        try:
            return any(who.modality is Modality.FINGER for who in self.scanner.identify())
        except Unreachable:
            return False


Check = Callable[[Bench], str]


def identity(bench: Bench) -> str:
    """Every device proves who it is, and the same again."""
    first, second = bench.scanner.identify(), bench.scanner.identify()
    expect(first == second, f"{first}, and then {second}")
    expect(all(who.model and who.serial for who in first), "a device without model or serial number")
    return ", ".join(f"{who.modality} {who.model} {who.serial}" for who in first)


def status_is_told(bench: Bench) -> str:
    """Every device is there, proved, at the right time, and ready."""
    now = bench.scanner.status()
    expect(now.state == "ready", f"{now.state}: {now.cause}")
    return now.raw


def a_sitting_needs_a_name(bench: Bench) -> str:
    """A name that a service would not take begins no sitting."""
    for name in ("abc", "a b c d", "x" * 51):
        with expect_error(Refused, "bad_command"):
            bench.scanner.begin(name)
    return "refused"


def right_slap(bench: Bench) -> str:
    """Four fingers of the right hand in one press, signed and chained."""
    return _told(bench.group(RIGHT_SLAP))


def left_slap(bench: Bench) -> str:
    """Four fingers of the left hand."""
    return _told(bench.group(LEFT_SLAP))


def thumbs(bench: Bench) -> str:
    """Both thumbs."""
    return _told(bench.group(THUMBS))


def irises(bench: Bench) -> str:
    """Both eyes."""
    return _told(bench.group(IRISES))


def face(bench: Bench) -> str:
    """A face."""
    return _told(bench.group(()))


def a_missing_finger_is_no_fault(bench: Bench) -> str:
    """Three fingers and an exception are a whole slap."""
    bench.has(Modality.FINGER)
    bench.hand("show_left_without_little")
    return _told(bench.press(Wanted(Modality.FINGER, LEFT_SLAP[:3], LEFT_SLAP[3:], QUALITY, CAPTURE_MS)))


def an_exception_photo(bench: Bench) -> str:
    """A face beside the hands, with the missing finger named."""
    bench.has(Modality.FACE)
    bench.hand("show_face")
    return _told(bench.press(Wanted(Modality.FACE, (), LEFT_SLAP[3:], QUALITY, CAPTURE_MS)))


def nobody_there_is_waited_for(bench: Bench) -> str:
    """With nothing on the glass it waits as long as it was told, and says so; then the sitting goes on."""
    bench.group(RIGHT_SLAP)
    bench.hand("show_nothing")
    started = bench.clock.now_ms()
    with expect_error(NeedsHands, "nothing_there"):
        bench.scanner.capture(Wanted(Modality.FINGER, RIGHT_SLAP, (), QUALITY, NOBODY_MS))
    waited = bench.clock.now_ms() - started
    expect(NOBODY_MS <= waited <= NOBODY_MS + LATE_MS, f"{waited} ms for a timeout of {NOBODY_MS}")
    bench.group(RIGHT_SLAP)
    return f"after {waited} ms"


def a_score_out_of_reach_gives_the_best(bench: Bench) -> str:
    """Below the asked score the best frame comes at the timeout, and no error."""
    bench.has(Modality.FINGER)
    bench.hand("show_right_slap")
    return _told(bench.press(replace(_RIGHT, quality=100, timeout_ms=NOBODY_MS)))


def preview_shows(bench: Bench) -> str:
    """Pictures come, fast enough to place a hand by, and a capture right after them works."""
    bench.has(Modality.FINGER)
    bench.hand("show_right_slap")
    started, count = bench.clock.now_ms(), 0
    for picture in bench.scanner.preview(Modality.FINGER, RIGHT_SLAP, PREVIEW_MS):
        expect(picture.startswith(_JPEG), "a picture that is no JPEG")
        count += 1
        if count == FRAMES:
            break
    took = bench.clock.now_ms() - started
    expect(count == FRAMES, f"only {count} pictures")
    expect(took <= FRAMES_MS, f"{FRAMES} pictures took {took} ms")
    bench.press(_RIGHT)
    return f"{FRAMES} pictures in {took} ms"


def a_pulled_cable_is_told(bench: Bench) -> str:
    """Without its cable nothing is captured; put back, it captures again without a restart."""
    bench.has(Modality.FINGER)
    bench.hand("show_right_slap")
    bench.hand("unplug_scanner")
    try:
        bench.settled(ready=False)
        try:
            bench.scanner.capture(_RIGHT)
        except Unreachable as error:
            told = error.cause
        else:
            raise Failed("samples without a scanner")
    finally:
        bench.hand("plug_scanner")
    bench.settled(ready=True)
    bench.group(RIGHT_SLAP)
    return told


_RIGHT = Wanted(Modality.FINGER, RIGHT_SLAP, (), QUALITY, CAPTURE_MS)


def _told(samples: tuple[Sample, ...]) -> str:
    """What a record may tell of samples: how many, how good, how large."""
    worst = min(sample.quality for sample in samples)
    return f"{len(samples)}, quality {worst:g} or more, {sum(len(sample.record) for sample in samples)} bytes"


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        identity,
        status_is_told,
        a_sitting_needs_a_name,
        right_slap,
        left_slap,
        thumbs,
        irises,
        face,
        a_missing_finger_is_no_fault,
        an_exception_photo,
        nobody_there_is_waited_for,
        a_score_out_of_reach_gives_the_best,
        preview_shows,
        a_pulled_cable_is_told,
    )
}


def run_one(check: str, scanner: Scanner, clock: Clock, hands: Hands | None = None) -> dict[str, str]:
    """One check by its name, in a sitting of its own: {name, result, detail}."""

    def run() -> str:
        scanner.begin(TRANSACTION)
        return CHECKS[check](Bench(scanner, clock, hands))

    return judged(check, run)
