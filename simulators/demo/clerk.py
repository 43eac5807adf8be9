"""What a clerk decides who stands at the counter: pure, from the screen's jobs and what lies in the trays.

A clerk sees an unsure job's blank name on the screen and looks for that card: in the output tray whole, it
came out; with ink missing or half on it, or in the reject tray with any ink, it is spoiled; without any ink
it is untouched and goes away as a blank. So does one that still lies in the feeder of a printer that has
nothing left to print. A card that is nowhere is still under way somewhere: a clerk looks
again and never says lost in haste.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Seen = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Settle:
    """Settle `job` with the word of `loket resolve` and the `blank` in hand."""

    job: str
    word: str
    blank: str
    reason: str


@dataclass(frozen=True, slots=True)
class Take:
    """Take this card out of the printer first; then look again."""

    blank: str


def whole(seen: Seen, panels: Sequence[str]) -> bool:
    """Whether a card shows every panel of a finished one."""
    return not seen.get("half") and list(seen["panels"]) == list(panels)


def judge(job: Seen, look: Seen, panels: Sequence[str], known: frozenset[str]) -> Settle | Take | None:
    """What to do about one unsure `job`, given what `look` shows; None: look again later.

    `panels`: what a finished card of this counter shows. `known`: blanks whose cards are settled already, and
    which therefore cannot be the one in question when the job does not name its own.
    """
    blank = job["blank"]

    def asked(card: Seen) -> bool:
        return bool(card["blank"] == blank if blank else card["blank"] not in known)

    for card in filter(asked, look["inside"]):
        return Take(card["blank"])
    for card in filter(asked, look["output"]):
        good = whole(card, panels)
        word, reason = ("--came-out", "utuh") if good else ("--spoiled", "cacat")
        return Settle(job["id"], word, card["blank"], reason)
    for card in filter(asked, [*look["reject"], *look["hands"]]):
        inked = card["panels"] or card.get("half")
        word, reason = ("--spoiled", "cacat") if inked else ("--untouched", "bersih")
        return Settle(job["id"], word, card["blank"], reason)
    if blank and blank in look.get("stack", ()):
        return Settle(job["id"], "--untouched", blank, "bersih")
    return None
