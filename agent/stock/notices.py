"""What of the stock a person should look at, as words, sentences and numbers for agent.status."""

from __future__ import annotations

from agent.stock import consignments, counting
from agent.store.sqlite import Reads
from domain.policy import KINDS
from domain.words import sentence

Notice = tuple[str, str, bool, int]
"""(word, sentence, whether it is pressing, how many)."""


def notices(reads: Reads) -> list[Notice]:
    """The most pressing first."""
    found: list[Notice] = []
    if odd := unaccounted(reads):
        text = "Blanks that do not fit any consignment or were used twice; see `loket blanks`."
        found.append(("BLANKS_UNACCOUNTED", text, True, odd))
    if differing := consignments.differing(reads):
        text = f"{sentence('CONSIGNMENT_DIFFERS')} {', '.join(differing[:3])}"
        found.append(("CONSIGNMENT_DIFFERS", text, False, len(differing)))
    counts = {kind: counting.differs(reads, kind) for kind in KINDS}
    text = sentence("COUNT_DIFFERS")
    open_ = [(f"{text} ({kind})", count) for kind, count in counts.items() if count]
    return found + [("COUNT_DIFFERS", told, True, count) for told, count in open_]


def unaccounted(reads: Reads) -> int:
    """How many names do not fit."""
    ((odd,),) = reads.rows(
        "SELECT count(*) FROM blank WHERE (received = 0 AND outside = 0) OR contradicted = 1"
    )
    return int(odd)
