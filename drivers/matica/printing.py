"""One card's motions in order, each said once and seen to its end. Source: PROTOCOL.md §6, §10.

The machine moves nothing by itself, so a card is a list of steps. A step that answers ready is done. One that
answers "wait" has perhaps been carried out: it is waited for, then believed only if position and counters
show it. Any other answer ends the list, and its word is why. Nothing is ever said again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from drivers.errors import Cause
from drivers.matica import codes
from drivers.matica.codes import Kind
from drivers.matica.job import Face, Plane
from drivers.matica.line import Line
from drivers.matica.machine import PLACES, PRINT, Counters, Machine, Motion

MOTION_WAIT_MS, WARM_WAIT_MS = 30_000, 300_000
RELEASE, ENGAGE, FLIP, EJECT = Motion("release"), Motion("engage"), Motion("flip"), Motion("eject")


@dataclass(frozen=True, slots=True)
class Step:
    """A motion, or panels to upload."""

    motion: Motion | None = None
    planes: Sequence[Plane] = ()


def steps(faces: Sequence[Face], *, staged: bool) -> Iterator[Step]:
    """All of a card, from a blank in the feeder or (``staged``) one engaged at the station."""
    yield Step(planes=faces[0])
    if staged:
        yield Step(RELEASE)
    yield Step(Motion("move" if staged else "load", PRINT))
    for index, face in enumerate(faces):
        if index:
            yield Step(FLIP)
            yield Step(planes=face)
        yield Step(Motion("print", panels="".join(plane.letter for plane in face)))
    yield Step(EJECT)


def carry_out(line: Line, todo: Iterator[Step], holding: int) -> Cause | None:
    """Every step in turn while ``holding`` lasts; None when all are done, else why the rest was left.

    Raises Unreachable or OutcomeUnknown where the wire was lost; either way something may have been done.
    """
    for step in todo:
        if step.motion is None:
            trouble = _word(line.upload(step.planes, holding))
        else:
            trouble = do(line, step.motion, holding)
        if trouble is not None:
            return trouble
    return None


def do(line: Line, motion: Motion, holding: int) -> Cause | None:
    """One motion; None when it is known to be done, else what it complains of (``busy``: it does not end)."""
    before = line.ask(_seen)
    code = line.act(motion, holding)
    if codes.kind(code) is not Kind.WAIT:
        return _word(code)
    seen = line.look_until(_moves_no_more, MOTION_WAIT_MS)
    if codes.kind(seen) is Kind.WAIT and not _moves_no_more(seen):
        return "busy"
    return None if _shows(motion, before, line.ask(_seen)) else codes.cause(seen) or "busy"


def _moves_no_more(code: int) -> bool:
    return code not in codes.MOVING and code != codes.INITIALISING


def _word(code: int) -> Cause | None:
    """Why a step ended badly; None if it did not."""
    return None if code == codes.READY else codes.cause(code) or "busy"


def _seen(machine: Machine) -> tuple[Counters, str | None]:
    return machine.counters(), machine.position()


def _shows(motion: Motion, then: tuple[Counters, str | None], since: tuple[Counters, str | None]) -> bool:
    """Whether the machine shows that the motion was carried out; False for those that leave no trace."""
    (before, came_from), (now, where) = then, since
    if None in (before.total, before.head, now.total, now.head) or now.errors != before.errors:
        return False
    fed, laid = (now.total or 0) - (before.total or 0), (now.head or 0) - (before.head or 0)
    match motion.kind:
        case "load":
            return (fed, laid, where) == (1, 0, PLACES[motion.place])
        case "move":
            return (fed, laid, where) == (0, 0, PLACES[motion.place])
        case "print":
            return (fed, laid) == (0, len(motion.panels))
        case "eject":
            return (fed, laid, came_from, where) == (0, 0, PLACES[PRINT], None)
        case _:
            return False
