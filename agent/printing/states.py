"""The life of a job, as one table; nothing else in the station changes a job's state.

``python -m agent.printing.states`` prints the table as a Mermaid diagram. The words on the arrows are the
journal's events, so that the journal replayed through the table gives every job's state again.
A state that may spoil a card (staged, printing) is left only by evidence, or into *unsure*. A card that
came out may still be found bad or missing until somebody has it in hand: then it is spoiled or lost, with a
reason, and only then may its order be printed again.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from enum import StrEnum


class State(StrEnum):
    """Where a job is. The words reach disk, screens and the hub."""

    QUEUED = "queued"
    STAGED = "staged"
    PRINTING = "printing"
    UNSURE = "unsure"
    PRINTED = "printed"
    VERIFIED = "verified"
    READY = "ready"
    SENT = "sent"
    HANDED_OVER = "handed_over"
    WITHHELD = "withheld"
    RETURNED = "returned"
    SPOILED = "spoiled"
    LOST = "lost"
    CANCELLED = "cancelled"


class Event(StrEnum):
    """What moves a job. Each is a journal event of the same word."""

    FEED_INTENDED = "feed_intended"
    STAGED = "staged"
    CHIP_INTENDED = "chip_intended"
    CHIP_WRITTEN = "chip_written"
    PRINT_INTENDED = "print_intended"
    PRINTED = "printed"
    UNSURE = "unsure"
    UNTOUCHED = "untouched"
    SPOILED = "spoiled"
    LOST = "lost"
    CANCELLED = "cancelled"
    VERIFIED = "verified"
    READY = "ready"
    SENT = "sent"
    HANDED_OVER = "handed_over"
    WITHHELD = "withheld"
    RETURNED = "returned"


FIRST = State.QUEUED

TRANSITIONS: dict[State, dict[Event, State]] = {
    State.QUEUED: {
        Event.FEED_INTENDED: State.STAGED,  # on disk before the printer moves any card
        Event.CANCELLED: State.CANCELLED,
    },
    State.STAGED: {
        Event.STAGED: State.STAGED,  # the blank lies at the chip station and has its name
        Event.CHIP_INTENDED: State.STAGED,  # on disk before the chip is written
        Event.CHIP_WRITTEN: State.STAGED,  # and read back: the card itself names its job from here on
        Event.PRINT_INTENDED: State.PRINTING,  # on disk before the first byte that could spoil a card
        Event.UNSURE: State.UNSURE,
        Event.UNTOUCHED: State.QUEUED,
        Event.SPOILED: State.SPOILED,
    },
    State.PRINTING: {Event.PRINTED: State.PRINTED, Event.UNSURE: State.UNSURE},
    State.UNSURE: {
        Event.PRINTED: State.PRINTED,
        Event.UNTOUCHED: State.QUEUED,
        Event.SPOILED: State.SPOILED,
        Event.LOST: State.LOST,
    },
    State.PRINTED: {  # the card is in the tray, by evidence or by a clerk's word
        Event.VERIFIED: State.VERIFIED,
        Event.SPOILED: State.SPOILED,
        Event.LOST: State.LOST,
    },
    State.VERIFIED: {  # a person has it in hand, and it is the job's own blank
        Event.READY: State.READY,
        Event.SPOILED: State.SPOILED,
        Event.LOST: State.LOST,
    },
    State.READY: {  # on the shelf, waiting for its holder
        Event.HANDED_OVER: State.HANDED_OVER,
        Event.SENT: State.SENT,
        Event.WITHHELD: State.WITHHELD,  # chip or finger is another's: it is not given out
        Event.SPOILED: State.SPOILED,
        Event.LOST: State.LOST,
    },
    State.SENT: {  # with a courier or the post, and still ours until somebody tells that it came
        Event.HANDED_OVER: State.HANDED_OVER,
        Event.READY: State.READY,  # it came back undelivered
        Event.LOST: State.LOST,
    },
    State.WITHHELD: {
        Event.READY: State.READY,  # a supervisor found the cause at the counter
        Event.RETURNED: State.RETURNED,  # back up the chain
        Event.LOST: State.LOST,
    },
    State.HANDED_OVER: {},
    State.RETURNED: {},
    State.SPOILED: {},
    State.LOST: {},
    State.CANCELLED: {},
}

FINISHED = frozenset(state for state, arrows in TRANSITIONS.items() if not arrows)
IN_MOTION = frozenset({State.STAGED, State.PRINTING})  # a card may lie inside the printer
WORDS = frozenset(Event)


class IllegalMove(Exception):
    """The table has no such arrow. Nothing was changed."""

    def __init__(self, state: State, event: Event) -> None:
        self.state = state
        self.event = event
        super().__init__(f"a job that is {state} cannot become {event}")


def step(state: State, event: Event) -> State:
    """The state after ``event``. Raises IllegalMove where the table has no such arrow."""
    try:
        return TRANSITIONS[state][event]
    except KeyError:
        raise IllegalMove(state, event) from None


def mermaid(transitions: Mapping[State, Mapping[Event, State]] = TRANSITIONS) -> str:
    """The table as a Mermaid state diagram, one arrow a line, in the table's order."""
    lines = ["stateDiagram-v2", f"    [*] --> {FIRST}: job_queued"]
    for state, arrows in transitions.items():
        lines += [f"    {state} --> {after}: {event}" for event, after in arrows.items()]
        if not arrows:
            lines.append(f"    {state} --> [*]")
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    sys.stdout.write(mermaid())
