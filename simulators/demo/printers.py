"""The card printers of the play: how each make is started, and what a clerk sees of it.

A printer that is known by its wires is looked at through its own back door. One behind a spooler shows
nothing: what lies in its tray is known from its truth, as a clerk has it by looking.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.demo.parts import Make
from simulators.demo.programs import script
from simulators.demo.truth import Story

WARM_MS = 20_000  # a retransfer printer's, from cold
JOB_ENDED = 7  # IPP: cancelled, aborted and completed jobs
FINISHED: dict[Make, tuple[str, ...]] = {
    Make.EVOLIS: ("front y", "front m", "front c", "front k", "front o", "back k", "back o"),
    Make.MATICA: tuple(f"{face} {ink}" for face in ("front", "back") for ink in "ymck"),
    Make.SPOOLER: ("front rgb", "back rgb"),
}
"""What a card of each make shows when it is done, as far as a clerk knows before the first one lies there."""


@dataclass(frozen=True, slots=True)
class Stand:
    """Where a printer stands and how it is set up. ``port`` and ``chip`` are ports of loopback."""

    make: Make
    port: int
    chip: int
    seed: int
    speed: float
    cards: int
    place: Path
    fault: str | None = None
    usbip: bool = False

    @property
    def truth(self) -> Path:
        """Its truth file."""
        return self.place / "truth.jsonl"

    @property
    def wire(self) -> str:
        """How hosts reach it."""
        return "ipp" if self.make is Make.SPOOLER else "usbip" if self.usbip else "tcp"


def command(stand: Stand) -> list[str]:
    """What starts it, and brings it back after a power cut."""
    shared = (
        *(f"--{stand.wire}", f"127.0.0.1:{stand.port}", "--truth", str(stand.truth)),
        *("--speed", str(stand.speed), "--seed", str(stand.seed), "--cards", str(stand.cards)),
    )
    if stand.make is Make.SPOOLER:
        return [script("loket-sim"), "spooler", "--both-sides", *shared]
    own = ("--chip", f"127.0.0.1:{stand.chip}", "--state", str(stand.place / "printer.json"))
    warm = ("--warming", str(WARM_MS)) if stand.make is Make.MATICA else ()
    fault = ("--fault", stand.fault) if stand.fault else ()
    return [script("loket-sim"), "printer", "--make", stand.make, *shared, *own, *warm, *fault]


def behind_spooler(story: Story, queue: Mapping[str, Any], laid: Sequence[str]) -> dict[str, Any]:
    """What a clerk sees of a printer behind a spooler, as `look` tells of the others.

    ``laid``: the blanks laid into its feeder, in their order. ``stack`` are those still there while the queue
    has nothing more to print: they can be taken out again.
    """
    waiting = [name for name in laid if name not in story.fed]
    busy = any(job["state"] < JOB_ENDED for job in queue["jobs"])
    panels = list(FINISHED[Make.SPOOLER])
    return {
        "feeder": len(waiting),
        "inside": [{"blank": name, "panels": []} for name in sorted(story.inside)],
        "output": [{"blank": name, "panels": panels} for name, _ in story.cards],
        "reject": [],
        "hands": [],
        "stack": [] if busy else waiting,
    }
