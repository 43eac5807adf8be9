"""Every combination at the counter against what the rules say in words, written down apart from the table.

The predicates below are the ministry's procedures and the province's releases, one by one, as a reader of
them would put it. They know nothing of an order of rows: each says what must never, or must always, be so.
"""

from __future__ import annotations

import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from itertools import combinations, product
from pathlib import Path

import pytest

from domain.handover import (
    TABLE,
    Answer,
    Case,
    Channel,
    Chip,
    Decision,
    Excuse,
    Finger,
    Paper,
    decide,
    due,
)
from domain.policy import REASONS, HandOver
from domain.words import SENTENCES

ROOT = Path(__file__).parents[3]
RULES_OF_2020 = HandOver()
SWITCHED = (
    replace(RULES_OF_2020, scan_for_chip=False),
    replace(RULES_OF_2020, finger_without_reader=True),
    replace(RULES_OF_2020, family_alone=True),
    replace(RULES_OF_2020, far_without_finger=False),
    replace(RULES_OF_2020, excuse_old_paper=False),
    replace(RULES_OF_2020, channels=("counter",)),
    replace(RULES_OF_2020, card_due=(), suket_due=(), letter_due=tuple(REASONS)),
)
OFFERED = [frozenset(some) for count in range(4) for some in combinations(Paper, count)]
TYPICAL = ("first_card", "data_change", "suket_prr")


def every(*reasons: str) -> Iterator[Case]:
    for told in product(
        ("ktp", "kia"), reasons, (False, True), Chip, Finger, OFFERED, Channel, (False, True), Excuse
    ):
        yield Case(*told)


# -- what the sources say, each for itself -----------------------------------------------------------------


def wrong_card_in_hand(case: Case) -> bool:
    """Before anything is compared, the card in the hand has to be this order's."""
    return case.chip is Chip.OTHER_CARD


def anothers(case: Case) -> bool:
    """2011 and 2012: on a mismatch of chip or finger the card is not given and goes back up the chain.

    A child's card holds no finger (Permendagri 2/2016), so none of it can be another's.
    """
    return case.chip is Chip.MISMATCH or (case.kind == "ktp" and case.finger is Finger.MISMATCH)


def told_of_nothing(case: Case) -> bool:
    return case.kind == "kia" and case.finger not in (Finger.NO_READER, Finger.NOT_ASKED)


def holder_stands_here(case: Case) -> bool:
    return case.channel is Channel.COUNTER


def paper_missing(rules: HandOver, case: Case) -> bool:
    """2012: old card or certificate kept by the office. Service standard: the police's letter if lost."""
    if Paper.LETTER in case.old:
        return False
    card = case.reason in rules.card_due
    suket = case.suket_open or case.reason in rules.suket_due
    letter = case.reason in rules.letter_due
    return (
        (card and Paper.CARD not in case.old)
        or (suket and Paper.SUKET not in case.old)
        or (letter and Paper.CARD not in case.old)
    )


def exchange_by_post(rules: HandOver, case: Case) -> bool:
    """Kutai Timur: exchange is face to face, because the old card comes back."""
    return paper_missing(rules, case) and case.channel in (Channel.COURIER, Channel.POST)


def cannot_be_lifted(rules: HandOver, case: Case) -> bool:
    """What can be brought or done, and no supervisor makes up for."""
    no_paper = not holder_stands_here(case) and not case.proof
    strict = paper_missing(rules, case) and not rules.excuse_old_paper
    closed = str(case.channel) not in rules.channels
    return (
        wrong_card_in_hand(case) or anothers(case) or told_of_nothing(case)
        or no_paper or strict or closed or exchange_by_post(rules, case)
    )  # fmt: skip


def asked_nobody(case: Case) -> bool:
    """A finger is laid down by whoever may have the card otherwise: nobody does it twice for a paper."""
    return case.kind == "ktp" and holder_stands_here(case) and case.finger is Finger.NOT_ASKED


def chip_unproved(rules: HandOver, case: Case) -> bool:
    """Permendagri 34/2014: the chip of a KTP-el is read; a scan stands for it where the province says so."""
    good = {Chip.MATCH, Chip.NOT_READ} if rules.scan_for_chip else {Chip.MATCH}
    return case.kind == "ktp" and case.chip not in good


def holder_unproved(rules: HandOver, case: Case) -> bool:
    """2012: the holder's finger is matched 1:1; where it cannot be, somebody answers for it."""
    if case.kind == "kia":
        return False
    if case.channel is Channel.FAMILY:
        return not rules.family_alone
    if not holder_stands_here(case):
        return not rules.far_without_finger
    if case.finger is Finger.NO_READER:
        return not rules.finger_without_reader
    return case.finger is not Finger.MATCH


def needs_somebody(rules: HandOver, case: Case) -> bool:
    return chip_unproved(rules, case) or holder_unproved(rules, case) or paper_missing(rules, case)


