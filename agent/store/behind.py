"""A disk put back from an older copy: the province holds lines of this journal that the disk does not.

What those lines told is not known here: a card they speak of may be printed already. So, from the moment
the province's own word shows it, nothing new is printed and no order is taken, across restarts, until
people have looked. No message takes it back: a province that forgets does not bring the lines back.
"""

from __future__ import annotations

from agent.store.journal import Tx, meta, set_meta
from agent.store.sqlite import Reads
from domain.words import RefusedByRule
from sync.log import Mark

WORD = "JOURNAL_BEHIND_HUB"
_META = "hub_holds"  # the place in this journal that the province holds and this disk does not


def is_behind(reads: Reads) -> bool:
    """Whether the province was found to hold lines that are not here."""
    return bool(meta(reads, _META))


def check(reads: Reads) -> None:
    """The same as a rule. Raises RefusedByRule JOURNAL_BEHIND_HUB."""
    if held := meta(reads, _META):
        raise RefusedByRule(WORD, f"It holds line {held}.")


def remember(tx: Tx, held: Mark) -> None:
    """The province said it holds the journal up to ``held``, which this disk never wrote."""
    set_meta(tx, _META, str(held.seq))
