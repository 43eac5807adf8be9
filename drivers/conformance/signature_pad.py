"""The checks every signature pad must pass, whatever line it is on. What is drawn for them is no name."""

from collections.abc import Callable
from dataclasses import dataclass
from itertools import pairwise

from drivers.conformance.bench import Failed, Hands, ask, expect, expect_error, judged
from drivers.errors import NeedsHands, Unreachable
from drivers.signature_pad import Signature, SignaturePad

SIGN_S, NOBODY_S = 30.0, 1.0

TASKS: dict[str, str] = {
    "leave_pad": "Let nobody touch the pad until the next question.",
    "sign": "Draw two strokes on the pad, a few seconds after you have confirmed this.",
    "unplug_pad": "Pull the pad's cable.",
    "plug_pad": "Put the pad's cable back.",
}


@dataclass(frozen=True, slots=True)
class Bench:
    """The pad under test, and perhaps somebody beside it."""

    pad: SignaturePad
    hands: Hands | None

    def hand(self, task: str) -> None:
        """Have ``task`` done, or Skipped."""
        ask(self.hands, TASKS, task)

    def signed(self) -> Signature:
        """What somebody draws."""
        self.hand("sign")
        return self.pad.sign(SIGN_S)


Check = Callable[[Bench], str]


def identity(bench: Bench) -> str:
    """It is known by its model."""
    who = bench.pad.identify()
    expect(who.model != "", "it has no model")
    return f"{who.model} {who.serial}".strip()


def status_is_told(bench: Bench) -> str:
    """A pad that is there is ready."""
    now = bench.pad.status()
    expect(now.state == "ready", f"{now.state}: {now.cause}")
    return now.raw


def nobody_signs(bench: Bench) -> str:
    """Where nobody signs, it says so when the time is over."""
    bench.hand("leave_pad")
    with expect_error(NeedsHands, "no_signature"):
        bench.pad.sign(NOBODY_S)
    return "no_signature"


def closed_and_opened_again(bench: Bench) -> str:
    """After ``close`` the next call opens it again."""
    bench.pad.close()
    bench.pad.close()
    expect(bench.pad.status().state == "ready", "it does not come back")
    return "ready again"


def a_signature_is_taken(bench: Bench) -> str:
    """What is drawn comes as strokes that lie on the pad, their times in order."""
    found = bench.signed()
    points = [point for stroke in found.strokes for point in stroke]
    expect(len(found.strokes) >= 2, f"{len(found.strokes)} strokes, two were drawn")
    expect(points[0].at_ms == 0, "the first point is not the beginning")
    expect(all(a.at_ms <= b.at_ms for a, b in pairwise(points)), "times run backwards")
    inside = all(0 <= each.x <= found.width and 0 <= each.y <= found.height for each in points)
    expect(inside, "points beside the pad")
    expect(all(0 <= each.pressure <= 1023 for each in points), "a pressure beyond 1023")
    expect(len({(each.x, each.y) for each in points}) > len(points) // 4, "the pen did not move")
    return f"{len(found.strokes)} strokes, {len(points)} points, {found.width} x {found.height}"


def two_signatures_are_two(bench: Bench) -> str:
    """The second holds nothing of the first."""
    first, second = bench.signed(), bench.signed()
    expect(len(second.strokes) <= len(first.strokes) * 2, "the first is still in it")
    expect(second.strokes[0][0].at_ms == 0, "the second does not begin anew")
    return f"{len(first.strokes)}, {len(second.strokes)} strokes"


def a_pulled_cable_is_told(bench: Bench) -> str:
    """Without its cable it is offline and an error; afterwards somebody can sign."""
    bench.pad.status()
    bench.hand("unplug_pad")
    try:
        expect(bench.pad.status().state == "offline", "it is not told as offline")
        try:
            bench.pad.sign(NOBODY_S)
        except Unreachable as error:
            told = error.cause
        else:
            raise Failed("a signature without a pad")
    finally:
        bench.hand("plug_pad")
    bench.signed()
    return told


CHECKS: dict[str, Check] = {
    check.__name__: check
    for check in (
        identity,
        status_is_told,
        nobody_signs,
        closed_and_opened_again,
        a_signature_is_taken,
        two_signatures_are_two,
        a_pulled_cable_is_told,
    )
}


def run_one(check: str, pad: SignaturePad, hands: Hands | None = None) -> dict[str, str]:
    """One check by its name: {name, result, detail}; result is passed, failed or skipped."""
    return judged(check, lambda: CHECKS[check](Bench(pad, hands)))
