"""May this card be given to whoever stands here? Every combination is decided by one table of rules.

The rules are asked in their order and the first that speaks decides; where none does, the card is handed
over. Some may be lifted by a supervised exception: a word, and a supervisor who is not the clerk. None that
withholds may: a card whose chip or holder is another's goes back up the chain, whoever stands beside it.
``python -m domain.handover`` prints the table for docs/handover.md. Each row names its source: the ministry's
procedures of 2011 and 2012 (chip read, 1:1 match of an index finger, old card or certificate kept),
Permendagri 34/2014 on the chip's reader, the offices' releases, or a switch of the province's policy.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from domain.policy import REASONS, HandOver
from domain.words import sentence


class Chip(StrEnum):
    """What the chip of the card in hand said. It is the job's own only if it answers to the job's name."""

    MATCH = "match"
    MISMATCH = "mismatch"  # a name no card of ours has, or the tag of another job
    OTHER_CARD = (
        "other_card"  # the name of another card of this office: the wrong one was taken from the shelf
    )
    UNREADABLE = "unreadable"
    NO_CHIP = "no_chip"  # a child's card has none
    NOT_READ = "not_read"  # nobody read it; the clerk scanned the name printed on the card


class Finger(StrEnum):
    """What the 1:1 match of the holder's finger with the chip said."""

    MATCH = "match"
    MISMATCH = "mismatch"
    UNABLE = "unable"  # no usable finger
    NO_READER = "no_reader"
    NOT_ASKED = "not_asked"


class Paper(StrEnum):
    """What has to come in, and what came. A letter of the police stands for what was lost."""

    CARD = "card"
    SUKET = "suket"
    LETTER = "letter"


class Channel(StrEnum):
    """Who takes the card away."""

    COUNTER = "counter"  # the holder; a child's parent
    FAMILY = "family"
    COURIER = "courier"
    POST = "post"


class Excuse(StrEnum):
    """A supervised exception: a word, and a supervisor who is not the clerk."""

    NONE = "none"
    SELF = "self"  # the clerk's own mark, which is none
    GIVEN = "given"


class Answer(StrEnum):
    """What to do with the card."""

    HAND_OVER = "hand_over"
    WITHHOLD = "withhold"  # keep it, whatever anybody says: it goes back up the chain
    NOT_YET = "not_yet"  # something is missing that can be brought or done
    NEEDS_SUPERVISOR = "needs_supervisor"


FAR = frozenset({Channel.COURIER, Channel.POST})
NO_PAPER: frozenset[Paper] = frozenset()
GIVEN_WORD = "HAND_OVER"


@dataclass(frozen=True, slots=True)
class Case:
    """One card, and all that the counter knows of it. ``reason``: the order's, of domain.policy.REASONS;
    ``suket_open``: a certificate of this order is still out; ``old``: the papers that came in; ``proof``:
    the paper that the channel asks for was told (letter of authority, waybill)."""

    kind: str
    reason: str
    suket_open: bool
    chip: Chip
    finger: Finger
    old: frozenset[Paper]
    channel: Channel
    proof: bool
    excuse: Excuse


@dataclass(frozen=True, slots=True)
class Decision:
    """The answer, its stable word, and the words of the rules that the exception lifted."""

    answer: Answer
    word: str
    excused: tuple[str, ...] = ()

    @property
    def sentence(self) -> str:
        """The word as a person reads it."""
        return sentence(self.word)


def due(rules: HandOver, reason: str, suket_open: bool) -> frozenset[Paper]:
    """What has to come in before the card of an order of this reason goes out."""
    found = set()
    if reason in rules.card_due:
        found.add(Paper.CARD)
    if suket_open or reason in rules.suket_due:
        found.add(Paper.SUKET)
    if reason in rules.letter_due:
        found.add(Paper.LETTER)
    return frozenset(found)


