"""Handing over where a reader stands: the holder is asked for a finger only where the table wants one.

The table is asked without a finger first. So nobody lays one down for a card that is not given out anyway, a
child's card never asks, and one that was given already is answered as before. Reader and sealed part are used
in the command's own process and before anything is written; what is written then is the table's.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from agent.counter import finger
from domain.words import RefusedByRule

if TYPE_CHECKING:
    from agent.home import Home

Perform = Callable[[Mapping[str, Any]], dict[str, Any]]
Ask = Callable[[str, Sequence[tuple[str, bytes]], finger.Say], str]
WANTED = "FINGER_NEEDED"
NO_FINGER = (
    "Permintaan ini tidak membawa sidik jari; sebutkan hasil pembaca kementerian dengan --finger.\n"
    "  (This order carries no finger; tell what the ministry's own reader shows: --finger.)"
)


def hand_over(
    home: Home, args: Mapping[str, Any], perform: Perform, say: finger.Say, ask: Ask = finger.asked
) -> dict[str, Any]:
    """The action ``hand-over`` with ``args``, done by ``perform``; ``ask`` is finger.asked.

    Raises as ``perform`` does, and Trouble.
    """
    try:
        return perform(args)
    except RefusedByRule as refused:
        reader = home.config().reader
        if refused.word != WANTED or not reader:
            raise
        carried = _carried(home, str(args["job"]))
        if not carried:
            say(NO_FINGER)
            raise
    return perform({**args, "finger": ask(reader, carried, say)})


def _carried(home: Home, job: str) -> list[tuple[str, bytes]]:
    """The fingers that the job's order carries."""
    from agent import keys, sealed
    from agent.printing import jobs

    reads = home.reader()
    found = jobs.get(reads, job)
    if found is None:
        raise RefusedByRule("UNKNOWN_JOB", job)
    opens = keys.load(home.keys_path).open
    return finger.templates(sealed.fields(reads, opens, home.config().name, found.order))