def agrees(rules: HandOver, case: Case, found: Decision) -> bool:
    """Whether the decision is the one that the sources ask for."""
    if wrong_card_in_hand(case):
        return found == Decision(Answer.NOT_YET, "WRONG_BLANK")
    if cannot_be_lifted(rules, case):
        withheld = anothers(case) and (case.chip is Chip.MISMATCH or not told_of_nothing(case))
        return found.answer is (Answer.WITHHOLD if withheld else Answer.NOT_YET)
    if asked_nobody(case):
        if not paper_missing(rules, case) or case.excuse is Excuse.GIVEN:
            return found == Decision(Answer.NOT_YET, "FINGER_NEEDED")
        alone = case.excuse is Excuse.SELF
        return (
            found.answer is (Answer.NEEDS_SUPERVISOR if alone else Answer.NOT_YET)
            and "FINGER" not in found.word
        )
    if not needs_somebody(rules, case):
        return found == Decision(Answer.HAND_OVER, "HAND_OVER")
    if case.excuse is Excuse.GIVEN:
        return found.answer is Answer.HAND_OVER and bool(found.excused)
    if case.excuse is Excuse.SELF:
        return found == Decision(Answer.NEEDS_SUPERVISOR, "SECOND_IS_FIRST")
    brought = paper_missing(rules, case)  # what the holder can bring himself is asked for first
    return found.answer is (Answer.NOT_YET if brought else Answer.NEEDS_SUPERVISOR)


def test_every_combination_is_decided_as_the_sources_say() -> None:
    seen: Counter[Answer] = Counter()
    for case in every(*REASONS):
        found = decide(RULES_OF_2020, case)
        assert agrees(RULES_OF_2020, case, found), (case, found)
        seen[found.answer] += 1
    assert set(seen) == set(Answer)
    assert sum(seen.values()) == 2 * len(REASONS) * 2 * len(Chip) * len(Finger) * 8 * len(Channel) * 2 * 3


@pytest.mark.parametrize("rules", SWITCHED, ids=range(len(SWITCHED)))
def test_every_switch_of_the_province_changes_what_it_says_and_nothing_else(rules: HandOver) -> None:
    changed = 0
    for case in every(*TYPICAL):
        found = decide(rules, case)
        assert agrees(rules, case, found), (case, found)
        changed += found != decide(RULES_OF_2020, case)
    assert changed, "a switch that changes nothing is none"


def test_no_exception_ever_gives_out_a_card_that_is_withheld() -> None:
    for case in every("first_card"):
        if decide(RULES_OF_2020, case).answer is Answer.WITHHOLD:
            assert all(
                decide(RULES_OF_2020, replace(case, excuse=each)).answer is Answer.WITHHOLD for each in Excuse
            )


def test_what_an_exception_lifted_is_told_by_its_words() -> None:
    here = Case(
        "ktp", "data_change", False, Chip.UNREADABLE, Finger.UNABLE, frozenset(), Channel.COUNTER, False,
        Excuse.GIVEN,
    )  # fmt: skip
    found = decide(RULES_OF_2020, here)
    assert found.excused == ("OLD_CARD_DUE", "CHIP_UNREADABLE", "FINGER_UNABLE")


def test_an_exception_that_was_not_needed_lifts_nothing() -> None:
    good = Case(
        "ktp", "first_card", False, Chip.MATCH, Finger.MATCH, frozenset(), Channel.COUNTER, False,
        Excuse.SELF,
    )  # fmt: skip
    assert decide(RULES_OF_2020, good) == Decision(Answer.HAND_OVER, "HAND_OVER")


@pytest.mark.parametrize(
    ("reason", "suket_open", "papers"),
    [
        ("first_card", False, set()),
        ("first_card", True, {Paper.SUKET}),
        ("disaster", False, set()),
        ("data_change", False, {Paper.CARD}),
        ("data_change", True, {Paper.CARD, Paper.SUKET}),
        ("status_change", False, {Paper.CARD}),
        ("suket_prr", False, {Paper.SUKET}),
        ("suket_replacement", True, {Paper.SUKET}),
        ("of_a_later_version", False, set()),
    ],
)
def test_what_has_to_come_in_follows_from_the_order(
    reason: str, suket_open: bool, papers: set[Paper]
) -> None:
    assert due(RULES_OF_2020, reason, suket_open) == papers


def test_every_rule_decides_some_case_and_has_its_sentence() -> None:
    strict = (RULES_OF_2020, *SWITCHED)
    words = {decide(rules, case).word for rules in strict for case in every("data_change", "suket_prr")}
    for rule in TABLE:
        assert rule.word in words, f"{rule.word} never speaks first"
        assert rule.word in SENTENCES
    assert words - {rule.word for rule in TABLE} == {"HAND_OVER", "SECOND_IS_FIRST"}


def test_the_printed_table_is_fresh() -> None:
    printed = subprocess.run(
        [sys.executable, "-m", "domain.handover"], cwd=ROOT, capture_output=True, text=True, check=True
    )
    assert printed.stdout.strip() in (ROOT / "docs" / "handover.md").read_text("utf-8")