def owed(rules: HandOver, case: Case) -> frozenset[Paper]:
    """What of it has not come in. A lost paper is covered by the letter, a letter by the card found again."""
    covered = set(case.old)
    if Paper.LETTER in case.old:
        covered |= {Paper.CARD, Paper.SUKET}
    if Paper.CARD in case.old:
        covered.add(Paper.LETTER)
    return due(rules, case.reason, case.suket_open) - covered


Speaks = Callable[[HandOver, Case], bool]


@dataclass(frozen=True, slots=True)
class Rule:
    """One row: when it ``speaks`` the answer is its, unless ``excusable`` and an exception was given."""

    word: str
    answer: Answer
    when: str
    source: str
    speaks: Speaks
    excusable: Speaks


def _never(_rules: HandOver, _case: Case) -> bool:
    return False


def _always(_rules: HandOver, _case: Case) -> bool:
    return True


def _old_excusable(rules: HandOver, case: Case) -> bool:
    return rules.excuse_old_paper and case.channel not in FAR


def _ktp_here(case: Case) -> bool:
    return case.kind == "ktp" and case.channel is Channel.COUNTER


def _owes(paper: Paper) -> Speaks:
    return lambda rules, case: paper in owed(rules, case)


TABLE: tuple[Rule, ...] = (
    Rule("WRONG_BLANK", Answer.NOT_YET, "another card of this office lies in the hand",
         "a finger matched against another's card says nothing: take the right one first",
         lambda r, c: c.chip is Chip.OTHER_CARD, _never),
    Rule("CHIP_MISMATCH", Answer.WITHHOLD, "the chip bears a foreign name, or another job's tag",
         "Permendagri 34/2014: the chip is read and compared", lambda r, c: c.chip is Chip.MISMATCH, _never),
    Rule("FINGER_ON_KIA", Answer.NOT_YET, "KIA, and somebody matched a finger",
         "Permendagri 2/2016: a child's card holds none",
         lambda r, c: c.kind == "kia" and c.finger in (Finger.MATCH, Finger.MISMATCH, Finger.UNABLE), _never),
    Rule("FINGER_MISMATCH", Answer.WITHHOLD, "the finger is another's",
         "procedure of 2011 and 2012: not given, back up the chain",
         lambda r, c: c.finger is Finger.MISMATCH, _never),
    Rule("CHANNEL_CLOSED", Answer.NOT_YET, "the province allows no such channel",
         "policy `channels`", lambda r, c: c.channel not in r.channels, _never),
    Rule("PROOF_NEEDED", Answer.NOT_YET, "family, courier or post without its paper",
         "who collected is written down",
         lambda r, c: c.channel is not Channel.COUNTER and not c.proof, _never),
    Rule("OLD_CARD_DUE", Answer.NOT_YET, "the old card, or the police's letter of its loss, is not in",
         "Kutai Timur 2021: exchange is face to face, for the old card comes back",
         _owes(Paper.CARD), _old_excusable),
    Rule("SUKET_DUE", Answer.NOT_YET, "the certificate, or the police's letter of its loss, is not in",
         "procedure of 2012", _owes(Paper.SUKET), _old_excusable),
    Rule("LETTER_DUE", Answer.NOT_YET, "neither the police's letter nor the card found again is in",
         "service standard: a loss needs the police's letter", _owes(Paper.LETTER), _old_excusable),
    Rule("FINGER_NEEDED", Answer.NOT_YET, "KTP at the counter, a reader stands there, nobody asked",
         "procedure of 2012; only once the papers are in",
         lambda r, c: _ktp_here(c) and c.finger is Finger.NOT_ASKED, _never),
    Rule("CHIP_UNREADABLE", Answer.NEEDS_SUPERVISOR, "KTP whose chip does not answer",
         "Permendagri 34/2014; a factory defect voids a card", lambda r, c: c.kind == "ktp"
         and c.chip in (Chip.UNREADABLE, Chip.NO_CHIP), _always),
    Rule("CHIP_NOT_READ", Answer.NEEDS_SUPERVISOR, "KTP named by a scan alone, where that is not enough",
         "Permendagri 34/2014; policy `scan_for_chip`", lambda r, c: c.kind == "ktp"
         and c.chip is Chip.NOT_READ and not r.scan_for_chip, _always),
    Rule("FINGER_UNABLE", Answer.NEEDS_SUPERVISOR, "KTP at the counter, the holder has no usable finger",
         "procedure of 2012", lambda r, c: _ktp_here(c) and c.finger is Finger.UNABLE, _always),
    Rule("NO_FINGER_READER", Answer.NEEDS_SUPERVISOR, "KTP at the counter, no reader stands there",
         "procedure of 2012; policy `finger_without_reader`", lambda r, c: _ktp_here(c)
         and c.finger is Finger.NO_READER and not r.finger_without_reader, _always),
    Rule("FAMILY_COLLECTS", Answer.NEEDS_SUPERVISOR, "KTP that a relative takes: no finger of the holder",
         "Palembang 2020: relatives help the elderly; policy `family_alone`", lambda r, c: c.kind == "ktp"
         and c.channel is Channel.FAMILY and not r.family_alone, _always),
    Rule("SENT_UNMATCHED", Answer.NEEDS_SUPERVISOR, "KTP by courier or post, where a finger is asked for",
         "Kaltim and Sragen 2020: delivery; policy `far_without_finger`", lambda r, c: c.kind == "ktp"
         and c.channel in FAR and not r.far_without_finger, _always),
)  # fmt: skip


