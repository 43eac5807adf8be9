"""The words between what the printer is told and what its mechanism does: plain values, no machine here."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto

from simulators.evolis.status import NO_ERROR, Err

UNTIL_TOLD = -1  # yielded by a motion that waits for a hand


class Do(Enum):
    """What a mechanism can be told to do; `motions.MOTIONS` says how."""

    START = auto()
    LAY = auto()
    TURN = auto()
    EJECT = auto()
    END_CLAIM = auto()
    TO_CONTACTLESS = auto()
    TO_CONTACT = auto()
    TO_PRINT = auto()
    REJECT = auto()
    EJECT_ALONE = auto()
    INSERT_AND_EJECT = auto()


class Stopped(Exception):
    """The mechanism cannot go on; ``reply`` is what a lone command is answered."""

    def __init__(self, reply: str, error: Err = NO_ERROR) -> None:
        super().__init__(reply)
        self.reply = reply
        self.error = error


@dataclass(slots=True, eq=False)
class Job:
    """What one exchange asks for; a card that fails takes the rest of its job with it.

    ``word`` is the failure's reply text; ``begun`` from the first ``Ss``, ``ended`` from the last ``Se``;
    ``blocked`` while its bytes wait at the door for room.
    """

    word: str | None = None
    begun: bool = False
    ended: bool = False
    blocked: bool = False


@dataclass(slots=True, eq=False)
class Order:
    """One thing for the mechanism to do. ``reply`` is None until it is done."""

    do: Do
    job: Job
    face: str = "front"
    letter: str = ""
    ribbon: str | None = None  # the kind a start was told its card is for
    data: bytes = b""
    bitmap: bool = False  # holds one of the printer's few
    keeps: bool = False  # outlives its job's failure: the end of the claim
    reply: str | None = None
