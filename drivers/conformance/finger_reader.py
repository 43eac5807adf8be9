"""The checks every fingerprint reader with a matcher of its own must pass, whatever line it is on.

They read, and they keep one finger under the highest free slot for as long as a check lasts; what is in the
library already stays untouched. Checks that need a finger ask for hands; the finger laid down may stay there.
"""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from drivers.conformance.bench import Failed, Hands, Skipped, ask, expect, expect_error, judged
from drivers.errors import NeedsHands, Refused, Unreachable
from drivers.finger_reader import PICTURE_BYTES, FingerReader

FINGER_S, NOBODY_S = 20.0, 1.0
PAPER = b"\xff" * PICTURE_BYTES
SHADES_MIN = 4
"""A picture of a finger has at least so many shades; one of nothing has one."""

TASKS: dict[str, str] = {
    "lay_finger": "Lay your right index finger on the reader, and leave it there.",
    "lay_other_finger": "Lay another finger on the reader, and leave it there.",
    "lift_finger": "Take every finger off the reader.",
    "unplug_reader": "Pull the reader's cable.",
    "plug_reader": "Put the reader's cable back.",
}


@dataclass(frozen=True, slots=True)
class Bench:
    """The reader under test, and perhaps somebody beside it."""

    reader: FingerReader
    hands: Hands | None

    def hand(self, task: str) -> None:
        """Have ``task`` done, or Skipped."""
        ask(self.hands, TASKS, task)

    def template(self) -> bytes:
        """Of the right index finger, which then lies there."""
        self.hand("lay_finger")
        return self.reader.template(FINGER_S)

    @contextmanager
    def enrolled(self) -> Iterator[int]:
        """The right index finger kept under a free slot, and forgotten again."""
        free = set(range(self.reader.identify().library)) - self.reader.slots()
        if not free:
            raise Skipped("the library has no free slot")
        self.hand("lay_finger")
        slot = max(free)
        try:
            self.reader.enrol(slot, FINGER_S)
            yield slot
        finally:
            self.reader.erase(slot)


Check = Callable[[Bench], str]


def identity(bench: Bench) -> str:
    """It tells who it is and how many fingers it can hold, and the same again."""
    first, second = bench.reader.identify(), bench.reader.identify()
    expect(first == second, f"{first}, and then {second}")
    expect(bench.reader.identify().library > 0, "its library holds nobody")
    return f"{first.model} {first.serial}".strip() + f", {first.library} fingers"


def status_is_told(bench: Bench) -> str:
    """A reader that is there says that it is ready."""
    now = bench.reader.status()
    expect(now.state == "ready", f"{now.state}: {now.cause}")
    return now.raw


def slots_lie_in_the_library(bench: Bench) -> str:
    """Every slot it names is one of its library."""
    slots, library = bench.reader.slots(), bench.reader.identify().library
    expect(slots <= frozenset(range(library)), f"slots outside 0-{library - 1}")
    return f"{len(slots)} of {library} in use"


def a_slot_outside_is_refused(bench: Bench) -> str:
    """No finger is kept, nor forgotten, where there is no place."""
    outside = bench.reader.identify().library
    with expect_error(Refused, "library_full"):
        bench.reader.erase(outside)
    return "library_full"


def a_foreign_template_is_refused(bench: Bench) -> str:
    """A template of another size is none of this reader's."""
    with expect_error(Refused, "bad_command"):
        bench.reader.match(b"\0", NOBODY_S)
    return "bad_command"


def paper_is_no_finger(bench: Bench) -> str:
    """A picture of nothing is refused with its fault, and is nobody."""
    try:
        hit = bench.reader.search_picture(PAPER)
    except Refused as error:
        return error.cause
    raise Failed(f"a white picture was taken for a finger: {'found' if hit else 'not found'}")


def closed_and_opened_again(bench: Bench) -> str:
    """After ``close`` the next call opens it again."""
    bench.reader.close()
    bench.reader.close()
    expect(bench.reader.status().state == "ready", "it does not come back")
    return "ready again"