def decide(rules: HandOver, case: Case) -> Decision:
    """The answer of the first rule that speaks and is not lifted; to hand over where none does."""
    excused: list[str] = []
    for rule in TABLE:
        if not rule.speaks(rules, case):
            continue
        if case.excuse is Excuse.NONE or not rule.excusable(rules, case):
            return Decision(rule.answer, rule.word)
        if case.excuse is Excuse.SELF:
            return Decision(Answer.NEEDS_SUPERVISOR, "SECOND_IS_FIRST")
        excused.append(rule.word)
    return Decision(Answer.HAND_OVER, GIVEN_WORD, tuple(excused))


# -- the table for people ------------------------------------------------------------------------------------


def markdown() -> str:
    """The rules in their order, and what the commonest combinations come to."""
    lines = ["| # | word | answer | when | an exception lifts it | source |", "|---|---|---|---|---|---|"]
    for number, rule in enumerate(TABLE, start=1):
        lifts = {_never: "no", _always: "yes", _old_excusable: "at the counter and for family"}[
            rule.excusable
        ]
        lines.append(f"| {number} | `{rule.word}` | {rule.answer} | {rule.when} | {lifts} | {rule.source} |")
    lines += ["", "A KTP at the counter, nothing due, no exception: chip down, finger across.", ""]
    lines += [f"| | {' | '.join(Finger)} |", "|---" * (len(Finger) + 1) + "|"]
    for chip in Chip:
        told = (_plain(chip=chip, finger=finger) for finger in Finger)
        lines.append(f"| {chip} | {' | '.join(told)} |")
    lines += ["", "By the order's reason, chip and finger right: what came in across.", ""]
    offered = (NO_PAPER, *(frozenset({paper}) for paper in Paper))
    lines += ["| | nothing | card | suket | letter |", "|---|---|---|---|---|"]
    for reason in REASONS:
        told = (_plain(reason=reason, old=old) for old in offered)
        lines.append(f"| {reason} | {' | '.join(told)} |")
    return "\n".join(lines) + "\n"


def _plain(
    *, reason: str = "first_card", chip: Chip = Chip.MATCH, finger: Finger = Finger.MATCH,
    old: frozenset[Paper] = NO_PAPER,
) -> str:  # fmt: skip
    case = Case("ktp", reason, False, chip, finger, old, Channel.COUNTER, False, Excuse.NONE)
    found = decide(HandOver(), case)
    return "**hand over**" if found.answer is Answer.HAND_OVER else f"{found.answer} `{found.word}`"


if __name__ == "__main__":
    sys.stdout.write(markdown())