def nobody_there_is_told(bench: Bench) -> str:
    """Without a finger a comparison is unable, and a picture needs hands."""
    template = bench.template()
    bench.hand("lift_finger")
    expect(bench.reader.match(template, NOBODY_S) == "unable", "a comparison without a finger")
    with expect_error(NeedsHands, "nothing_there"):
        bench.reader.picture(NOBODY_S)
    return "unable, nothing_there"


def the_same_finger_matches(bench: Bench) -> str:
    """A finger matches its own template."""
    template = bench.template()
    expect(bench.reader.match(template, FINGER_S) == "match", "its own finger does not match")
    return f"{len(template)} bytes"


def another_finger_does_not_match(bench: Bench) -> str:
    """Another finger does not."""
    template = bench.template()
    bench.hand("lay_other_finger")
    answer = bench.reader.match(template, FINGER_S)
    expect(answer == "mismatch", f"another finger: {answer}")
    return "mismatch"


def a_picture_comes_up(bench: Bench) -> str:
    """A picture has its size and shows something."""
    bench.hand("lay_finger")
    picture = bench.reader.picture(FINGER_S)
    expect(len(picture) == PICTURE_BYTES, f"{len(picture)} bytes")
    expect(len(set(picture)) >= SHADES_MIN, "it shows nothing")
    return f"{len(set(picture))} shades"


def a_picture_is_compared_with_the_finger(bench: Bench) -> str:
    """A picture that goes down again matches the finger it is of, and no other."""
    bench.hand("lay_finger")
    picture = bench.reader.picture(FINGER_S)
    expect(bench.reader.match_picture(picture, FINGER_S) == "match", "its own finger does not match")
    bench.hand("lay_other_finger")
    answer = bench.reader.match_picture(picture, FINGER_S)
    expect(answer == "mismatch", f"another finger: {answer}")
    return "match, mismatch"


def an_enrolled_finger_is_found(bench: Bench) -> str:
    """A finger of the library is found on the glass and in a picture; then it is forgotten."""
    with bench.enrolled() as slot:
        expect(slot in bench.reader.slots(), "it is not among the slots")
        hit = bench.reader.search(FINGER_S)
        expect(hit is not None and hit.slot == slot, f"on the glass: {hit}")
        hit = bench.reader.search_picture(bench.reader.picture(FINGER_S))
        expect(hit is not None and hit.slot == slot, f"in its picture: {hit}")
    expect(slot not in bench.reader.slots(), "it is still there")
    return f"slot {slot}"


def a_stranger_is_not_found(bench: Bench) -> str:
    """A finger that is not in the library is nobody's."""
    with bench.enrolled() as slot:
        bench.hand("lay_other_finger")
        hit = bench.reader.search(FINGER_S)
        expect(hit is None or hit.slot != slot, f"taken for slot {slot}")
    return "not found"


def a_pulled_cable_is_told(bench: Bench) -> str:
    """Without its cable it is offline and an error, never an answer; afterwards it works again."""
    template = bench.template()
    bench.hand("unplug_reader")
    try:
        expect(bench.reader.status().state == "offline", "it is not told as offline")
        try:
            answer = bench.reader.match(template, NOBODY_S)
        except Unreachable as error:
            told = error.cause
        else:
            raise Failed(f"an answer without a reader: {answer}")
    finally:
        bench.hand("plug_reader")
    expect(bench.reader.status().state == "ready", "it does not come back")
    bench.hand("lay_finger")
    expect(bench.reader.match(template, FINGER_S) == "match", "its own finger does not match afterwards")
    return told


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        identity,
        status_is_told,
        slots_lie_in_the_library,
        a_slot_outside_is_refused,
        a_foreign_template_is_refused,
        paper_is_no_finger,
        closed_and_opened_again,
        nobody_there_is_told,
        the_same_finger_matches,
        another_finger_does_not_match,
        a_picture_comes_up,
        a_picture_is_compared_with_the_finger,
        an_enrolled_finger_is_found,
        a_stranger_is_not_found,
        a_pulled_cable_is_told,
    )
}


def run_one(check: str, reader: FingerReader, hands: Hands | None = None) -> dict[str, str]:
    """One check by its name: {name, result, detail}; result is passed, failed or skipped."""
    return judged(check, lambda: CHECKS[check](Bench(reader, hands)))
